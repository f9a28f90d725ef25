"""Screening: what the house found, judged and decided by the secretariat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening import selectors
from praxis.lifecycle.screening.checking import BATCH, check, check_all, recount
from praxis.lifecycle.screening.models import Finding, Match, Screening

__all__ = [
    "admit",
    "admit_clear",
    "check",
    "check_all",
    "exclude",
    "judge_finding",
    "judge_match",
    "reinstate",
    "return_case",
]

MAX_NOTE = 2000


def _user(actor: Any) -> User | None:
    return actor if isinstance(actor, User) else None


def _noted(text: str, field: str = "note") -> str:
    said = cleaned(text)
    if len(said) > MAX_NOTE:
        raise Invalid({field: _("At most %(limit)s characters.") % {"limit": f"{MAX_NOTE:,}"}})
    return said


@transaction.atomic
def judge_finding(actor: Any, finding: Finding, *, answer: str, note: str) -> Finding:
    """A person's word over the machine's; needs a note."""
    case = finding.screening.case
    require(may_run(actor, case.edition))
    said = _noted(note)
    if answer not in Finding.Answer.values:
        raise Invalid({"answer": _("Choose yes, no or warning.")})
    if not said:
        raise Invalid({"note": _("Say why.")})
    before = finding.answer
    finding.answer, finding.note, finding.by, finding.at = answer, said, _user(actor), clock.now()
    finding.save()
    recount(finding.screening)
    audit.append(
        actor, edition_id=case.edition_id, action="screening.judge_finding", obj=case, label=case.number,
        before={"rule": finding.rule, "answer": before}, after={"rule": finding.rule, "answer": answer}, reason=said,
    )
    return finding


@transaction.atomic
def judge_match(actor: Any, match: Match, *, verdict: str, note: str = "") -> Match:
    """Say whether a likeness is the same case."""
    case = match.screening.case
    require(may_run(actor, case.edition))
    if verdict not in Match.Verdict.values:
        raise Invalid({"verdict": _("Choose the same or different.")})
    before = match.verdict
    match.verdict, match.note, match.by = verdict, _noted(note), _user(actor)
    match.save()
    recount(match.screening)
    audit.append(
        actor, edition_id=case.edition_id, action="screening.judge_match", obj=case, label=case.number,
        before={"match": match.pk, "verdict": before}, after={"match": match.pk, "verdict": verdict}, reason=match.note,
    )
    return match


def _close(actor: Any, case: Case, reason: str) -> None:
    Screening.objects.filter(case=case).update(
        outcome=Screening.Outcome.DECIDED, decided_by=_user(actor), decided_at=clock.now(), reason=reason
    )


@transaction.atomic
def admit(actor: Any, case: Case, *, reason: str = "") -> Case:
    """Let a case into the review; against a "no" or a likeness judged the same, only with a reason."""
    require(may_run(actor, case.edition))
    said = _noted(reason, "reason")
    screening = Screening.objects.filter(case=case).first()
    if screening is None or screening.revision_id != case.revision_id:
        raise Conflict(_("This case has not been checked yet. Try again in a minute."), code="state")
    against = screening.noes or screening.matches.filter(verdict=Match.Verdict.SAME).exists()
    if against and not said:
        raise Invalid({"reason": _("The screening found something against this case. Say why it is admitted.")})
    cases.admit(actor, case, reason=said)
    _close(actor, case, said)
    return case


@transaction.atomic
def exclude(actor: Any, case: Case, *, reason: str) -> Case:
    """Find a case not eligible; the applicant is told why."""
    require(may_run(actor, case.edition))
    said = _noted(reason, "reason")
    cases.exclude(actor, case, reason=said)
    _close(actor, case, said)
    return case


@transaction.atomic
def return_case(actor: Any, case: Case, *, message: str, until: datetime) -> Case:
    """Send a case back for correction."""
    require(may_run(actor, case.edition))
    cases.return_for_correction(actor, case, message=_noted(message, "message"), until=until)
    Screening.objects.filter(case=case).update(outcome=Screening.Outcome.WAITING)
    return case


@transaction.atomic
def reinstate(actor: Any, case: Case, *, reason: str) -> Case:
    """Take back that a case is not eligible."""
    require(may_run(actor, case.edition))
    cases.reinstate(actor, case, reason=_noted(reason, "reason"))
    Screening.objects.filter(case=case).update(
        outcome=Screening.Outcome.CHECKED, decided_at=None, decided_by=None, reason=""
    )
    return case


def admit_clear(actor: Any, edition: Edition) -> int:
    """Admit every checked case with no "no", no warning and no open likeness; returns how many.

    Some at a time, each batch a transaction of its own: what was admitted stays admitted when a later one fails.
    """
    require(may_run(actor, edition))
    ids = list(selectors.clear(edition).order_by("case__number").values_list("pk", flat=True))
    count = 0
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            rows = selectors.clear(edition).filter(pk__in=ids[start : start + BATCH])
            for screening in rows.select_related("case__edition", "case__created_by").order_by("case__number"):
                admit(actor, screening.case)
                count += 1
        jobs.progress(100 * (start + BATCH) / (len(ids) + BATCH))
    return count

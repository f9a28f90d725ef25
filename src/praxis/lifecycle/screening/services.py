"""Screening: rules and likenesses found by the house, judged and decided by the secretariat."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.engines.similarity import Hit
from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import may_run
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases import checks
from praxis.lifecycle.cases import policies as case_policies
from praxis.lifecycle.cases import selectors as case_selectors
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening import matching
from praxis.lifecycle.screening.models import Finding, Match, Screening


def _user(actor: Any) -> User | None:
    return actor if isinstance(actor, User) else None


@transaction.atomic
def check(actor: Any, case: Case) -> Screening | None:
    """Hold a case's current revision against every rule. What a person has judged stands. None for a draft."""
    if case.revision is None:
        return None
    screening, made = Screening.objects.select_for_update().get_or_create(case=case, defaults={"revision": case.revision})
    if not made and screening.revision_id != case.revision_id:
        screening.revision, screening.outcome = case.revision, Screening.Outcome.WAITING
    found = checks.run(
        case.revision.content,
        case.edition.settings,
        checks.Circumstances(
            case.revision.submitted_at, _deadline(case), case_selectors.past_titles(case.edition.programme_id)
        ),
    )
    there = {row.rule: row for row in screening.findings.all()}
    fresh, changed = [], []
    for check_ in found:
        row = there.get(check_.rule)
        if row is None:
            fresh.append(Finding(screening=screening, rule=check_.rule, answer=check_.answer, reasons=_joined(check_), at=clock.now()))
        elif row.by_id is None:
            row.answer, row.reasons, row.at = check_.answer, _joined(check_), clock.now()
            changed.append(row)
    Finding.objects.bulk_create(fresh)
    Finding.objects.bulk_update(changed, ["answer", "reasons", "at"])
    screening.checked_at = clock.now()
    if screening.outcome == Screening.Outcome.WAITING:
        screening.outcome = Screening.Outcome.CHECKED
    _count(screening)
    return screening


def _deadline(case: Case) -> datetime:
    """What the submission is held against. The secretariat may enter and correct cases later than others."""
    if case.on_behalf or (case.revision is not None and case.revision.number > 1):
        return datetime.max.replace(tzinfo=UTC)
    return case_policies.closes_at(case)


def _joined(check_: checks.Check) -> dict[str, str]:
    languages = check_.reasons[0].keys() if check_.reasons else ()
    return {language: "\n".join(reason.get(language, "") for reason in check_.reasons) for language in languages}


def _count(screening: Screening) -> None:
    answers = list(screening.findings.values_list("answer", flat=True))
    screening.noes, screening.warnings = answers.count("no"), answers.count("warning")
    best = screening.matches.exclude(verdict=Match.Verdict.DIFFERENT).order_by("-score").first()
    screening.best_match = best.score if best else None
    screening.save()


def match_all(edition: Edition) -> int:
    """Compare every submitted case with the others and with earlier ones; returns how many likenesses stand.

    The comparison is done outside the transaction; a likeness a person has judged is left as judged.
    """
    found = matching.hits(edition)
    standing = 0
    with transaction.atomic():
        screenings = {row.case_id: row for row in Screening.objects.filter(case__edition=edition)}
        for case_id, hits in sorted(found.items()):
            if case_id in screenings:
                standing += _note_hits(screenings[case_id], hits)
    return standing


def _target(hit: Hit) -> dict[str, int]:
    if hit.id.startswith(matching.PAST):
        return {"past_id": int(hit.id.removeprefix(matching.PAST))}
    return {"other_id": int(hit.id.removeprefix(matching.CASE))}


def _note_hits(screening: Screening, hits: list[Hit]) -> int:
    judged = {(row.other_id, row.past_id) for row in screening.matches.exclude(verdict="open")}
    screening.matches.filter(verdict="open").delete()
    for hit in hits:
        target = _target(hit)
        if (target.get("other_id"), target.get("past_id")) not in judged:
            Match.objects.create(
                screening=screening, score=round(float(hit.score), 6), channel=hit.channel,
                passages=[list(passage) for passage in hit.passages][:5], **target,
            )
    _count(screening)
    return len(hits)


@transaction.atomic
def judge_finding(actor: Any, finding: Finding, *, answer: str, note: str) -> Finding:
    """A person's word over the machine's; needs a note."""
    case = finding.screening.case
    require(may_run(actor, case.edition))
    if answer not in Finding.Answer.values:
        raise Invalid({"answer": _("Choose yes, no or warning.")})
    if not cleaned(note):
        raise Invalid({"note": _("Say why.")})
    before = finding.answer
    finding.answer, finding.note, finding.by, finding.at = answer, cleaned(note)[:2000], _user(actor), clock.now()
    finding.save()
    _count(finding.screening)
    audit.append(
        actor, edition_id=case.edition_id, action="screening.judge_finding", obj=case, label=case.number,
        before={"rule": finding.rule, "answer": before}, after={"rule": finding.rule, "answer": answer}, reason=finding.note,
    )
    return finding


@transaction.atomic
def judge_match(actor: Any, match: Match, *, verdict: str, note: str = "") -> Match:
    """Say whether a likeness is the same case."""
    case = match.screening.case
    require(may_run(actor, case.edition))
    if verdict not in Match.Verdict.values:
        raise Invalid({"verdict": _("Choose the same or different.")})
    match.verdict, match.note, match.by = verdict, cleaned(note)[:2000], _user(actor)
    match.save()
    _count(match.screening)
    audit.append(
        actor, edition_id=case.edition_id, action="screening.judge_match", obj=case, label=case.number,
        after={"match": match.pk, "verdict": verdict}, reason=match.note,
    )
    return match


def _close(actor: Any, case: Case, reason: str) -> None:
    Screening.objects.filter(case=case).update(
        outcome=Screening.Outcome.DECIDED, decided_by=_user(actor), decided_at=clock.now(), reason=cleaned(reason)[:3000]
    )


@transaction.atomic
def admit(actor: Any, case: Case, *, reason: str = "") -> Case:
    """Let a case into the review; against a "no" or a likeness judged the same, only with a reason."""
    require(may_run(actor, case.edition))
    screening = Screening.objects.filter(case=case).first()
    if screening is None:
        raise Conflict(_("This case has not been checked yet."), code="state")
    against = screening.noes or screening.matches.filter(verdict=Match.Verdict.SAME).exists()
    if against and not cleaned(reason):
        raise Invalid({"reason": _("The screening found something against this case. Say why it is admitted.")})
    cases.admit(actor, case, reason=cleaned(reason))
    _close(actor, case, reason)
    return case


@transaction.atomic
def exclude(actor: Any, case: Case, *, reason: str) -> Case:
    """Find a case not eligible; the applicant is told why."""
    cases.exclude(actor, case, reason=cleaned(reason))
    _close(actor, case, reason)
    return case


@transaction.atomic
def return_case(actor: Any, case: Case, *, message: str, until: datetime) -> Case:
    """Send a case back for correction."""
    cases.return_for_correction(actor, case, message=cleaned(message), until=until)
    Screening.objects.filter(case=case).update(outcome=Screening.Outcome.WAITING)
    return case


@transaction.atomic
def reinstate(actor: Any, case: Case, *, reason: str) -> Case:
    """Take back that a case is not eligible."""
    cases.reinstate(actor, case, reason=cleaned(reason))
    Screening.objects.filter(case=case).update(outcome=Screening.Outcome.CHECKED, decided_at=None, decided_by=None)
    return case


@transaction.atomic
def admit_clear(actor: Any, edition: Edition) -> int:
    """Admit every checked case with no "no", no warning and no open likeness; returns how many."""
    require(may_run(actor, edition))
    clear = (
        Screening.objects.filter(case__edition=edition, case__state="submitted", outcome="checked", noes=0, warnings=0)
        .filter(best_match=None)
        .select_related("case__edition")
        .order_by("case__number")
    )
    count = 0
    for screening in clear:
        admit(actor, screening.case)
        count += 1
    return count


@transaction.atomic
def check_all(actor: Any, edition: Edition) -> int:
    """Check every submitted case anew, rules and likenesses; returns how many cases."""
    require(may_run(actor, edition))
    rows = Case.objects.filter(edition=edition, state="submitted").select_related("edition__programme", "revision", "category")
    count = 0
    for case in rows.order_by("number"):
        check(actor, case)
        count += 1
    audit.append(actor, edition_id=edition.pk, action="screening.check_all", obj=edition, after={"cases": count})
    return count

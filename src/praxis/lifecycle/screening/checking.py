"""What the house itself finds when every rule is held against a case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import may_run
from praxis.lifecycle.cases import checks
from praxis.lifecycle.cases import policies as case_policies
from praxis.lifecycle.cases import selectors as case_selectors
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening.models import Finding, Match, Screening

# So many cases to a transaction: others can write in between.
BATCH = 50


@transaction.atomic
def check(actor: Any, case: Case) -> Screening | None:
    """Hold a case's current revision against every rule. What a person has judged stands. None for a draft."""
    if case.revision is None:
        return None
    screening, made = Screening.objects.select_for_update().get_or_create(
        case=case, defaults={"revision": case.revision}
    )
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
    for answer in found:
        row = there.get(answer.rule)
        if row is None:
            fresh.append(
                Finding(
                    screening=screening, rule=answer.rule, answer=answer.answer, reasons=_joined(answer),
                    at=clock.now(),
                )
            )
        elif row.by_id is None and (row.answer, row.reasons) != (answer.answer, _joined(answer)):
            row.answer, row.reasons, row.at = answer.answer, _joined(answer), clock.now()
            changed.append(row)
    Finding.objects.bulk_create(fresh)
    Finding.objects.bulk_update(changed, ["answer", "reasons", "at"])
    screening.checked_at = clock.now()
    if screening.outcome == Screening.Outcome.WAITING:
        screening.outcome = Screening.Outcome.CHECKED
    recount(screening)
    return screening


def _deadline(case: Case) -> datetime:
    """What the submission is held against. The secretariat may enter and correct cases later than others."""
    if case.on_behalf or (case.revision is not None and case.revision.number > 1):
        return datetime.max.replace(tzinfo=UTC)
    return case_policies.closes_at(case)


def _joined(answer: checks.Check) -> dict[str, str]:
    languages = answer.reasons[0].keys() if answer.reasons else ()
    return {language: "\n".join(reason.get(language, "") for reason in answer.reasons) for language in languages}


def recount(screening: Screening) -> None:
    """Save a screening with its counts as its findings and likenesses now are."""
    answers = list(screening.findings.values_list("answer", flat=True))
    screening.noes, screening.warnings = answers.count("no"), answers.count("warning")
    best = screening.matches.exclude(verdict=Match.Verdict.DIFFERENT).order_by("-score").first()
    screening.best_match = best.score if best else None
    screening.save()


def check_all(actor: Any, edition: Edition) -> int:
    """Check every submitted case anew; returns how many cases. Some at a time, each batch a transaction of its own."""
    require(may_run(actor, edition))
    ids = list(Case.objects.filter(edition=edition, state="submitted").order_by("number").values_list("pk", flat=True))
    count = 0
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            rows = Case.objects.filter(pk__in=ids[start : start + BATCH], state="submitted")
            for case in rows.select_related("edition__programme", "revision", "category").order_by("number"):
                check(actor, case)
                count += 1
        jobs.progress(100 * (start + BATCH) / (len(ids) + BATCH))
    audit.append(actor, edition_id=edition.pk, action="screening.check_all", obj=edition, after={"cases": count})
    return count

"""Services for score sheets: save, submit, open again, declare a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict as Stale
from praxis.foundation.errors import Invalid, Text, require
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.reviews import policies
from praxis.lifecycle.reviews.models import Assignment, Conflict, Expert, Score, ScoreSheet
from praxis.lifecycle.reviews.states import ASSIGNMENT

MAX_COMMENT = 10_000


def _locked(assignment: Assignment) -> Assignment:
    now = Assignment.objects.select_for_update().get(pk=assignment.pk)
    assignment.state = now.state
    return assignment


def _values(assignment: Assignment, scores: Mapping[str, float | None]) -> dict[str, float | None]:
    """The scores held against the scale; raises Invalid by criterion code."""
    config = assignment.round.edition.settings
    allowed = set(config.scale.values())
    known = {criterion.code for criterion in config.criteria_of(assignment.round.code)}
    problems: dict[str, Text] = {}
    for code, value in scores.items():
        if code not in known:
            problems[code] = _("There is no such criterion.")
        elif value is not None and round(float(value), 6) not in allowed:
            problems[code] = _("Choose a mark from %(low)g to %(high)g.") % {
                "low": config.scale.low, "high": config.scale.high,
            }
    if problems:
        raise Invalid(problems)
    return {code: None if value is None else round(float(value), 6) for code, value in scores.items()}


@transaction.atomic
def save_sheet(
    actor: Any, assignment: Assignment, *, scores: Mapping[str, float | None], comment: str, confidential: str = "",
    expected_version: int | None = None,
) -> ScoreSheet:
    """Save a score sheet as far as it is filled in. `scores` maps criterion codes to marks or None.

    Raises Invalid for a mark off the scale, Conflict (code "stale") where another window saved meanwhile.
    """
    _locked(assignment)
    require(policies.may_score(actor, assignment))
    values = _values(assignment, scores)
    sheet, made = ScoreSheet.objects.get_or_create(assignment=assignment, defaults={"updated_at": clock.now()})
    if not made and expected_version is not None and expected_version != sheet.version:
        raise Stale(_("This sheet was saved in another window. Load the page again to see it."), code="stale")
    sheet.comment, sheet.confidential = cleaned(comment)[:MAX_COMMENT], cleaned(confidential)[:MAX_COMMENT]
    criteria = {criterion.code: criterion for criterion in assignment.round.criteria.all()}
    there = {row.criterion_id: row for row in sheet.scores.all()}
    for code, value in values.items():
        row = there.get(criteria[code].pk)
        if value is None:
            if row is not None:
                row.delete()
                del there[row.criterion_id]
        elif row is None:
            there[criteria[code].pk] = Score.objects.create(sheet=sheet, criterion=criteria[code], value=value)
        elif row.value != value:
            row.value = value
            row.save(update_fields=["value"])
    given = {criterion.code: there[criterion.pk].value for criterion in criteria.values() if criterion.pk in there}
    weights = {criterion.code: criterion.weight for criterion in criteria.values()}
    whole = len(given) == len(criteria)
    sheet.total = sum(weights[c] * v for c, v in given.items()) / sum(weights.values()) if whole else None
    sheet.version, sheet.updated_at = sheet.version + 1, clock.now()
    sheet.save()
    if assignment.state == "open":
        _step(assignment, "begin")
    return sheet


def _step(assignment: Assignment, action: str, reason: str = "") -> None:
    assignment.state = ASSIGNMENT.step(assignment.state, action)
    assignment.updated_at, assignment.reason = clock.now(), reason or assignment.reason
    assignment.save(update_fields=["state", "updated_at", "reason"])


def _note(actor: Any, assignment: Assignment, action: str, reason: str = "", after: Any = None) -> None:
    audit.append(
        actor, edition_id=assignment.round.edition_id, action=f"assignment.{action}", obj=assignment,
        label=assignment.case.number, reason=reason, after=after,
    )


@transaction.atomic
def submit_sheet(actor: Any, assignment: Assignment) -> ScoreSheet:
    """Hand a score sheet in: every criterion has a mark. Sending it twice changes nothing."""
    _locked(assignment)
    sheet = ScoreSheet.objects.filter(assignment=assignment).first()
    if assignment.state == "submitted" and sheet is not None and policies.may_read(actor, assignment):
        return sheet
    require(policies.may_score(actor, assignment))
    criteria = {row.pk: row.code for row in assignment.round.criteria.all()}
    given = set(sheet.scores.values_list("criterion_id", flat=True)) if sheet else set()
    lacking = [code for pk, code in criteria.items() if pk not in given]
    if lacking or sheet is None:
        raise Invalid({code: _("Give a mark.") for code in lacking} or {"": _("Give your marks first.")})
    sheet.submitted_at = clock.now()
    sheet.save(update_fields=["submitted_at"])
    _step(assignment, "submit")
    _note(actor, assignment, "submit", after={"total": sheet.total})
    return sheet


@transaction.atomic
def reopen_sheet(actor: Any, assignment: Assignment, *, reason: str = "") -> ScoreSheet:
    """Open a submitted sheet again while its round is open."""
    _locked(assignment)
    require(policies.may_reopen(actor, assignment))
    sheet = assignment.sheet
    sheet.submitted_at = None
    sheet.save(update_fields=["submitted_at"])
    _step(assignment, "reopen", reason)
    _note(actor, assignment, "reopen", reason)
    return sheet


@transaction.atomic
def declare_conflict(
    actor: Any, expert: Expert, *, case: Any = None, organisation: Any = None, reason: str,
    source: str = Conflict.Source.DECLARED,
) -> Conflict:
    """Note a conflict; what the expert has not yet handed in of it goes back to the secretariat."""
    own = policies.may_answer(actor, expert)
    require(own if own else policies.may_manage(actor, expert))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say in a few words what the conflict is.")})
    row = Conflict.objects.create(
        expert=expert, case=case, organisation=organisation, reason=cleaned(reason)[:1000], at=clock.now(),
        source=source if own else Conflict.Source.SECRETARIAT,
    )
    hit = Assignment.objects.select_related("round__edition", "case", "expert").filter(
        expert=expert, state__in=["open", "draft"]
    )
    hit = hit.filter(case=case) if case is not None else hit.filter(case__organisation=organisation)
    for assignment in hit:
        _step(assignment, "declare_conflict", cleaned(reason)[:1000])
    audit.append(
        actor, edition_id=expert.edition_id, action="expert.declare_conflict", obj=expert, reason=row.reason,
        after={"case": case.number if case else None, "organisation": organisation.pk if organisation else None},
    )
    return row

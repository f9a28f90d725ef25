"""Services for score sheets: save, submit, open again, declare a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict as Refused
from praxis.foundation.errors import Invalid, Text, require
from praxis.foundation.people.models import Organisation
from praxis.foundation.programmes.models import Criterion
from praxis.foundation.statements import Statement
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import policies, reading
from praxis.lifecycle.reviews.models import Assignment, Conflict, Expert, Score, ScoreSheet
from praxis.lifecycle.reviews.states import ASSIGNMENT

MAX_COMMENT = 10_000


_CRITERIA: Statement[Criterion] = Statement(lambda held: Criterion.objects.filter(round_id=held), held=int)
_STATE_LOCKED: Statement[str] = Statement(
    lambda pk: Assignment.objects.select_for_update().filter(pk=pk).values_list("state", flat=True), pk=int
)
_STATES_AROUND: Statement[tuple[str, str]] = Statement(
    lambda pk: Assignment.objects.filter(pk=pk).values_list("round__state", "expert__state"), pk=int
)


def _locked(assignment: Assignment) -> Assignment:
    """Lock the assignment; the states it depends on are read after the lock, so that a round that closes is seen."""
    assignment.state = _STATE_LOCKED.all(pk=assignment.pk)[0]
    assignment.round.state, assignment.expert.state = _STATES_AROUND.all(pk=assignment.pk)[0]
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
            }  # fmt: skip
    if problems:
        raise Invalid(problems)
    return {code: None if value is None else round(float(value), 6) for code, value in scores.items()}


@transaction.atomic
def save_sheet(
    actor: Any, assignment: Assignment, *, scores: Mapping[str, float | None], comment: str, confidential: str = "",
    expected_version: int | None = None,
) -> ScoreSheet:  # fmt: skip
    """Save a score sheet as far as it is filled in. `scores` maps criterion codes to marks or None.

    Raises Invalid for a mark off the scale or a text too long, Conflict (code "stale") where another window saved
    meanwhile. A save that changes nothing leaves the version as it is.
    """
    return _save(actor, assignment, scores, comment, confidential, expected_version)[0]


def _save(
    actor: Any, assignment: Assignment, scores: Mapping[str, float | None], comment: str, confidential: str,
    expected_version: int | None,
) -> tuple[ScoreSheet, list[str]]:  # fmt: skip
    """The sheet as saved, and the codes of the criteria still without a mark."""
    _locked(assignment)
    require(policies.may_score(actor, assignment))
    values = _values(assignment, scores)
    said, aside = _text("comment", comment), _text("confidential", confidential)
    sheet = reading.SHEET.first(assignment=assignment.pk)
    fresh = sheet is None
    if sheet is None:
        sheet = ScoreSheet(assignment=assignment)
    elif expected_version is not None and expected_version != sheet.version:
        raise Refused(_("This sheet was saved in another window meanwhile."), code="stale")
    criteria = _CRITERIA.all(held=assignment.round_id)
    there = {} if fresh else {row.criterion_id: row for row in sheet.scores.all()}
    before = {row.code: there[row.pk].value for row in criteria if row.pk in there}
    after = {code: value for code, value in {**before, **values}.items() if value is not None}
    lacking = [row.code for row in criteria if row.code not in after]
    if not fresh and after == before and (said, aside) == (sheet.comment, sheet.confidential):
        return sheet, lacking
    sheet.comment, sheet.confidential, sheet.total = said, aside, _total(criteria, after)
    sheet.version, sheet.updated_at = sheet.version + 1, clock.now()
    sheet.save()
    _put_scores(sheet, criteria, there, after)
    if assignment.state == "open":
        _step(assignment, "begin")
    return sheet, lacking


def _text(name: str, typed: str) -> str:
    kept = cleaned(typed)
    if len(kept) > MAX_COMMENT or len(typed) > 4 * MAX_COMMENT:
        raise Invalid({name: _("At most %(most)d characters.") % {"most": MAX_COMMENT}})
    return kept


def _total(criteria: list[Criterion], given: Mapping[str, float]) -> float | None:
    """The weighted mean, on the scale; None until every criterion has a mark."""
    if len(given) < len(criteria):
        return None
    return sum(row.weight * given[row.code] for row in criteria) / sum(row.weight for row in criteria)


def _put_scores(
    sheet: ScoreSheet, criteria: list[Criterion], there: dict[int, Score], after: Mapping[str, float]
) -> None:
    gone = [there[row.pk].pk for row in criteria if row.pk in there and row.code not in after]
    if gone:
        Score.objects.filter(pk__in=gone).delete()
    changed = []
    for row in criteria:
        if row.code in after and row.pk in there and there[row.pk].value != after[row.code]:
            there[row.pk].value = after[row.code]
            changed.append(there[row.pk])
    if changed:
        Score.objects.bulk_update(changed, ["value"])
    Score.objects.bulk_create(
        [
            Score(sheet=sheet, criterion=row, value=after[row.code])
            for row in criteria
            if row.code in after and row.pk not in there
        ]
    )


def _step(assignment: Assignment, action: str, reason: str = "") -> None:
    assignment.state = ASSIGNMENT.step(assignment.state, action)
    assignment.updated_at, assignment.reason = clock.now(), reason or assignment.reason
    assignment.save(update_fields=["state", "updated_at", "reason"])


def _note(actor: Any, assignment: Assignment, action: str, reason: str = "", after: Any = None) -> None:
    audit.append(
        actor, edition_id=assignment.round.edition_id, action=f"assignment.{action}", obj=assignment,
        label=assignment.case.number, reason=reason, after=after,
    )  # fmt: skip


@transaction.atomic
def submit_sheet(actor: Any, assignment: Assignment) -> ScoreSheet:
    """Hand a score sheet in: every criterion has a mark. Sending it twice changes nothing."""
    _locked(assignment)
    sheet = reading.SHEET.first(assignment=assignment.pk)
    if assignment.state == "submitted" and sheet is not None and policies.may_read(actor, assignment):
        return sheet
    require(policies.may_score(actor, assignment))
    criteria = dict(assignment.round.criteria.order_by("position").values_list("pk", "code"))
    given = set(sheet.scores.values_list("criterion_id", flat=True)) if sheet else set()
    lacking = [code for pk, code in criteria.items() if pk not in given]
    if lacking or sheet is None:
        raise Invalid(_lacking(lacking), code="incomplete")
    return _submit(actor, assignment, sheet)


def _lacking(codes: list[str]) -> dict[str, Text]:
    return {code: _("Give a mark.") for code in codes}


def _submit(actor: Any, assignment: Assignment, sheet: ScoreSheet) -> ScoreSheet:
    sheet.submitted_at = clock.now()
    sheet.save(update_fields=["submitted_at"])
    _step(assignment, "submit")
    _note(actor, assignment, "submit", after={"total": sheet.total})
    return sheet


def _sent_again(
    sheet: ScoreSheet, scores: Mapping[str, float | None], comment: str, confidential: str
) -> ScoreSheet:
    """The sheet as it was handed in; raises Conflict where something else is sent now, so that nothing is lost unseen."""
    given = dict(sheet.scores.values_list("criterion__code", "value"))
    same = all(value == given.get(code) for code, value in scores.items())
    if not same or (cleaned(comment), cleaned(confidential)) != (sheet.comment, sheet.confidential):
        raise Refused(_("This score sheet has been submitted. Open it again to change it."), code="state")
    return sheet


def hand_in(
    actor: Any, assignment: Assignment, *, scores: Mapping[str, float | None], comment: str, confidential: str = "",
    expected_version: int | None = None,
) -> ScoreSheet:  # fmt: skip
    """Save a sheet and hand it in at once. Where marks are missing it is saved all the same, and Invalid names them.

    A sheet that has been handed in, sent once more, changes nothing.
    """
    with transaction.atomic():
        if assignment.state == "submitted":
            return _sent_again(submit_sheet(actor, assignment), scores, comment, confidential)
        sheet, lacking = _save(actor, assignment, scores, comment, confidential, expected_version)
        if not lacking:
            return _submit(actor, assignment, sheet)
    raise Invalid(_lacking(lacking), code="incomplete")


@transaction.atomic
def reopen_sheet(actor: Any, assignment: Assignment, *, reason: str = "") -> ScoreSheet:
    """Open a submitted sheet again while its round is open; for anybody but its expert that needs a reason."""
    _locked(assignment)
    require(policies.may_reopen(actor, assignment))
    if not policies.is_expert(actor, assignment.expert) and not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    # The table first: an assignment that was never begun has no sheet.
    ASSIGNMENT.step(assignment.state, "reopen")
    sheet = assignment.sheet
    sheet.submitted_at = None
    sheet.save(update_fields=["submitted_at"])
    _step(assignment, "reopen", cleaned(reason)[:1000])
    _note(actor, assignment, "reopen", cleaned(reason))
    return sheet


@transaction.atomic
def declare_conflict(
    actor: Any, expert: Expert, *, case: Case | None = None, organisation: Organisation | None = None, reason: str,
    source: str = Conflict.Source.DECLARED,
) -> Conflict:  # fmt: skip
    """Note a conflict; what the expert has not yet handed in of it goes back to the secretariat.

    Raises Conflict where the expert has handed in a sheet on the case itself: it must be opened again first.
    """
    own = policies.may_answer(actor, expert)
    require(own or policies.may_manage(actor, expert))
    if case is None and organisation is None:
        raise Invalid({"case": _("Name a case or an organisation.")})
    if not cleaned(reason):
        raise Invalid({"reason": _("Say in a few words what the conflict is.")})
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("round__edition", "case", "expert")
    hit = rows.filter(expert=expert).exclude(state__in=["released", "conflicted"])
    hit = hit.filter(case=case) if case is not None else hit.filter(case__organisation=organisation)
    found = list(hit)
    if own and case is not None:
        for assignment in found:
            ASSIGNMENT.step(assignment.state, "declare_conflict")
    row = Conflict.objects.create(
        expert=expert, case=case, organisation=organisation, reason=cleaned(reason)[:1000], at=clock.now(),
        source=source if own else Conflict.Source.SECRETARIAT,
    )  # fmt: skip
    for assignment in found:
        if assignment.state in ("open", "draft"):
            _step(assignment, "declare_conflict", row.reason)
    audit.append(
        actor, edition_id=expert.edition_id, action="expert.declare_conflict", obj=expert, reason=row.reason,
        after={"case": case.number if case else None, "organisation": organisation.pk if organisation else None},
    )  # fmt: skip
    return row


@transaction.atomic
def drop_conflict(actor: Any, conflict: Conflict, *, reason: str) -> None:
    """Take out a conflict that was entered by mistake; the secretariat alone, with a reason."""
    expert = conflict.expert
    require(policies.may_manage(actor, expert))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    before = {"case": conflict.case_id, "organisation": conflict.organisation_id, "reason": conflict.reason}
    conflict.delete()
    audit.append(
        actor, edition_id=expert.edition_id, action="expert.drop_conflict", obj=expert, before=before,
        reason=cleaned(reason),
    )  # fmt: skip

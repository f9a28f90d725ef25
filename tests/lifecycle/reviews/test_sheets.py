"""Score sheets: who may do what when, marks on the scale, two windows, conflicts."""

from __future__ import annotations

import pytest

from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.errors import Conflict, DomainError, Forbidden, Invalid, Missing
from praxis.lifecycle.reviews import selectors, services
from praxis.lifecycle.reviews.models import Assignment, Expert, Score, ScoreSheet
from praxis.lifecycle.reviews.models import Conflict as ConflictRow
from praxis.lifecycle.reviews.sheets import MAX_COMMENT
from praxis.lifecycle.reviews.states import ASSIGNMENT, ASSIGNMENT_STATES
from tests.support import committee, world

pytestmark = pytest.mark.django_db


def _begin(held, row):
    services.save_sheet(row.expert.user, row, scores=committee.marks(held), comment="")


ACTIONS = {
    "begin": _begin,
    "submit": lambda held, row: services.submit_sheet(row.expert.user, row),
    "reopen": lambda held, row: services.reopen_sheet(row.expert.user, row),
    "declare_conflict": lambda held, row: services.declare_conflict(
        row.expert.user, row.expert, case=row.case, reason="my brother's project"
    ),
    "release": lambda held, row: services.release(held.secretary, row, reason="by mistake"),
}
WAY = {
    "open": [], "draft": ["begin"], "submitted": ["begin", "submit"], "conflicted": ["declare_conflict"],
    "released": ["release"],
}  # fmt: skip


def _at(state):
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    for step in WAY[state]:
        ACTIONS[step](held, row)
        row = committee.assignment(row.pk)
    return held, row


@pytest.mark.parametrize("state", ASSIGNMENT_STATES)
@pytest.mark.parametrize("action", ASSIGNMENT.actions)
def test_every_row_of_the_table_of_assignments(state, action):
    held, row = _at(state)
    if (state, action) == ("open", "submit"):
        # The table allows it; the guard wants a mark on every criterion.
        with pytest.raises(Invalid):
            ACTIONS[action](held, row)
        return
    if (state, action) in {("submitted", "submit"), ("conflicted", "declare_conflict"), ("released", "declare_conflict")}:
        # Sent twice: nothing changes.
        ACTIONS[action](held, row)
        assert Assignment.objects.get(pk=row.pk).state == state
        return
    found = ASSIGNMENT.find(state, action)
    if found is None:
        with pytest.raises(DomainError) as refused:
            ACTIONS[action](held, row)
        assert isinstance(refused.value, Missing) or str(refused.value)
        assert Assignment.objects.get(pk=row.pk).state == state
    else:
        ACTIONS[action](held, row)
        assert Assignment.objects.get(pk=row.pk).state == found.target


def test_the_table_names_every_action_of_an_assignment():
    assert set(ACTIONS) == set(ASSIGNMENT.actions)


@pytest.mark.parametrize("action", ["begin", "submit", "reopen"])
@pytest.mark.parametrize("state", ["planned", "closed"])
def test_a_round_that_is_not_open_takes_no_sheet(action, state):
    held, row = _at("submitted" if action == "reopen" else "draft")
    if state == "closed":
        services.close_round(held.secretary, held.round(), reason="time is up")
    else:
        row.round.__class__.objects.filter(pk=row.round_id).update(state="planned")
    row.round.state = "open"  # as a page that was opened before remembers it
    before = Assignment.objects.get(pk=row.pk).state
    with pytest.raises((Conflict, Missing)):
        ACTIONS[action](held, row)
    assert Assignment.objects.get(pk=row.pk).state == before


def test_a_sheet_is_its_experts_alone():
    held, row = _at("draft")
    other = committee.join(held).user
    for actor in (other, held.owner, held.secretary, world.person()):
        with pytest.raises(Missing):
            services.save_sheet(actor, row, scores={}, comment="mine")
        with pytest.raises(Missing):
            services.submit_sheet(actor, row)
    row = committee.assignment(row.pk)
    services.submit_sheet(row.expert.user, row)
    for actor in (other, held.owner):
        with pytest.raises(Missing):
            services.reopen_sheet(actor, row)
    with pytest.raises(Invalid):
        services.reopen_sheet(held.secretary, row)
    services.reopen_sheet(held.secretary, row, reason="asked by telephone")
    assert Assignment.objects.get(pk=row.pk).state == "draft"


def test_an_expert_who_left_writes_nothing_more():
    held, row = _at("submitted")
    services.withdraw_expert(held.secretary, held.expert(), reason="ill")
    row = committee.assignment(row.pk)
    with pytest.raises(Conflict):
        services.reopen_sheet(row.expert.user, row)
    assert Assignment.objects.get(pk=row.pk).state == "submitted"


def test_an_expert_without_the_undertaking_writes_nothing():
    held, row = _at("open")
    Expert.objects.update(undertaking_at=None)
    row = committee.assignment(row.pk)
    with pytest.raises(Forbidden):
        _begin(held, row)
    assert not ScoreSheet.objects.exists()


@pytest.mark.parametrize("mark", [0, 0.5, 11, -1, 3.5, float("nan"), float("inf"), 1e300])
def test_marks_off_the_scale_are_refused_at_their_criterion(mark):
    held, row = _at("open")
    code = next(iter(committee.marks(held)))
    with pytest.raises(Invalid) as refused:
        services.save_sheet(row.expert.user, row, scores={code: mark}, comment="kept?")
    assert list(refused.value.fields) == [code]
    assert not Score.objects.exists()
    assert Assignment.objects.get(pk=row.pk).state == "open"


def test_half_marks_count_where_the_scale_has_them():
    held = committee.committee(1, 1, preset=world.PITCH, state="open")
    row = committee.assign(held)
    sheet = services.save_sheet(row.expert.user, row, scores=committee.marks(held, 3.5), comment="")
    assert sheet.total == 3.5
    with pytest.raises(Invalid):
        services.save_sheet(row.expert.user, row, scores=committee.marks(held, 3.25), comment="")


def test_a_criterion_of_another_round_is_refused():
    _held, row = _at("open")
    with pytest.raises(Invalid):
        services.save_sheet(row.expert.user, row, scores={"beauty": 5}, comment="")


def test_a_sheet_grows_and_its_total_comes_with_the_last_mark():
    held, row = _at("open")
    codes = list(committee.marks(held))
    user = row.expert.user
    sheet = services.save_sheet(user, row, scores={codes[0]: 4}, comment="a")
    assert sheet.total is None
    assert Assignment.objects.get(pk=row.pk).state == "draft"
    sheet = services.save_sheet(user, row, scores={codes[1]: 6, codes[2]: 8}, comment="a")
    assert sheet.total == pytest.approx(6)
    sheet = services.save_sheet(user, row, scores={codes[0]: None}, comment="a")
    assert sheet.total is None
    assert selectors.sheet_of(row)[1] == {codes[1]: 6, codes[2]: 8}
    with pytest.raises(Invalid) as refused:
        services.submit_sheet(user, row)
    assert list(refused.value.fields) == [codes[0]]


def test_weights_count_in_the_total():
    _held, row = _at("open")
    criteria = list(row.round.criteria.all())
    type(criteria[0]).objects.filter(pk=criteria[0].pk).update(weight=3)
    marks = {criteria[0].code: 10, criteria[1].code: 5, criteria[2].code: 5}
    assert services.save_sheet(row.expert.user, row, scores=marks, comment="").total == pytest.approx(8)


def test_two_windows_the_later_learns_that_it_is_behind():
    _held, row = _at("open")
    user = row.expert.user
    services.save_sheet(user, row, scores={}, comment="first", expected_version=0)
    one = committee.assignment(row.pk)
    services.save_sheet(user, one, scores={}, comment="second", expected_version=1)
    with pytest.raises(Conflict) as refused:
        services.save_sheet(user, row, scores={}, comment="third", expected_version=1)
    assert refused.value.code == "stale"
    assert ScoreSheet.objects.get().comment == "second"


def test_saving_the_same_again_makes_no_new_version():
    held, row = _at("open")
    for _time in range(3):
        sheet = services.save_sheet(row.expert.user, row, scores=committee.marks(held), comment="same")
    assert sheet.version == 1
    assert Score.objects.count() == 3


def test_a_sheet_submitted_twice_is_submitted_once():
    _held, row = _at("draft")
    twin = committee.assignment(row.pk)
    first = services.submit_sheet(row.expert.user, row)
    second = services.submit_sheet(twin.expert.user, twin)
    assert second.submitted_at == first.submitted_at
    assert AuditEvent.objects.filter(action="assignment.submit").count() == 1
    with pytest.raises(Conflict):
        services.save_sheet(twin.expert.user, twin, scores={}, comment="late")


def test_a_text_too_long_is_refused_and_control_characters_are_taken_out():
    _held, row = _at("open")
    with pytest.raises(Invalid) as refused:
        services.save_sheet(row.expert.user, row, scores={}, comment="x" * (MAX_COMMENT + 1))
    assert list(refused.value.fields) == ["comment"]
    with pytest.raises(Invalid):
        services.save_sheet(row.expert.user, row, scores={}, comment="", confidential="x" * 10_000_000)
    sheet = services.save_sheet(row.expert.user, row, scores={}, comment="a\x00b\x08c")
    assert sheet.comment == "abc"


def test_a_declared_conflict_takes_the_case_off_the_list_and_keeps_it_off():
    held, row = _at("draft")
    expert = held.expert()
    with pytest.raises(Invalid):
        services.declare_conflict(expert.user, expert, case=row.case, reason="  ")
    ACTIONS["declare_conflict"](held, row)
    assert selectors.my_assignments(expert, held.round()).rows == []
    with pytest.raises(Missing):
        selectors.my_assignment(expert.user, row.key)
    with pytest.raises(Invalid) as refused:
        services.assign_one(held.secretary, held.round(), expert, row.case, reason="please")
    assert "conflict" in str(refused.value)


def test_a_conflict_with_an_organisation_takes_all_its_cases_not_yet_handed_in():
    held = committee.committee(3, 1, state="open")
    rows = [committee.assign(held, 0, number) for number in range(3)]
    committee.score(held, rows[0])
    expert = held.expert()
    services.declare_conflict(expert.user, expert, organisation=held.cases[0].organisation, reason="my employer")
    states = Assignment.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["submitted", "conflicted", "conflicted"]


def test_the_secretariat_enters_and_takes_out_conflicts_and_nobody_else():
    held, row = _at("open")
    expert = held.expert()
    with pytest.raises(Missing):
        services.declare_conflict(held.owner, expert, case=row.case, reason="I do not like her")
    entered = services.declare_conflict(held.secretary, expert, case=row.case, reason="known to us")
    assert entered.source == ConflictRow.Source.SECRETARIAT
    with pytest.raises(Missing):
        services.drop_conflict(expert.user, entered, reason="no")
    with pytest.raises(Invalid):
        services.drop_conflict(held.secretary, entered, reason="")
    services.drop_conflict(held.secretary, entered, reason="another person of that name")
    assert not ConflictRow.objects.exists()
    services.assign_one(held.secretary, held.round(), expert, row.case, reason="back to her")

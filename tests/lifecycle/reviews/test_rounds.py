"""Rounds: which cases they look at, and how they move."""

from __future__ import annotations

import pytest

from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.notices.models import Notice
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.states import ROUND
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import selectors, services
from praxis.lifecycle.reviews.models import RoundCase, StandingRun
from tests.support import committee, world

pytestmark = pytest.mark.django_db

ACTIONS = {
    "open": lambda held, round_: services.open_round(held.secretary, round_),
    "close": lambda held, round_: services.close_round(held.secretary, round_, reason="time is up"),
    "reopen": lambda held, round_: services.reopen_round(held.secretary, round_, reason="a sheet was wrong"),
}
WAY = {"planned": [], "open": ["open"], "closed": ["open", "close"]}


@pytest.mark.parametrize("state", ROUND.states)
@pytest.mark.parametrize("action", ROUND.actions)
def test_every_row_of_the_table_of_rounds(state, action):
    held = committee.committee(1, 1)
    round_ = held.round()
    for step in WAY[state]:
        ACTIONS[step](held, round_)
    row = ROUND.find(state, action)
    if row is None:
        with pytest.raises(Conflict) as refused:
            ACTIONS[action](held, round_)
        assert str(refused.value)
        assert held.round().state == state
    else:
        ACTIONS[action](held, round_)
        assert held.round().state == row.target


def test_the_table_names_every_action_of_a_round():
    assert set(ACTIONS) == set(ROUND.actions)


@pytest.mark.parametrize("action", ACTIONS)
def test_to_who_is_not_named_on_the_edition_a_round_does_not_exist(action):
    held = committee.committee(1, 1, state="open")
    round_ = held.round()
    held.secretary = held.expert().user
    with pytest.raises(Missing):
        ACTIONS[action](held, round_)


def test_the_first_round_takes_every_admitted_case_and_starts_the_review():
    held = committee.committee(3, 1)
    Case.objects.filter(pk=held.cases[0].pk).update(state="ineligible")
    services.open_round(held.secretary, held.round())
    assert set(RoundCase.objects.values_list("case_id", flat=True)) == {case.pk for case in held.cases[1:]}
    held.edition.refresh_from_db()
    assert held.edition.state == "reviewing"


def test_a_round_is_not_opened_while_the_call_is():
    edition = world.edition()
    secretary = world.secretary(edition)
    with pytest.raises(Conflict):
        services.open_round(secretary, edition.rounds.first())


def test_a_later_round_waits_for_the_one_before_and_for_its_cases():
    held = committee.committee(2, 1, state="open")
    second = held.round(1)
    with pytest.raises(Conflict):
        services.open_round(held.secretary, second)
    services.close_round(held.secretary, held.round())
    with pytest.raises(Conflict) as refused:
        services.open_round(held.secretary, second)
    assert "no cases" in str(refused.value)
    with pytest.raises(Conflict):
        services.take_admitted(held.secretary, second)
    services.set_round_cases(held.secretary, second, held.cases[:1])
    assert services.open_round(held.secretary, second).state == "open"


def test_a_later_round_refuses_every_case_outside_its_set():
    held = committee.committee(2, 1, state="open")
    services.close_round(held.secretary, held.round())
    second = held.round(1)
    services.set_round_cases(held.secretary, second, held.cases[:1])
    services.open_round(held.secretary, second)
    with pytest.raises(Invalid) as refused:
        services.assign_one(held.secretary, second, held.expert(), held.cases[1], reason="I want it")
    assert "case" in refused.value.fields
    assert RoundCase.objects.filter(round=second).count() == 1


def test_a_round_looks_at_admitted_cases_of_its_edition_only():
    held = committee.committee(1, 0)
    Case.objects.filter(pk=held.cases[0].pk).update(state="ineligible")
    held.cases[0].refresh_from_db()
    with pytest.raises(Invalid):
        services.set_round_cases(held.secretary, held.round(), held.cases)


def test_a_case_that_is_read_stays_in_its_round():
    held = committee.committee(2, 1, state="open")
    committee.assign(held, 0, 0)
    with pytest.raises(Conflict):
        services.set_round_cases(held.secretary, held.round(), held.cases[1:])
    services.set_round_cases(held.secretary, held.round(), held.cases[:1])
    assert [row.case_id for row in RoundCase.objects.all()] == [held.cases[0].pk]


def test_closing_with_sheets_missing_needs_a_reason_and_changes_nothing_without():
    held = committee.committee(1, 1, state="open")
    committee.assign(held)
    with pytest.raises(Invalid) as refused:
        services.close_round(held.secretary, held.round())
    assert "1" in str(refused.value)
    assert held.round().state == "open"
    services.close_round(held.secretary, held.round(), reason="time is up")
    assert held.round().state == "closed"
    assert not StandingRun.objects.exists()


def test_a_round_is_not_opened_again_after_a_later_one_has_begun_or_the_decision():
    held = committee.committee(1, 1, state="open")
    services.close_round(held.secretary, held.round())
    with pytest.raises(Invalid):
        services.reopen_round(held.secretary, held.round(), reason="")
    second = held.round(1)
    services.set_round_cases(held.secretary, second, held.cases)
    services.open_round(held.secretary, second)
    with pytest.raises(Conflict):
        services.reopen_round(held.secretary, held.round(), reason="late sheet")
    services.close_round(held.secretary, second)
    programmes.advance(held.secretary, held.edition, "decide")
    with pytest.raises(Conflict):
        services.reopen_round(held.secretary, second, reason="late sheet")


def test_reminders_go_to_those_with_sheets_missing_once_a_day():
    held = committee.committee(2, 3, state="open")
    committee.score(held, committee.assign(held, 0, 0))
    committee.assign(held, 1, 0)
    committee.assign(held, 1, 1)
    assert services.remind(held.secretary, held.round()) == 1
    services.remind(held.secretary, held.round())
    letter = Notice.objects.get(kind="expert.reminder")
    assert letter.to == held.expert(1).user.email
    assert ": 2" in letter.subject
    services.close_round(held.secretary, held.round(), reason="time is up")
    with pytest.raises(Conflict):
        services.remind(held.secretary, held.round())


def test_pitches_are_heard_in_the_order_that_was_set():
    held = committee.committee(3, 1, preset=world.PITCH, state="open")
    services.close_round(held.secretary, held.round())
    second = held.round(1)
    services.set_round_cases(held.secretary, second, held.cases)
    services.open_round(held.secretary, second)
    for number in range(3):
        committee.assign(held, 0, number, round_=second)
    numbers = [case.number for case in held.cases]
    expert = held.expert()
    assert [row.case.number for row in selectors.my_assignments(expert, second).rows] == numbers
    wanted = [numbers[2], numbers[0], numbers[1]]
    services.set_running_order(held.secretary, second, wanted)
    rows = selectors.my_assignments(expert, second).rows
    assert [row.case.number for row in rows] == wanted
    assert [row.number for row in selectors.neighbours(committee.assignment(rows[0].pk))] == wanted
    with pytest.raises(Invalid):
        services.set_running_order(held.secretary, second, numbers[:2])
    with pytest.raises(Conflict):
        services.set_running_order(held.secretary, held.round(), numbers)


def test_the_order_of_pitches_does_not_tell_the_ranks_of_the_round_before():
    held = committee.committee(3, 1, preset=world.PITCH, state="open")
    services.close_round(held.secretary, held.round())
    second = held.round(1)
    services.set_round_cases(held.secretary, second, held.cases[::-1])
    assert [case.number for case in selectors.running_order(second)] == [case.number for case in held.cases]

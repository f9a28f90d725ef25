"""Every state of a case with every action: done by the service, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, DomainError
from praxis.lifecycle.cases import services
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.states import STATES, TABLE
from tests.support import world

pytestmark = pytest.mark.django_db

DO: dict[str, Callable[[Any, Any, Case], Any]] = {
    "submit": lambda owner, _s, case: services.submit(owner, case, submission_key="again"),
    "correct": lambda owner, _s, case: services.submit(owner, case, submission_key="again"),
    "withdraw": lambda _o, secretary, case: services.withdraw(secretary, case, reason="asked for"),
    "reopen": lambda owner, _s, case: services.reopen(owner, case),
    "return": lambda _o, secretary, case: services.return_for_correction(
        secretary, case, message="Correct it", until=clock.now() + timedelta(days=1)
    ),
    "admit": lambda _o, secretary, case: services.admit(secretary, case),
    "exclude": lambda _o, secretary, case: services.exclude(secretary, case, reason="No partner"),
    "reinstate": lambda _o, secretary, case: services.reinstate(secretary, case, reason="A mistake"),
}
WAY = {
    "draft": [], "submitted": [], "returned": ["return"], "admitted": ["admit"], "ineligible": ["exclude"],
    "withdrawn": ["withdraw"],
}  # fmt: skip


def in_state(state: str) -> tuple[Case, Any, Any]:
    """A case in a state, its owner and a secretary."""
    edition = world.edition()
    owner = world.person()
    case = world.case(owner, world.organisation(owner), edition, submitted=state != "draft")
    secretary = world.secretary(edition)
    for action in WAY[state]:
        DO[action](owner, secretary, case)
    assert case.state == state
    return case, owner, secretary


@pytest.mark.parametrize("action", TABLE.actions)
@pytest.mark.parametrize("state", STATES)
def test_a_pair_of_state_and_action_is_done_or_refused_as_the_table_says(state: str, action: str) -> None:
    edition = world.edition()
    with world.during(edition):
        case, owner, secretary = in_state(state)
        # Submitting unchanged content again is no second submission: change it first.
        if state in ("draft", "submitted", "returned"):
            services.save_texts(owner, case, {("en", "summary"): "Changed since."})
        row = TABLE.find(state, action)
        # The service submits or corrects by the state of the case.
        twin = {"submit": "correct", "correct": "submit"}.get(action)
        row = row or (TABLE.find(state, twin) if twin else None)
        if row is None:
            with pytest.raises(Conflict) as refused:
                DO[action](owner, secretary, case)
            assert str(refused.value)
            assert Case.objects.get(pk=case.pk).state == state
        else:
            DO[action](owner, secretary, case)
            assert Case.objects.get(pk=case.pk).state == row.target


@pytest.mark.parametrize("action", ["return", "admit", "exclude", "reinstate"])
def test_what_the_secretariat_does_is_refused_to_applicants_and_others(action: str) -> None:
    case, owner, _secretary = in_state("ineligible" if action == "reinstate" else "submitted")
    for actor in (owner, world.person(), world.secretary(world.edition(world.PITCH))):
        with pytest.raises(DomainError):
            DO[action](owner, actor, case)


def test_an_applicant_cannot_withdraw_a_case_in_review() -> None:
    case, owner, _secretary = in_state("admitted")
    with pytest.raises(Conflict) as refused:
        services.withdraw(owner, case)
    assert "secretariat" in str(refused.value)


@pytest.mark.parametrize("action", ["exclude", "reinstate"])
def test_what_goes_against_an_applicant_needs_a_reason(action: str) -> None:
    case, _owner, secretary = in_state("ineligible" if action == "reinstate" else "submitted")
    with pytest.raises(DomainError):
        getattr(services, action)(secretary, case, reason="  ")

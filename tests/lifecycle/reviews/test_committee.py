"""The committee: invited, answering, signing, leaving."""

from __future__ import annotations

import pytest

from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.notices.models import Notice
from praxis.foundation.people import privacy
from praxis.lifecycle.reviews import selectors, services
from praxis.lifecycle.reviews.models import Expert
from tests.support import committee, world

pytestmark = pytest.mark.django_db


def test_an_invited_person_gets_one_letter_with_a_link_in_their_language():
    held = committee.committee(0, 0)
    expert = committee.invite(held, email="li@example.org", names={"zh-hans": "李梅"}, language="zh-hans")
    letter = Notice.objects.get(kind="expert.invited")
    assert letter.to == "li@example.org"
    assert letter.subject.startswith("邀请您担任评审专家")
    assert f"/zh-hans/expert/{expert.pk}/" in letter.body
    assert "李梅" in letter.body


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"names": {"en": "  "}}, "names"),
        ({"categories": []}, "categories"),
        ({"categories": ["astrology"]}, "categories"),
        ({"languages": []}, "languages"),
        ({"languages": ["tlh"]}, "languages"),
        ({"place": "XX"}, "place"),
        ({"load_min": 5, "load_max": 4}, "load_max"),
        ({"load_max": 10**9}, "load_max"),
    ],
)
def test_an_invitation_names_what_is_wrong_with_it(wrong, field):
    held = committee.committee(0, 0)
    with pytest.raises(Invalid) as refused:
        committee.invite(held, **wrong)
    assert field in refused.value.fields
    assert not Expert.objects.exists()


def test_nobody_is_invited_twice_and_only_the_secretariat_invites():
    held = committee.committee(0, 0)
    committee.invite(held, email="one@example.org")
    with pytest.raises(Invalid) as refused:
        committee.invite(held, email="ONE@example.org")
    assert "email" in refused.value.fields
    held.secretary = world.person()
    with pytest.raises(Missing):
        committee.invite(held)


def test_accepting_twice_is_accepting_once_and_a_declined_invitation_stays_declined():
    held = committee.committee(0, 0)
    expert = committee.invite(held)
    services.accept(expert.user, expert)
    services.accept(expert.user, expert)
    with pytest.raises(Conflict):
        services.decline(expert.user, expert)
    other = committee.invite(held)
    services.decline(other.user, other)
    with pytest.raises(Conflict):
        services.accept(other.user, other)
    with pytest.raises(Missing):
        services.accept(world.person(), other)


def test_the_undertaking_comes_after_accepting_and_is_given_once():
    held = committee.committee(0, 0)
    expert = committee.invite(held)
    with pytest.raises(Conflict):
        services.sign_undertaking(expert.user, expert)
    services.accept(expert.user, expert)
    services.sign_undertaking(expert.user, expert)
    first = expert.undertaking_at
    assert len(expert.undertaking_text) == 64
    services.sign_undertaking(expert.user, expert)
    assert Expert.objects.get(pk=expert.pk).undertaking_at == first


def test_nothing_is_read_before_the_undertaking_and_nothing_of_planned_rounds():
    held = committee.committee(1, 1)
    services.set_round_cases(held.secretary, held.round(), held.cases)
    row = committee.assign(held)
    expert = held.expert()
    assert selectors.my_rounds(expert) == []
    assert selectors.my_assignments(expert, held.round()).rows == []
    with pytest.raises(Missing):
        selectors.my_assignment(expert.user, row.key)
    services.open_round(held.secretary, held.round())
    assert selectors.my_assignment(expert.user, row.key) == row
    assert [item.assigned for item in selectors.my_rounds(expert)] == [1]
    Expert.objects.filter(pk=expert.pk).update(undertaking_at=None)
    expert = held.expert()
    assert selectors.my_rounds(expert) == []
    with pytest.raises(Exception, match="undertaking"):
        selectors.my_assignment(expert.user, row.key)


def test_an_expert_finds_no_assignment_of_another():
    held = committee.committee(1, 2, state="open")
    row = committee.assign(held, 0)
    with pytest.raises(Missing):
        selectors.my_assignment(held.expert(1).user, row.key)
    with pytest.raises(Missing):
        selectors.my_place(held.expert(1).user, held.expert(0).pk)


def test_changing_an_expert_keeps_the_order_of_fields():
    held = committee.committee(0, 1)
    expert = held.expert()
    services.change_expert(
        held.secretary, expert, categories=["governance", "culture"], languages=["en"], load_min=1, load_max=7
    )
    through = Expert.categories.through.objects.filter(expert=expert).order_by("id")
    assert [row.category.code for row in through] == ["governance", "culture"]
    with pytest.raises(Invalid):
        services.change_expert(held.secretary, expert, categories=["culture"], languages=[], load_min=0, load_max=7)


def test_withdrawing_needs_a_reason_and_happens_once():
    held = committee.committee(1, 1, state="open")
    committee.assign(held)
    expert = held.expert()
    with pytest.raises(Invalid):
        services.withdraw_expert(held.secretary, expert, reason=" ")
    assert services.withdraw_expert(held.secretary, expert, reason="ill") == 1
    with pytest.raises(Conflict):
        services.withdraw_expert(held.secretary, expert, reason="ill")
    assert selectors.my_rounds(held.expert()) == []


def test_a_person_gets_their_part_of_the_review_and_erasing_keeps_what_counted():
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    committee.score(held, row, 8)
    user = held.expert().user
    data = privacy.collect(user)["reviews"]
    assert data["sheets"][0]["comment"] == "seen"
    assert set(data["sheets"][0]["scores"].values()) == {8.0}
    assert any("1" in line for line in privacy.erase(held.secretary, user))
    expert = held.expert()
    assert expert.names == {}
    assert expert.assignments.get().sheet.total == 8.0

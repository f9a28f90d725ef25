"""Who reads what: the engine's plan, conflicts, an expert who falls ill."""

from __future__ import annotations

from collections import Counter

import pytest

from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.jobs import services as jobs
from praxis.foundation.notices.models import Notice
from praxis.lifecycle.reviews import affinity, assigning, letters, selectors, services
from praxis.lifecycle.reviews.models import Assignment, AssignmentPlan
from tests.support import committee, world

pytestmark = pytest.mark.django_db


def _needed(held):
    return held.edition.settings.round(held.round().code).reviews_per_case


def _readers():
    rows = Assignment.objects.exclude(state__in=["released", "conflicted"])
    return Counter(rows.values_list("case_id", flat=True))


def test_a_plan_gives_each_case_its_number_within_loads_and_says_that_it_is_the_best():
    held = committee.committee(6, 4, state="open", load_max=6)
    plan = services.plan_assignments(held.secretary, held.round(), seed=1)
    assert not Assignment.objects.exists()
    assert (plan.state, plan.report["proven"], plan.report["pairs"]) == ("proposed", True, 6 * _needed(held))
    assert plan.report["load_most"] <= 6
    assert services.apply_plan(held.secretary, plan) == 6 * _needed(held)
    assert set(_readers().values()) == {_needed(held)}
    assert Notice.objects.filter(kind="expert.assigned").count() == 4


def test_a_plan_is_applied_once_and_by_the_secretariat_alone():
    held = committee.committee(2, 3, state="open")
    plan = services.plan_assignments(held.secretary, held.round())
    with pytest.raises(Missing):
        services.apply_plan(held.expert().user, plan)
    services.apply_plan(held.secretary, plan)
    with pytest.raises(Conflict):
        services.apply_plan(held.secretary, plan)
    with pytest.raises(Missing):
        services.plan_assignments(held.owner, held.round())


def test_the_same_seed_gives_the_same_plan():
    held = committee.committee(5, 5, state="open")
    one, two = (services.plan_assignments(held.secretary, held.round(), seed=7) for _time in range(2))
    assert one.pairs == two.pairs


def test_experts_assigned_before_the_round_opens_are_told_when_it_does():
    held = committee.committee(1, 3)
    services.take_admitted(held.secretary, held.round())
    services.apply_plan(held.secretary, services.plan_assignments(held.secretary, held.round()))
    assert not Notice.objects.filter(kind="expert.assigned").exists()
    services.open_round(held.secretary, held.round())
    assert Notice.objects.filter(kind="expert.assigned").count() == 3


def test_many_letters_are_written_by_a_job(monkeypatch):
    held = committee.committee(1, 3, state="open")
    monkeypatch.setattr(letters, "MOST_AT_ONCE", 2)
    services.apply_plan(held.secretary, services.plan_assignments(held.secretary, held.round()))
    assert not Notice.objects.filter(kind="expert.assigned").exists()
    jobs.drain()
    assert Notice.objects.filter(kind="expert.assigned").count() == 3


def test_an_impossible_plan_names_the_bottleneck_in_numbers_and_in_chinese_too():
    held = committee.committee(2, 2, state="open")
    with pytest.raises(Invalid) as refused:
        services.plan_assignments(held.secretary, held.round())
    said = str(refused.value)
    assert held.cases[0].number in said
    assert "6 reviews" in said
    assert "only 4" in said
    row = assigning.begin_plan(held.secretary, held.round())
    assigning.complete_plan(held.secretary, row)
    assert row.state == AssignmentPlan.State.FAILED
    assert "6" in row.report["why"]["zh-hans"]
    assert row.report["why"]["zh-hans"] != row.report["why"]["en"]


def test_a_large_plan_is_a_job(monkeypatch):
    held = committee.committee(2, 3, state="open")
    monkeypatch.setattr(assigning, "AT_ONCE", 1)
    plan = services.request_plan(held.secretary, held.round())
    assert plan.state == AssignmentPlan.State.RUNNING
    with pytest.raises(Conflict):
        services.apply_plan(held.secretary, plan)
    jobs.drain(strict=True)
    plan.refresh_from_db()
    assert plan.state == AssignmentPlan.State.PROPOSED
    assert services.apply_plan(held.secretary, plan) == 6


def test_nobody_reads_a_case_of_their_own_house_or_one_they_have_a_conflict_with_or_cannot_read():
    held = committee.committee(2, 3, state="open")
    own = committee.join(held, organisation=held.cases[0].organisation)
    name = held.cases[0].organisation.names["en"]
    by_name = committee.join(held, affiliation=f" {name.upper()} ")
    declared = committee.join(held)
    services.declare_conflict(declared.user, declared, case=held.cases[0], reason="friend")
    board = affinity.board(held.round())
    column = {expert.pk: number for number, expert in enumerate(board.experts)}
    shut = board.problem.forbidden
    assert shut[:, column[own.pk]].all()
    assert shut[:, column[by_name.pk]].all()
    assert list(shut[:, column[declared.pk]]) == [True, False]
    for expert in (own, by_name):
        with pytest.raises(Invalid):
            services.assign_one(held.secretary, held.round(), expert, held.cases[1], reason="please")


def test_an_expert_reads_only_what_is_written_in_a_language_of_theirs():
    assert affinity.languages_of({"en": {"a": "x", "b": "y"}, "zh-hans": {"a": "x"}}) == {"en", "zh-hans"}
    assert affinity.languages_of({"en": dict.fromkeys("abcde", "x"), "zh-hans": {"a": "x"}}) == {"en"}
    assert affinity.languages_of({}) == set()
    held = committee.committee(1, 1, state="open", languages=["en"])
    revision = held.cases[0].revision
    texts = {"zh-hans": revision.content["texts"]["zh-hans"]}
    type(revision).objects.filter(pk=revision.pk).update(content={**revision.content, "texts": texts})
    assert affinity.board(held.round()).problem.forbidden.all()
    services.change_expert(
        held.secretary, held.expert(), categories=["culture"], languages=["zh-hans"], load_min=0, load_max=9
    )
    assert not affinity.board(held.round()).problem.forbidden.any()


def test_one_of_ones_own_field_is_worth_more_and_the_first_field_most():
    held = committee.committee(5, 0, state="open")
    codes = [row.code for row in held.edition.settings.categories]
    first = committee.join(held, categories=[codes[1], codes[0]])
    second = committee.join(held, categories=[codes[0], codes[1]])
    board = affinity.board(held.round())
    place = {row.case.category_id: c for c, row in enumerate(board.cases)}
    fields = {row.code: row.pk for row in held.edition.categories.all()}
    row = board.problem.affinity[place[fields[codes[0]]]]
    assert [expert.pk for expert in board.experts] == [first.pk, second.pk]
    assert row[1] == pytest.approx(row[0] + affinity.FIRST_FIELD)
    assert board.problem.affinity[place[fields[codes[2]]]].max() < affinity.FIELD


def test_an_expert_falls_ill_and_what_was_read_stays():
    held = committee.committee(4, 4, state="open")
    services.apply_plan(held.secretary, services.plan_assignments(held.secretary, held.round()))
    # Equal plans are decided by lot: the one who falls ill is one with several cases.
    ill = max((held.expert(place) for place in range(4)), key=lambda expert: expert.assignments.count())
    mine = [committee.assignment(pk) for pk in ill.assignments.values_list("pk", flat=True)]
    committee.score(held, mine[0], 9)
    committee.score(held, mine[1], 5, submit=False)
    others = set(Assignment.objects.exclude(expert=ill).values_list("pk", flat=True))
    freed = services.withdraw_expert(held.secretary, ill, reason="ill")
    assert freed == len(mine) - 1
    services.apply_plan(held.secretary, services.plan_assignments(held.secretary, held.round()))
    assert set(_readers().values()) == {_needed(held)}
    assert Assignment.objects.get(pk=mine[0].pk).state == "submitted"
    assert others <= set(Assignment.objects.filter(state="open").values_list("pk", flat=True))
    assert not Assignment.objects.filter(expert=ill, state__in=["open", "draft"]).exists()
    again = services.plan_assignments(held.secretary, held.round())
    assert services.apply_plan(held.secretary, again) == 0


def test_what_was_given_by_hand_beyond_load_and_number_stays_in_a_plan():
    held = committee.committee(1, 5, state="open", load_max=1)
    for place in range(5):
        committee.assign(held, place)
    plan = services.plan_assignments(held.secretary, held.round())
    assert plan.report["pairs"] == 5
    committee.multiply(held, 1)
    with pytest.raises(Invalid):
        services.plan_assignments(held.secretary, held.round())


def test_a_plan_leaves_out_what_became_impossible_meanwhile():
    held = committee.committee(2, 4, state="open")
    plan = services.plan_assignments(held.secretary, held.round())
    gone = held.expert(0)
    planned = sum(expert == gone.pk for _case, expert in plan.pairs)
    services.withdraw_expert(held.secretary, gone, reason="ill")
    barred = held.expert(1)
    services.declare_conflict(barred.user, barred, organisation=held.cases[0].organisation, reason="mine")
    planned += sum(expert == barred.pk for _case, expert in plan.pairs)
    assert services.apply_plan(held.secretary, plan) == len(plan.pairs) - planned


def test_every_expert_hears_every_pitch_they_may():
    held = committee.committee(3, 4, preset=world.PITCH, state="open")
    services.close_round(held.secretary, held.round())
    second = held.round(1)
    services.set_round_cases(held.secretary, second, held.cases)
    services.open_round(held.secretary, second)
    plan = services.plan_assignments(held.secretary, second)
    assert services.apply_plan(held.secretary, plan) == 12


def test_assigning_by_hand_wants_a_reason_an_active_expert_and_an_open_round():
    held = committee.committee(1, 1, state="open")
    invited = committee.invite(held)
    for expert, reason, field in ((held.expert(), " ", "reason"), (invited, "please", "expert")):
        with pytest.raises(Invalid) as refused:
            services.assign_one(held.secretary, held.round(), expert, held.cases[0], reason=reason)
        assert list(refused.value.fields) == [field]
    committee.assign(held)
    with pytest.raises(Invalid):
        committee.assign(held)
    services.close_round(held.secretary, held.round(), reason="time is up")
    with pytest.raises(Conflict):
        committee.assign(held)


def test_taking_back_wants_a_reason_and_what_is_handed_in_is_not_taken_back():
    held = committee.committee(2, 1, state="open")
    one, two = committee.assign(held, 0, 0), committee.assign(held, 0, 1)
    with pytest.raises(Invalid):
        services.release(held.secretary, one, reason="")
    services.release(held.secretary, one, reason="wrong person")
    committee.score(held, two)
    with pytest.raises(Conflict):
        services.release(held.secretary, two, reason="wrong person")
    assert selectors.progress(held.round()).handed_in == 1
    services.assign_one(held.secretary, held.round(), held.expert(), held.cases[0], reason="right after all")

"""Rounds, assignments and standings at the secretariat's desk."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from praxis.foundation.jobs import services as jobs
from praxis.foundation.notices.models import Notice
from praxis.lifecycle.reviews import later, services
from praxis.lifecycle.reviews.models import Assignment, AssignmentPlan, Standing, StandingRun
from tests.support import committee, world

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(held, tail="", language="en"):
    return f"/{language}/office/{held.edition.pk}/{tail}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_round_from_its_plan_to_its_standings(language):
    held = committee.committee(3, 4)
    client = signed_in(held.secretary)
    base = at(held, "reviews/round1/", language)
    assert client.get(at(held, "reviews/", language)).status_code == 200
    assert client.post(base + "step/take/").status_code == 303
    page = client.post(base + "plan/")
    assert page.status_code == 303
    plan = page["Location"]
    assert client.get(plan).status_code == 200
    assert client.post(plan).status_code == 303
    assert client.post(plan).status_code == 409
    assert Assignment.objects.count() == 9
    assert client.post(base + "step/open/").status_code == 303
    asked = Assignment.objects.values("expert").distinct().count()
    assert Notice.objects.filter(kind="expert.assigned").count() == asked >= 3
    for row in Assignment.objects.order_by("id")[:8]:
        committee.score(held, committee.assignment(row.pk), 5 + row.pk % 4)
    assert client.post(base + "remind/").status_code == 303
    assert Notice.objects.filter(kind="expert.reminder").count() == 1
    page = client.post(base + "step/close/", {"reason": ""})
    assert page.status_code == 422
    assert "1" in page.content.decode()
    assert client.post(base + "step/close/", {"reason": "It is late."}).status_code == 303
    assert StandingRun.objects.count() == 1
    standings = at(held, "standings/", language)
    for query in ("", "?view=intervals", "?view=marking", "?sort=-mean", "?round=round2"):
        assert client.get(standings + query).status_code == 200
    html = client.get(standings).content.decode()
    for case in held.cases:
        assert case.number in html
        assert f"/office/{held.edition.pk}/cases/{case.key}/" in html
    assert client.post(base + "step/reopen/", {"reason": ""}).status_code == 422
    assert client.post(base + "step/reopen/", {"reason": "A sheet came late."}).status_code == 303
    assert client.post(base + "step/explode/").status_code == 404


def test_a_plan_that_cannot_be_made_says_why_on_the_page():
    held = committee.committee(2, 2, state="open")
    page = signed_in(held.secretary).post(at(held, "reviews/round1/plan/", "zh-hans"))
    assert page.status_code == 422
    assert "6 份评审" in page.content.decode()
    assert not AssignmentPlan.objects.filter(state="proposed").exists()


def test_assigning_by_hand_taking_back_and_opening_a_sheet_again():
    held = committee.committee(1, 1, state="open")
    client = signed_in(held.secretary)
    base = at(held, "reviews/round1/")
    expert, number = str(held.expert().pk), held.cases[0].number
    for wrong in ({"number": "2026-9999"}, {"expert": "99999"}, {"reason": " "}, {"expert": "x"}, {"number": "1" * 999}):
        data = {"number": number, "expert": expert, "reason": "She knows the field.", **wrong}
        page = client.post(base + "assign/", data)
        assert page.status_code == 422
        assert f'href="#id_{next(iter(wrong))}"' in page.content.decode()
    assert client.post(base + "assign/", {"number": number, "expert": expert, "reason": "She knows."}).status_code == 303
    row = committee.assignment(Assignment.objects.get().pk)
    address = f"{base}assignments/{row.pk}/"
    assert client.post(address, {"action": "reopen", "reason": "x"}).status_code == 409
    assert client.post(address, {"action": "release", "reason": ""}).status_code == 422
    services.save_sheet(
        row.expert.user, row, scores=committee.marks(held, 7), comment="A fair case", confidential="For you alone"
    )
    services.submit_sheet(row.expert.user, row)
    html = client.get(address).content.decode()
    assert "A fair case" in html
    assert "For you alone" in html
    assert client.post(address, {"action": "reopen", "reason": "She asked."}).status_code == 303
    assert client.post(address, {"action": "release", "reason": "Wrong case."}).status_code == 303
    assert Assignment.objects.get().state == "released"
    assert client.post(address, {"action": "dance"}).status_code == 404
    for query in ("?state=missing", "?state=released&number=" + number, f"?expert={expert}", "?expert=abc&state=none&cursor=x"):
        assert client.get(base + "assignments/" + query).status_code == 200


def test_one_expert_is_reminded_alone():
    held = committee.committee(1, 2, state="open")
    committee.assign(held, 0)
    committee.assign(held, 1)
    client = signed_in(held.secretary)
    client.post(at(held, "reviews/round1/remind/"), {"expert": str(held.expert(1).pk)})
    assert [row.to for row in Notice.objects.filter(kind="expert.reminder")] == [held.expert(1).user.email]
    assert client.post(at(held, "reviews/round1/remind/"), {"expert": "9" * 30}).status_code < 500


def test_many_reminders_and_large_standings_are_left_to_jobs(monkeypatch):
    held = committee.committee(2, 2, state="open")
    committee.score(held, committee.assign(held, 0, 0))
    committee.assign(held, 0, 1)
    committee.assign(held, 1, 1)
    monkeypatch.setattr(later, "MOST_LETTERS", 0)
    monkeypatch.setattr(later, "MOST_SHEETS", 0)
    client = signed_in(held.secretary)
    assert client.post(at(held, "reviews/round1/remind/")).status_code == 303
    assert client.post(at(held, "standings/round1/compute/")).status_code == 303
    assert "being computed" in client.get(at(held, "standings/")).content.decode()
    assert not Notice.objects.filter(kind="expert.reminder").exists()
    jobs.drain()
    assert Notice.objects.filter(kind="expert.reminder").count() == 2
    assert StandingRun.objects.get().reviews == 1


def test_standings_without_a_sheet_are_refused_in_words():
    held = committee.committee(1, 1, state="open")
    client = signed_in(held.secretary)
    page = client.post(at(held, "standings/round1/compute/"))
    assert page.status_code == 409
    assert "No score sheet" in page.content.decode()
    assert client.post(at(held, "standings/round1/export/")).status_code == 404


def test_the_spreadsheet_is_made_by_a_job_and_streamed_to_who_asked_for_it():
    held = committee.committee(2, 1, state="open")
    committee.score(held, committee.assign(held, 0, 0))
    services.compute_standings(held.secretary, held.round())
    client = signed_in(held.secretary)
    assert client.post(at(held, "standings/round1/export/", "zh-hans")).status_code == 303
    jobs.drain()
    html = client.get(at(held, "standings/", "zh-hans")).content.decode()
    address = html.split("/standings/round1/export/")[2].split('"')[0]
    file = client.get(at(held, f"standings/round1/export/{address}"))
    assert file.status_code == 200
    assert b"".join(file.streaming_content)[:2] == b"PK"
    colleague = signed_in(world.secretary(held.edition))
    assert colleague.get(at(held, f"standings/round1/export/{address}")).status_code == 404


def test_the_running_order_of_pitches():
    held = committee.committee(3, 1, preset=world.PITCH, state="open")
    services.close_round(held.secretary, held.round())
    second = held.round(1)
    services.set_round_cases(held.secretary, second, held.cases)
    client = signed_in(held.secretary)
    base = at(held, "reviews/pitches/order/")
    numbers = [case.number for case in held.cases]
    assert client.get(base).status_code == 200
    assert client.post(base, {"order": numbers[0]}).status_code == 422
    assert client.post(base, {"order": "\n".join(reversed(numbers))}).status_code == 303
    html = client.get(base).content.decode()
    assert html.index(numbers[2]) < html.index(numbers[0])
    assert client.get(at(held, "reviews/scores/order/")).status_code == 404


def test_to_others_there_is_no_such_page():
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    committee.score(held, row)
    run = services.compute_standings(held.secretary, held.round())
    plan = AssignmentPlan.objects.create(round=held.round(), state="proposed")
    gets = [
        "reviews/", "reviews/round1/", "reviews/round1/assign/", "reviews/round1/assignments/",
        f"reviews/round1/assignments/{row.pk}/", f"reviews/round1/plans/{plan.pk}/", "standings/", "standings/?view=marking",
    ]  # fmt: skip
    posts = [
        "reviews/round1/step/close/", "reviews/round1/remind/", "reviews/round1/plan/", f"reviews/round1/plans/{plan.pk}/",
        "reviews/round1/assign/", f"reviews/round1/assignments/{row.pk}/", "standings/round1/compute/",
        "standings/round1/export/",
    ]  # fmt: skip
    for user in (held.expert().user, held.owner, world.person()):
        client = signed_in(user)
        assert {client.get(at(held, tail)).status_code for tail in gets} == {404}
        assert {client.post(at(held, tail), {"reason": "x", "action": "reopen"}).status_code for tail in posts} == {404}
    assert held.round().state == "open"
    assert list(StandingRun.objects.all()) == [run]


@pytest.mark.parametrize("count", [1, 3, 300])
def test_lists_cost_the_same_statements_whatever_is_in_them(count):
    held = committee.committee(1, 1, state="open")
    committee.score(held, committee.assign(held, 0, 0))
    run = services.compute_standings(held.secretary, held.round())
    committee.multiply(held, count - 1, expert=0)
    cases = held.round().round_cases.exclude(case=held.cases[0]).values_list("case_id", flat=True)
    Standing.objects.bulk_create(
        Standing(
            run=run, case_id=case, rank=n, reviews=3, mean=5.0, quality=5.0, low=4, high=6, rank_low=n, rank_high=n,
            p_top=n / 400,
        )
        for n, case in enumerate(cases, start=2)
    )  # fmt: skip
    client = signed_in(held.secretary)
    client.get(at(held, "standings/"))
    for tail, most in (
        ("standings/", 10), ("standings/?sort=-p", 10), ("standings/?view=intervals", 10), ("reviews/", 11),
        ("reviews/round1/", 14), ("reviews/round1/assignments/", 9),
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            page = client.get(at(held, tail))
        assert page.status_code == 200
        assert len(asked) <= most, (tail, [query["sql"][:100] for query in asked])
    html = client.get(at(held, "standings/")).content.decode()
    assert html.count("<tr") - 1 == min(count, 50)
    assert ("row--amber" in html) == (count == 300)

"""Nobody outside can tell from any answer what has been decided: the two worlds answer alike, byte for byte."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from django.apps import apps
from django.core import mail

from praxis.foundation import clock
from praxis.foundation.jobs import schedule
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from tests.embargo.comparing import MOST_SHOWN, broken, differences, shown
from tests.embargo.pair import Compared, Pair
from tests.embargo.plan import OUTSIDERS, STATE_OF_THIS_PROCESS
from tests.support import addresses, small_edition
from tests.support.addresses import LANGUAGES
from tests.support.decisions import TOLD_ROLES
from tests.support.requests import Ask

# A key, a token, the code of a certificate.
DRAWN = re.compile(r"[0-9a-f]{32,}|20\d\d-[0-9A-F]{12}")
ANSWERS = ("sealed_answers", "told_answers")


@pytest.fixture(params=ANSWERS)
def answers(request: pytest.FixtureRequest) -> Compared:
    """What outsiders see, at each stage."""
    found: Compared = request.getfixturevalue(request.param)
    return found


def test_sealed_worlds_are_alike_for_everybody_not_named(sealed_answers: Compared) -> None:
    found = differences(sealed_answers)
    assert not found, shown(found)


def test_told_worlds_are_alike_for_everybody_but_the_told(told_answers: Compared) -> None:
    found = differences(told_answers)
    assert not found, shown(found)


def test_nobody_outside_is_answered_from_a_row_that_was_decided(answers: Compared) -> None:
    """Stronger than equal answers: every statement made for an outsider gives the same rows in both worlds.

    What writes is left to the comparison of answers: a new row's number differs where more letters were written.
    """
    reading = [ask for ask, answer in answers.one.items() if not any(sql.startswith("INSERT") for sql in answer.sql)]
    told_apart = [str(ask) for ask in reading if ask not in answers.read_alike]
    assert len(reading) > 3000
    assert not told_apart, "\n".join(told_apart[:MOST_SHOWN])


def test_no_request_is_broken(answers: Compared) -> None:
    found = broken(answers.one)
    assert not found, "\n".join(found[:MOST_SHOWN])


def test_every_route_is_asked_by_everybody_in_both_languages(answers: Compared) -> None:
    """A new route is asked by itself, or is named here: nothing drops out of the comparison unseen."""
    roles, languages = defaultdict(set), defaultdict(set)
    for route, role, _method, language in answers.asked.values():
        roles[route].add(role)
        languages[route].add(language)
    wanted = set(OUTSIDERS) if len(answers.roles) == len(OUTSIDERS) else set(OUTSIDERS) - TOLD_ROLES
    for route in addresses.routes():
        if route.name in STATE_OF_THIS_PROCESS:
            continue
        assert roles[route.name] == wanted, f"{route.name} is not asked by {wanted - roles[route.name]}"
        assert not route.under_language or languages[route.name] == set(LANGUAGES), f"{route.name} in one language only"


def test_every_route_is_asked_with_each_method_it_takes(answers: Compared) -> None:
    asked: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for ask, (route, _role, method, _language) in answers.asked.items():
        asked[route][method].add(answers.one[ask].status)
    for route in addresses.routes():
        if route.name in STATE_OF_THIS_PROCESS or route.desk == "api":
            continue
        methods = asked[route.name]
        assert methods["GET"], f"{route.name} was never asked with GET"
        assert methods["POST"], f"{route.name} was never sent a form"


def test_the_comparison_reaches_what_there_is_to_see(sealed_answers: Compared) -> None:
    """It is worth something: pages with content at every desk, files, and forms that were taken and that were not."""
    one = sealed_answers.one
    pages = {sealed_answers.asked[ask][0].partition(":")[0] for ask in one if ask.method == "GET" and one[ask].status == 200}
    assert {"account", "applicant", "unit", "expert", "secretariat", "public", "ui"} <= pages
    sent: dict[int, set[str]] = defaultdict(set)
    for ask in one:
        if ask.method == "POST":
            sent[one[ask].status].add(sealed_answers.asked[ask][0])
    assert len(sent[303]) > 20, sorted(sent[303])
    assert len(sent[422]) > 15, sorted(sent[422])
    assert {ask.method for ask in one if one[ask].status < 300} >= {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"}
    assert {206, 416} <= {answer.status for answer in one.values()}, "no file was fetched in part"
    types = {answer.header("content-type").partition(";")[0] for answer in one.values() if answer.status == 200}
    assert {"text/html", "image/jpeg", "application/json"} <= types, types
    assert {letter[0] for answer in one.values() for letter in answer.letters} >= {"case.message", "organisation.invited"}
    assert len({name for answer in one.values() for name in answer.jobs}) > 5
    assert any(answer.mails for answer in one.values()), "no mail left the house"


def test_the_worlds_do_differ_for_the_people_named(sealed: Pair) -> None:
    asks = [
        Ask("chair", "GET", f"/{language}/office/{sealed.facts.edition_id}/{page}/")
        for language in LANGUAGES
        for page in ("selection", "audit")
    ]
    compared = sealed.answers(asks)
    assert all(answer.status == 200 for answer in compared.one.values())
    assert len(differences(compared)) == len(asks)


def test_the_told_learn_their_own_result_once_told(sealed: Pair, told: Pair) -> None:
    for pair, differ in ((sealed, False), (told, True)):
        asks = [Ask(f"applicant_{name}", "GET", f"/en/apply/cases/{pair.facts.cases[name]}/") for name in ("a", "b")]
        compared = pair.answers(asks)
        assert [compared.one[ask].status for ask in asks] == [200, 200]
        assert bool(differences(compared)) is differ


def test_who_is_told_in_both_worlds_learns_nothing_of_others(told: Pair) -> None:
    """The pages of a case chosen in both, and all that is kept of its owner, but for the keys that chance drew."""
    key = {"key": told.facts.cases["both"]}
    asks = [
        Ask("applicant_both", "GET", route.path(language, key))
        for route in addresses.routes()
        if (route.desk, route.parameters) in {("applicant", ("key",)), ("account", ()), ("applicant", ())}
        for language in LANGUAGES
    ]
    compared = told.answers(asks)
    shown_pages = [ask for ask in asks if compared.one[ask].status == 200]
    assert any("/result/" in ask.path for ask in shown_pages)
    assert len(shown_pages) > 30
    for ask in asks:
        one, other = compared.one[ask], compared.other[ask]
        assert (one.status, one.statements) == (other.status, other.statements), str(ask)
        assert DRAWN.sub("", one.text) == DRAWN.sub("", other.text), str(ask)


def test_a_letter_to_one_who_is_not_chosen_says_nothing(told: Pair) -> None:
    """Everything that was sent: addresses of people who are chosen in neither world got the same letters in both."""
    facts = told.facts
    quiet = [facts.emails[role] for role in facts.emails if role not in {*TOLD_ROLES, "chair", "second_chair", "secretary"}]
    one, other = told.both(lambda: _letters(quiet))
    assert one
    assert one == other


def _letters(addresses: list[str]) -> list[tuple[str, ...]]:
    rows = Notice.objects.filter(to__in=addresses).order_by("pk")
    return list(rows.values_list("kind", "to", "language", "subject", "body", "state"))


@pytest.mark.parametrize("stage", ["sealed", "told"])
def test_what_recurs_tells_nobody_anything(stage: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The jobs that the workers start by themselves, a day and a month on; on copies, for they tidy files away."""
    pair: Pair = request.getfixturevalue(stage)
    copies = {name: ground.copy(tmp_path / name) for name, ground in pair.grounds.items()}
    one, other = replace(pair, grounds=copies).both(lambda: _recurring(pair))
    assert set(one[0]) == {"done"}
    assert one == other


def _recurring(pair: Pair) -> tuple[list[str], list[tuple[str, ...]], list[str]]:
    before = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    made = []
    for days in (1, 30):
        with small_edition.at(pair.facts, pair.days + days, f"recurring {days}"):
            made += [Job.objects.create(task=entry.task, run_after=clock.now()) for entry in schedule.registered()]
            jobs.drain(ignore_delay=True)
    states = [job.state for job in Job.objects.filter(pk__in=[job.pk for job in made]).order_by("pk")]
    letters = list(Notice.objects.filter(pk__gt=before).values_list("kind", "to", "subject", "body"))
    return states, letters, sorted(message.message().as_string() for message in mail.outbox)


def test_decisions_change_no_row_of_an_earlier_stage(sealed: Pair, told: Pair) -> None:
    """A case, its assignments and its screening are the same rows in both worlds, to the last column."""
    for pair in (sealed, told):
        one, other = pair.both(_earlier_rows)
        assert one["cases_case"]
        assert one["reviews_assignment"]
        assert one == other


def _earlier_rows() -> dict[str, list[tuple[object, ...]]]:
    rows: dict[str, list[tuple[object, ...]]] = {}
    for room in ("people", "programmes", "search", "texts", "cases", "recommendations", "screening", "reviews"):
        for model in apps.get_app_config(room).get_models():
            rows[model._meta.db_table] = list(model.objects.order_by("pk").values_list())
    return rows

"""The call: what it says, what the world may know of where it stands, the self-check and a unit's page."""

from __future__ import annotations

import copy
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

from praxis.foundation import clock
from praxis.foundation.archive import services as archive
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.recommendations import services as recommendations
from tests.support import world

pytestmark = pytest.mark.django_db
PAST = Path(world.PRESETS) / "past-cases-wic.csv"
CALL = "calls/wic-practice-cases/2026/"


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("path", ["calls/", CALL])
def test_the_call_says_what_who_how_when_and_to_whom(client: Client, language: str, path: str) -> None:
    edition = world.edition()
    config = edition.settings
    with world.during(edition):
        page = text_of(client, f"/{language}/{path}")
    said = [
        config.call.lead, config.call.background, config.call.who, edition.names,
        *(item.label for item in (*config.categories, *config.content_kinds, *config.applicant_kinds, *config.criteria)),
        *(item.description for item in config.categories),
        *(example for item in config.categories for example in item.examples),
        *(step.text for step in config.call.how), *(item.text for item in config.call.stages),
        *(item.text for item in config.consents), *(rule.explanation for rule in config.rules),
        *(item.label for item in (*config.principles, *config.propositions, *config.fields)),
    ]  # fmt: skip
    missing = [words[language] for words in said if escape(words[language]) not in page]
    assert not missing
    assert config.contact.mailbox in page
    for place in range(1, 6):
        assert f"fields__one hue-{place}" in page


def test_the_deadline_stands_with_its_zone_the_days_left_and_an_instant_for_the_readers_own(client: Client) -> None:
    edition = world.edition()
    with clock.at(edition.closes_at - timedelta(days=12, hours=3)):
        english, chinese = text_of(client, f"/en/{CALL}"), text_of(client, f"/zh-hans/{CALL}")
    assert "15 June 2026 24:00" in english
    assert "(Beijing time)" in english
    assert "12 days left" in english
    assert 'datetime="2026-06-15T16:00:00+00:00" data-localtime' in english
    assert "2026 年 6 月 15 日 24:00" in chinese
    assert "还有 12 天" in chinese


def test_a_reader_with_a_zone_of_their_own_sees_it_without_a_script(client: Client) -> None:
    edition = world.edition()
    reader = world.person("reader@example.org")
    reader.zone = "Africa/Nairobi"
    reader.save()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    with world.during(edition):
        assert "In your time zone: 15 June 2026 19:00 (Nairobi)" in text_of(client, f"/en/{CALL}")


def test_the_call_costs_one_statement_and_sets_no_cookie(client: Client, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    edition = world.edition()
    with world.during(edition):
        client.get(f"/en/{CALL}")
        with django_assert_num_queries(1):
            answer = client.get(f"/en/{CALL}")
    assert not answer.cookies
    assert "ETag" not in answer.headers


def test_a_changed_configuration_is_seen_at_once(client: Client) -> None:
    edition = world.edition()
    with world.during(edition):
        before = text_of(client, f"/en/{CALL}")
        config = copy.deepcopy(Edition.objects.defer(None).get(pk=edition.pk).config)
        config["call"]["background"]["en"] = "Another story."
        Edition.objects.filter(pk=edition.pk).update(config=config, config_digest="another")
        after = text_of(client, f"/en/{CALL}")
    assert "Another story." not in before
    assert "Another story." in after


def test_who_is_signed_in_begins_at_once_and_who_is_not_registers_first(client: Client) -> None:
    edition = world.edition()
    with world.during(edition):
        assert f"/en/account/signup/?next=%2Fen%2Fapply%2Fstart%2F%3Fedition%3D{edition.pk}" in text_of(client, "/en/")
        client.force_login(world.person(), backend="django.contrib.auth.backends.ModelBackend")
        assert f'href="/en/apply/start/?edition={edition.pk}"' in text_of(client, "/en/")


def test_a_draft_is_unknown_and_without_a_call_the_pages_say_so(client: Client) -> None:
    world.edition(state="draft")
    for path in ("", "calls/", "questions/", "library/", "casebooks/", "contact/"):
        assert "Shared Future" not in text_of(client, f"/en/{path}")
    unknown = client.get("/en/calls/wic-practice-cases/2031/")
    hidden = client.get(f"/en/{CALL}")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.content.replace(b"/2026/", b"/2031/") == unknown.content


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_between_deadline_and_release_the_world_sees_one_thing(language: str) -> None:
    edition = world.edition(state="screening")
    archive.load_csv(SYSTEM, edition.programme, PAST.read_text(encoding="utf-8"))
    paths = ["", "calls/", CALL, f"{CALL}check/", f"{CALL}questions/", "library/", "library/earlier/", "casebooks/"]
    answers = []
    for state in ("screening", "reviewing", "decided", "told"):
        Edition.objects.filter(pk=edition.pk).update(state=state)
        client = Client()
        with clock.at(edition.closes_at + timedelta(days=80)):
            found = [client.get(f"/{language}/{path}") for path in paths]
        answers.append([(row.status_code, sorted(row.headers.items()), _without_token(row.content)) for row in found])
    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert ("评审中" if language == "zh-hans" else "Under review").encode() in answers[3][0][2]


def _without_token(content: bytes) -> bytes:
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_questions_are_all_there(client: Client, language: str) -> None:
    edition = world.edition()
    page = text_of(client, f"/{language}/questions/")
    for item in edition.settings.questions:
        assert escape(item.question[language]) in page
        assert escape(item.answer[language]) in page


GOOD = {"q-field": "yes", "q-internet": "yes", "q-start": "yes", "q-places": "yes", "q-casebook": "no"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "Your case can be submitted"),
        ({"q-start": "no"}, "Your case can be submitted, with a doubt"),
        ({"q-places": "no"}, "Your case does not meet the call"),
        ({"q-casebook": "yes", "q-start": "no"}, "Your case does not meet the call"),
    ],
)
def test_the_self_check_says_what_follows_and_why(client: Client, changed: dict[str, str], says: str) -> None:
    edition = world.edition()
    with world.during(edition):
        answer = client.post(f"/en/{CALL}check/", {**GOOD, **changed})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f">{says}<" in page
    for item in edition.settings.self_check:
        assert escape(item.explanation["en"]) in page
    assert page.count("check--no") == sum(1 for code in changed if code != "q-start")


def test_an_unanswered_question_is_named_and_the_answers_stay(client: Client) -> None:
    world.edition()
    answer = client.post(f"/en/{CALL}check/", {"q-field": "yes", "q-internet": "maybe\x07", "q-start": "x" * 5000})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Answer yes or no.") >= 4
    assert re.search(r'name="q-field"[^>]*value="yes"[^>]*checked|checked[^>]*name="q-field"[^>]*value="yes"', page)


def test_a_units_page_shows_its_own_deadline_and_leads_to_a_case_through_it(client: Client) -> None:
    edition = world.edition()
    host = world.organisation(world.person(), "Association")
    with world.during(edition):
        unit = recommendations.appoint(
            SYSTEM, edition, host, code="assoc", closes_at=edition.closes_at - timedelta(days=10)
        )
        recommendations.change_page(
            SYSTEM, unit, welcome={"en": "Welcome, members & friends.", "zh-hans": "欢迎各会员单位。"},
            mailbox="members@example.org", closes_at=unit.closes_at,
        )  # fmt: skip
        page = text_of(client, f"/en/{CALL}u/assoc/")
        assert "Welcome, members &amp; friends." in page
        assert "5 June 2026 24:00" in page
        assert "The call itself closes 15 June 2026 24:00" in page
        assert "unit%3Dassoc" in page
        assert "欢迎各会员单位。" in text_of(client, f"/zh-hans/{CALL}u/assoc/")
        recommendations.set_quota(SYSTEM, unit, None, active=False)
        assert client.get(f"/en/{CALL}u/assoc/").status_code == 404
    with clock.at(edition.closes_at - timedelta(days=1)):
        recommendations.set_quota(SYSTEM, unit, None, active=True)
        assert "Begin a case through this unit" not in text_of(client, f"/en/{CALL}u/assoc/")


def test_another_programme_with_one_language_reads_well_in_both_tongues_of_the_site(client: Client) -> None:
    edition = world.edition(world.PITCH)
    with world.during(edition):
        for language in ("en", "zh-hans"):
            page = text_of(client, f"/{language}/calls/example-pitch-prize/2026/")
            for item in (*edition.settings.categories, *edition.settings.criteria, *edition.settings.fields):
                assert escape(item.label["en"]) in page
            assert 'lang="en">Lakeshore Pitch Prize 2026' in page
        assert "Four fields" in text_of(client, "/en/")
        assert client.post("/en/calls/example-pitch-prize/2026/check/", {"q-video": "no", "q-since": "yes"}).status_code == 200


@pytest.mark.parametrize("path", ["privacy/", "accessibility/", "contact/", "certificates/"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_small_pages_are_there(client: Client, path: str, language: str) -> None:
    world.edition()
    assert "<h1" in text_of(client, f"/{language}/{path}")

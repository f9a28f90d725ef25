"""The unit's desk, as a ministry clerk with a spreadsheet uses it."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from praxis.foundation.people.models import User
from praxis.lifecycle.recommendations import selectors, services, tables
from praxis.lifecycle.recommendations.models import Unit
from tests.lifecycle.recommendations.test_recommendations import clerk as clerk  # noqa: PLC0414  fixtures
from tests.lifecycle.recommendations.test_recommendations import edition as edition  # noqa: PLC0414
from tests.lifecycle.recommendations.test_recommendations import submitted_through, workbook
from tests.lifecycle.recommendations.test_recommendations import unit as unit  # noqa: PLC0414
from tests.support import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_the_desk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_answers_in_both_languages(at_the_desk: Client, unit: Unit, language: str) -> None:
    with world.during(unit.edition):
        for path in ("", "page/", "table/"):
            answer = at_the_desk.get(f"/{language}/unit/{unit.pk}/{path}")
            assert answer.status_code == 200
            assert ("通信协会" if language == "zh-hans" else "Communications Association") in answer.content.decode()
        assert at_the_desk.get(f"/{language}/unit/").status_code == 303


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_for_members_is_shown_and_its_form_keeps_the_last_day(at_the_desk: Client, unit: Unit, language: str) -> None:
    """A date control knows ISO dates alone; one written as the reader's language writes it is lost on saving."""
    with world.during(unit.edition):
        page = f"/{language}/unit/{unit.pk}/page/"
        day = (unit.edition.closes_at - timedelta(days=3)).date().isoformat()
        said = {"welcome_zh": "欢迎", "welcome_en": "Welcome", "mailbox": "", "last_day": day}
        assert at_the_desk.post(page, said).status_code == 303
        assert f'value="{day}"' in at_the_desk.get(page).content.decode()
        home = at_the_desk.get(f"/{language}/unit/{unit.pk}/").content.decode()
        address = f"/{language}/calls/{unit.edition.programme.code}/{unit.edition.code}/u/{unit.code}/"
        assert f'href="http://testserver{address}"' in home
        assert at_the_desk.get(address).status_code == 200


def test_a_table_goes_in_and_comes_out(at_the_desk: Client, unit: Unit) -> None:
    data = tables.write([tables.Line("山海同频", "晴川研究院", "简介", "林", "010")], "zh-hans")
    with world.during(unit.edition):
        file = SimpleUploadedFile("annex.xlsx", data)
        assert at_the_desk.post(f"/en/unit/{unit.pk}/table/import/", {"file": file}).status_code == 303
        out = at_the_desk.get(f"/zh-hans/unit/{unit.pk}/table/annex-2.xlsx")
    assert out.content == data
    assert out["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("data", [b"nothing", b"", workbook([["x"], ["y"]])])
def test_a_bad_table_is_refused_at_its_place_and_nothing_is_taken(at_the_desk: Client, unit: Unit, data: bytes) -> None:
    with world.during(unit.edition):
        answer = at_the_desk.post(f"/en/unit/{unit.pk}/table/import/", {"file": SimpleUploadedFile("x.xlsx", data)})
    assert answer.status_code == 422
    assert 'href="#id_file"' in answer.content.decode()
    assert selectors.recommendations_of(unit) == []


def test_a_case_that_came_through_is_listed_endorsed_and_taken_back(at_the_desk: Client, unit: Unit, clerk: User) -> None:
    case = submitted_through(unit)
    with world.during(unit.edition):
        assert str(case) in at_the_desk.get(f"/en/unit/{unit.pk}/").content.decode()
        at_the_desk.post(f"/en/unit/{unit.pk}/cases/{case.key}/list/")
        line = selectors.recommendations_of(unit)[0]
        empty = at_the_desk.post(f"/en/unit/{unit.pk}/lines/{line.pk}/", {"opinion": ""})
        assert empty.status_code == 422
        at_the_desk.post(f"/en/unit/{unit.pk}/lines/{line.pk}/", {"opinion": "Well founded."})
        assert selectors.recommendation(unit, line.pk).state == "endorsed"
        at_the_desk.post(f"/en/unit/{unit.pk}/lines/{line.pk}/take-back/")
        assert selectors.recommendation(unit, line.pk).state == "linked"
        at_the_desk.post(f"/en/unit/{unit.pk}/lines/{line.pk}/drop/")
    assert selectors.recommendations_of(unit) == []


def test_what_was_typed_is_kept_when_the_page_is_refused(at_the_desk: Client, unit: Unit) -> None:
    typed = {"welcome_zh": "欢迎会员", "welcome_en": "Welcome", "mailbox": "not an address", "last_day": "2026-06-01"}
    with world.during(unit.edition):
        answer = at_the_desk.post(f"/en/unit/{unit.pk}/page/", typed)
        assert answer.status_code == 422
        assert "欢迎会员" in answer.content.decode()
        late = at_the_desk.post(f"/en/unit/{unit.pk}/page/", {**typed, "mailbox": "", "last_day": "2026-12-24"})
        assert late.status_code == 422
        fine = at_the_desk.post(f"/en/unit/{unit.pk}/page/", {**typed, "mailbox": ""})
    assert fine.status_code == 303
    unit.refresh_from_db()
    assert unit.closes_at is not None
    assert unit.closes_at.isoformat() == "2026-06-01T16:00:00+00:00"


def test_to_a_stranger_the_desk_does_not_exist(client: Client, unit: Unit) -> None:
    client.force_login(world.person("stranger@example.org"))
    unknown = client.get("/en/unit/999999/")
    for path in ("", "page/", "table/", "table/annex-2.xlsx", "lines/1/"):
        answer = client.get(f"/en/unit/{unit.pk}/{path}")
        assert answer.status_code == unknown.status_code == 404
        assert "Communications Association" not in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_the_table_costs_the_same_statements_whatever_its_length(
    at_the_desk: Client, unit: Unit, clerk: User, rows: int, django_assert_num_queries: object
) -> None:
    with world.during(unit.edition):
        services.import_table(clerk, unit, [tables.Line(f"Project {number}", "Org") for number in range(rows)])
        at_the_desk.get(f"/en/unit/{unit.pk}/table/")
        with django_assert_num_queries(8):  # type: ignore[operator]
            at_the_desk.get(f"/en/unit/{unit.pk}/table/")


def test_a_long_table_is_read_page_by_page_and_taken_out_whole(at_the_desk: Client, unit: Unit, clerk: User) -> None:
    with world.during(unit.edition):
        services.import_table(clerk, unit, [tables.Line(f"Project {number:04}", "Org") for number in range(1, 1102)])
        first = at_the_desk.get(f"/en/unit/{unit.pk}/table/").content.decode()
        assert "Project 0001" in first
        assert "Project 0050" in first
        assert "Project 0051" not in first
        following = re.search(r'rel="next" href="([^"]+)"', first)
        assert following is not None
        second = at_the_desk.get(f"/en/unit/{unit.pk}/table/{html.unescape(following[1])}").content.decode()
        assert "Project 0050" not in second
        assert re.search(r">51</td>.{0,200}Project 0051", second, re.DOTALL), "lines are numbered through"
        whole = at_the_desk.get(f"/en/unit/{unit.pk}/table/annex-2.xlsx").content
    assert len(tables.read(io.BytesIO(whole), size=len(whole))) == 1101

"""The overview of an edition: what it shows, the steps it takes, and that strangers find no page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import services as cases
from tests.support import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    return world.edition()


@pytest.fixture
def secretary(edition: Edition) -> User:
    return world.secretary(edition, "desk@example.org")


@pytest.fixture
def desk(client: Client, secretary: User) -> Client:
    client.force_login(secretary)
    return client


def at(name: str, edition: Edition, **more: object) -> str:
    return reverse(f"secretariat:{name}", kwargs={"edition_id": edition.pk, **more})


class TestSeeing:
    def test_the_desk_lists_the_editions_one_is_named_on(self, desk: Client, edition: Edition) -> None:
        other = world.edition(world.PITCH, "draft")
        page = desk.get(reverse("secretariat:home")).content.decode()
        assert at("overview", edition) in page
        assert str(other) not in page

    def test_an_administrator_sees_all_editions_but_not_what_is_in_them(self, client: Client, edition: Edition) -> None:
        administrator = world.administrator()
        client.force_login(administrator)
        page = client.get(reverse("secretariat:home")).content.decode()
        assert at("people", edition) in page
        assert reverse("secretariat:presets") in page
        assert client.get(at("overview", edition)).status_code == 404

    def test_figures_are_those_of_the_edition(self, desk: Client, edition: Edition) -> None:
        owner = world.person()
        organisation = world.organisation(owner)
        with world.during(edition):
            world.case(owner, organisation, edition, submitted=True)
            draft = world.case(owner, organisation, edition)
            cases.write(owner, draft, "May we add a video?")
            page = desk.get(at("overview", edition))
        assert page.status_code == 200
        todo = {str(stat.label): stat.value for stat in page.context["todo"]}
        assert (todo["Unread questions"], todo["Cases to screen"], todo["Failed jobs"]) == (1, 1, 0)
        text = page.content.decode()
        assert "From draft to admission" in text
        assert "Submissions by day" in text

    def test_statements_do_not_grow_with_cases(self, desk: Client, edition: Edition) -> None:
        owner = world.person()
        organisation = world.organisation(owner)
        costs = []
        with world.during(edition):
            for cases_more in (1, 2):
                for _n in range(cases_more):
                    world.case(owner, organisation, edition, submitted=True)
                desk.get(at("overview", edition))
                with CaptureQueriesContext(connection) as seen:
                    desk.get(at("overview", edition))
                costs.append(len(seen))
        assert costs[0] == costs[1]
        assert costs[0] <= 16


class TestSteps:
    def post(self, desk: Client, edition: Edition, action: str, **more: str) -> object:
        return desk.post(at("step", edition), {"action": action, **more})

    def test_the_call_opens_after_a_tick(self, client: Client) -> None:
        edition = world.edition(state="draft")
        client.force_login(world.secretary(edition))
        with world.during(edition):
            refused = client.post(at("step", edition), {"action": "open"})
            assert refused.status_code == 422
            assert "Tick the box" in refused.content.decode()
            done = client.post(at("step", edition), {"action": "open", "confirmed": "1"})
        assert done.status_code == 303
        edition.refresh_from_db()
        assert edition.state == "open"

    def test_an_early_close_needs_a_reason_and_keeps_what_was_typed(self, desk: Client, edition: Edition) -> None:
        with world.during(edition):
            refused = desk.post(at("step", edition), {"action": "close", "confirmed": "1", "reason": ""})
            assert refused.status_code == 422
            assert "Say why the call closes early" in refused.content.decode()
            done = desk.post(at("step", edition), {"action": "close", "confirmed": "1", "reason": "By order."})
        assert done.status_code == 303
        edition.refresh_from_db()
        assert edition.state == "screening"

    def test_a_step_pressed_twice_is_told_that_the_edition_has_moved_on(self, desk: Client, edition: Edition) -> None:
        with world.after(edition):
            assert desk.post(at("step", edition), {"action": "close", "confirmed": "1"}).status_code == 303
            again = desk.post(at("step", edition), {"action": "close", "confirmed": "1"})
        assert again.status_code == 409
        edition.refresh_from_db()
        assert edition.state == "screening"

    @pytest.mark.parametrize("action", ["decide", "tell", "release", "", "nonsense", "\x00"])
    def test_no_other_step_is_taken_here(self, desk: Client, edition: Edition, action: str) -> None:
        assert desk.post(at("step", edition), {"action": action, "confirmed": "1"}).status_code == 409
        edition.refresh_from_db()
        assert edition.state == "open"

    def test_the_deadline_moves_with_a_reason(self, desk: Client, edition: Edition) -> None:
        before = edition.closes_at
        with world.during(edition):
            for until, reason in (("2026-06-20 24:00", ""), ("tomorrow", "why"), ("2026-13-01 10:00", "why")):
                refused = desk.post(at("deadline", edition), {"until": until, "reason": reason})
                assert refused.status_code == 422
                assert until in refused.content.decode()
            done = desk.post(at("deadline", edition), {"until": "2026-06-20 24:00", "reason": "Storm."})
        assert done.status_code == 303
        edition.refresh_from_db()
        assert edition.closes_at == world.instant("2026-06-21T00:00:00+08:00") != before

    def test_a_closed_call_opens_again_until_a_new_deadline(self, desk: Client, edition: Edition) -> None:
        world.move_to(edition, "screening")
        with world.after(edition):
            done = desk.post(at("deadline", edition), {"until": "2026-06-25", "reason": "Storm."})
        assert done.status_code == 303
        edition.refresh_from_db()
        assert (edition.state, edition.closes_at) == ("open", world.instant("2026-06-26T00:00:00+08:00"))

    def test_a_post_needs_its_token(self, secretary: User, edition: Edition) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(secretary)
        assert strict.post(at("step", edition), {"action": "close", "confirmed": "1"}).status_code == 403




@pytest.mark.parametrize("name", ["overview", "deadline", "cases", "enter", "screening", "notices", "jobs", "audit",
                                  "people", "preset", "preset_file", "screening_clear"])  # fmt: skip
def test_to_people_not_named_no_page_exists(name: str, edition: Edition) -> None:
    other = world.edition(world.PITCH, "draft")
    owner = world.person()
    world.case(owner, world.organisation(owner), edition, submitted=True)
    for stranger in (world.secretary(other), owner):
        client = Client()
        client.force_login(stranger)
        for method in (client.get, client.post):
            found = method(at(name, edition))
            missing = method(f"/en/office/987654321{at(name, edition).split(str(edition.pk), 1)[1]}")
            assert found.status_code == missing.status_code
            # A page that is only read says so for every number alike.
            assert found.status_code == 404 or (method == client.post and found.status_code == 405)
            assert strip(found.content, at(name, edition)) == strip(missing.content, missing.request["PATH_INFO"])
            assert str(edition).encode() not in found.content
    signed_out = Client().get(at(name, edition))
    assert signed_out.status_code == 302
    assert "login" in signed_out["Location"]


def strip(content: bytes, path: str) -> bytes:
    """A page without its own address (in the links to its other languages), its token and nonces."""
    import re

    text = content.decode().replace(path.removeprefix("/en"), "")
    return re.sub(r'(nonce|value|content)="[^"]{20,}"', "", text).encode()


def test_numbers_beyond_any_database_are_no_page(desk: Client) -> None:
    for number in (0, 2**31, 2**63 - 1, 2**63, 10**40):
        assert desk.get(f"/en/office/{number}/").status_code in (400, 404)


def test_days_and_times_are_read_as_people_write_them(edition: Edition) -> None:
    from praxis.desks.secretariat.frames import InstantField, written

    field = InstantField(zone="Asia/Shanghai")
    midnight = world.instant("2026-06-16T00:00:00+08:00")
    for text in ("2026-06-15 24:00", "2026-06-15", "2026/6/15 24:00", "2026-06-16T00:00", "2026-06-16 00:00:00"):
        assert field.clean(text) == midnight
    assert written(midnight, "Asia/Shanghai") == "2026-06-15 24:00"
    assert field.clean(written(midnight - timedelta(minutes=1), "Asia/Shanghai")) == midnight - timedelta(minutes=1)

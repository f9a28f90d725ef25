"""Notices, jobs, the audit log, people, presets and the preview clock."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from praxis.foundation.audit import services as audit
from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.jobs import schedule
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition, EditionRole
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


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(world.administrator())
    return client


def at(name: str, edition: Edition, **more: object) -> str:
    return reverse(f"secretariat:{name}", kwargs={"edition_id": edition.pk, **more})


def letter(edition: Edition | None, to: str = "a@example.org", words: str = "May we?") -> Notice:
    context = {"title": "Rivers", "number": "1", "message": words, "link": "http://127.0.0.1/"}
    return notices.send("case.message", to=to, context=context, edition_id=edition.pk if edition else None)


class TestNotices:
    def test_letters_of_this_edition_alone_are_listed_and_read(self, desk: Client, edition: Edition) -> None:
        other = world.edition(world.PITCH, "draft")
        mine, foreign, nobodys = letter(edition), letter(other, "b@example.org"), letter(None, "c@example.org")
        page = desk.get(at("notices", edition)).content.decode()
        assert "a@example.org" in page
        assert "b@example.org" not in page
        assert "c@example.org" not in page
        assert "May we?" in desk.get(at("notice", edition, notice_id=mine.pk)).content.decode()
        for row in (foreign, nobodys):
            assert desk.get(at("notice", edition, notice_id=row.pk)).status_code == 404
            assert desk.post(at("notice_resend", edition, notice_id=row.pk)).status_code == 404

    def test_a_letter_is_sent_again(self, desk: Client, edition: Edition) -> None:
        row = letter(edition)
        Notice.objects.filter(pk=row.pk).update(state="dead", error="no route")
        assert "no route" in desk.get(at("notice", edition, notice_id=row.pk)).content.decode()
        assert desk.post(at("notice_resend", edition, notice_id=row.pk)).status_code == 303
        row.refresh_from_db()
        assert row.state == "waiting"

    def test_the_list_is_narrowed_and_paged(self, desk: Client, edition: Edition) -> None:
        for number in range(55):
            letter(edition, f"person{number}@example.org")
        Notice.objects.filter(to="person3@example.org").update(state="delayed")
        narrowed = desk.get(at("notices", edition), {"state": "delayed"}).content.decode()
        assert "person3@example.org" in narrowed
        assert "person4@example.org" not in narrowed
        first = desk.get(at("notices", edition))
        second = desk.get(at("notices", edition) + first.context["pager"].next_url).content.decode()
        assert "person54@example.org" in first.content.decode()
        assert "person0@example.org" in second
        assert "person54@example.org" not in second


class TestJobs:
    def job(self, edition_id: int, owner_id: int | None = None, **more: object) -> Job:
        return Job.objects.create(task="room.tasks.check_case", arguments={"edition_id": edition_id}, owner_id=owner_id, **more)

    def test_a_dead_job_is_run_again(self, desk: Client, edition: Edition) -> None:
        row = self.job(edition.pk, state="dead", error="ValueError: no such case")
        page = desk.get(at("jobs", edition), {"state": "dead"}).content.decode()
        assert "1 job has failed for good" in page
        assert "ValueError: no such case" in desk.get(at("job", edition, handle=row.handle)).content.decode()
        assert desk.post(at("job_act", edition, handle=row.handle), {"act": "retry"}).status_code == 303
        row.refresh_from_db()
        assert row.state == "ready"
        assert desk.post(at("job_act", edition, handle=row.handle), {"act": "cancel"}).status_code == 303
        row.refresh_from_db()
        assert row.state == "cancelled"

    def test_jobs_of_an_edition_under_way_are_kept_from_those_of_another(self, desk: Client, edition: Edition) -> None:
        other = world.edition(world.PITCH)
        mine, foreign = self.job(edition.pk), self.job(other.pk, state="dead")
        page = desk.get(at("jobs", edition)).content.decode()
        assert at("job", edition, handle=mine.handle) in page
        assert at("job", edition, handle=foreign.handle) not in page
        for where in (edition, other):
            assert desk.get(at("job", where, handle=foreign.handle)).status_code == 404
            assert desk.post(at("job_act", where, handle=foreign.handle), {"act": "retry"}).status_code == 404
        foreign.refresh_from_db()
        assert foreign.state == "dead"

    def test_housekeeping_that_went_well_stands_in_nobodys_way(self, desk: Client, edition: Edition) -> None:
        task = next(entry.task for entry in schedule.registered())
        done = self.job(edition.pk, state="done")
        Job.objects.filter(pk=done.pk).update(task=task)
        address = at("job", edition, handle=done.handle)
        assert address not in desk.get(at("jobs", edition)).content.decode()
        assert address in desk.get(at("jobs", edition), {"housekeeping": "on"}).content.decode()
        Job.objects.filter(pk=done.pk).update(state="dead")
        assert address in desk.get(at("jobs", edition)).content.decode()

    def test_a_job_that_runs_cannot_be_run_again(self, desk: Client, edition: Edition) -> None:
        row = self.job(edition.pk, state="done")
        done = desk.post(at("job_act", edition, handle=row.handle), {"act": "retry"}, follow=True)
        assert "cannot be run again" in done.content.decode()


class TestAudit:
    def test_the_log_is_narrowed_by_what_who_and_which_case(self, desk: Client, edition: Edition, secretary: User) -> None:
        owner = world.person()
        case = world.case(owner, world.organisation(owner), edition, submitted=True)
        audit.append(secretary, edition_id=edition.pk, action="round.open", obj=("programmes.round", 1), label="Round one")
        found = {
            "": ("Submitted", "Round one"), "action=round.": ("Round one",), f"case={case.number}": ("Submitted",),
            f"person={secretary.email}": ("Round one",),
        }  # fmt: skip
        for query, wanted in found.items():
            page = desk.get(f"{at('audit', edition)}?{query}").content.decode()
            table = page[page.index("<tbody") :]
            for text in ("Submitted", "Round one"):
                assert (text in table) == (text in wanted), query
        for query in ("case=2026-9999", "person=nobody@example.org", "person=%22"):
            assert "Nothing of this kind was done." in desk.get(f"{at('audit', edition)}?{query}").content.decode()

    def test_events_of_another_edition_are_not_in_it(self, desk: Client, edition: Edition) -> None:
        other = world.edition(world.PITCH, "draft")
        audit.append(audit.SYSTEM, edition_id=other.pk, action="round.open", obj=("x.y", 1), label="Foreign round")
        assert "Foreign round" not in desk.get(at("audit", edition)).content.decode()

    def test_the_chain_is_checked_by_a_job_and_a_change_is_named(self, desk: Client, edition: Edition) -> None:
        audit.seal()
        done = desk.post(at("audit_verify", edition))
        assert "being checked" in desk.get(done["Location"]).content.decode()
        jobs.drain(strict=True)
        assert "The log is whole" in desk.get(done["Location"]).content.decode()
        event = AuditEvent.objects.filter(chain=f"edition:{edition.pk}").order_by("id").first()
        assert event is not None
        AuditEvent.rows().filter(pk=event.pk).update(reason="altered")
        done = desk.post(at("audit_verify", edition))
        jobs.drain(strict=True)
        page = desk.get(done["Location"]).content.decode()
        assert "The log is not whole" in page
        assert f"event {event.number}" in page

    def test_statements_do_not_grow_with_events(self, desk: Client, edition: Edition) -> None:
        costs = []
        for more in (1, 3, 300):
            for number in range(more):
                audit.append(audit.SYSTEM, edition_id=edition.pk, action="case.write", obj=("cases.case", number))
            desk.get(at("audit", edition))
            with CaptureQueriesContext(connection) as seen:
                desk.get(at("audit", edition))
            costs.append(len(seen))
        assert costs[0] == costs[1] == costs[2] <= 8


class TestPeople:
    def test_an_administrator_names_and_takes_off(self, administrator: Client, edition: Edition) -> None:
        refused = administrator.post(at("people", edition), {"email": "nobody", "role": "chair"})
        assert refused.status_code == 422
        assert "nobody" in refused.content.decode()
        done = administrator.post(at("people", edition), {"email": "New@Example.org", "role": "chair"})
        assert done.status_code == 303
        row = EditionRole.objects.get(user__email="new@example.org")
        assert (row.edition, row.role) == (edition, "chair")
        assert administrator.post(at("person_remove", edition, role_id=row.pk)).status_code == 303
        assert not EditionRole.objects.filter(pk=row.pk).exists()
        assert administrator.post(at("person_remove", edition, role_id=row.pk)).status_code == 404

    def test_the_secretariat_sees_who_is_named_and_changes_nothing(
        self, desk: Client, edition: Edition, secretary: User
    ) -> None:
        page = desk.get(at("people", edition)).content.decode()
        assert secretary.email in page
        assert 'name="role"' not in page
        row = EditionRole.objects.get(user=secretary)
        assert desk.post(at("people", edition), {"email": "x@example.org", "role": "chair"}).status_code == 404
        assert desk.post(at("person_remove", edition, role_id=row.pk)).status_code == 404
        assert EditionRole.objects.count() == 1


class TestPreset:
    def load(self, client: Client, data: bytes, name: str = "preset.toml") -> object:
        return client.post(reverse("secretariat:presets"), {"file": SimpleUploadedFile(name, data)})

    def test_a_preset_is_loaded(self, administrator: Client) -> None:
        world.edition(state="draft")
        done = self.load(administrator, world.preset_text(world.PITCH).encode())
        assert done.status_code == 303  # type: ignore[attr-defined]
        assert Edition.objects.count() == 2

    def test_mistakes_are_told_with_their_lines(self, administrator: Client) -> None:
        text = world.preset_text(world.WIC).replace("size_about = ", "size_about = -", 1)
        line = next(n for n, row in enumerate(text.split("\n"), 1) if "size_about = -" in row)
        refused = self.load(administrator, text.encode())
        assert refused.status_code == 422  # type: ignore[attr-defined]
        assert f"Line {line}</strong>" in refused.content.decode()  # type: ignore[attr-defined]
        assert not Edition.objects.exists()

    @pytest.mark.parametrize(
        "data", [b"\xff\xfe\x00", b"a = \x00", b"[[[[", b"x = 1", "标题".encode("gb18030"), b"#" * (1024 * 1024 + 1)]
    )
    def test_what_is_no_preset_is_refused(self, administrator: Client, data: bytes) -> None:
        assert self.load(administrator, data).status_code == 422  # type: ignore[attr-defined]
        assert administrator.post(reverse("secretariat:presets")).status_code == 422
        assert not Edition.objects.exists()

    def test_the_configuration_can_be_taken_away_as_json(self, desk: Client, edition: Edition) -> None:
        page = desk.get(at("preset", edition)).text
        assert edition.config_digest in page
        config = edition.settings
        for item in (*config.categories, *config.fields, *config.rules, *config.rounds, *config.tiers):
            assert str(escape(pick(item.label, "en"))) in page
        answer = desk.get(at("preset_file", edition))
        assert json.loads(answer.content) == json.loads(json.dumps(edition.settings.to_json()))
        assert answer["Content-Disposition"].startswith("attachment")

    def test_only_administrators_load(self, desk: Client) -> None:
        assert desk.get(reverse("secretariat:presets")).status_code == 404
        assert self.load(desk, world.preset_text(world.PITCH).encode()).status_code == 404  # type: ignore[attr-defined]


class TestPreview:
    def test_pages_are_shown_as_of_the_day_and_nothing_is_changed_meanwhile(self, desk: Client, edition: Edition) -> None:
        url = reverse("secretariat:preview")
        assert desk.post(url, {"at": "soon"}).status_code == 422
        assert desk.post(url, {"at": "2026-06-10 12:00"}).status_code == 303
        page = desk.get(at("overview", edition)).content.decode()
        assert "10 June 2026" in page
        assert desk.session["preview_at"] == "2026-06-10T04:00:00+00:00", "as the clocks go where the edition is"
        assert desk.post(at("deadline", edition), {"until": "2026-06-20", "reason": "x"}).status_code == 409
        assert desk.post(url, {"end": "1"}).status_code == 303
        assert "preview_at" not in desk.session

    def test_people_named_nowhere_have_no_such_clock(self, client: Client) -> None:
        client.force_login(world.person())
        assert client.get(reverse("secretariat:preview")).status_code == 404
        assert client.post(reverse("secretariat:preview"), {"at": "2026-06-10 12:00"}).status_code == 404
        assert "preview_at" not in client.session

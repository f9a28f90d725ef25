"""The list of cases, the page of a case, what is done with it, entry on behalf, and the export."""

from __future__ import annotations

import io
import re

import pytest
import python_calamine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import materials
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case, CasePlace, Extension
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


def submitted(edition: Edition, **more: object) -> Case:
    owner = world.person()
    case = world.case(owner, world.organisation(owner), edition, submitted=True, **more)  # type: ignore[arg-type]
    case.refresh_from_db()
    return case


def keys(page: object) -> list[str]:
    return re.findall(r"/cases/([0-9a-f]{32})/", page.content.decode())  # type: ignore[attr-defined]


def many(edition: Edition, total: int) -> None:
    """So many more drafts and submitted cases, copied from one that went through the services."""
    first = submitted(edition)
    rows = []
    for number in range(total):
        row = Case.objects.get(pk=first.pk)
        row.pk, row.key, row.number = None, f"{number:032x}", f"2026-9{number:05d}"
        rows.append(row)
    made = Case.objects.bulk_create(rows)
    CasePlace.objects.bulk_create(CasePlace(case=row, place_id=code) for row in made for code in row.places)


class TestList:
    def test_each_filter_leaves_what_it_says(self, desk: Client, edition: Edition) -> None:
        second = edition.settings.categories[1].code
        plain = submitted(edition, title="Plain one")
        other = submitted(edition, title="Solar ferries", category=second, places=("BR", "SG"), came_through="")
        owner = world.person()
        with world.during(edition):
            draft = world.case(owner, world.organisation(owner), edition)
            cases.write(owner, draft, "A question")
        found = {
            "": {plain.key, other.key, draft.key}, "state=draft": {draft.key}, "state=submitted": {plain.key, other.key},
            f"category={second}": {other.key}, "place=BR": {other.key}, "q=ferries": {other.key},
            f"q={plain.number}": {plain.key}, "waiting=unread": {draft.key}, "state=nonsense": {plain.key, other.key, draft.key},
            "place=CN&state=submitted": {plain.key}, "q=nothing+like+this": set(),
        }  # fmt: skip
        for query, wanted in found.items():
            page = desk.get(f"{at('cases', edition)}?{query}")
            assert page.status_code == 200
            assert set(keys(page)) == wanted, query

    def test_cases_of_other_editions_never_show(self, desk: Client, edition: Edition) -> None:
        other = world.edition(world.PITCH)
        owner = world.person()
        foreign = world.case(owner, world.organisation(owner), other)
        page = desk.get(at("cases", edition))
        assert foreign.key not in page.content.decode()
        assert desk.get(at("case", edition, key=foreign.key)).status_code == 404
        assert desk.get(at("case", other, key=foreign.key)).status_code == 404

    def test_the_list_turns_round_and_pages_hold_every_case_once(self, desk: Client, edition: Edition) -> None:
        many(edition, 60)
        for sort in ("number", "-number", "updated", "-updated", "nonsense"):
            seen: list[str] = []
            url = f"{at('cases', edition)}?sort={sort}"
            while url:
                page = desk.get(url)
                seen += keys(page)
                following = page.context["pager"].next_url
                url = at("cases", edition) + following if following else ""
            assert len(seen) == len(set(seen)) == 61

    def test_statements_are_the_same_for_one_three_and_three_hundred(self, desk: Client, edition: Edition) -> None:
        costs = []
        many(edition, 0)
        for more in (1, 3, 296):
            first = Case.objects.first()
            assert first is not None
            rows = []
            for number in range(more):
                row = Case.objects.get(pk=first.pk)
                row.pk, row.key, row.number = None, f"{more:016x}{number:016x}", f"2026-{more}-{number}"
                rows.append(row)
            Case.objects.bulk_create(rows)
            desk.get(at("cases", edition))
            with CaptureQueriesContext(connection) as seen:
                desk.get(at("cases", edition))
            costs.append(len(seen))
        assert costs[0] == costs[1] == costs[2] <= 14

    @pytest.mark.parametrize(
        "query",
        ["cursor=%00", "cursor=xx", "cursor=WyJuZXh0IixbMSwyXV0", "q=" + "x" * 5000, "q=%22%27*(", "place=ZZZ", "sort=;"],
    )
    def test_nonsense_in_the_address_gives_a_page(self, desk: Client, edition: Edition, query: str) -> None:
        submitted(edition)
        assert desk.get(f"{at('cases', edition)}?{query}").status_code in (200, 400)


class TestCase:
    def test_everything_of_the_case_is_on_its_page(self, desk: Client, edition: Edition) -> None:
        case = submitted(edition, title="Rivers online")
        owner = User.objects.get(email=case.contact_email)
        with world.during(edition):
            cases.write(owner, case, "May we send a video later?")
            page = desk.get(at("case", edition, key=case.key)).content.decode()
        for said in ("Rivers online", case.number, case.contact_email, "May we send a video later?", "Mark as read",
                     "Case begun", "Submitted", "institutions of two countries", "惠及乡村学校"):  # fmt: skip
            assert said in page

    def test_an_answer_reaches_the_applicant_and_marks_the_question_read(self, desk: Client, edition: Edition) -> None:
        case = submitted(edition)
        cases.write(User.objects.get(email=case.contact_email), case, "May we?")
        for body in ("", "x" * 5001):
            refused = desk.post(at("case_write", edition, key=case.key), {"body": body})
            assert refused.status_code == 422
            assert body in refused.content.decode()
        done = desk.post(at("case_write", edition, key=case.key), {"body": "You may."})
        assert done.status_code == 303
        assert Notice.objects.filter(kind="case.message", body__contains="You may.").exists()
        assert not case.messages.filter(from_secretariat=False, read_at=None).exists()

    def test_reading_a_page_changes_nothing(self, desk: Client, edition: Edition) -> None:
        case = submitted(edition)
        cases.write(User.objects.get(email=case.contact_email), case, "May we?")
        desk.get(at("case", edition, key=case.key))
        assert case.messages.filter(read_at=None).count() == 1
        desk.post(at("case_read", edition, key=case.key))
        assert case.messages.filter(read_at=None).count() == 0

    def test_submissions_and_their_differences(self, desk: Client, edition: Edition) -> None:
        case = submitted(edition)
        owner = User.objects.get(email=case.contact_email)
        with world.during(edition):
            cases.save_texts(owner, case, {("en", "summary"): "Entirely new words about ferries."})
            page = desk.get(at("case", edition, key=case.key)).content.decode()
            assert "Reads differently since the last submission" in page
            cases.submit(owner, case, submission_key="again")
        first = desk.get(at("case_revision", edition, key=case.key, number=1)).content.decode()
        assert "ferries" not in first
        changes = desk.get(at("case_changes", edition, key=case.key, before=1, after=2)).content.decode()
        assert re.search(r"<ins>[^<]*ferries", changes)
        for number in (0, 9, 2**63):
            assert desk.get(at("case_revision", edition, key=case.key, number=number)).status_code in (400, 404)

    def test_an_extension_needs_a_later_date_and_a_reason(self, desk: Client, edition: Edition) -> None:
        case = submitted(edition)
        url = at("case_extend", edition, key=case.key)
        with world.during(edition):
            for until, reason in (("2026-06-01", "why"), ("2026-06-20", ""), ("soon", "why"), ("9999-12-31", "x" * 3000)):
                refused = desk.post(url, {"until": until, "reason": reason})
                assert refused.status_code == 422
                assert until in refused.content.decode()
            assert desk.post(url, {"until": "2026-06-20 12:30", "reason": "Flood."}).status_code == 303
        row = Extension.objects.get(case=case)
        assert (row.until, row.reason) == (world.instant("2026-06-20T12:30:00+08:00"), "Flood.")

    def test_withdrawal_needs_a_reason_and_a_tick(self, desk: Client, edition: Edition) -> None:
        case = submitted(edition)
        url = at("case_withdraw", edition, key=case.key)
        assert desk.post(url, {"reason": "Asked by mail."}).status_code == 422
        assert desk.post(url, {"confirmed": "1"}).status_code == 422
        assert desk.post(url, {"reason": "Asked by mail.", "confirmed": "1"}).status_code == 303
        case.refresh_from_db()
        assert case.state == "withdrawn"
        assert desk.post(url, {"reason": "Again.", "confirmed": "1"}).status_code == 409

    def test_files_are_streamed_to_the_secretariat_alone(self, desk: Client, edition: Edition) -> None:
        case = submitted(edition)
        owner = User.objects.get(email=case.contact_email)
        data = png()
        with world.during(edition):
            row = materials.take_in(owner, case, "picture", io.BytesIO(data), name="a.png", size=len(data))
            jobs.drain(ignore_delay=True)
        url = at("material", edition, key=case.key, attachment_key=row.key)
        found = desk.get(url)
        assert found.status_code == 200
        assert b"".join(found.streaming_content)[:3] in (b"\xff\xd8\xff", b"\x89PN", b"RIF")  # type: ignore[attr-defined]
        assert found["X-Content-Type-Options"] == "nosniff"
        for derived in ("thumb", "nonsense"):
            small = desk.get(at("material_derived", edition, key=case.key, attachment_key=row.key, derived=derived))
            assert small.status_code == (200 if derived == "thumb" else 404)
        stranger = Client()
        stranger.force_login(owner)
        assert stranger.get(url).status_code == 404


def png() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(out, "PNG")
    return out.getvalue()


class TestOnBehalf:
    def test_a_new_applicant_is_entered_and_owns_its_case(self, desk: Client, edition: Edition) -> None:
        with world.during(edition):
            refused = desk.post(at("enter", edition), {"name_en": "River Fund", "email": "no address"})
            assert refused.status_code == 422
            assert "River Fund" in refused.content.decode()
            assert not Organisation.objects.filter(names__en="River Fund").exists()
            done = desk.post(at("enter", edition), {"name_en": "River Fund", "email": "Head@River.example", "place": "KE"})
        assert done.status_code == 303
        case = Case.objects.get(organisation__names__en="River Fund")
        assert case.on_behalf
        assert [row.user.email for row in case.organisation.memberships.all()] == ["head@river.example"]

    def test_a_known_applicant_is_found_by_part_of_its_name(self, desk: Client, edition: Edition) -> None:
        known = world.organisation(world.person(), "Lake University")
        page = desk.get(at("enter", edition), {"name": "lake uni"}).content.decode()
        assert f'name="organisation" value="{known.pk}"' in page
        with world.during(edition):
            assert desk.post(at("enter", edition), {"organisation": str(known.pk)}).status_code == 303
            for nonsense in ("0", "99999999", "x", "9" * 40, "\x00"):
                assert desk.post(at("enter", edition), {"organisation": nonsense}).status_code == 404
        assert Case.objects.get(organisation=known).on_behalf

    def filled(self, edition: Edition, desk: Client, key: str) -> dict[str, object]:
        page = desk.get(at("case_edit", edition, key=key)).content.decode()
        hidden = dict(re.findall(r'<input type="hidden" name="(version|submission_key)" value="([^"]*)"', page))
        said = {f"{language}:{name}": body for (language, name), body in world.texts(edition=edition).items()}
        return {
            **said, **hidden, "category": edition.settings.categories[0].code,
            "kinds": [edition.settings.content_kinds[0].code], "started_on": "2019-05", "uses_internet": "yes",
            "places": ["KE", "CN"], "contact_name": "Head", "contact_email": "head@river.example", "contact_phone": "1",
            "consents": [consent.code for consent in edition.settings.consents],
        }  # fmt: skip

    def begun(self, edition: Edition, secretary: User) -> Case:
        organisation = world.organisation(world.person("head@river.example"))
        return cases.start(secretary, edition, organisation, on_behalf=True)

    def test_a_whole_case_is_entered_and_submitted_even_after_the_deadline(
        self, desk: Client, edition: Edition, secretary: User
    ) -> None:
        world.move_to(edition, "screening")
        with world.after(edition):
            case = self.begun(edition, secretary)
            form = self.filled(edition, desk, case.key)
            done = desk.post(at("case_edit", edition, key=case.key), {**form, "submit": "1"})
            assert done.status_code == 303
            again = desk.post(at("case_edit", edition, key=case.key), {**form, "submit": "1"})
            assert again.status_code == 409
        case.refresh_from_db()
        assert (case.state, case.revisions.count()) == ("submitted", 1)
        assert case.revision is not None
        assert case.revision.content["texts"]["zh-hans"]["title"].startswith("乡村学校")
        assert Notice.objects.filter(kind="case.submitted", to="head@river.example").count() == 1

    def test_what_is_wrong_is_told_and_what_was_typed_stays(
        self, desk: Client, edition: Edition, secretary: User
    ) -> None:
        with world.during(edition):
            case = self.begun(edition, secretary)
            form = self.filled(edition, desk, case.key)
            url = at("case_edit", edition, key=case.key)
            for wrong in ({"started_on": "spring"}, {"contact_email": "nobody"}, {"category": "astrology"},
                          {"en:summary": "x" * 210_000}):  # fmt: skip
                refused = desk.post(url, {**form, **wrong})
                assert refused.status_code == 422, wrong
                assert "Rural schools online" in refused.content.decode()
            case.refresh_from_db()
            assert case.titles == {}

    def test_walls_keep_it_from_being_submitted_but_not_from_being_saved(
        self, desk: Client, edition: Edition, secretary: User
    ) -> None:
        with world.during(edition):
            case = self.begun(edition, secretary)
            form = self.filled(edition, desk, case.key) | {"consents": [], "submit": "1"}
            done = desk.post(at("case_edit", edition, key=case.key), form, follow=True)
        case.refresh_from_db()
        assert case.state == "draft"
        assert case.titles
        assert "Saved, but not submitted yet." in done.content.decode()

    def test_what_the_applicant_wrote_meanwhile_is_not_overwritten(
        self, desk: Client, edition: Edition, secretary: User
    ) -> None:
        with world.during(edition):
            case = self.begun(edition, secretary)
            form = self.filled(edition, desk, case.key)
            owner = User.objects.get(email="head@river.example")
            cases.save_texts(owner, case, {("en", "title"): "Our own title"})
            refused = desk.post(at("case_edit", edition, key=case.key), form)
        assert refused.status_code == 409
        case.refresh_from_db()
        assert case.titles == {"en": "Our own title"}


class TestExport:
    def rows(self, response: object) -> list[list[str]]:
        data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]

    def test_the_filtered_list_is_written_by_a_job_and_downloaded(self, desk: Client, edition: Edition) -> None:
        wanted, _other = submitted(edition, title="=1+1 ferries"), submitted(edition, title="Schools")
        done = desk.post(f"{at('cases_export', edition)}?q=ferries")
        assert done.status_code == 303
        page = desk.get(done["Location"]).content.decode()
        assert "Load again" in page
        job = Job.objects.get(task__endswith="write_list")
        assert desk.get(at("case_export_file", edition, handle=job.handle)).status_code == 404
        jobs.drain(strict=True)
        assert "The spreadsheet with 1 case is ready." in desk.get(done["Location"]).content.decode()
        head, row = self.rows(desk.get(at("case_export_file", edition, handle=job.handle)))
        assert head[0] == "Number"
        assert row[0] == wanted.number
        assert row[2] == "=1+1 ferries"

    def test_nobody_else_fetches_it(self, desk: Client, edition: Edition) -> None:
        submitted(edition)
        desk.post(at("cases_export", edition))
        jobs.drain(strict=True)
        job = Job.objects.get(task__endswith="write_list")
        colleague, other = world.secretary(edition), world.edition(world.PITCH)
        stranger = world.secretary(other)
        for user, where in ((colleague, edition), (stranger, edition), (stranger, other)):
            client = Client()
            client.force_login(user)
            assert client.get(at("case_export_file", where, handle=job.handle)).status_code == 404

    def test_a_person_taken_off_the_edition_gets_no_spreadsheet(self, desk: Client, edition: Edition, secretary: User) -> None:
        from praxis.foundation.audit.services import SYSTEM
        from praxis.foundation.programmes import services as programmes

        submitted(edition)
        desk.post(at("cases_export", edition))
        programmes.take_off(SYSTEM, edition, secretary, "secretariat")
        jobs.drain()
        assert Job.objects.get(task__endswith="write_list").state != "done"

    def test_a_thousand_cases_are_written(self, desk: Client, edition: Edition) -> None:
        many(edition, 999)
        desk.post(at("cases_export", edition))
        jobs.drain(strict=True)
        job = Job.objects.get(task__endswith="write_list")
        assert job.result is not None
        assert job.result["rows"] == 1000
        assert len(self.rows(desk.get(at("case_export_file", edition, handle=job.handle)))) == 1001

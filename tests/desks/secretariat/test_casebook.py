"""The Casebook at the secretariat's desk."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from praxis.desks.secretariat import wording
from praxis.foundation import clock
from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.jobs import services as jobs
from praxis.lifecycle.casebook import selectors, services, tasks
from praxis.lifecycle.casebook.models import Build, Entry, EntryPicture
from praxis.lifecycle.casebook.typesetting.book import TypesettingError
from tests.foundation.files import making
from tests.support import stages

pytestmark = pytest.mark.django_db
reviewed = stages.made_once(stages.reviewing)
sealed = stages.made_once(stages.decided)
informed = stages.made_once(stages.told)
public = stages.made_once(stages.released)
stage = stages.copied()
at = stages.at


def office(stage: stages.Stage, path: str = "", language: str = "en") -> str:
    return f"/{language}/office/{stage.edition.pk}/casebook/{path}"


def text(response: Any) -> str:
    return str(response.content.decode())


@at("public")
def test_everything_that_was_done_has_a_name_in_the_audit_log(stage: stages.Stage) -> None:
    done = AuditEvent.objects.values_list("action", "object_kind").distinct()
    assert len(done) > 20
    assert {action for action, _ in done} <= set(wording.ACTIONS)
    assert {kind for _, kind in done} <= set(wording.OBJECTS)


def pages(stage: stages.Stage) -> list[str]:
    found = ["", "?state=drafted", "?state=nonsense&category=x&cursor=%FF", "materials/", "books/", "errata/", "front/en/", "front/zh-hans/"]
    for row in Entry.objects.filter(casebook__edition=stage.edition):
        found.append(f"entries/{row.key}/")
        found += [f"entries/{row.key}/pictures/{item.key}/" for item in row.pictures.all()]
    return found


@at("reviewed", "sealed", "informed", "public")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_those_named_and_for_nobody_else(stage: stages.Stage, client: Client, language: str) -> None:
    with clock.at(stage.instant):
        for path in pages(stage):
            client.force_login(stage.desk)
            assert client.get(office(stage, path, language)).status_code == 200, path
            for outsider in (stage.owners[0], stage.expert.user):
                client.force_login(outsider)
                assert client.get(office(stage, path, language)).status_code == 404, path
        client.force_login(stage.desk)
        expected = 409 if stage.edition.state in ("reviewing", "decided") else 200
        assert client.get(office(stage, "preflight/en/", language)).status_code == expected
        assert client.get(office(stage, "preflight/tlh/", language)).status_code == 404


@at("sealed")
def test_entries_are_made_from_the_decisions(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    assert client.post(office(stage), {"do": "begin"}).status_code == 303
    page = text(client.get(office(stage)))
    assert all(str(case.number) in page for case in stage.cases[:3])
    assert str(stage.cases[3].number) not in page
    assert page.count("Outstanding Case") == 1
    assert client.post(office(stage), {"do": "dance"}).status_code == 422


@at("informed")
def test_the_overview_leads_from_the_entries_to_the_proofs_and_only_then_to_the_release(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    here = f"/en/office/{stage.edition.pk}/"
    assert "Next: Send the proofs" in text(client.get(here))
    rows = Entry.objects.filter(casebook__edition=stage.edition)
    rows.update(state="proof_sent")
    assert "Next: Wait for the proofs" in text(client.get(here))
    rows.filter(pk=stage.entry(0).pk).update(state="changes_asked")
    assert "Next: Make the changes asked for" in text(client.get(here))
    rows.update(state="approved", approved_at=stage.instant)
    assert "Next: Release" in text(client.get(here))
    rows.update(state="dropped")
    assert "Next: Make the Casebook" in text(client.get(here))


@at("informed")
def test_an_entry_is_edited_in_both_languages_and_shows_what_differs(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    here = office(stage, f"entries/{stage.entry(0).key}/")
    page = text(client.get(here))
    assert "None: the entry says what was submitted." in page
    versions = dict(re.findall(r'name="(version:[^"]+)" value="(\d+)"', page))
    data = {
        **versions, "en:summary": "Said otherwise.", "zh-hans:summary": "换一种说法。", "applicant_en": "Savanna\r\nUniversity",
        "applicant_zh": "草原大学", "places": ["CN", "KE"], "position": "4", "partners_en": "Partner one\nPartner two", "partners_zh": "伙伴一\n伙伴二",
    }  # fmt: skip
    Entry.objects.filter(pk=stage.entry(0).pk).update(places=["KE"])
    assert client.post(here, data).status_code == 303
    entry = stage.entry(0)
    assert entry.places == ["KE", "CN"], "those that were there keep their order, whatever that of the boxes"
    assert entry.applicants == {"en": "Savanna University", "zh-hans": "草原大学"}
    assert [row["names"] for row in entry.partners] == [{"zh-hans": "伙伴一", "en": "Partner one"}, {"zh-hans": "伙伴二", "en": "Partner two"}]
    shown = text(client.get(here))
    assert "<ins>" in shown
    assert "换一种说法。" in shown
    behind = client.post(here, {**data, "en:summary": "From another window."})
    assert behind.status_code == 409
    assert "From another window." in text(behind)
    for wrong in ({"position": "-1"}, {"places": ["XX"]}, {"applicant_en": "x" * 300}):
        refused = client.post(here, {**data, **wrong})
        assert refused.status_code == 422
        assert "Said otherwise." in text(refused)


@at("informed")
def test_the_acts_of_an_entry(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    here = office(stage, f"entries/{stage.entry(0).key}/do/")
    assert client.post(f"{here}dance/").status_code == 404
    assert client.post(f"{here}approve/", {"reason": "x"}).status_code == 404
    assert client.post(f"{here}send_proof/").status_code == 303
    assert client.post(f"{here}send_proof/").status_code == 409
    assert client.post(f"{here}approve/", {"reason": ""}).status_code == 422
    assert client.post(f"{here}approve/", {"reason": "By telephone."}).status_code == 303
    assert client.post(f"{here}reopen/", {"reason": "A wrong year."}).status_code == 303
    assert "Changed since the last proof" in text(client.get(office(stage)))
    assert client.post(f"{here}drop/", {"reason": "Declined."}).status_code == 303
    assert client.post(f"{here}restore/", {"reason": "Came back."}).status_code == 303
    assert stage.entry(0).state == "drafted"


@at("informed")
def test_pictures_are_arranged(stage: stages.Stage, client: Client) -> None:
    data = making.jpeg(2400, 1600)
    row = services.take_material(stage.owners[0], stage.entry(0), "picture", io.BytesIO(data), name="hall.jpg", size=len(data))
    jobs.drain(ignore_delay=True)
    client.force_login(stage.desk)
    assert "hall.jpg" in text(client.get(office(stage, "materials/")))
    here = office(stage, f"entries/{stage.entry(0).key}/pictures/{row.key}/")
    assert client.get(here + "file/thumb/")["Content-Type"] == "image/jpeg"
    said = {"printed": "on", "position": "2", "caption_en": "The hall", "caption_zh": "大厅", "alt_en": "People", "alt_zh": "人们", "credit": "Us"}
    assert client.post(here, {**said, "position": "x"}).status_code == 422
    assert client.post(here, said).status_code == 303
    row = EntryPicture.objects.get(pk=row.pk)
    assert (row.printed, row.position, row.captions["zh-hans"], row.credit) == (True, 2, "大厅", "Us")
    services.send_proof(stage.desk, stage.entry(0))
    assert client.post(here, said).status_code == 409


@at("informed")
def test_front_matter_and_books(stage: stages.Stage, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(stage.desk)
    said = {"title": "Practice Cases", "foreword": "A word before.", "imprint": "Line one\nLine two"}
    assert client.post(office(stage, "front/en/"), said).status_code == 303
    assert "A word before." in text(client.get(office(stage, "front/en/")))
    assert client.post(office(stage, "books/"), {"language": "tlh", "format": "pdf"}).status_code == 422
    assert client.post(office(stage, "books/"), {"language": "en", "format": "epub"}).status_code == 303
    assert "Waiting" in text(client.get(office(stage, "books/")))
    jobs.drain(ignore_delay=True)
    row = Build.objects.get(casebook__edition=stage.edition)
    assert "Finished" in text(client.get(office(stage, "books/")))
    answer = client.get(office(stage, f"books/{row.pk}/"))
    assert b"".join(answer.streaming_content).startswith(b"PK")
    client.force_login(stage.owners[0])
    assert client.get(office(stage, f"books/{row.pk}/")).status_code == 404
    client.force_login(stage.desk)

    def refuse(_book: Any) -> bytes:
        raise TypesettingError({"zh-hans": "缺字。", "en": "A character has no glyph."})

    monkeypatch.setattr(tasks, "build_pdf", refuse)
    client.post(office(stage, "books/"), {"language": "en", "format": "pdf"})
    jobs.drain(ignore_delay=True)
    shown = text(client.get(office(stage, "books/")))
    assert "Failed" in shown
    assert "A character has no glyph." in shown


@at("public")
def test_errata_after_the_release(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    here = office(stage, "errata/")
    said = {"entry": stage.entry(0).key, "said_en": "Read 2019.", "said_zh": "应为2019年。"}
    assert client.post(here, {**said, "said_zh": ""}).status_code == 422
    assert client.post(here, {**said, "entry": "nosuch"}).status_code == 422
    assert client.post(here, said).status_code == 303
    assert "应为2019年。" in text(client.get(here))
    assert client.post(office(stage, f"entries/{stage.entry(0).key}/"), {"en:summary": "x"}).status_code == 409


@at("informed")
def test_the_list_costs_the_same_whatever_the_number_of_entries(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)

    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(office(stage, path)).status_code == 200
        return len(asked)

    services.build(stage.desk, stage.edition, "en", "epub")
    before = {path: cost(path) for path in ("", "materials/", "books/")}
    made = stage.entry(0)
    cases = type(made.case).objects.bulk_create(
        type(made.case)(
            edition=stage.edition, organisation=made.case.organisation, category=made.category, key=f"many{n}", number=f"MANY-{n}",
            titles={"en": f"Many {n}"}, state="admitted", submitted_at=stage.instant, revision=made.revision,
        )
        for n in range(300)
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(casebook=made.casebook, case=case, revision=made.revision, category=made.category, key=case.key, titles=case.titles) for case in cases
    )
    assert {path: cost(path) for path in before} == before
    assert len(selectors.whole_entries(stage.edition)) == 303

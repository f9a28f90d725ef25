"""The stage, invitations, certificates, stories, award and export at the secretariat's desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from praxis.foundation import clock
from praxis.foundation.jobs import services as jobs
from praxis.lifecycle.recommendations import services as recommendations
from praxis.lifecycle.recommendations.models import Recommendation
from praxis.lifecycle.showcase import selectors, services
from praxis.lifecycle.showcase.models import Certificate, Invitation, Story, UnitAward
from tests.support import stages

pytestmark = pytest.mark.django_db
reviewed = stages.made_once(stages.reviewing)
sealed = stages.made_once(stages.decided)
informed = stages.made_once(stages.told)
public = stages.made_once(stages.released)
stage = stages.copied()
at = stages.at
PAGES = ("stage/", "invitations/", "invitations/?mode=onsite&state=draft", "certificates/", "award/", "stories/", "export/")


def office(stage: stages.Stage, path: str, language: str = "en") -> str:
    return f"/{language}/office/{stage.edition.pk}/{path}"


def text(response: Any) -> str:
    return str(response.content.decode())


def filled(stage: stages.Stage) -> None:
    """Something in every list."""
    slot = selectors.slots(stage.desk, stage.edition)[0]
    services.name_presenter(stage.desk, slot, "presenter", name="Amina Diallo", email="amina@example.org")
    services.schedule_rehearsal(stage.desk, slot, at=stage.instant, place="Hall 1")
    services.make_invitations(stage.desk, stage.edition)
    services.make_certificates(stage.desk, stage.edition)
    services.write_story(stage.desk, stage.entry(0), "en", title="On the lake", body="A story.")
    services.export_everything(stage.desk, stage.edition)
    unit = recommendations.appoint(stage.desk, stage.edition, stage.cases[0].organisation, code="unit-one", mailbox="u@example.org")
    Recommendation.objects.create(unit=unit, case=stage.cases[0], project="x", state="linked")
    if stage.edition.state != "released":
        services.compute_unit_award(stage.desk, stage.edition)


@at("reviewed", "sealed", "informed", "public")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_those_named_and_for_nobody_else(stage: stages.Stage, client: Client, language: str) -> None:
    paths = list(PAGES)
    if stage.edition.state in ("told", "released"):
        filled(stage)
        slot = selectors.slots(stage.desk, stage.edition)[0]
        paths += [f"stage/slots/{slot.pk}/", f"stories/{stage.entry(0).key}/en/", f"invitations/{Invitation.objects.filter(edition=stage.edition)[0].pk}/"]
        paths += [f"award/{row.pk}/" for row in UnitAward.objects.filter(edition=stage.edition)]
    with clock.at(stage.instant):
        for path in paths:
            client.force_login(stage.desk)
            assert client.get(office(stage, path, language)).status_code == 200, path
            for outsider in (stage.owners[0], stage.owners[4], stage.expert.user):
                client.force_login(outsider)
                assert client.get(office(stage, path, language)).status_code == 404, path
                unknown = client.post(f"/{language}/office/999999/{path}", {"do": "make"}).status_code
                assert client.post(office(stage, path, language), {"do": "make"}).status_code == unknown, path
                assert unknown in (404, 405)


@at("informed")
def test_the_stage_and_a_slot(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    here = office(stage, "stage/")
    assert client.post(here, {"do": "plan"}).status_code == 303
    said = {"venue_zh": "乌镇", "venue_en": "Wuzhen", "starts_at": "2026-11-20 14:30", "stream": "https://live.example.org/"}
    assert client.post(here, {**said, "starts_at": "soon"}).status_code == 422
    wrong = client.post(here, {**said, "stream": "no address"})
    assert wrong.status_code == 422
    assert "Wuzhen" in text(wrong)
    assert client.post(here, said).status_code == 303
    row = selectors.showcase_of(stage.desk, stage.edition)
    assert row is not None
    assert row.venue == {"zh-hans": "乌镇", "en": "Wuzhen"}
    assert row.starts_at is not None
    assert row.starts_at.isoformat() == "2026-11-20T06:30:00+00:00"
    slot = selectors.slots(stage.desk, stage.edition)[0]
    page = office(stage, f"stage/slots/{slot.pk}/")
    assert client.post(page, {"do": "slot", "position": "1", "minutes": "99", "trophy": "engraved"}).status_code == 422
    assert client.post(page, {"do": "slot", "position": "1", "minutes": "7", "trophy": "engraved"}).status_code == 303
    assert client.post(page, {"do": "presenter", "name": "Amina Diallo", "language": "en"}).status_code == 303
    assert client.post(page, {"do": "rehearsal", "at": "2026-11-19 09:30", "place": "Hall 1"}).status_code == 303
    assert client.post(page, {"do": "rehearsal", "at": "early"}).status_code == 422
    assert client.post(page, {"do": "dance"}).status_code == 404
    held = selectors.slots(stage.desk, stage.edition)[0].rehearsals.all()[0]
    assert client.post(office(stage, f"stage/rehearsals/{held.pk}/"), {"held": "1"}).status_code == 303
    shown = text(client.get(here))
    assert all(word in shown for word in ("Amina Diallo", "Engraved", "Held"))


@at("informed")
def test_invitations_and_certificates(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    here = office(stage, "invitations/")
    assert client.post(here, {"do": "make"}).status_code == 303
    assert client.post(here, {"do": "dance"}).status_code == 422
    first = Invitation.objects.filter(edition=stage.edition)[0]
    shown = text(client.get(office(stage, f"invitations/{first.pk}/")))
    assert first.name in shown
    assert "A dash stands in the letters" in shown, "no stream is set yet"
    assert first.token not in shown, "the link to answer by is the invited person's alone"
    services.set_stage(stage.desk, stage.edition, venue={"en": "Wuzhen"}, starts_at=stage.instant, stream="https://example.org/live")
    shown = text(client.get(office(stage, f"invitations/{first.pk}/")))
    assert "Wuzhen" in shown or "https://example.org/live" in shown
    assert "A dash stands" not in shown
    assert client.post(office(stage, f"invitations/{first.pk}/")).status_code == 303
    assert client.post(here, {"do": "send"}).status_code == 303
    assert set(Invitation.objects.filter(edition=stage.edition).values_list("state", flat=True)) == {"sent"}
    assert client.post(office(stage, "certificates/")).status_code == 303
    assert "being made" in text(client.get(office(stage, "certificates/")))
    jobs.drain(ignore_delay=True)
    row = Certificate.objects.filter(edition=stage.edition)[0]
    answer = client.get(office(stage, f"certificates/{row.pk}/"))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    client.force_login(stage.owners[0])
    assert client.get(office(stage, f"certificates/{row.pk}/")).status_code == 404


@at("informed", "public")
def test_stories_of_both_languages(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    here = office(stage, f"stories/{stage.entry(0).key}/zh-hans/")
    assert client.post(here, {"do": "publish"}).status_code == 422
    assert client.post(here, {"do": "write", "title": "", "body": "x"}).status_code == 422
    assert client.post(here, {"do": "write", "title": "湖上", "body": "故事。"}).status_code == 303
    published = client.post(here, {"do": "publish"})
    if stage.edition.state == "released":
        assert published.status_code == 303
        assert Story.objects.get(entry=stage.entry(0), language="zh-hans").published_at is not None
    else:
        assert published.status_code == 409
    assert client.get(office(stage, f"stories/{stage.entry(0).key}/tlh/")).status_code == 404


@at("informed")
def test_the_award_is_shown_with_its_derivation(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    filled(stage)
    row = UnitAward.objects.get(edition=stage.edition)
    page = text(client.get(office(stage, f"award/{row.pk}/")))
    assert f'href="{office(stage, "cases/")}?q={stage.cases[0].number}"' in page
    assert str(stage.cases[0]) in text(client.get(office(stage, f"cases/?q={stage.cases[0].number}"))), "the number leads to its case"
    assert "Submitted + Admitted + Casebook + Outstanding Case" in page
    assert client.post(office(stage, f"award/{row.pk}/"), {"awarded": "no", "reason": ""}).status_code == 422
    assert client.post(office(stage, f"award/{row.pk}/"), {"awarded": "no", "reason": "One case only."}).status_code == 303
    assert "By decision" in text(client.get(office(stage, "award/")))
    assert client.post(office(stage, "award/"), {"do": "compute"}).status_code == 303


@at("informed")
def test_the_archive_is_downloaded_when_it_is_made(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.desk)
    assert client.post(office(stage, "export/")).status_code == 303
    assert "Waiting" in text(client.get(office(stage, "export/")))
    jobs.drain(ignore_delay=True)
    job = selectors.exports(stage.desk, stage.edition)[0]
    answer = client.get(office(stage, f"export/{job.handle}/"))
    assert b"".join(answer.streaming_content).startswith(b"PK")
    client.force_login(stage.owners[0])
    assert client.get(office(stage, f"export/{job.handle}/")).status_code == 404
    client.force_login(stage.desk)
    assert client.get(office(stage, "export/999999/")).status_code == 404

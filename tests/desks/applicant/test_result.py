"""The result in confidence: who learns what and when, and that nobody else learns anything."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from praxis.foundation import clock
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.lifecycle.casebook import services as casebook
from praxis.lifecycle.casebook.models import EntryPicture
from praxis.lifecycle.selection import services as selection
from praxis.lifecycle.selection.models import Telling
from praxis.lifecycle.showcase import services as showcase
from praxis.lifecycle.showcase.models import Presenter
from tests.foundation.files import making
from tests.support import stages

pytestmark = pytest.mark.django_db
reviewed = stages.made_once(stages.reviewing)
with_choice = stages.made_once(stages.chosen)
sealed = stages.made_once(stages.decided)
informed = stages.made_once(lambda: stages.told(accepted=2))
public = stages.made_once(stages.released)
stage = stages.copied()
at = stages.at

PATHS = (
    "result/", "result/decline/", "result/people/", "result/proof/", "result/material/", "result/material/x/",
    "result/material/x/file/", "result/material/x/file/thumb/", "result/certificates/1/",
)  # fmt: skip
POSTS = ("result/accept/", "result/decline/", "result/people/", "result/proof/", "result/material/", "result/material/uploaded/", "result/material/x/remove/")
# Words that only somebody who knows a result would write.
TELLING = ("Casebook of", "Outstanding Case", "Congratulations", "精品案例", "收入", "祝贺", "in confidence", "保密")


def base(stage: stages.Stage, place: int, language: str = "en") -> str:
    return f"/{language}/apply/cases/{stage.cases[place].key}/"


def text(response: Any) -> str:
    return str(response.content.decode())


def neutral(page: str, key: str) -> str:
    """The page without tokens and its own address."""
    page = re.sub(r'(nonce|value)="[A-Za-z0-9+/=_-]{20,}"', "", page)
    return page.replace(key, "KEY")


@at("reviewed", "with_choice", "sealed", "informed")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_who_is_not_to_know_finds_nothing_there(stage: stages.Stage, client: Client, language: str) -> None:
    told = stage.edition.state == "told"
    with clock.at(stage.instant):
        for place in (3, 4) if told else (0, 3):
            client.force_login(stage.owners[place])
            for path in PATHS:
                hidden = client.get(base(stage, place, language) + path)
                unknown = client.get(f"/{language}/apply/cases/nosuchcase/{path}")
                assert hidden.status_code == unknown.status_code == 404, path
                assert neutral(text(hidden), stage.cases[place].key) == neutral(text(unknown), "nosuchcase")
                assert set(hidden.headers) == set(unknown.headers)
            for path in POSTS:
                data = {"confirmed": "1", "do": "approve", "reason": "x", "role": "presenter", "name": "x"}
                assert client.post(base(stage, place, language) + path, data).status_code == 404, path
    assert not Telling.objects.filter(case=stage.cases[3]).exists()


@at("sealed", "informed")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_a_case_that_is_not_told_says_no_word_and_costs_the_same(
    stage: stages.Stage, client: Client, language: str
) -> None:
    """Cases 0 to 2 are chosen, 3 and 4 are in reserve: before telling all look and cost alike, after it 3 and 4 do."""
    alike = (3, 4) if stage.edition.state == "told" else (0, 1, 2, 3, 4)
    costs, pages = set(), set()
    with clock.at(stage.instant):
        for place in alike:
            client.force_login(stage.owners[place])
            client.get(base(stage, place, language))
            with CaptureQueriesContext(connection) as asked:
                page = client.get(base(stage, place, language))
            assert page.status_code == 200
            assert not any(word in text(page) for word in TELLING)
            assert not any("selection_decision" in query["sql"] or "casebook_" in query["sql"] for query in asked)
            if stage.edition.state == "decided":
                assert not any("selection_" in query["sql"] for query in asked)
            costs.add(len(asked))
            pages.add(own_words_out(text(page), stage, place))
    assert len(costs) == 1
    assert len(pages) == 1


def own_words_out(page: str, stage: stages.Stage, place: int) -> str:
    """The page without what is the applicant's own: names, numbers, addresses."""
    case = stage.case(place)
    page = neutral(page, case.key)
    owner = stage.owners[place]
    own = [case.number, *case.titles.values(), *case.organisation.names.values(), owner.name, owner.email, f"/{case.organisation_id}/"]
    for word in own:
        page = page.replace(str(word), "OWN")
    return page.replace(str(case.category), "FIELD").replace(f"hue-{1 + place % 2}", "hue")


@at("informed")
def test_the_result_comes_after_the_promise(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.owners[2])
    here = base(stage, 2)
    assert "There is news of this case" in text(client.get(here))
    page = client.get(here + "result/")
    assert page.status_code == 200
    assert "Congratulations" not in text(page)
    assert "enters the Casebook" not in text(page)
    for path in ("decline/", "people/", "proof/", "material/"):
        assert client.get(f"{here}result/{path}").status_code == 404
    assert client.post(here + "result/accept/").status_code == 422
    assert Telling.objects.get(case=stage.cases[2]).accepted_at is None
    assert client.post(here + "result/accept/", {"confirmed": "1"}).status_code == 303
    page = client.get(here + "result/")
    assert "Congratulations" in text(page)
    assert "In confidence" in text(page)
    assert "Outstanding Case" not in text(page)
    assert client.get(here + "result/people/").status_code == 404


@at("sealed", "informed", "public")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_my_cases_name_the_news_to_whoever_is_told_and_to_nobody_else(
    stage: stages.Stage, client: Client, language: str
) -> None:
    costs = set()
    with clock.at(stage.instant):
        for place in range(5):
            client.force_login(stage.owners[place])
            client.get(f"/{language}/apply/")
            with CaptureQueriesContext(connection) as asked:
                page = text(client.get(f"/{language}/apply/"))
            assert (base(stage, place, language) + "result/" in page) == (stage.edition.state == "told" and place < 3)
            if stage.edition.state == "decided":
                assert not any("selection_" in query["sql"] for query in asked)
            costs.add(len(asked))
    assert len(costs) == 1


@at("informed")
def test_what_to_do_next_follows_the_promise(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.owners[2])
    with clock.at(stage.instant):
        assert "Read the news of your case" in text(client.get("/en/apply/"))
        client.post(base(stage, 2) + "result/accept/", {"confirmed": "1"})
        assert "Do what the Casebook and the stage need" in text(client.get("/en/apply/"))
        client.post(base(stage, 2) + "result/decline/", {"reason": "We have no time."})
        assert base(stage, 2) + "result/" not in text(client.get("/en/apply/"))


@at("informed")
def test_each_learns_of_its_own_case_alone(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.owners[0])
    own = text(client.get(base(stage, 0) + "result/"))
    assert "Outstanding Case" in own
    for place in (1, 2, 3, 4):
        assert str(stage.cases[place].number) not in own
        assert client.get(base(stage, place) + "result/").status_code == 404
    colleague = stage.expert.user
    client.force_login(colleague)
    assert client.get(base(stage, 0) + "result/").status_code == 404


@at("informed")
def test_declining_needs_a_reason_and_ends_the_tasks(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.owners[1])
    here = base(stage, 1) + "result/"
    assert client.post(here + "decline/", {"reason": ""}).status_code == 422
    assert client.post(here + "decline/", {"reason": "We cannot take part."}).status_code == 303
    page = text(client.get(here))
    assert "You have declined" in page
    assert "What to do now" not in page


@at("informed")
def test_who_has_lost_its_place_is_told_so_and_sees_nothing_more(stage: stages.Stage, client: Client) -> None:
    from praxis.lifecycle.selection import selectors

    leaving = next(row for row in selectors.chosen(stage.edition, stage.tiers[0]) if row.case_id == stage.cases[2].pk)
    selection.replace(stage.chairs[0], leaving, reason="No answer.")
    client.force_login(stage.owners[2])
    here = base(stage, 2)
    assert "no longer takes part" in text(client.get(here))
    assert "no longer takes part" in text(client.get(here + "result/"))
    assert client.post(here + "result/accept/", {"confirmed": "1"}).status_code == 404
    client.force_login(stage.owners[3])
    assert client.get(base(stage, 3) + "result/").status_code == 200


@at("informed")
def test_presenter_and_one_assistant_for_an_outstanding_case(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.owners[0])
    here = base(stage, 0) + "result/people/"
    assert client.get(here).status_code == 200
    bad = client.post(here, {"role": "presenter", "name": "Amina Diallo", "email": "no address", "language": "en"})
    assert bad.status_code == 422
    assert "Amina Diallo" in text(bad)
    assert client.post(here, {"role": "presenter", "name": "", "language": "en"}).status_code == 422
    assert client.post(here, {"role": "juggler", "name": "x", "language": "en"}).status_code == 404
    assert client.post(here, {"role": "presenter", "name": "Amina Diallo", "email": "amina@example.org", "language": "en"}).status_code == 303
    assert client.post(here, {"role": "assistant", "name": "Bo Li", "language": "zh-hans"}).status_code == 303
    assert client.post(here, {"role": "assistant", "name": "Chen Li", "language": "zh-hans"}).status_code == 303
    assert sorted(Presenter.objects.filter(slot__entry=stage.entry(0)).values_list("role", "name")) == [
        ("assistant", "Chen Li"), ("presenter", "Amina Diallo"),
    ]  # fmt: skip
    assert client.post(here, {"role": "assistant", "name": " ", "language": "en"}).status_code == 303
    assert Presenter.objects.filter(slot__entry=stage.entry(0)).count() == 1


@at("informed")
def test_display_material_by_a_plain_form_and_in_pieces(stage: stages.Stage, client: Client) -> None:
    client.force_login(stage.owners[0])
    here = base(stage, 0) + "result/material/"
    data = making.jpeg(1600, 1067)
    upload = SimpleUploadedFile("hall.jpg", data, "image/jpeg")
    assert client.post(here, {"kind": "picture", "file": upload}).status_code == 303
    assert client.post(here, {"kind": "picture"}).status_code == 422
    assert client.post(here, {"kind": "picture", "file": SimpleUploadedFile("x.jpg", b"none")}).status_code == 422
    assert client.post(here, {"kind": "sculpture", "file": SimpleUploadedFile("x.jpg", data)}).status_code == 422
    session = files.start_upload(stage.owners[0].pk, "picture", name="b.jpg", size=len(data))
    import io

    files.append(session, 0, io.BytesIO(data))
    session.refresh_from_db()
    done = client.post(here + "uploaded/", {"purpose": "picture", "upload_id": session.key})
    assert done.json()["reload"] is True
    assert client.post(here + "uploaded/", {"purpose": "picture", "upload_id": "nothing"}).status_code == 404
    jobs.drain(ignore_delay=True)
    rows = list(EntryPicture.objects.filter(entry=stage.entry(0), origin="display"))
    assert len(rows) == 2
    assert client.get(here).status_code == 200
    assert client.get(f"{here}{rows[0].key}/file/thumb/")["Content-Type"] == "image/jpeg"
    said = {"caption_en": "The hall", "alt_en": "People in a hall", "credit": "Savanna"}
    assert client.post(f"{here}{rows[0].key}/", said).status_code == 303
    rows[0].refresh_from_db()
    assert rows[0].captions == {"en": "The hall"}
    client.force_login(stage.owners[1])
    assert client.get(f"{base(stage, 1)}result/material/{rows[0].key}/file/").status_code == 404
    client.force_login(stage.owners[0])
    assert client.post(f"{here}{rows[0].key}/remove/").status_code == 303
    assert not EntryPicture.objects.filter(pk=rows[0].pk).exists()


@at("informed")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_proof_is_read_in_both_languages_and_answered(stage: stages.Stage, client: Client, language: str) -> None:
    here = base(stage, 0, language) + "result/proof/"
    client.force_login(stage.owners[0])
    assert client.get(here).status_code == 404
    assert "check--unknown" in text(client.get(base(stage, 0, language) + "result/")), "the proof comes later"
    casebook.edit_entry(stage.desk, stage.entry(0), bodies={("en", "summary"): "Put in other words.", ("zh-hans", "summary"): "换一种说法。"})
    casebook.send_proof(stage.desk, stage.entry(0))
    page = text(client.get(here))
    assert "Put in other words." in page
    assert "换一种说法。" in page
    assert "<del>" in page
    assert "<ins>" in page
    for title in stage.case(0).titles.values():
        assert title in page
    assert client.post(here, {"do": "approve"}).status_code == 422
    assert client.post(here, {"do": "changes", "message": " "}).status_code == 422
    assert client.post(here, {"do": "dance"}).status_code == 422
    assert client.post(here, {"do": "changes", "message": "The year is wrong."}).status_code == 303
    assert stage.entry(0).state == "changes_asked"
    assert "The year is wrong." in text(client.get(here)), "one reads again what one asked for"
    assert client.post(here, {"do": "approve", "confirmed": "1"}).status_code == 409
    casebook.edit_entry(stage.desk, stage.entry(0), bodies={("en", "summary"): "The right year."})
    casebook.send_proof(stage.desk, stage.entry(0))
    assert client.post(here, {"do": "approve", "confirmed": "1"}).status_code == 303
    assert stage.entry(0).state == "approved"
    assert "check--yes" in text(client.get(base(stage, 0, language) + "result/"))


@at("public")
def test_certificates_come_with_the_release(stage: stages.Stage, client: Client) -> None:
    showcase.make_certificates(stage.desk, stage.edition)
    jobs.drain(ignore_delay=True)
    client.force_login(stage.owners[0])
    page = text(client.get(base(stage, 0) + "result/"))
    links = re.findall(r'href="([^"]*/certificates/\d+/)"', page)
    assert len(links) == 2
    answer = client.get(links[0])
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    client.force_login(stage.owners[1])
    assert client.get(links[0].replace(stage.cases[0].key, stage.cases[1].key)).status_code == 404
    client.force_login(stage.owners[4])
    assert client.get(base(stage, 4) + "result/").status_code == 404


@at("informed")
def test_no_certificate_before_the_release(stage: stages.Stage, client: Client) -> None:
    showcase.make_certificates(stage.desk, stage.edition)
    jobs.drain(ignore_delay=True)
    row = stage.entry(0).certificates.first()
    client.force_login(stage.owners[0])
    assert client.get(f"{base(stage, 0)}result/certificates/{row.pk}/").status_code == 404


@at("informed")
def test_bad_input_never_breaks_a_page(stage: stages.Stage, client: Client) -> None:
    casebook.send_proof(stage.desk, stage.entry(0))
    client.force_login(stage.owners[0])
    here = base(stage, 0) + "result/"
    for typed in ("\x00\x01", "x" * 200_000, "\ud7ff", "<script>", "🙂" * 4000):
        for path, name in (("decline/", "reason"), ("proof/", "message"), ("people/", "name")):
            data = {name: typed, "do": "changes", "role": "presenter", "language": typed[:20]}
            assert client.post(here + path, data).status_code < 500

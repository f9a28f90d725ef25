"""The expert's desk: from the invitation to the last sheet, without JavaScript."""

from __future__ import annotations

import io
import json
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from praxis.foundation.files import services as files
from praxis.foundation.files.models import StoredFile
from praxis.lifecycle.cases.models import Revision
from praxis.lifecycle.reviews import services
from praxis.lifecycle.reviews.models import Assignment, ScoreSheet
from tests.support import committee, world

pytestmark = pytest.mark.django_db

NAMES = {"en": "Savanna Water Works", "zh-hans": "草原水务"}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(row, tail="", language="en"):
    return f"/{language}/expert/case/{row.key}/{tail}"


def filled(held, row, value="6", **more):
    marks = {f"score_{code}": value for code in committee.marks(held, round_=row.round)}
    return {**marks, "comment": "Good.", "confidential": "", "version": "", **more}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_the_invitation_to_the_last_sheet(language):
    held = committee.committee(2, 0, state="open")
    expert = committee.invite(held, language=language)
    client = signed_in(expert.user)
    base = f"/{language}/expert/"
    assert str(expert.pk) in client.get(base).content.decode()
    page = client.get(f"{base}{expert.pk}/")
    assert f"{base}{expert.pk}/accept/" in page.content.decode()
    page = client.post(f"{base}{expert.pk}/accept/")
    assert page["Location"] == f"{base}{expert.pk}/undertaking/"
    assert page.status_code == 303
    client.post(page["Location"])
    held.experts.append(expert)
    rows = [committee.assign(held, 0, number) for number in range(2)]
    page = client.get(f"{base}{expert.pk}/")
    assert at(rows[0], language=language) in page.content.decode()
    page = client.post(at(rows[0], language=language), filled(held, rows[0], action="submit"))
    assert (page.status_code, page["Location"]) == (303, at(rows[1], language=language))
    page = client.post(at(rows[1], language=language), filled(held, rows[1], action="submit"))
    assert page["Location"].startswith(f"{base}{expert.pk}/")
    assert client.get(page["Location"]).status_code == 200
    assert set(Assignment.objects.values_list("state", flat=True)) == {"submitted"}


def test_declining_is_thanked_for_and_nothing_more_is_shown():
    held = committee.committee(1, 0, state="open")
    expert = committee.invite(held)
    client = signed_in(expert.user)
    page = client.post(f"/en/expert/{expert.pk}/decline/", follow=True)
    assert "Thank you" in page.content.decode()
    assert client.post(f"/en/expert/{expert.pk}/accept/").status_code == 409
    assert client.post(f"/en/expert/{expert.pk}/undertaking/").status_code == 409


def test_what_is_anothers_does_not_exist_and_signing_in_is_asked_for():
    held = committee.committee(1, 2, state="open")
    row = committee.assign(held)
    place = held.expert(0).pk
    for user in (held.expert(1).user, held.owner, held.secretary):
        client = signed_in(user)
        for tail in ("", "conflict/", "file/abc/", "file/abc/thumb/"):
            assert client.get(at(row, tail)).status_code == 404
        for tail in ("", "save/", "reopen/", "conflict/"):
            assert client.post(at(row, tail), {"reason": "x"}).status_code == 404
        for tail in ("", "undertaking/"):
            assert client.get(f"/en/expert/{place}/{tail}").status_code == 404
        for tail in ("accept/", "decline/", "undertaking/"):
            assert client.post(f"/en/expert/{place}/{tail}").status_code == 404
    for address in (at(row), f"/en/expert/{place}/", "/en/expert/"):
        assert Client().get(address).status_code == 302
    assert not ScoreSheet.objects.exists()


def test_nothing_is_shown_before_the_undertaking_nor_of_a_planned_round():
    held = committee.committee(1, 0)
    title = "Wells that nobody may know of yet"
    held.cases[0].titles = {"en": title, "zh-hans": title}
    held.cases[0].save(update_fields=["titles"])
    services.set_round_cases(held.secretary, held.round(), held.cases)
    expert = committee.invite(held)
    services.accept(expert.user, expert)
    held.experts.append(expert)
    row = committee.assign(held)
    client = signed_in(expert.user)
    address = f"/en/expert/{expert.pk}/"
    assert client.get(at(row)).status_code in (403, 404)
    services.sign_undertaking(expert.user, expert)
    assert client.get(at(row)).status_code == 404
    page = client.get(address).content.decode()
    assert title not in page
    assert held.cases[0].number not in page
    services.open_round(held.secretary, held.round())
    assert title in client.get(address).content.decode()
    assert client.get(at(row)).status_code == 200


def test_both_languages_stand_on_the_page_and_no_other_experts_marks():
    held = committee.committee(1, 2, state="open")
    mine, other = committee.assign(held, 0), committee.assign(held, 1)
    services.save_sheet(other.expert.user, other, scores=committee.marks(held, 9), comment="A secret opinion")
    services.submit_sheet(other.expert.user, other)
    page = signed_in(held.expert(0).user).get(at(mine)).content.decode()
    said = held.cases[0].revision.content["texts"]
    for language in ("en", "zh-hans"):
        assert said[language]["background"] in page
    assert 'lang="zh-Hans"' in page
    assert "A secret opinion" not in page
    assert "checked" not in page


def test_missing_marks_are_named_at_their_place_and_what_was_typed_is_kept():
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    codes = list(committee.marks(held))
    client = signed_in(held.expert().user)
    page = client.post(at(row), {f"score_{codes[0]}": "7", "comment": "Half a thought", "action": "submit"})
    html = page.content.decode()
    assert page.status_code == 422
    assert f'href="#id_score_{codes[1]}"' in html
    assert f'id="id_score_{codes[1]}_error"' in html
    assert f'id="id_score_{codes[0]}_error"' not in html
    assert "Half a thought" in html
    assert ScoreSheet.objects.get().comment == "Half a thought"
    assert Assignment.objects.get().state == "draft"


@pytest.mark.parametrize("mark", ["11", "0", "x", "NaN", "1e999", "3.5", "９", "7" * 50, "-", " "])
def test_bad_marks_are_told_and_lose_nothing(mark):
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    code = next(iter(committee.marks(held)))
    client = signed_in(held.expert().user)
    page = client.post(at(row), {**filled(held, row), f"score_{code}": mark, "action": "submit"})
    assert page.status_code == (303 if mark == "９" else 422)
    if mark != "９":
        assert "Good." in page.content.decode()
        assert f'id="id_score_{code}_error"' in page.content.decode()
    reply = client.post(at(row, "save/"), {**filled(held, row), f"score_{code}": mark})
    assert reply.status_code < 500


@pytest.mark.parametrize(
    "data",
    [
        {"comment": "x" * 3_000_000},
        {"comment": "a\x00b\ud800"},
        {"version": "9" * 400, "comment": "x"},
        {"version": "-1", "comment": "x"},
        {"score_unknown": "4"},
        {"action": ["submit", "save"]},
        {},
    ],
)
@pytest.mark.parametrize("tail", ["", "save/", "conflict/"])
def test_bad_input_is_never_an_error_of_the_house(data, tail):
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    client = signed_in(held.expert().user)
    sent = urlencode(data, doseq=True, errors="surrogatepass")
    assert client.post(at(row, tail), sent, content_type="application/x-www-form-urlencoded").status_code < 500
    assert client.get(at(row) + "?cursor=%F0%9F&round=%00").status_code < 500
    assert client.get(f"/en/expert/{held.expert().pk}/?cursor=xx&show=evil&round=none").status_code == 200


def test_two_tabs_the_later_keeps_its_words_and_sees_what_stands():
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    client = signed_in(held.expert().user)
    reply = client.post(at(row, "save/"), filled(held, row, "5", comment="First tab"), HTTP_ACCEPT="application/json")
    assert json.loads(reply.content)["version"] == "1"
    stale = client.post(at(row, "save/"), filled(held, row, version="0", comment="x"), HTTP_ACCEPT="application/json")
    assert stale.status_code == 409
    assert "another window" in json.loads(stale.content)["message"]
    page = client.post(at(row), filled(held, row, "8", version="0", comment="Second tab", action="submit"))
    html = page.content.decode()
    assert page.status_code == 409
    assert "First tab" in html
    assert "Second tab</textarea>" in html
    assert 'name="version" value="1"' in html
    again = client.post(at(row), filled(held, row, "8", version="1", comment="Second tab", action="submit"))
    assert again.status_code == 303
    assert ScoreSheet.objects.get().total == 8


def test_pressing_twice_or_back_hands_in_once_and_other_marks_are_not_lost_unseen():
    held = committee.committee(2, 1, state="open")
    row = committee.assign(held)
    client = signed_in(held.expert().user)
    for _time in range(2):
        assert client.post(at(row), filled(held, row, action="submit")).status_code == 303
    page = client.post(at(row), filled(held, row, "9", action="submit"))
    assert page.status_code == 409
    assert ScoreSheet.objects.get().total == 6
    assert client.post(at(row, "reopen/")).status_code == 303
    assert client.post(at(row), filled(held, row, "9", version="1", action="submit")).status_code == 303
    assert ScoreSheet.objects.get().total == 9


def test_a_closed_round_can_be_read_and_not_written():
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    committee.score(held, row)
    services.close_round(held.secretary, held.round())
    client = signed_in(held.expert().user)
    html = client.get(at(row)).content.decode()
    assert "data-autosave" not in html
    assert client.post(at(row), filled(held, row, "2")).status_code == 409
    assert client.post(at(row, "save/"), filled(held, row, "2")).status_code == 409
    assert client.post(at(row, "reopen/")).status_code == 409


def test_a_conflict_takes_the_case_away():
    held = committee.committee(2, 1, state="open")
    row, other = committee.assign(held, 0, 0), committee.assign(held, 0, 1)
    client = signed_in(held.expert().user)
    assert client.post(at(row, "conflict/"), {"reason": " "}).status_code == 422
    page = client.post(at(row, "conflict/"), {"reason": "I advise them."}, follow=True)
    assert row.case.number not in page.content.decode().split("<table")[1]
    assert other.case.number in page.content.decode()
    assert client.get(at(row)).status_code == 404
    committee.score(held, other)
    assert client.post(at(other, "conflict/"), {"reason": "Now I know."}).status_code == 409


def picture():
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(stream, "JPEG")
    return stream.getvalue()


def blind(preset):
    """A case that names its applicant everywhere, with a picture whose file is named after it, and a document."""
    held = committee.committee(1, 1, preset=preset, state="open")
    row = committee.assign(held)
    shown = files.store_product("Savanna Water Works yard.jpg", "image/jpeg", picture())
    paper = files.store_product("Savanna Water Works.pdf", "application/pdf", b"%PDF-1.4")
    content = row.revision.content
    content["organisation"]["names"] = NAMES
    content["titles"] = {"en": "Wells by Savanna Water Works", "zh-hans": "草原水务的水井"}
    for language, name in NAMES.items():
        content["texts"].setdefault(language, {})["summary"] = f"{name} – {name}"
    common = {"state": "ready", "width": 40, "height": 30, "seconds": None, "licence": "", "consent": True}
    content["attachments"] = [
        {"key": "p" * 32, "kind": "picture", "file": shown.pk, "captions": NAMES, "alts": NAMES, "credit": NAMES["en"], **common},
        {"key": "d" * 32, "kind": "document", "file": paper.pk, "captions": NAMES, "alts": {}, "credit": "", **common},
    ]  # fmt: skip
    content["partners"] = [{"names": NAMES, "place": "KE", "roles": NAMES, "confirmed": True}]
    Revision.objects.filter(pk=row.revision_id).update(content=content)
    case = held.cases[0]
    case.titles = content["titles"]
    case.save(update_fields=["titles"])
    case.organisation.names = NAMES
    case.organisation.save()
    return held, row


def told(response):
    """Whether an answer holds the hidden name, in its head or its body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    whole = body + repr(sorted(response.headers.items())).encode()
    return any(name.encode() in whole or name in whole.decode("utf-8", "replace") for name in NAMES.values())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_in_a_blind_round_the_applicant_is_in_no_answer(language):
    held, row = blind(world.PITCH)
    client = signed_in(held.expert().user)
    addresses = [
        f"/{language}/expert/", f"/{language}/expert/{held.expert().pk}/", at(row, language=language),
        at(row, "conflict/", language), at(row, f"file/{'p' * 32}/", language),
    ]  # fmt: skip
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200
        assert not told(page), address
    assert client.get(at(row, f"file/{'d' * 32}/", language)).status_code == 404
    for tail, data in (("", {"comment": "x"}), ("save/", filled(held, row, "4")), ("conflict/", {"reason": ""})):
        assert not told(client.post(at(row, tail, language), data, HTTP_ACCEPT="application/json")), tail
    assert not told(client.post(at(row, "", language), filled(held, row, "99", action="submit")))


def test_in_an_open_round_the_same_case_is_shown_whole():
    held, row = blind(world.WIC)
    client = signed_in(held.expert().user)
    assert told(client.get(at(row)))
    assert told(client.get(at(row, f"file/{'p' * 32}/")))
    paper = client.get(at(row, f"file/{'d' * 32}/"))
    assert paper.status_code == 200
    assert "attachment" in paper["Content-Disposition"]
    assert client.get(at(row, f"file/{'x' * 32}/")).status_code == 404
    assert client.get(at(row, f"file/{'p' * 32}/poster/")).status_code == 404
    assert StoredFile.objects.get(name="Savanna Water Works yard.jpg")


def test_a_case_in_one_language_is_read_in_that_language():
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    content = row.revision.content
    del content["texts"]["en"]
    Revision.objects.filter(pk=row.revision_id).update(content=content)
    html = signed_in(held.expert().user).get(at(row)).content.decode()
    assert "reading--1" in html
    assert 'id="text-en"' not in html


@pytest.mark.parametrize("count", [1, 3, 300])
def test_lists_and_cases_cost_the_same_statements_whatever_their_number(count):
    held = committee.committee(1, 1, state="open")
    row = committee.assign(held)
    committee.multiply(held, count - 1, expert=0)
    expert = held.expert()
    client = signed_in(expert.user)
    client.get(at(row))
    for address, most in ((f"/en/expert/{expert.pk}/", 11), (at(row), 11), ("/en/expert/", 7)):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= most, [query["sql"][:120] for query in asked]
    with CaptureQueriesContext(connection) as asked:
        assert client.post(at(row), filled(held, row, action="submit")).status_code == 303
    assert len(asked) <= 20
    page = client.get(f"/en/expert/{expert.pk}/")
    assert page.content.decode().count("<tr") - 1 == min(count, 50)
    assert f"/{count}</span>" in page.content.decode() or f"of {count}" in page.content.decode()

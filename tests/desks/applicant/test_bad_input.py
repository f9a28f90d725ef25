"""Bad input gives words to act on, never a 500, and never loses what was typed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from praxis.foundation.people.models import Organisation, User
from praxis.lifecycle.cases import selectors, services
from praxis.lifecycle.cases.models import Attachment, Case
from tests.support import world

JSON = {"HTTP_ACCEPT": "application/json"}


def summary(case: Case) -> str:
    return selectors.texts_of(case)["en", "summary"].body


def test_an_over_long_text_is_kept_and_told(signed_in: Client, base: str, case: Case) -> None:
    long = "word " * 3000
    page = signed_in.post(f"{base}texts/", {"en:summary": long}, follow=True)
    assert summary(case) == long.strip()
    assert "3000 of at most 200" in page.content.decode()


def test_a_text_beyond_what_is_kept_comes_back_as_it_was_typed(signed_in: Client, base: str, case: Case) -> None:
    endless = "y" * 60_001
    page = signed_in.post(f"{base}texts/", {"en:summary": endless, "en:title": "Another name"})
    assert page.status_code == 422
    assert endless in page.content.decode()
    assert "Another name" in page.content.decode()
    assert endless not in summary(case)


def test_ten_megabytes_of_text_are_refused_with_words(signed_in: Client, base: str, case: Case) -> None:
    before = summary(case)
    page = signed_in.post(f"{base}texts/", {"en:summary": "z" * 10_000_000})
    assert page.status_code == 400
    assert "too long" in page.content.decode()
    answer = signed_in.post(f"{base}texts/save/", {"en:summary": "z" * 10_000_000}, **JSON)  # type: ignore[arg-type]
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert summary(case) == before


def test_a_text_changed_meanwhile_shows_both(signed_in: Client, base: str, case: Case, owner: User) -> None:
    services.save_texts(owner, case, {("en", "summary"): "The colleague's text."})
    page = signed_in.post(f"{base}texts/", {"en:summary": "My own text.", "version": "en:summary=1"})
    assert page.status_code == 409
    said = page.content.decode()
    assert "My own text." in said
    assert "The colleague&#x27;s text." in said
    assert summary(case) == "The colleague's text."
    # The page now carries the version there is: saving again is meant.
    page = signed_in.post(f"{base}texts/", {"en:summary": "My own text.", "version": "en:summary=2"})
    assert page.status_code == 303
    assert summary(case) == "My own text."


def test_what_was_typed_when_the_deadline_passed_is_given_back(signed_in: Client, base: str, case: Case) -> None:
    with world.after(case.edition):
        page = signed_in.post(f"{base}texts/", {"en:summary": "Words of the last minute.\r\nAnd <more>.", "version": "en:summary=1"})
    said = page.content.decode()
    assert page.status_code == 409
    assert "What you typed" in said
    assert "Words of the last minute.<br>And &lt;more&gt;." in said
    assert "en:summary=1" not in said


def test_a_form_that_holds_what_was_typed_says_it_once(signed_in: Client, base: str, case: Case) -> None:
    page = signed_in.post(f"{base}basics/", {"started_on": "some day", "contact_name": "  Wanjiku   Kamau & 同事  ", "category": "culture"})
    assert page.status_code == 422
    assert "some day" in page.content.decode()
    assert "What you typed" not in page.content.decode()


def test_autosave_answers_what_the_script_expects(signed_in: Client, base: str, case: Case, owner: User) -> None:
    answer = signed_in.post(f"{base}texts/save/", {"en:summary": "One.", "version": "en:summary=1"}, **JSON)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["version"]) == (200, "en:summary=2")
    answer = signed_in.post(f"{base}texts/save/", {"en:summary": "Two.", "version": "en:summary=2"}, **JSON)  # type: ignore[arg-type]
    assert answer.json()["version"] == "en:summary=3"
    services.save_texts(owner, case, {("en", "summary"): "The colleague's."})
    stale = signed_in.post(f"{base}texts/save/", {"en:summary": "Mine.", "version": "en:summary=3"}, **JSON)  # type: ignore[arg-type]
    assert stale.status_code == 409
    assert stale.json()["message"]
    endless = signed_in.post(f"{base}texts/save/", {"en:summary": "x" * 60_001, "version": "en:summary=4"}, **JSON)  # type: ignore[arg-type]
    assert endless.status_code == 422
    assert list(endless.json()["errors"]) == ["en:summary"]
    page = signed_in.post(f"{base}basics/save/", {"started_on": "some day"}, **JSON)  # type: ignore[arg-type]
    assert page.status_code == 422
    assert list(page.json()["errors"]) == ["started_on"]


def test_autosave_after_the_deadline_says_why(signed_in: Client, base: str, case: Case) -> None:
    with world.after(case.edition):
        answer = signed_in.post(f"{base}texts/save/", {"en:summary": "Late."}, **JSON)  # type: ignore[arg-type]
        assert answer.status_code == 409
        assert "deadline" in answer.json()["message"]


ODD: list[dict[str, Any]] = [
    {}, {"category": ["a", "b"], "kinds": "x\x00y", "places": "KE' OR 1=1", "started_on": "\x00", "uses_internet": "3"},
    {"started_on": "9" * 5000}, {"contact_email": "\ud7ff\x0b"}, {"contact_name": "n" * 100_000},
    {"version": "en:summary=99999999999999999999999", "en:summary": "x"}, {"version": "=:=", "en:title": "\x00"},
    {"names": "x", "name_en": "\x00", "place": "XX", "email": "@"}, {"kind": "poem"}, {"action": "explode"},
    {"organisation": "abc"}, {"organisation": "99999999999999999999"}, {"submission_key": "k" * 5000},
    {"confirmed": "perhaps"}, {"answer": "maybe"}, {"body": " \x00 "}, {"upload_id": "../../etc/passwd", "purpose": "x"},
    {"to": "sideways"}, {"caption_en": "c" * 100_000, "consent": "maybe"},
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ODD)))
def test_nothing_odd_that_is_sent_gives_a_500(
    signed_in: Client, base: str, case: Case, organisation: Organisation, number: int
) -> None:
    pages = [
        "basics/", "basics/save/", "texts/", "texts/save/", "texts/en/summary/", "partners/", "partners/999999/",
        "materials/", "materials/uploaded/", "materials/nothing/", "commitments/", "commitments/save/", "submit/",
        "questions/", "withdraw/", "reopen/",
    ]  # fmt: skip
    addresses = [base + page for page in pages]
    addresses += [
        "/en/apply/start/", "/en/apply/organisations/new/", f"/en/apply/organisations/{organisation.pk}/",
        f"/en/apply/organisations/{organisation.pk}/invite/",
        f"/en/apply/organisations/{organisation.pk}/colleagues/99/",
    ]  # fmt: skip
    for address in addresses:
        answer = signed_in.post(address, ODD[number])
        assert answer.status_code < 500, address
        assert answer.status_code in (200, 303, 400, 404, 409, 422), (address, answer.status_code)


@pytest.mark.parametrize("query", ["?cursor=%00", "?cursor=%FF", "?edition=x&unit=%0A", "?unit=" + "u" * 4000])
def test_nothing_odd_in_an_address_gives_a_500(signed_in: Client, base: str, query: str) -> None:
    for address in ("/en/apply/", "/en/apply/start/", f"{base}texts/fr/nothing/", f"{base}history/99999999999999999999/"):
        assert signed_in.get(address + query).status_code < 500


def test_typed_particulars_come_back_with_the_message_at_their_field(signed_in: Client, base: str) -> None:
    page = signed_in.post(f"{base}basics/", {"started_on": "some day", "contact_name": "Otieno", "places": ["KE"]})
    said = page.content.decode()
    assert page.status_code == 422
    assert 'value="some day"' in said
    assert 'value="Otieno"' in said
    assert "Enter a month such as 2019-05." in said


def test_a_partner_without_a_name_keeps_the_rest(signed_in: Client, base: str) -> None:
    page = signed_in.post(f"{base}partners/", {"name_en": "", "role_en": "trains teachers", "email": "x@y.example.org"})
    assert page.status_code == 422
    assert "trains teachers" in page.content.decode()


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\xff\xd8\xff\xe0 half a picture"])
def test_what_is_no_picture_is_refused_on_the_page(signed_in: Client, base: str, content: bytes) -> None:
    file = SimpleUploadedFile("school.jpg", content, "image/jpeg")
    page = signed_in.post(f"{base}materials/", {"kind": "picture", "file": file})
    assert page.status_code == 422
    assert "There is a problem" in page.content.decode()
    assert not Attachment.objects.exists()


def test_half_an_upload_is_refused_and_leaves_nothing(signed_in: Client, base: str) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (1400, 900)).save(stream, "JPEG")
    head = b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\npicture\r\n--b\r\n'
    head += b'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    whole = head + stream.getvalue() + b"\r\n--b--\r\n"
    address, kind = f"{base}materials/", "multipart/form-data; boundary=b"
    page = signed_in.generic("POST", address, whole[: len(head) + 4000], content_type=kind)
    assert page.status_code in (400, 422)
    assert not Attachment.objects.exists()
    assert signed_in.generic("POST", address, whole, content_type=kind).status_code == 303
    assert Attachment.objects.count() == 1


def test_a_file_without_a_file_says_so(signed_in: Client, base: str) -> None:
    page = signed_in.post(f"{base}materials/", {"kind": "picture"})
    assert page.status_code == 422
    assert "Choose a file first." in page.content.decode()

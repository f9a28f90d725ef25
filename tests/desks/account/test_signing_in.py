"""Signing in and registering: code first, password second, the same answer whether an address is known or not."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from praxis.foundation.notices.models import Notice
from praxis.foundation.people import services as people
from praxis.foundation.people.models import User
from tests.support import world

pytestmark = pytest.mark.django_db


def code_in(notice: Notice) -> str:
    """The code on its own line of a letter."""
    found = re.search(r"^    (\S+)$", notice.body, re.MULTILINE)
    assert found, notice.body
    return found.group(1)


def last_letter(address: str) -> Notice:
    return Notice.objects.filter(to=address).latest("id")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_code_signs_in_and_leads_to_where_one_wanted_to_go(client: Client, language: str) -> None:
    user = world.person("amina@example.org")
    asked = client.post(f"/{language}/account/login/?next=/{language}/apply/", {"login": "Amina@Example.org", "next": f"/{language}/apply/"})
    assert asked.status_code == 302
    assert asked["Location"].startswith(f"/{language}/account/login/code/confirm/")
    letter = last_letter("amina@example.org")
    assert (letter.kind, letter.language, letter.secret) == ("account.login_code", language, True)
    page = client.get(asked["Location"])
    assert page.status_code == 200
    assert "Amina@Example.org".lower() in page.content.decode().lower()
    done = client.post(asked["Location"], {"code": code_in(letter).lower(), "next": f"/{language}/apply/"})
    assert done["Location"] == f"/{language}/apply/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_code_is_refused_and_three_of_them_end_the_attempt(client: Client) -> None:
    world.person("amina@example.org")
    client.post("/en/account/login/", {"login": "amina@example.org"})
    first = client.post("/en/account/login/code/confirm/", {"code": "AAA-AAA"})
    assert "Code from the letter: This is not the code we sent" in first.content.decode()
    client.post("/en/account/login/code/confirm/", {"code": "AAA-AAB"})
    last = client.post("/en/account/login/code/confirm/", {"code": "AAA-AAC"})
    assert last.status_code == 302
    right = client.post("/en/account/login/code/confirm/", {"code": code_in(last_letter("amina@example.org"))})
    assert right.status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_new_code_can_be_asked_for(client: Client) -> None:
    world.person("amina@example.org")
    client.post("/en/account/login/", {"login": "amina@example.org"})
    client.post("/en/account/login/code/confirm/", {"action": "resend"})
    assert Notice.objects.filter(kind="account.login_code").count() == 2
    done = client.post("/en/account/login/code/confirm/", {"code": code_in(last_letter("amina@example.org"))})
    assert done["Location"] == "/en/account/"


@pytest.mark.parametrize(
    ("path", "field"), [("login/", "login"), ("login/code/", "email"), ("signup/", "email"), ("password/reset/", "email")]
)
def test_known_and_unknown_addresses_get_the_same_answer(path: str, field: str) -> None:
    world.person("known@example.org")
    answers = []
    for address in ("known@example.org", "other@example.org"):
        client = Client()
        asked = client.post(f"/en/account/{path}", {field: address})
        shown = client.get(asked["Location"])
        text = re.sub(r"known@|other@", "", shown.content.decode())
        answers.append((asked.status_code, asked["Location"], shown.status_code, re.sub(r'value="[A-Za-z0-9]{64}"', "", text)))
    assert answers[0] == answers[1]
    assert Notice.objects.filter(to="known@example.org").exists()
    assert Notice.objects.filter(to="other@example.org").exists()


def test_registering_takes_an_address_and_a_code(client: Client) -> None:
    asked = client.post("/zh-hans/account/signup/?next=/zh-hans/apply/", {"email": "New@example.org", "next": "/zh-hans/apply/"})
    assert asked.status_code == 302
    page = client.get(asked["Location"])
    assert "验证码" in page.content.decode()
    assert "new@example.org" in page.content.decode().lower()
    letter = last_letter("new@example.org")
    assert letter.kind == "account.email_confirmation_signup"
    done = client.post(asked["Location"], {"code": code_in(letter), "next": "/zh-hans/apply/"})
    assert done["Location"] == "/zh-hans/apply/"
    user = User.objects.get(email="new@example.org")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert (user.language, user.has_usable_password()) == ("zh-hans", False)


def test_registering_a_known_address_writes_that_there_is_an_account(client: Client) -> None:
    world.person("known@example.org")
    client.post("/en/account/signup/", {"email": "known@example.org"})
    letter = last_letter("known@example.org")
    assert letter.kind == "account.account_already_exists"
    assert "/en/account/login/" in letter.body


def test_a_password_is_the_second_way(client: Client) -> None:
    user = world.person("amina@example.org")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    phrase = "seven herons over water"
    assert client.post("/en/account/password/set/", {"password1": phrase, "password2": phrase}).status_code == 302
    # An address that no code has confirmed yet must be confirmed by one first.
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    other = Client()
    page = other.get("/en/account/login/?next=/en/apply/").content.decode()
    assert "/en/account/password/?next=%2Fen%2Fapply%2F" in page
    wrong = other.post("/en/account/password/", {"login": user.email, "password": "not that one"})
    assert wrong.status_code == 200
    assert "do not fit together" in wrong.content.decode()
    right = other.post("/en/account/password/", {"login": user.email, "password": phrase, "next": "/en/apply/"})
    assert right["Location"] == "/en/apply/"
    assert other.session["_auth_user_id"] == str(user.pk)


def test_a_new_password_is_set_with_a_code(client: Client) -> None:
    user = world.person("amina@example.org")
    asked = client.post("/en/account/password/reset/", {"email": user.email})
    confirmed = client.post(asked["Location"], {"code": code_in(last_letter(user.email))})
    page = client.get(confirmed["Location"])
    assert "Choose a new password" in page.content.decode()
    short = client.post(confirmed["Location"], {"password1": "short", "password2": "short"})
    assert short.status_code == 200
    assert "error-summary" in short.content.decode()
    done = client.post(confirmed["Location"], {"password1": "seven herons over water", "password2": "seven herons over water"})
    assert done.status_code == 302
    user.refresh_from_db()
    assert user.check_password("seven herons over water")


def test_a_closed_account_cannot_sign_in(client: Client) -> None:
    user = world.person("amina@example.org")
    user.is_active = False
    user.save()
    client.post("/en/account/login/", {"login": user.email})
    assert not Notice.objects.filter(kind="account.login_code").exists()


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "\\\\elsewhere"])
def test_signing_in_never_leads_to_another_site(client: Client, wanted: str) -> None:
    user = world.person("amina@example.org")
    client.post("/en/account/login/", {"login": user.email, "next": wanted})
    done = client.post("/en/account/login/code/confirm/", {"code": code_in(last_letter(user.email)), "next": wanted})
    assert done["Location"] == "/en/account/"
    secret = people.make_sign_in_link(user)
    by_link = Client().post(f"/en/account/link/{secret}/", {"next": wanted})
    assert by_link["Location"] == "/en/account/"


def test_a_link_needs_its_button_and_works_once(client: Client) -> None:
    user = world.person("amina@example.org")
    secret = people.make_sign_in_link(user)
    for _scan in range(3):
        assert client.get(f"/en/account/link/{secret}/?next=/en/apply/").status_code == 200
    assert "_auth_user_id" not in client.session
    done = client.post(f"/en/account/link/{secret}/", {"next": "/en/apply/"})
    assert (done.status_code, done["Location"]) == (303, "/en/apply/")
    assert client.session["_auth_user_id"] == str(user.pk)
    again = Client().post(f"/en/account/link/{secret}/")
    assert again.status_code == 404
    assert "no longer works" in again.content.decode()
    assert Client().get("/en/account/link/nothing-at-all/").status_code == 404


def test_a_link_for_many_uses_works_in_a_demo_alone(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    user = world.person("amina@example.org")
    secret = people.make_sign_in_link(user, reusable=True)
    assert client.post(f"/en/account/link/{secret}/").status_code == 303
    assert Client().post(f"/en/account/link/{secret}/").status_code == 404
    settings.DEMO = True
    assert Client().post(f"/en/account/link/{secret}/").status_code == 303


def test_sent_mail_is_shown_in_a_demo_alone(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    client.post("/en/account/login/", {"login": world.person("amina@example.org").email})
    assert client.get("/en/account/sent-mail/").status_code == 404
    settings.DEMO = True
    page = client.get("/zh-hans/account/sent-mail/").content.decode()
    assert code_in(last_letter("amina@example.org")) in page


@pytest.mark.parametrize(
    "path",
    ["login/", "login/code/", "signup/", "password/", "password/reset/", "login/code/confirm/", "confirm-email/"],
)
def test_bad_input_is_never_a_server_error(client: Client, path: str) -> None:
    for value in ("", "x" * 5000, "a\u0007b@example.org", "名@例.中国", "'; drop table--", "\ud7ff@x.org", "{{7*7}}"):
        for name in ("login", "email", "code", "password"):
            answer = client.post(f"/en/account/{path}", {name: value, "next": value, "action": value})
            assert answer.status_code < 500

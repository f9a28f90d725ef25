"""My own account: where I work, who I am, what was sent to me, my data."""

from __future__ import annotations

import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from praxis.desks.account import kept
from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.notices import services as notices
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import Membership, Organisation, User
from praxis.foundation.places import services as places
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.recommendations.models import Unit
from tests.support import world

pytestmark = pytest.mark.django_db
PAGES = ["", "profile/", "sent-to-me/", "data/", "data/file/", "data/erase/", "email/", "password/set/"]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(client: Client, path: str, language: str = "en") -> str:
    answer = client.get(f"/{language}/account/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_only_who_is_signed_in_has_an_account_page(path: str) -> None:
    answer = Client().get(f"/en/account/{path}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/account/login/?next=")
    for language in ("en", "zh-hans"):
        assert signed_in(world.person()).get(f"/{language}/account/{path}").status_code == 200


def test_home_leads_only_to_the_desks_one_has() -> None:
    edition = world.edition()
    applicant = world.person("amina@example.org", name="Amina")
    organisation = world.organisation(applicant, "Herons")
    page = text_of(signed_in(applicant), "")
    assert 'href="/en/apply/"' in page
    assert f'href="/en/apply/organisations/{organisation.pk}/"' in page
    for path in ("/en/unit/", "/en/expert/", "/en/office/"):
        assert f'<h3><a href="{path}"' not in page
    Unit.objects.create(edition=edition, organisation=organisation, code="herons")
    assert "<h3><a href=\"/en/unit/\"" in text_of(signed_in(applicant), "")
    assert "<h3><a href=\"/en/office/\"" in text_of(signed_in(world.secretary(edition)), "")


def test_the_organisations_of_one_person_are_paged_here_and_at_the_applicants_desk() -> None:
    places.seed()
    agent = world.person("agent@example.org")
    for number in range(53):
        world.organisation(agent, f"Client {number:02}")
    client = signed_in(agent)
    for path in ("/en/account/", "/en/apply/"):
        page = client.get(path).text
        assert "Client 00" in page
        assert "Client 50" not in page
        following = re.search(r'href="\?(organisations=[^"]+)" ?[^>]*>Next|rel="next" href="\?(organisations=[^"]+)"', page)
        assert following is not None
        page = client.get(f"{path}?{following[1] or following[2]}").text
        assert "Client 52" in page
        assert "Client 00" not in page


def test_the_profile_is_saved_and_refused_with_what_was_typed() -> None:
    user = world.person("amina@example.org")
    client = signed_in(user)
    done = client.post("/en/account/profile/", {"name": "  Amina \n Odhiambo ", "language": "zh-hans", "zone": "Africa/Nairobi"})
    assert done.status_code == 303
    user.refresh_from_db()
    assert (user.name, user.language, user.zone) == ("Amina Odhiambo", "zh-hans", "Africa/Nairobi")
    for bad in ({"language": "xx"}, {"zone": "Mars/Phobos"}, {"name": "x" * 121}):
        answer = client.post("/en/account/profile/", {"name": "Kept", "language": "en", "zone": "", **bad})
        assert answer.status_code == 422
        assert "error-summary" in answer.content.decode()
    user.refresh_from_db()
    assert user.name == "Amina Odhiambo"


def test_what_was_sent_is_listed_by_pages_without_secrets_and_without_others() -> None:
    user, other = world.person("amina@example.org"), world.person("other@example.org")
    for number in range(60):
        notices.send("account.unknown_account", to=user, context={"link": f"https://example.org/{number:02d}"})
    notices.send("account.login_code", to=user, context={"code": "QQQ-WWW"})
    notices.send("account.unknown_account", to=other, context={"link": "https://example.org/other"})
    client = signed_in(user)
    first = text_of(client, "sent-to-me/")
    assert "QQQ-WWW" not in first
    assert "example.org/59" in first
    assert "example.org/other" not in first
    seen = set(re.findall(r"https://example\.org/(\d\d)<", first))
    page = first
    counted = set()
    while following := re.search(r'rel="next" href="([^"]+)"', page):
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/en/account/sent-to-me/" + following.group(1)).content.decode()
        counted.add(len(captured))
        seen |= set(re.findall(r"https://example\.org/(\d\d)<", page))
    assert len(seen) == 60
    assert len(counted) == 1
    for odd in ("x", "-1", "9" * 40, "%F0", "٣"):
        assert client.get(f"/en/account/sent-to-me/?after={odd}").status_code == 200


def test_letters_are_dated_where_the_call_is_until_one_names_a_zone_of_ones_own() -> None:
    edition = world.edition()
    Edition.objects.filter(pk=edition.pk).update(state="open")
    amina = world.person("amina@example.org")
    client = signed_in(amina)
    assert "Beijing time" in client.get("/en/account/data/").text
    User.objects.filter(pk=amina.pk).update(zone="Africa/Nairobi")
    assert "Beijing time" not in client.get("/en/account/data/").text


def test_my_data_is_shown_and_taken_away_as_a_file() -> None:
    places.seed()
    user = world.person("amina@example.org", name="Amina")
    world.organisation(user, "Herons")
    notices.send("account.login_code", to=user, context={"code": "QQQ-WWW"})
    client = signed_in(user)
    page = text_of(client, "data/")
    assert "amina@example.org" in page
    assert "<dt>E-mail</dt>" in page
    assert '"email"' not in page
    assert "QQQ-WWW" not in page
    answer = client.get("/en/account/data/file/")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    taken = json.loads(answer.content)
    assert taken["account"]["email"] == "amina@example.org"
    assert "Herons" in taken["account"]["organisations"][0]["names"]["en"]
    assert "notices" in taken
    assert b"QQQ-WWW" not in answer.content


def test_what_is_kept_is_drawn_whole_up_to_its_limit_and_never_as_markup() -> None:
    drawn = kept.draw({"names": {"en": "Herons", "zh-hans": "苍鹭"}, "messages": [{"body": "<b>1</b>"}] * (kept.SHOWN + 2), "zone": ""})
    assert "Herons" in drawn
    assert "苍鹭" not in drawn
    assert "<b>" not in drawn
    assert drawn.count("&lt;b&gt;") == kept.SHOWN
    assert "2 more are in the file." in drawn
    assert "none" in drawn
    assert "16 June 2026 08:00" in kept.draw("2026-06-16T00:00:00+00:00", "Asia/Shanghai")


def test_erasing_needs_its_tick_and_takes_the_person_out_everywhere() -> None:
    edition = world.edition()
    user, colleague = world.person("amina@example.org", name="Amina"), world.person()
    organisation = world.organisation(user, "Herons")
    Membership.objects.create(organisation=organisation, user=colleague)
    case = world.case(user, organisation, edition, submitted=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = signed_in(user)
    assert client.post("/en/account/data/erase/", {}).status_code == 422
    answer = client.post("/en/account/data/erase/", {"confirmed": "1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Your data has been erased" in page
    assert "Herons" in page
    user.refresh_from_db()
    assert not user.is_active
    assert user.name == ""
    assert user.email.endswith("@erased.invalid")
    assert not Notice.objects.filter(to="amina@example.org").exists()
    assert not EmailAddress.objects.filter(email="amina@example.org").exists()
    assert not AuditEvent.objects.filter(actor_id=user.pk).exclude(actor_label="").exists()
    # What was acknowledged stays, and the organisation has an owner.
    case.refresh_from_db()
    assert case.state == "submitted"
    assert case.contact_email == ""
    assert Membership.objects.get(organisation=organisation).owner
    assert Membership.objects.get(organisation=organisation).user == colleague
    # The old session is worth nothing, and the address is free again.
    assert client.get("/en/account/").status_code == 302
    assert signed_in(world.person("amina@example.org")).get("/en/account/").status_code == 200


def test_the_only_administrator_cannot_erase_themselves() -> None:
    administrator = world.administrator()
    answer = signed_in(administrator).post("/en/account/data/erase/", {"confirmed": "1"})
    assert answer.status_code == 409
    assert "only administrator" in answer.content.decode()
    administrator.refresh_from_db()
    assert administrator.is_active


def test_the_address_is_changed_by_a_code_sent_to_the_new_one() -> None:
    user = world.person("amina@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client = signed_in(user)
    asked = client.post("/en/account/email/", {"email": "new@example.org", "action_add": "1"})
    assert asked.status_code == 302
    letter = Notice.objects.get(to="new@example.org")
    assert letter.kind == "account.email_confirmation"
    code = re.search(r"^    (\S+)$", letter.body, re.MULTILINE)
    assert code
    client.post("/en/account/confirm-email/", {"code": code.group(1)})
    user.refresh_from_db()
    assert user.email == "new@example.org"


def test_signing_out_takes_a_button() -> None:
    client = signed_in(world.person())
    assert client.get("/en/account/logout/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/en/account/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_bad_input_is_never_a_server_error() -> None:
    client = signed_in(world.person())
    for value in ("", "x" * 5000, "\x07", "名", "'; --", "{{7*7}}"):
        for path in ("profile/", "data/erase/", "email/", "password/set/", "password/change/"):
            names = ("name", "language", "zone", "confirmed", "email", "action_add", "password1", "password2", "oldpassword")
            data = dict.fromkeys(names, value) | ({"confirmed": ""} if path == "data/erase/" else {})
            assert client.post(f"/en/account/{path}", data).status_code < 500, (path, value)
    assert Organisation.objects.count() == 0

"""Somebody registers with a code that comes by letter, says who they are, and sees what is kept of them."""

from __future__ import annotations

import json
import re

from django.core import mail
from playwright.sync_api import expect

from praxis.foundation.notices.models import Notice
from praxis.foundation.people import services as people
from praxis.lifecycle.showcase.models import Invitation


def test_somebody_registers_by_code_and_takes_their_data_away(world, desk, language):
    world.go_to("open")
    newcomer = desk(language).open(f"/{language}/account/signup/")
    newcomer.fill(email="newcomer@example.org")
    if language == "en":
        newcomer.picture("account-register", height=700)
    newcomer.press("Send me a code")
    world.work()
    code = _code_for("newcomer@example.org")
    newcomer.control("code").fill(code)
    newcomer.control("code").press("Enter")
    newcomer.is_at("account:home")
    if language == "en":
        newcomer.picture("account-home")
    newcomer.go("account:profile").fill(name="Wanjiku Kamau")
    newcomer.press("Save")
    newcomer.go("account:home")
    expect(newcomer.page.get_by_role("heading", level=1)).to_have_text("Wanjiku Kamau")
    newcomer.go("account:data")
    if language == "zh-hans":
        newcomer.picture("account-data-zh", narrow=True)
    with newcomer.page.expect_download() as waiting:
        newcomer.follow("Take it away (JSON)")
    kept = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert "newcomer@example.org" in json.dumps(kept)


def test_a_wrong_code_is_refused_and_what_was_typed_is_kept(world, desk):
    world.go_to("open")
    newcomer = desk("en").open("/en/account/signup/")
    newcomer.fill(email="newcomer@example.org")
    newcomer.press("Send me a code")
    newcomer.control("code").fill("XXXX-XXXX")
    newcomer.control("code").press("Enter")
    expect(newcomer.page.locator("main .field__error, main .error-summary").first).to_be_visible()


def test_a_sign_in_link_signs_in_with_one_press(world, desk, language):
    """In a browser: a page that hides where it was posted from is refused by the guard against forged requests."""
    world.go_to("open")
    with world.now():
        secret = people.make_sign_in_link(world.user("clerk@unit-1.example"))
    person = desk(language).open(f"/{language}/account/link/{secret}/?next=/{language}/unit/")
    person.press("Sign in")
    person.is_at("unit:unit")


def test_an_invitation_is_answered_in_a_browser(world, desk, language):
    world.go_to("released")
    invitation = Invitation.objects.filter(state="sent").first() or Invitation.objects.exclude(state="draft").first()
    guest = desk(language).open(f"/{language}/invitation/{invitation.token}/")
    guest.press("I do not come")
    invitation.refresh_from_db()
    assert invitation.state == "declined"


def _code_for(address: str) -> str:
    """The code in the letter; the row that keeps the notice holds none."""
    notice = Notice.objects.filter(to=address).latest("id")
    (letter,) = [letter for letter in mail.outbox if address in letter.to]
    found = re.search(r"^\s*([0-9A-Z]{3,4}-[0-9A-Z]{3,4})\s*$", letter.body, re.MULTILINE)
    assert found, letter.body
    assert found[1] not in notice.body
    return found[1]

"""An applicant's way from signing in to the receipt, without JavaScript."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import User
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import services
from praxis.lifecycle.cases.models import Case, Revision
from tests.support import world

pytestmark = pytest.mark.django_db


def hidden(response: Any, name: str) -> list[str]:
    """The values of the hidden inputs of a name on a page."""
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())


def follow(client: Client, response: Any) -> Any:
    assert response.status_code == 303, response.content.decode()[:3000]
    return client.get(response["Location"])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_nothing_to_a_receipt(client: Client, language: str) -> None:
    edition = world.edition()
    person = world.person("wanjiku@example.org", name="Wanjiku Kamau", language=language)
    client.force_login(person)
    with world.during(edition):
        page = client.get(f"/{language}/apply/")
        assert page.status_code == 200
        page = client.get(f"/{language}/apply/start/")
        assert page.status_code == 303  # an organisation comes first
        form = page["Location"]
        assert client.get(form).status_code == 200
        page = follow(client, client.post(form, {
            "name_zh": "", "name_en": "Savanna University", "kind": "university", "place": "KE", "registration": "",
            "website": "savanna.example.org", "address": "",
        }))  # fmt: skip
        organisation = page.context["form"].initial["organisation"]
        page = client.post(f"/{language}/apply/start/", {"organisation": organisation, "title": "Schools online"})
        page = follow(client, page)
        case = Case.objects.get()
        base = f"/{language}/apply/cases/{case.key}/"
        config = edition.settings

        page = client.post(f"{base}basics/", {
            "version": hidden(page, "version")[0], "category": "culture", "kinds": ["project", "training"],
            "started_on": "2019-05", "places": ["KE", "CN"], "uses_internet": "yes", "contact_name": "Wanjiku Kamau",
            "contact_email": "wanjiku@example.org", "contact_phone": "+254 20 000000", "onward": "1",
        })  # fmt: skip
        page = follow(client, page)
        assert page.request["PATH_INFO"] == f"{base}texts/"

        said = {f"{lang}:{field}": body for (lang, field), body in world.texts(edition=edition).items()}
        page = follow(client, client.post(f"{base}texts/", {**said, "version": hidden(page, "version"), "onward": "1"}))
        assert page.request["PATH_INFO"] == f"{base}partners/"

        page = follow(client, client.post(f"{base}partners/", {
            "name_zh": "", "name_en": "Delta Institute", "place": "CN", "role_zh": "", "role_en": "trains teachers",
            "email": "office@delta.example.org",
        }))  # fmt: skip
        assert "Delta Institute" in page.content.decode()

        consents = {f"consent_{item.code}": "1" for item in config.consents}
        page = follow(client, client.post(f"{base}commitments/", {**consents, "onward": "1"}))
        assert page.request["PATH_INFO"] == f"{base}submit/"
        key = hidden(page, "submission_key")[0]
        page = follow(client, client.post(f"{base}submit/", {"submission_key": key}))
        revision = Revision.objects.get()
        assert revision.receipt in page.content.decode()
        case.refresh_from_db()
        assert (case.state, case.number) == ("submitted", "2026-0001")
        assert Notice.objects.get(kind="case.submitted").language == language
        for name in ("", "print/", "history/", "history/1/", "questions/", "withdraw/", "submit/"):
            assert client.get(base + name).status_code == 200, name


def test_the_form_of_texts_follows_a_preset_that_is_loaded_again_and_the_language(
    signed_in: Client, edition: Edition, base: str
) -> None:
    # The form is kept as drawn: by the configuration it was drawn from, and by the reader's language.
    label = edition.settings.fields[0].label
    in_english, in_chinese = f"{base}texts/", f"{base}texts/".replace("/en/", "/zh-hans/")
    for _again in range(2):
        assert label["en"] in signed_in.get(in_english).content.decode()
        page = signed_in.get(in_chinese).content.decode()
        assert f'<legend class="field__label">{label["zh-hans"]}</legend>' in page
        assert f'<legend class="field__label">{label["en"]}</legend>' not in page
    text = world.preset_text(world.WIC)
    changed = text.replace(f'en = "{label["en"]}"', 'en = "What it is called"')
    assert changed != text
    programmes.load_preset(SYSTEM, changed, "changed.toml")
    assert '<legend class="field__label">What it is called</legend>' in signed_in.get(in_english).content.decode()
    assert "What it is called" not in signed_in.get(in_chinese).content.decode()


def written(page: Any, edition: Edition, **changes: str) -> dict[str, Any]:
    """What the form of texts sends: its hidden fields, and new words in every text."""
    said = {f"{lang}:{field}": body for (lang, field), body in world.texts(edition=edition).items()}
    return {
        **said, "version": hidden(page, "version"), "submission_key": hidden(page, "submission_key")[0], **changes,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_form_submits_where_everything_else_is_complete(
    signed_in: Client, case: Case, edition: Edition, language: str
) -> None:
    base = f"/{language}/apply/cases/{case.key}/"
    page = signed_in.get(f"{base}texts/")
    form = written(page, edition)
    # Entering a line presses the first button of a form: that saves and goes on to the check.
    assert re.findall(r'name="onward" value="(\w+)"', page.content.decode()) == ["check", "submit"]
    assert signed_in.post(f"{base}texts/", {**form, "onward": "check"})["Location"] == f"{base}submit/"
    assert not Revision.objects.exists()
    form = written(signed_in.get(f"{base}texts/"), edition)
    answers = [signed_in.post(f"{base}texts/", {**form, "onward": "submit"}) for _pressed_twice in range(2)]
    assert {answer["Location"] for answer in answers} == {f"{base}receipt/1/"}
    revision = Revision.objects.get()
    assert revision.content["texts"]["en"]["summary"] == form["en:summary"]
    receipt = signed_in.get(f"{base}receipt/1/").content.decode()
    assert revision.receipt in receipt
    # What the check would have remarked before is said now; it can still be followed.
    assert f'href="{base}submit/"' in receipt.partition("<main")[2]
    assert Notice.objects.filter(kind="case.submitted").count() == 1


def test_what_is_missing_is_said_at_the_check_and_nothing_is_lost(
    signed_in: Client, case: Case, edition: Edition, base: str
) -> None:
    form = written(signed_in.get(f"{base}texts/"), edition, **{"en:title": "", "zh-hans:title": ""})
    page = follow(signed_in, signed_in.post(f"{base}texts/", {**form, "onward": "submit"}))
    assert page.request["PATH_INFO"] == f"{base}submit/"
    assert "The case is not submitted yet" in page.content.decode()
    assert not Revision.objects.exists()
    assert form["en:summary"] in signed_in.get(f"{base}texts/").content.decode()


def test_the_form_does_not_offer_to_submit_while_something_else_is_missing(
    signed_in: Client, case: Case, edition: Edition, base: str
) -> None:
    signed_in.post(f"{base}commitments/", {})
    for section in ("texts", "basics"):
        assert "submission_key" not in signed_in.get(f"{base}{section}/").content.decode()
    # The last thing that is missing can be given and submitted at once.
    page = signed_in.get(f"{base}commitments/")
    key = hidden(page, "submission_key")[0]
    consents = {f"consent_{item.code}": "1" for item in edition.settings.consents}
    answer = signed_in.post(f"{base}commitments/", {**consents, "submission_key": key, "onward": "submit"})
    assert answer["Location"] == f"{base}receipt/1/"
    # Asked for all the same, without the commitments it comes to the check.
    signed_in.post(f"{base}commitments/", {})
    answer = signed_in.post(f"{base}texts/", {"en:summary": "Changed since.", "onward": "submit"})
    assert answer["Location"] == f"{base}submit/"
    assert Revision.objects.count() == 1


def test_words_behind_a_colleague_or_the_deadline_are_given_back_and_not_submitted(
    signed_in: Client, case: Case, owner: User, edition: Edition, base: str
) -> None:
    form = written(signed_in.get(f"{base}texts/"), edition, onward="submit")
    services.save_texts(owner, case, {("en", "summary"): "A colleague was quicker."})
    page = signed_in.post(f"{base}texts/", form)
    assert page.status_code == 409
    for words in (form["en:summary"], form["zh-hans:summary"], "A colleague was quicker."):
        assert words in page.content.decode()
    with world.after(edition):
        page = signed_in.post(f"{base}texts/", form)
    assert page.status_code == 409
    assert form["en:summary"] in page.content.decode()
    assert not Revision.objects.exists()
    # Saved again after having been told, it is submitted.
    again = signed_in.get(f"{base}texts/")
    answer = signed_in.post(f"{base}texts/", {**form, "version": hidden(again, "version")})
    assert answer["Location"] == f"{base}receipt/1/"

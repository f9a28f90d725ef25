"""An applicant writes a case in all its sections and submits it: with script and autosave, and without any script."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from praxis.foundation.people import services as people
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.selection.models import Telling
from praxis.rehearsal.invention import picture
from tests.journeys.desk import route_of
from tests.support import world as make

TITLES = {
    "zh-hans": "远山课堂：用卫星宽带连接高原学校",
    "en": "Classrooms beyond the hills: satellite links for upland schools",
}

LAST_WORDS = {"zh-hans": "高原学校与沿海学校同上一堂课。", "en": "Upland schools and schools by the sea share a lesson."}


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def script(request):
    """Whether the applicant's browser runs scripts."""
    return request.param


def test_an_applicant_submits_a_case(world, desk, language, script):
    edition = world.go_to("open")
    me = people.ensure_user("wanjiku@upland.example", name="Wanjiku Kamau", language=language)
    writer = desk(language, me, java_script_enabled=script)
    shows = script and language == "en"
    _found(writer)
    case = _begin(writer, language)
    if shows:
        writer.go("applicant:case", case.key).picture("applicant-case", height=1000)
    _particulars(writer, case, script)
    _texts(writer, case, edition, language, script, shows)
    _partner(writer, case, language)
    _picture(writer, world, case, script, language)
    _commitments(writer, case)
    writer.is_at("applicant:submit")
    if language == "zh-hans" and script:
        writer.picture("applicant-submit-zh", narrow=True, height=1100)
    if script == (language == "en"):
        _submit_from_the_texts(writer, case, language, shows)
    else:
        writer.press("Submit")
    writer.is_at("applicant:receipt")
    case.refresh_from_db()
    assert case.state == "submitted"
    assert case.category is not None
    assert case.attachments.count() == 1
    writer.sees(case.number)
    writer.sees(case.revision.receipt)
    if shows:
        writer.picture("applicant-receipt", height=800)
    writer.page.go_back()
    writer.page.reload()
    case.refresh_from_db()
    assert case.revision.number == 1
    _submit_again(writer, case, language)


def _submit_from_the_texts(writer, case, language, shows):
    """Where everything else is complete, the form of the texts submits: saved, checked and sent by one button."""
    writer.go("applicant:texts", case.key)
    writer.control(f"{language}:summary").fill(LAST_WORDS[language])
    if shows:
        writer.picture("applicant-texts-submit", height=900, end=True)
    writer.press("Save and submit")
    writer.is_at("applicant:receipt")
    case.refresh_from_db()
    assert case.revision.content["texts"][language]["summary"] == LAST_WORDS[language]


def _submit_again(writer, case, language):
    """Changed and submitted again from the form; going back and forth makes no third submission."""
    writer.go("applicant:texts", case.key)
    writer.control(f"{language}:summary").fill(LAST_WORDS[language] * 2)
    writer.press("Save and submit again")
    writer.is_at("applicant:receipt")
    writer.page.go_back()
    writer.press("Save and submit again")
    writer.page.wait_for_url(lambda url: route_of(url) in ("applicant:receipt", "applicant:texts"))
    case.refresh_from_db()
    assert case.revision.number == 2
    assert case.revision.content["texts"][language]["summary"] == LAST_WORDS[language] * 2


def test_an_applicant_is_told_and_approves_the_proof(world, desk, language):
    world.go_to("told")
    telling = Telling.objects.filter(case__entry__outstanding=True).select_related("case__created_by").first()
    assert telling is not None
    writer = desk(language, telling.case.created_by).go("applicant:case", telling.case.key)
    writer.page.locator('main a[href$="/result/"]').first.click()
    writer.is_at("applicant:result")
    writer.reads("Outstanding Case")
    writer.page.locator('main a[href$="/result/proof/"]').first.click()
    writer.is_at("applicant:result_proof")
    if language == "en":
        writer.picture("applicant-proof", height=1100)
    writer.tick("confirmed")
    writer.press("Approve the proof")
    writer.is_at("applicant:result")
    assert Entry.objects.get(case=telling.case).state == "approved"


def _found(writer):
    writer.go("applicant:organisation_new")
    writer.fill(name_en="Upland Schools Network")
    for name, value in {"kind": 1, "place": "KE"}.items():
        writer.control(name).select_option(**({"index": value} if isinstance(value, int) else {"value": value}))
    writer.press("Save")
    writer.is_at("applicant:organisation")


def _begin(writer, language):
    writer.go("applicant:start")
    writer.control("organisation").check()
    writer.fill(title=TITLES[language])
    writer.press("Begin")
    writer.page.wait_for_url("**/cases/**")
    return Case.objects.get(organisation__names__en="Upland Schools Network")


def _particulars(writer, case, script):
    writer.go("applicant:basics", case.key)
    writer.tick("category", case.edition.settings.categories[1].code)
    writer.control("kinds").check()
    writer.tick("uses_internet", "yes")
    writer.fill(
        started_on="2021-05",
        contact_name="Wanjiku Kamau",
        contact_email="wanjiku@upland.example",
        contact_phone="+254 20 1234567",
    )
    places = writer.page.locator(".pick").first
    places.locator("summary").click()
    for code in ("KE", "CN"):
        writer.tick("places", code)
    if script:
        saved = writer.page.locator("main form [data-save-state]").first
        expect(saved).to_have_attribute("data-state", "saved")
        writer.page.reload()
        expect(writer.control("contact_name")).to_have_value("Wanjiku Kamau")
    writer.press("Save and go on")
    writer.is_at("applicant:texts")


def _texts(writer, case, edition, language, script, shows):
    bodies = make.texts(TITLES[language], languages=(language,), edition=edition)
    saves = []
    writer.page.on(
        "response", lambda answer: saves.append(answer.status) if answer.url.endswith("/texts/save/") else None
    )
    for (code, name), body in bodies.items():
        writer.control(f"{code}:{name}").fill(body)
    if script:
        # Every section has told that it is kept: then the page may go.
        for section in writer.page.locator("main section[data-autosave]").all():
            expect(section.locator('[data-save-state][data-state="saved"]').first).to_be_visible()
        assert set(saves) == {200}
        writer.page.reload()
        for (code, name), body in bodies.items():
            expect(writer.control(f"{code}:{name}")).to_have_value(body)
        if shows:
            writer.picture("applicant-texts", height=1100)
    writer.press("Save and go on")
    writer.is_at("applicant:partners")


def _partner(writer, case, language):
    which = {"zh-hans": "zh", "en": "en"}[language]
    writer.fill(**{f"name_{which}": "Institute of Satellite Learning", f"role_{which}": "Teacher training"})
    writer.control("place").select_option(value="CN")
    writer.press("Add")
    writer.sees("Institute of Satellite Learning")


def _picture(writer, world, case, script, language):
    writer.go("applicant:materials", case.key)
    file = {
        "name": "classroom.jpg",
        "mimeType": "image/jpeg",
        "buffer": picture(3, 1, width=1200, height=800, category="culture"),
    }
    writer.page.locator("#id_picture_file").set_input_files(file)
    if not script:
        writer.page.locator("#picture").get_by_role("button", name=writer.say("Add"), exact=True).click()
    expect(writer.page.locator("#picture figure.picture")).to_have_count(1)
    world.work()
    writer.go("applicant:materials", case.key)
    shown = writer.page.locator("#picture img")
    expect(shown).to_have_count(1)
    writer.page.locator("#picture").get_by_role("link", name=writer.say("Describe")).click()
    which = {"zh-hans": "zh", "en": "en"}[language]
    writer.fill(
        **{
            f"caption_{which}": "A lesson by satellite",
            f"alt_{which}": "Pupils before a screen",
            "credit": "Upland Schools",
        }
    )
    writer.tick("consent")
    writer.press("Save")
    writer.is_at("applicant:materials")
    assert (
        Image.open(io.BytesIO(writer.page.request.get(world.url + str(shown.get_attribute("src"))).body())).size[0]
        > 100
    )


def _commitments(writer, case):
    writer.go("applicant:consents", case.key)
    for consent in case.edition.settings.consents:
        writer.tick(f"consent_{consent.code}")
    writer.press("Save and go on to the check")

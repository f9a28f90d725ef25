"""The secretariat, from the first look at what came in to the release by two people."""

from __future__ import annotations

from playwright.sync_api import expect

from praxis.lifecycle.casebook import selectors as casebook
from praxis.lifecycle.casebook import services as books
from praxis.lifecycle.casebook.models import Build
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews.models import Assignment
from praxis.lifecycle.screening.models import Finding
from praxis.lifecycle.selection.models import Telling

SECRETARY, CHAIR, SECOND = (f"{name}@secretariat.example" for name in ("desk1", "chair1", "chair2"))


def test_the_secretariat_screens_what_came_in(world, desk, language):
    edition = world.go_to("screening")
    office = desk(language, world.user(SECRETARY)).go("secretariat:overview", edition.pk)
    if language == "en":
        office.picture("secretariat-overview", height=1000)
    _every_page(office)
    finding = Finding.objects.filter(answer="warning", screening__case__state="submitted").order_by("id").first()
    assert finding is not None
    case = finding.screening.case
    office.go("secretariat:screening", edition.pk)
    if language == "zh-hans":
        office.picture("secretariat-screening-zh")
    office.page.locator(f'main a[href$="/{case.key}/"]').first.click()
    office.is_at("secretariat:screening_case")
    panel = office.page.locator(f"#finding-{finding.pk}")
    if not panel.locator('input[value="yes"]').is_visible():
        panel.locator("summary").last.click()
    panel.locator('input[value="yes"]').check()
    panel.locator("textarea").fill("Looked into; it is in order.")
    panel.get_by_role("button", name=office.say("Save the judgement")).click()
    office.page.wait_for_load_state()
    finding.refresh_from_db()
    assert (finding.answer, finding.note) == ("yes", "Looked into; it is in order.")
    admit = office.page.locator("#decide form").filter(has=office.page.locator('input[value="admit"]'))
    admit.locator("textarea").fill("Nothing stands against it.")
    if language == "en":
        office.picture("secretariat-screening-case", height=1000)
    admit.get_by_role("button").click()
    office.page.wait_for_load_state()
    case.refresh_from_db()
    assert case.state == "admitted"


def test_the_secretariat_assigns_by_a_plan(world, desk, language):
    edition = world.go_to("committee")
    office = desk(language, world.user(SECRETARY)).go("secretariat:reviews", edition.pk)
    round_ = edition.rounds.order_by("position")[0]
    office.go("secretariat:round", edition.pk, round_.code)
    office.press("Take every admitted case")
    office.press("Make a plan")
    office.is_at("secretariat:plan_page")
    if language == "en":
        office.picture("secretariat-plan", height=1000)
    office.press("Apply the plan")
    office.is_at("secretariat:round")
    office.press("Open the round")
    admitted = Case.objects.filter(edition=edition, state="admitted").count()
    assert Assignment.objects.filter(round=round_, state="open").count() >= 2 * admitted
    round_.refresh_from_db()
    assert round_.state == "open"


def test_a_chair_decides_seals_and_tells(world, desk, language):
    edition = world.go_to("deciding")
    chair = desk(language, world.user(CHAIR)).go("secretariat:standings", edition.pk)
    if language == "en":
        chair.picture("secretariat-standings", height=1000)
    chair.go("secretariat:selection", edition.pk)
    chair.go("secretariat:selection_tier", edition.pk, "outstanding")
    chair.press("Propose")
    chair.is_at("secretariat:proposal")
    if language == "zh-hans":
        chair.picture("secretariat-proposal-zh", height=1000)
    chair.follow("Decide from this proposal")
    chair.press("Decide")
    chair.is_at("secretariat:selection")
    chair.go("secretariat:selection", edition.pk)
    chair.tick("confirmed")
    chair.press("Seal")
    world.work()
    chair.go("secretariat:selection", edition.pk)
    with chair.page.expect_download() as waiting:
        chair.follow("List for approval (Word)")
    assert waiting.value.suggested_filename.endswith(".docx")
    chair.go("secretariat:telling", edition.pk)
    chair.tick("confirmed")
    chair.press("Tell them now")
    tellings = Telling.objects.filter(selection__edition=edition)
    assert tellings.count() == edition.selection.decisions.filter(reserve=None, tier__code="casebook").count()


def test_two_people_release_the_casebook(world, desk, language):
    edition = world.go_to("told")
    with world.now():
        for entry in casebook.all_entries(edition):
            books.approve_proof(entry.case.created_by, entry)
    office = desk(language, world.user(CHAIR)).go("secretariat:casebook", edition.pk)
    office.go("secretariat:builds", edition.pk)
    office.press("All books")
    world.work()
    office.go("secretariat:builds", edition.pk)
    assert {row.state for row in Build.objects.filter(casebook__edition=edition)} == {"ready"}
    if language == "en":
        office.picture("secretariat-casebook", height=900)
    _give_word(office, edition, "Give my word", "secretariat-release" if language == "en" else "")
    visitor = desk(language).go("public:library")
    entry = casebook.all_entries(edition)[0]
    title = entry.titles[language]
    expect(visitor.page.get_by_role("main")).not_to_contain_text(title)
    _give_word(desk(language, world.user(SECOND)), edition, "Release now")
    edition.refresh_from_db()
    assert edition.state == "released"
    world.work()
    visitor.go("public:library").sees(title)


def _give_word(chair, edition, button, picture=""):
    chair.go("secretariat:release", edition.pk)
    if picture:
        chair.picture(picture, height=1000)
    chair.tick("confirmed")
    chair.press(button)


def _every_page(office):
    """Every entry of the side navigation leads to a page that says, as its heading or in it, where one is."""
    links = office.page.locator(".desk-nav nav a")
    found = {str(link.get_attribute("href")): link.inner_text() for link in links.all()}
    assert len(found) > 15, found
    for path in found:
        office.open(path)
        expect(office.page.get_by_role("heading", level=1)).to_be_visible()
        expect(office.page.locator('[aria-current="page"]').first).to_be_attached()

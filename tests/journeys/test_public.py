"""A visitor: from the call to a question of one's own, and after the release to a case and the book."""

from __future__ import annotations

import io

from playwright.sync_api import expect
from pypdf import PdfReader

from praxis.lifecycle.casebook.models import Entry


def test_a_visitor_reads_the_call_and_checks_a_case(world, desk, language):
    world.go_to("open")
    visitor = desk(language).go("public:home")
    expect(visitor.page.locator(".deadline")).to_contain_text("15")
    if language == "en":
        visitor.picture("public-home")
    visitor.page.locator('main a[href$="/calls/wic-practice-cases/2026/"]').first.click()
    visitor.is_at("public:edition")
    if language == "en":
        visitor.picture("public-call", height=1100)
    visitor.page.locator('main a[href$="/check/"]').first.click()
    visitor.is_at("public:check")
    for question in {box.get_attribute("name") for box in visitor.page.locator('main input[type="radio"]').all()}:
        visitor.tick(str(question), "yes")
    visitor.press("Show the result")
    # One of the questions is answered rightly by "no": the page says which, and why.
    expect(visitor.page.locator("main .checklist li")).not_to_have_count(0)
    if language == "zh-hans":
        visitor.picture("public-check-zh", narrow=True, height=1100)


def test_after_the_release_a_reader_finds_a_case_and_takes_the_book(world, desk, language):
    world.go_to("released")
    entry = Entry.objects.select_related("case", "category").filter(outstanding=True).first()
    assert entry is not None
    title = entry.titles[language]
    reader = desk(language).go("public:library")
    if language == "en":
        reader.picture("public-library", height=1100)
    reader.fill(q=title)
    reader.control("q").press("Enter")
    reader.page.get_by_role("main").get_by_role("link", name=title, exact=True).first.click()
    reader.is_at("public:entry")
    reader.reads("Outstanding Case")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(title)
    broken = reader.page.locator("main img").evaluate_all(
        "images => Promise.all(images.map(image => image.decode().then(() => '', () => image.src)))"
    )
    assert not [source for source in broken if source]
    reader.page.get_by_role("main").get_by_role("link", name=reader.say("Watch the video")).click()
    film = reader.page.locator("#video video").first
    expect(film).to_be_in_viewport()
    assert film.evaluate("film => { film.muted = true; return film.play().then(() => film.videoWidth); }") > 0
    reader.page.evaluate("scrollTo(0, 0)")
    reader.picture("public-case" if language == "en" else "public-case-zh", narrow=language != "en", height=1100)
    reader.go("public:casebooks")
    links = reader.page.locator(f'main a[href$="/{language}/pdf/"]')
    with reader.page.expect_download() as waiting:
        links.first.click()
    book = PdfReader(io.BytesIO(waiting.value.path().read_bytes()))
    assert len(book.pages) > 10


def test_the_other_language_is_one_press_away(world, desk):
    world.go_to("released")
    entry = Entry.objects.order_by("position").first()
    assert entry is not None
    reader = desk("en").go("public:entry", entry.key)
    reader.page.locator(".languages a").click()
    expect(reader.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(entry.titles["zh-hans"])

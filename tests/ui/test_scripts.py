"""The scripts in a browser: each makes a page quicker, none is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override
from playwright.sync_api import Page, Request, Route, expect

from praxis.engines import wordcount
from praxis.ui.values import Choice, Side

Show = Callable[..., None]
SAVE = "**/save/"


@pytest.fixture
def show(page: Page, live_server: Any) -> Show:
    """Opens a page made of a template's text, served where the scripts are."""

    def show_page(body: str, **context: Any) -> None:
        with override("en"):
            html = Template(
                "{% extends 'ui/base.html' %}{% load ui %}{% block content %}" + body + "{% endblock %}"
            ).render(Context({"token": "t0ken", **context}))
        page.route("**/try/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(f"{live_server.url}/try/")

    return show_page


def answer(status: int, **body: Any) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status, body=json.dumps(body), content_type="application/json")


FORM = (
    '<form method="post" data-autosave="/save/" data-dirty data-submit-once>'
    '<input type="hidden" name="csrfmiddlewaretoken" value="t0ken"><input type="hidden" name="version" value="1">'
    '{% textarea_field "summary" "Summary" value limit=5 lang="en" %}{% save_state %}'
    '{% button "Submit" name="go" value="1" %}</form>'
)


def test_the_browser_counts_as_the_server_does(page, show):
    show('{% textarea_field "t" "Text" limit=5 lang="en" %}')
    texts = [text for text, _ in wordcount.EXAMPLES]
    counted = page.evaluate(
        "async (texts) => { const { count } = await import('/static/ui/js/wordcount.js'); return texts.map(count); }",
        texts,
    )
    assert counted == [count for _, count in wordcount.EXAMPLES]


def test_the_counter_warns_when_the_text_is_too_long(page, show):
    show('{% textarea_field "t" "Text" "one two" limit=5 lang="en" %}')
    counter = page.locator("#id_t_count")
    expect(counter).to_have_text("2 / 5")
    page.fill("#id_t", "one two three four five six seven")
    expect(counter).to_have_text("7 / 5 · 2 too many")
    expect(counter).to_have_class("counter counter--over")


def test_a_long_line_is_shown_whole_and_stays_one_line(page, show):
    sides = [Side(lang="en", name="title", id="id_title", value="A name " * 30, rows=1)]
    show('<div style="inline-size: 20rem">{% bilingual sides label="Name" %}</div>', sides=sides)
    control = page.locator("#id_title")
    assert control.evaluate("box => box.scrollHeight <= box.clientHeight + 1 && box.clientHeight > 100")
    control.fill("")
    control.press_sequentially("One")
    control.press("Enter")
    assert control.input_value() == "One"
    control.evaluate(
        "box => { box.setRangeText(' \\n two\\nthree', 3, 3, 'end'); box.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    assert control.input_value() == "One two three"


def test_autosave_sends_the_section_and_takes_the_new_version(page, show):
    seen: list[Request] = []

    def save(route: Route) -> None:
        seen.append(route.request)
        answer(200, saved_at="2026-06-03T14:32:00+08:00", version="2")(route)

    page.route(SAVE, save)
    show(FORM, value="")
    page.fill("#id_summary", "Typed")
    expect(page.locator("[data-save-state]")).to_have_text("Saved 14:32")
    assert seen[0].headers["x-csrftoken"] == "t0ken"
    assert 'name="summary"\r\n\r\nTyped' in (seen[0].post_data or "")
    assert page.input_value("input[name=version]") == "2"
    assert page.evaluate("Object.keys(localStorage)") == []


def test_what_could_not_be_saved_is_kept_and_offered_again(page, show, watch):
    watch.allowed.append("503")
    page.route(SAVE, answer(503))
    show(FORM, value="")
    page.fill("#id_summary", "Typed on the train")
    expect(page.locator("[data-save-state]")).to_contain_text("Kept on this device")
    page.reload()
    expect(page.locator("#id_summary")).to_have_value("")
    page.unroute(SAVE)
    page.route(SAVE, answer(200, version="2"))
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#id_summary")).to_have_value("Typed on the train")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_conflict_is_shown_and_nothing_typed_is_lost(page, show, watch):
    watch.allowed.append("409")
    page.route(SAVE, answer(409, message="Your colleague changed this at 14:30."))
    show(FORM, value="")
    page.fill("#id_summary", "Mine")
    expect(page.get_by_role("alert")).to_contain_text("Your colleague changed this at 14:30.")
    expect(page.locator("#id_summary")).to_have_value("Mine")


def test_a_refused_field_shows_its_message_until_it_is_mended(page, show, watch):
    watch.allowed.append("422")
    page.route(SAVE, answer(422, errors={"summary": ["Too long."]}))
    show(FORM, value="")
    page.fill("#id_summary", "one two three four five six")
    expect(page.locator("#id_summary_saved_error")).to_have_text("Too long.")
    expect(page.locator("#id_summary")).to_have_attribute("aria-invalid", "true")
    page.unroute(SAVE)
    page.route(SAVE, answer(200, version="2"))
    page.fill("#id_summary", "short")
    expect(page.locator("#id_summary_saved_error")).to_have_count(0)


def test_a_second_press_sends_nothing(page, show):
    sent: list[str] = []

    def take(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)

    page.route("**/send/", take)
    show('<form method="post" action="/send/" data-submit-once>{% button "Submit" name="go" value="1" %}</form>')
    with page.expect_response("**/send/"):
        page.evaluate("() => { const b = document.querySelector('[name=go]'); b.click(); b.click(); b.click(); }")
    button = page.locator("button[name=go]")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_text("Sending…")
    assert sent == ["go=1"]


def test_a_long_list_is_filtered_without_accents_and_counts_what_is_chosen(page, show):
    from praxis.ui.values import Choice

    places = [Choice("CI", "Côte d’Ivoire"), Choice("KE", "Kenya"), Choice("CN", "China", selected=True)]
    show('{% pick_list "p" "Countries or regions" places %}', places=places)
    page.locator("summary").filter(has_text="1 chosen").click()
    page.get_by_label("Filter the list").fill("cote")
    expect(page.locator(".pick__list .choice:visible")).to_have_count(1)
    page.get_by_label("Côte d’Ivoire").check()
    expect(page.locator("[data-pick-count]")).to_have_text("2 chosen")
    page.get_by_label("Filter the list").fill("nowhere")
    expect(page.locator(".pick__none")).to_have_text("Nothing in the list matches.")


def test_a_long_list_is_left_in_one_step(page, show):
    choices = [Choice(f"c{number}", f"Country {number}") for number in range(40)]
    show('{% pick_list "places" "Places" choices %}<p><a href="#after" id="after">After</a></p>', choices=choices)
    box, summary = page.locator("[data-pick]"), page.locator("[data-pick] summary")
    for leave in (lambda: page.keyboard.press("Escape"), lambda: page.get_by_role("button", name="Close the list").press("Enter")):
        summary.press("Enter")
        expect(box).to_have_attribute("open", "")
        page.locator("[data-pick] input[type=checkbox]").nth(3).focus()
        leave()
        expect(box).not_to_have_attribute("open", "")
        expect(summary).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#after")).to_be_focused()


def test_the_reader_s_own_time_is_added_where_it_is_another(show, page):
    show(
        '<p hidden><time id="far" datetime="2026-06-15T19:00:00+03:00" data-localtime="block"></time></p>'
        '<p hidden><time id="here" datetime="2026-06-16T00:00:00+08:00" data-localtime="block"></time></p>'
    )
    expect(page.locator("#far")).to_have_text("Your time: 16 June 2026 at 00:00 (GMT+8)")
    expect(page.locator("#far")).to_be_visible()
    expect(page.locator("#here")).to_be_hidden()


class Tus:
    """A tus server of the test: takes pieces, may lose the line once."""

    def __init__(self, lose_at: int | None = None) -> None:
        self.received = b""
        self.metadata = ""
        self.lose_at = lose_at
        self.completed: list[str] = []
        self.asked = 0
        self.pieces = 0

    def __call__(self, route: Route) -> None:
        request = route.request
        assert request.headers["tus-resumable"] == "1.0.0"
        if request.method == "POST":
            self.metadata = request.headers["upload-metadata"]
            route.fulfill(status=201, headers={"Location": "/uploads/abc123"})
        elif request.method == "HEAD":
            self.asked += 1
            route.fulfill(status=200, headers={"Upload-Offset": str(len(self.received))})
        elif self.lose_at is not None and len(self.received) >= self.lose_at:
            self.lose_at = None
            route.abort()
        else:
            assert int(request.headers["upload-offset"]) == len(self.received)
            self.pieces += 1
            self.received += request.post_data_buffer or b""
            route.fulfill(status=204, headers={"Upload-Offset": str(len(self.received))})

    def complete(self, route: Route) -> None:
        self.completed.append(route.request.post_data or "")
        answer(200)(route)


UPLOAD = (
    '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t0ken">'
    '{% file_field "video" "Video" upload_url="/uploads/" complete_url="/attach/" '
    'purpose="video" max_bytes=300000 %}<div class="actions">{% button "Add" %}</div></form>'
)


def upload(page: Page, show: Show, server: Tus, content: bytes) -> None:
    page.route("**/uploads/**", server)
    page.route("**/attach/", server.complete)
    show(UPLOAD)
    page.evaluate("() => { document.querySelector('#id_video').dataset.pieceBytes = 100000; }")
    page.set_input_files("#id_video", {"name": "影片.mp4", "mimeType": "video/mp4", "buffer": content})


def test_a_file_goes_in_pieces_and_is_handed_over(page, show):
    server, content = Tus(), bytes(range(256)) * 1_000
    upload(page, show, server, content)
    expect(page.locator(".upload__state")).to_have_text("Uploaded")
    expect(page.get_by_role("button", name="Add")).to_have_count(0)
    assert server.received == content
    assert server.pieces == 3
    assert "filename " in server.metadata
    assert "purpose dmlkZW8=" in server.metadata
    assert "abc123" in server.completed[0]
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_lost_line_goes_on_where_it_broke(page, show, watch):
    watch.allowed.append("net::ERR_FAILED")
    server, content = Tus(lose_at=100_000), b"x" * 230_000
    upload(page, show, server, content)
    expect(page.locator(".upload__state")).to_have_text("Uploaded")
    assert server.received == content
    assert server.asked == 1


def test_a_file_too_large_is_not_sent_at_all(page, show):
    server = Tus()
    upload(page, show, server, b"x" * 300_001)
    expect(page.locator(".upload__state")).to_contain_text("larger than")
    assert server.metadata == ""


def test_the_summary_of_errors_takes_the_focus_and_leads_to_a_folded_control(page, show):
    from praxis.ui.values import Choice

    show(
        '{% error_summary problems %}{% pick_list "p" "Countries or regions" places id="id_p" %}',
        problems=[("id_p_0", "Choose two.")], places=[Choice("KE", "Kenya")],
    )  # fmt: skip
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="Choose two.").click()
    expect(page.locator("#id_p_0")).to_be_focused()

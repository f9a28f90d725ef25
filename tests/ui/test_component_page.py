"""The component page: whole, valid and usable in every width, language and theme."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.utils.translation import override

from praxis.ui.gallery import TITLES, samples


def page_html(language: str) -> str:
    with override(language):
        return render_to_string("ui/components.html", {"samples": list(samples())})


@pytest.fixture(scope="module", params=["zh-hans", "en"])
def html(request):
    return page_html(request.param)


def test_every_id_is_there_once(html):
    ids = Counter(re.findall(r'\sid="([^"]+)"', html))
    assert [name for name, times in ids.items() if times > 1] == []


def test_what_points_somewhere_points_at_something(html):
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    pointers = re.findall(r'\s(?:for|aria-describedby|aria-labelledby)="([^"]+)"', html)
    assert {part for pointer in pointers for part in pointer.split()} - ids == set()


def test_nothing_is_inline(html):
    assert not re.search(r"\sstyle=|\son[a-z]+=", html)


def test_each_sample_has_a_title_in_chinese():
    assert {sample.id.replace("-", "_") for sample in samples()} == set(TITLES)


def test_the_chinese_page_says_nothing_of_its_own_in_english():
    with override("zh-hans"):
        chinese = "".join(drawing for sample in samples() for code, drawing in sample.drawings if code == "zh-hans")
    words = re.sub(r"<[^>]+>|Five institutions[^<]+", " ", chinese)
    allowed = {"MP", "MOV", "WebM", "F", "A", "pdf", "English", "Email", "GB", "mp", "NaN"}
    assert set(re.findall(r"[A-Za-z]+", words.replace("&amp;", ""))) - allowed == set()


@pytest.mark.parametrize(("path", "scheme"), [("/en/ui/", "dark"), ("/zh-hans/ui/", "light")])
def test_nothing_is_wrong_for_a_screen_reader(new_page, live_server, path, scheme):
    page = new_page(color_scheme=scheme)
    page.goto(live_server.url + path)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/en/ui/", "/zh-hans/ui/"])
def test_no_page_is_wider_than_its_window(new_page, live_server, path):
    page = new_page()
    page.goto(live_server.url + path)
    for width in (1440, 1024, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_the_menu_of_the_phone_opens_without_script(new_page, live_server):
    page = new_page(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page.goto(live_server.url + "/en/ui/")
    language = page.locator(".languages a")
    assert not language.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert language.is_visible()

"""Templates hold no style, script or handler of their own: the strict CSP would refuse them."""

from __future__ import annotations

import re

import pytest

from tests.house.source import PRAXIS

INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "address elsewhere": re.compile(r"(?:src|srcset|poster)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
PAGES = sorted(path for path in PRAXIS.rglob("*.html") if "templates" in path.parts)
PARTS = sorted((PRAXIS / "ui").rglob("*.py"))


def faults(text: str) -> list[str]:
    """What is written inline, each with its line."""
    return [
        f"line {text.count(chr(10), 0, match.start()) + 1}: {name}"
        for name, pattern in INLINE.items()
        for match in pattern.finditer(text)
    ]


@pytest.mark.parametrize(
    "planted",
    [
        '<p class="a" style="color:red">',
        '<a href="/" onclick="go()">',
        "<style>p{}</style>",
        "<script>go()</script>",
        '<a href="javascript:go()">',
        '<img src="//elsewhere.example/a.png" alt="">',
    ],
)
def test_what_is_inline_is_found(planted):
    assert faults(f"<main>\n{planted}</main>") != []


@pytest.mark.parametrize("page", PAGES + PARTS, ids=lambda path: path.relative_to(PRAXIS).as_posix())
def test_nothing_inline(page):
    assert faults(page.read_text("utf-8")) == []

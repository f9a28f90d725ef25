"""Buttons, links that look like them, status and field tags, breadcrumbs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from praxis.ui.html import EMPTY, ICONS, attributes, fill, safe
from praxis.ui.values import Link, Text

TONES = ("neutral", "water", "jade", "amber", "seal", "alarm")
HUES = {"infrastructure": 1, "culture": 2, "economy": 3, "security": 4, "governance": 5}
HUE_COUNT = 8


def button(label: Text, tone: str = "primary", type: str = "submit", **attrs: object) -> SafeString:
    """A button; `tone` is `primary`, `secondary`, `danger` or `quiet`."""
    return fill('<button class="button button--{}"{}>{}</button>', tone, attributes({"type": type, **attrs}), label)


def link_button(label: Text, href: str, tone: str = "primary", **attrs: object) -> SafeString:
    """A link that looks like a button, for going somewhere."""
    return fill('<a class="button button--{}"{}>{}</a>', tone, attributes({"href": href, **attrs}), label)


def post_button(
    label: Text,
    action: str,
    token: str,
    tone: str = "secondary",
    fields: dict[str, object] | None = None,
    **attrs: Any,
) -> SafeString:
    """A one-button form that posts to `action`, with hidden `fields`."""
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', (fields or {}).items())
    return fill(
        '<form class="inline-form" method="post" action="{}" data-submit-once>'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}{}</form>',
        action,
        token,
        hidden,
        button(label, tone, **attrs),
    )


def status(label: Text, tone: str = "neutral") -> SafeString:
    """A state in words with a tone; `seal` belongs to Outstanding Cases alone."""
    return fill('<span class="status status--{}">{}</span>', tone if tone in TONES else "neutral", label)


def hue_class(code: object) -> str:
    """The class that gives a field its hue: a known code, a number from 1, or any other code by a stable hash."""
    if isinstance(code, int):
        return f"hue-{(code - 1) % HUE_COUNT + 1}"
    return f"hue-{HUES.get(str(code)) or crc32(str(code).encode()) % HUE_COUNT + 1}"


def category(name: Text, code: object) -> SafeString:
    """A field of the programme: a swatch of its hue and always its name."""
    return fill(
        '<span class="category {}"><span class="category__swatch" aria-hidden="true"></span>{}</span>',
        hue_class(code),
        name,
    )


def breadcrumbs(links: Sequence[Link]) -> SafeString:
    """The way from the home page to here; the last link is the page itself."""
    if not links:
        return EMPTY
    items = SafeString("".join([f"<li>{_crumb(link, last=link is links[-1])}</li>" for link in links]))
    return fill('<nav class="breadcrumbs" aria-label="{}"><ol>{}</ol></nav>', gettext("You are here"), items)


def _crumb(link: Link, *, last: bool) -> str:
    if last or not link.url:
        here = ' aria-current="page"' if last else ""
        return f"<span{here}>{safe(link.label)}</span>"
    return f'<a href="{safe(link.url)}">{safe(link.label)}</a>'


def section_nav(links: Sequence[Link], label: Text = "") -> SafeString:
    """Links to the sections of one thing, with the state of each; no tabs, so nothing is hidden."""
    items = format_html_join("", "<li>{}</li>", ((nav_link(link),) for link in links))
    return fill('<nav class="section-nav" aria-label="{}"><ul>{}</ul></nav>', label or gettext("Sections"), items)


def nav_link(link: Link) -> SafeString:
    """A link of a navigation that knows whether it is the current page."""
    # A page holds some twenty: put together by hand, in a third of the time.
    here = ' aria-current="page"' if link.current else ""
    note = "" if link.note in (None, "") else f'<span class="nav-note">{safe(link.note)}</span>'
    return SafeString(f'<a href="{safe(link.url)}"{here}><span>{safe(link.label)}</span>{note}</a>')


def more_link(label: Text, href: str) -> SafeString:
    """A link that leads on, with an arrow that follows the direction of writing."""
    return fill('<a class="more" href="{}">{}</a>', href, label)


def icon(name: str) -> SafeString:
    """A small drawing from the set, hidden from screen readers; an unknown name gives nothing."""
    return ICONS.get(name, EMPTY)

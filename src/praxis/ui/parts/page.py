"""What stands around the content of every page, drawn without a template each: masthead, footer, desk, script words.

Everything here is drawn at every look; words that depend on the language alone are found once for each language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi, gettext

from praxis.ui.html import EMPTY, ICONS, safe
from praxis.ui.parts import blocks
from praxis.ui.parts.actions import nav_link
from praxis.ui.parts.entry import html_lang
from praxis.ui.shell import Banner, Desk, Language, NavGroup, Shell
from praxis.ui.texts import kept_by_language, script_words
from praxis.ui.values import Link

_MARK = (
    '<svg class="brand__mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">'
    '<rect width="32" height="32" rx="2"/><path d="M5 11.5c3.7-3.3 7.3-3.3 11 0s7.3 3.3 11 0M5 17.5c3.7-3.3 7.3-3.3 '
    '11 0s7.3 3.3 11 0M5 23.5c3.7-3.3 7.3-3.3 11 0s7.3 3.3 11 0"/></svg>'
)


@kept_by_language
def _words() -> dict[str, str]:
    """The words of the masthead and the footer."""
    said = {
        "menu": gettext("Menu"), "site": gettext("Site"), "language": gettext("Language"),
        "out": gettext("Sign out"), "in": gettext("Sign in"), "footer": gettext("Footer"),
        "skip": gettext("Skip to the content"),
    }  # fmt: skip
    return {name: safe(text) for name, text in said.items()}


def opening() -> SafeString:
    """The first lines of every page."""
    language = get_language() or "en"
    direction = "rtl" if get_language_bidi() else "ltr"
    return SafeString(
        f'<!doctype html>\n<html lang="{html_lang(language)}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
    )


def links() -> SafeString:
    """For the head of the page: how it is shown, the house's style and sign."""
    return SafeString(
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<link rel="icon" href="{_file("ui/img/mark.svg")}" type="image/svg+xml">\n'
        f'<link rel="stylesheet" href="{_file("ui/css/praxis.css")}">\n'
    )


def _file(path: str) -> str:
    return _address_of_file(path, settings.STATIC_URL, settings.STORAGES["staticfiles"]["BACKEND"])


@lru_cache(maxsize=64)
def _address_of_file(path: str, _url: str, _storage: str) -> str:
    # Static files do not change while the house runs; where they lie is in the key.
    return safe(static(path))


def top(shell: Shell | None, token: str = "") -> SafeString:
    """What comes before the content: the way past it, banners, masthead."""
    banners = "".join([_banner(banner) for banner in shell.banners]) if shell else ""
    return SafeString(f'<a class="skip" href="#main">{_words()["skip"]}</a>\n{banners}{masthead(shell, token)}')


def _banner(banner: Banner) -> str:
    link = f' <a href="{safe(banner.url)}">{safe(banner.url_label)}</a>' if banner.url else ""
    return f'<div class="banner banner--{safe(banner.tone)}" role="note"><p class="wrap">{safe(banner.text)}{link}</p></div>\n'


def told(messages: Iterable[Any] | None) -> SafeString:
    """What was done or refused just now (Django's messages); reading them takes them off."""
    if not messages:
        return EMPTY
    said = [blocks.callout(SafeString(escape(str(message))), tone=_tone(message.level)) for message in messages]
    return SafeString(f'<div class="messages" role="status">{"".join(said)}</div>')


def _tone(level: int) -> str:
    return "alarm" if level >= 40 else "amber" if level >= 30 else "jade" if level >= 25 else "water"


def closing(shell: Shell | None) -> SafeString:
    """What comes after the content: the foot, and what scripts need."""
    return SafeString(f'{footer(shell)}{script_texts()}<script type="module" src="{_file("ui/js/main.js")}"></script>\n')


def masthead(shell: Shell | None, token: str = "") -> SafeString:
    """The head of a page: brand, navigation, languages and who is signed in; `token` is for the way out."""
    if not shell:
        return SafeString(f'<header class="masthead">\n<div class="masthead__in wrap">\n{_brand(Shell())}\n\n</div>\n</header>\n')
    words = _words()
    menu = (
        f'<button class="masthead__toggle" type="button" popovertarget="site-menu">{ICONS["menu"]}'
        f'<span>{words["menu"]}</span></button>\n<div class="masthead__menu" id="site-menu" popover>\n'
        f"{_nav(shell.nav, words['site'])}\n{_languages(shell.languages, words['language'])}\n"
        f"{_reader(shell, token, words)}\n</div>"
    )
    return SafeString(f'<header class="masthead">\n<div class="masthead__in wrap">\n{_brand(shell)}\n{menu}\n</div>\n</header>\n')


def _brand(shell: Shell) -> str:
    tagline = f'<span class="brand__tagline">{safe(shell.tagline)}</span>' if shell.tagline else ""
    return (
        f'<a class="brand" href="{safe(shell.home_url or "/")}">{_MARK}<span class="brand__words">'
        f'<span class="brand__name">{safe(shell.brand or "Praxis")}</span>{tagline}</span></a>'
    )


def _items(links: Sequence[Link]) -> str:
    return "".join([f"<li>{nav_link(link)}</li>" for link in links])


def _nav(links: Sequence[Link], label: str) -> str:
    return f'<nav class="site-nav" aria-label="{label}"><ul>{_items(links)}</ul></nav>' if links else ""


def _languages(languages: Sequence[Language], label: str) -> str:
    if not languages:
        return ""
    items = "".join(
        [
            f'<li><a href="{safe(row.url)}" lang="{html_lang(row.code)}" hreflang="{html_lang(row.code)}">{safe(row.label)}</a></li>'
            for row in languages
            if not row.current
        ]
    )
    return f'<nav class="languages" aria-label="{label}"><ul>{items}</ul></nav>'


def _reader(shell: Shell, token: str, words: dict[str, str]) -> str:
    if not shell.user_label:
        if not shell.sign_in_url:
            return ""
        return f'<a class="masthead__sign-in" href="{safe(shell.sign_in_url)}">{words["in"]}</a>'
    out = ""
    if shell.sign_out_url:
        out = (
            f'<form method="post" action="{safe(shell.sign_out_url)}"><input type="hidden" name="csrfmiddlewaretoken" '
            f'value="{safe(token)}"><button class="user-menu__out" type="submit">{words["out"]}</button></form>'
        )
    return (
        f'<details class="user-menu"><summary>{ICONS["user"]}<span>{safe(shell.user_label)}</span>{ICONS["down"]}'
        f'</summary><div class="user-menu__list"><ul>{_items(shell.user_links)}</ul>{out}</div></details>'
    )


def footer(shell: Shell | None) -> SafeString:
    """The foot of a page."""
    text = f'<p class="footer__text">{safe(shell.footer_text)}</p>' if shell and shell.footer_text else ""
    links = ""
    if shell and shell.footer_links:
        items = "".join([f'<li><a href="{safe(link.url)}">{safe(link.label)}</a></li>' for link in shell.footer_links])
        label = _words()["footer"]
        links = f'<nav aria-label="{label}"><ul class="footer__links">{items}</ul></nav>'
    return SafeString(f'<footer class="footer">\n<div class="wrap footer__in">\n{text}\n{links}\n</div>\n</footer>\n')


def alternates(languages: Sequence[Language]) -> SafeString:
    """For the head of the page: its address in each language."""
    lines = [f'<link rel="alternate" hreflang="{html_lang(row.code)}" href="{safe(row.url)}">\n' for row in languages or ()]
    return SafeString("".join(lines))


def desk_side(desk: Desk | None) -> SafeString:
    """The side of a desk: whose it is and where it leads."""
    if not desk:
        return EMPTY
    label = safe(desk.label)
    here = "".join(
        [
            f' · <span class="desk-nav__here">{safe(link.label)}</span>'
            for group in desk.groups
            for link in group.links
            if link.current
        ]
    )
    groups = "".join([_group(group) for group in desk.groups])
    note = f'<p class="desk-nav__note">{safe(desk.note)}</p>' if desk.note else ""
    return SafeString(
        f'<details class="desk-nav">\n<summary><span>{label}{here}</span>{ICONS["down"]}</summary>\n'
        f'<nav aria-label="{label}">\n<p class="desk-nav__label">{label}</p>\n{groups}\n{note}\n</nav>\n</details>'
    )


def _group(group: NavGroup) -> str:
    title = f'<p class="desk-nav__group">{safe(group.title)}</p>' if group.title else ""
    return f"{title}<ul>{_items(group.links)}</ul>"


@kept_by_language
def script_texts() -> SafeString:
    """The words that scripts say, in the reader's language, as inert data."""
    return SafeString(f"{json_script(script_words(), 'ui-texts')}\n")

"""The side navigation of the secretariat's desk: every subject of an edition for which there is a page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from praxis.foundation.programmes import policies
from praxis.foundation.programmes.models import Edition
from praxis.ui.shell import Desk, NavGroup
from praxis.ui.values import Link

Entries = tuple[tuple[str, str], ...]


def _groups() -> tuple[tuple[str, Entries], ...]:
    """Titles of groups, and in each the route's name after `secretariat:` with its label."""
    return (
        ("", (("overview", _("Overview")),)),
        (
            _("Applications"),
            (("cases", _("Cases")), ("screening", _("Screening"))),
        ),
        (
            _("Review"),
            (("experts", _("Experts")), ("reviews", _("Rounds and reviews")), ("standings", _("Standings"))),
        ),
        (
            _("Decision"),
            (("selection", _("Selection")), ("telling", _("Telling applicants")), ("release", _("Release"))),
        ),
        (_("Casebook"), (("casebook", _("Casebook")), ("materials", _("Display material")))),
        (
            _("Showcase"),
            (
                ("showcase", _("On stage")), ("invitations", _("Invitations")), ("stories", _("Stories")),
                ("certificates", _("Certificates")), ("unit_award", _("Award for units")),
            ),
        ),
        (
            _("Administration"),
            (
                ("notices", _("Notices")), ("jobs", _("Background jobs")), ("audit", _("Audit log")),
                ("people", _("People")), ("preset", _("Preset")), ("export", _("Export of everything")),
            ),
        ),
    )  # fmt: skip


def desk(request: HttpRequest, edition: Edition, current: str) -> Desk:
    """The side navigation for an edition; `current` is the route's name (as `cases`) of the subject one is at."""
    groups = [
        NavGroup([Link(label, url, current=name == current) for name, label, url in entries], title=title)
        for title, entries in _addresses(edition.pk, get_language() or "en")
    ]
    groups.append(NavGroup([Link(_("All editions"), reverse("secretariat:home"))]))
    return Desk(_("Secretariat"), groups, note=str(edition))


def outside(request: HttpRequest) -> Desk:
    """The side navigation of pages that belong to no edition; presets are for administrators alone."""
    loading = [("presets", _("Load a preset"))] if policies.may_administer(request.user) else []
    links = [("home", _("All editions")), *loading, ("preview", _("Preview clock"))]
    return Desk(_("Secretariat"), [NavGroup([Link(label, address(name)) for name, label in links])])


@lru_cache(maxsize=64)
def _addresses(edition_id: int, language: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The groups with the addresses of those pages that exist. `language` is part of the key: it is in the words."""
    found: list[tuple[str, list[tuple[str, str, str]]]] = []
    for title, entries in _groups():
        known = [(name, label, url) for name, label in entries if (url := address(name, edition_id=edition_id))]
        if known:
            found.append((title, known))
    return found


def address(name: str, **arguments: Any) -> str:
    """The address of a page of this desk, or "" where there is none of that name."""
    try:
        return reverse(f"secretariat:{name}", kwargs=arguments)
    except NoReverseMatch:
        return ""

"""What surrounds every page: brand, navigation, languages, the signed-in person and banners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from praxis.ui.values import Link, Text


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the site and the address of this same page in it."""

    code: str
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Banner:
    """One line above the header; `tone` is `amber` (care) or `water` (information)."""

    text: Text
    tone: str = "amber"
    url: str = ""
    url_label: Text = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """The context variable `shell` that `ui/base.html` draws; every part may be left out."""

    brand: Text = "Praxis"
    tagline: Text = ""
    home_url: str = "/"
    nav: Sequence[Link] = ()
    languages: Sequence[Language] = ()
    user_label: str = ""
    user_links: Sequence[Link] = ()
    sign_in_url: str = ""
    sign_out_url: str = ""
    banners: Sequence[Banner] = ()
    footer_links: Sequence[Link] = ()
    footer_text: Text = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A titled group of links in the side navigation of a desk."""

    links: Sequence[Link]
    title: Text = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The context variable `desk` that `ui/desk.html` draws at the side: whose desk it is and where it leads."""

    label: Text
    groups: Sequence[NavGroup] = field(default_factory=tuple)
    note: Text = ""

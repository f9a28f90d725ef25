"""Addresses for letters: a stage names a page, the desk that has it registers where it is."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import translation

_routes: dict[str, str] = {}


def register(page: str, route: str) -> None:
    """Say that `page` is the URL named `route`; called in a desk's AppConfig.ready."""
    _routes[page] = route


def registered() -> dict[str, str]:
    return dict(_routes)


def absolute(page: str, language: str, **arguments: object) -> str:
    """The full address of a page in a language; KeyError for a page no desk has registered."""
    with translation.override(language):
        return settings.SITE_URL + reverse(_routes[page], kwargs=arguments)

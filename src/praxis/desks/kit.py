"""What every desk needs to answer a form: refusals of the services put at their fields, and where to look next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils import translation

from praxis.foundation.errors import Invalid
from praxis.foundation.keyset import Page
from praxis.foundation.texts import services as texts
from praxis.ui.parts.data import query
from praxis.ui.values import Pager


class LineField(forms.CharField):
    """Text of one line whose control wraps on the page: line breaks become spaces."""

    def __init__(self, **options: Any) -> None:
        attrs = {"class": "input input--line", "rows": 1, "data-line": True}
        super().__init__(**{"widget": forms.Textarea(attrs=attrs), **options})

    def to_python(self, value: object) -> str:
        """The text in one line."""
        return texts.one_line(super().to_python(value) or "")


class SeeOther(HttpResponseRedirect):
    """Where to look after something was done: the address is fetched, and going back sends nothing twice."""

    status_code = 303


def see_other(to: str, **arguments: object) -> SeeOther:
    """An answer that leads to an address, or to the page of a name."""
    return SeeOther(resolve_url(to, **arguments))


def address(name: str) -> str:
    """The address of a named page, or "" where this installation has none."""
    return _address(name, translation.get_language() or "", get_script_prefix(), settings.ROOT_URLCONF)


@lru_cache(maxsize=512)
def _address(name: str, _language: str, _prefix: str, _urls: str) -> str:
    # The address of a page without arguments depends on these alone.
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def put_errors(form: forms.BaseForm, invalid: Invalid, fields: Mapping[str, str] | None = None) -> None:
    """Put a service's refusal at the fields of a bound form; what has no field there goes to the top.

    `fields` maps a service's names to the form's where they differ.
    """
    for name, messages in invalid.fields.items():
        target = (fields or {}).get(name, name)
        for message in messages:
            form.add_error(target if target in form.fields else None, str(message))


def end_of_day(value: datetime | None, zone: str) -> datetime | None:
    """The first instant after the local day of `value`, which is how people mean "until the 5th"."""
    if value is None:
        return None
    local = value.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return local + timedelta(days=1)


def pager(request: HttpRequest, page: Page[Any], total: int | None = None, *, name: str = "cursor") -> Pager:
    """The way through a list whose cursor is the parameter `name`."""
    get = request.GET
    return Pager(
        total=total,
        first_url=query(get, **{name: ""}) if page.previous else "",
        previous_url=query(get, **{name: page.previous}) if page.previous else "",
        next_url=query(get, **{name: page.next}) if page.next else "",
    )

"""What the pages of this desk share: the edition one is named on, times in its zone, names of states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from praxis.desks.secretariat import navigation
from praxis.foundation import clock
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.models import Edition
from praxis.foundation.veil import unveiled, veiled
from praxis.ui.parts.data import query
from praxis.ui.values import Link, Pager

View = Callable[..., HttpResponseBase]

CASE_TONES = {
    "draft": "neutral", "submitted": "water", "returned": "amber", "admitted": "jade", "ineligible": "alarm",
    "withdrawn": "neutral",
}  # fmt: skip
ANSWER_TONES = {"yes": "jade", "warning": "amber", "no": "alarm"}
ANSWERS = {
    "yes": pgettext_lazy("finding", "Yes"),
    "warning": pgettext_lazy("finding", "Warning"),
    "no": pgettext_lazy("finding", "No"),
}


def at_edition(view: View) -> View:
    """Hands the view the edition in the address; to whoever is not named on it there is no such page."""

    @login_required
    @wraps(view)
    def at_desk(request: HttpRequest, edition_id: int, **arguments: Any) -> HttpResponseBase:
        return view(request, programmes.edition_for_desk(request.user, edition_id), **arguments)

    return at_desk


def context(request: HttpRequest, edition: Edition, current: str, **more: Any) -> dict[str, Any]:
    """The variables every page of the desk has, and more."""
    return {
        "edition": edition,
        "zone": edition.zone,
        "now": clock.now(),
        "desk": navigation.desk(request, edition, current),
        **more,
    }


def person(request: HttpRequest) -> Any:
    """Who is at the desk: always somebody signed in, which the type of a request does not say."""
    return request.user


def after_id(request: HttpRequest) -> int | None:
    """The last id seen, of lists that are paged by their id; None for the first page or a damaged parameter."""
    return unveiled(request.GET.get("after", ""))


def id_pager(request: HttpRequest, rows: list[Any], limit: int) -> Pager:
    """The way through a list that is paged by id, newest first; its cursor tells nothing of the number."""
    last = (rows[-1].pk if hasattr(rows[-1], "pk") else rows[-1].id) if rows else None
    return Pager(
        first_url=query(request.GET, after="") if after_id(request) else "",
        next_url=query(request.GET, after=veiled(last)) if last is not None and len(rows) == limit else "",
    )


def crumbs(edition: Edition, *trail: Link) -> list[Link]:
    """The way here from the overview of the edition."""
    return [Link(str(edition), navigation.address("overview", edition_id=edition.pk)), *trail]


_INSTANT = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2})[:：](\d{2})(?::\d{2}(?:\.\d+)?)?)?", re.ASCII
)


class InstantField(forms.CharField):
    """A day and time as people write them, in a zone; a day alone means its end (24:00). The value is in UTC."""

    default_error_messages = {"instant": _("Enter a day and time such as 2026-06-15 24:00.")}

    def __init__(self, *, zone: str = "UTC", **options: Any) -> None:
        options.setdefault("max_length", 40)
        super().__init__(**options)
        self.zone = zone

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        found = _INSTANT.fullmatch(text.strip())
        try:
            if found is None:
                raise ValueError(text)
            year, month, day, hour, minute = (int(part) if part else None for part in found.groups())
            local = datetime(year or 0, month or 0, day or 0, tzinfo=ZoneInfo(self.zone))
            hour = 24 if hour is None else hour
            if hour > 24 or (minute or 0) > 59 or (hour == 24 and minute):
                raise ValueError(text)
            return (local + timedelta(hours=hour, minutes=minute or 0)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["instant"], code="instant") from None


def written(at: datetime | None, zone: str, *, ends: bool = True) -> str:
    """An instant as `InstantField` reads it: "2026-06-15 24:00" where something ends, else "2026-06-16 00:00"."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    if ends and (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def stamp(at: datetime | None, zone: str) -> SafeString | None:
    """An instant as a narrow cell of a table: "2026-06-15 18:30" in the zone; None where there is none."""
    if at is None:
        return None
    local = at.astimezone(ZoneInfo(zone))
    return format_html('<time class="keep" datetime="{}">{}</time>', at.isoformat(), f"{local:%Y-%m-%d %H:%M}")


def link(label: object, url: str) -> SafeString:
    """A link as a cell of a table."""
    return format_html('<a href="{}">{}</a>', url, label)


def days(first: date, last: date) -> Iterable[date]:
    """Every day from the first to the last, both included."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))

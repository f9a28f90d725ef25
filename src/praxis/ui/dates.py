"""Instants written for people: in a zone, in the reader's language, with 24:00 where a deadline is exclusive."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from praxis.ui.html import EMPTY, fill

_ZONE_NAMES = {
    "Asia/Shanghai": {"zh-hans": "北京时间", "en": "Beijing time"},
    "UTC": {"zh-hans": "协调世界时", "en": "UTC"},
}


def zone_label(zone: str) -> str:
    """What people call a time zone: a name where there is one, else the last part of its identifier."""
    names = _ZONE_NAMES.get(zone)
    if names:
        return names["zh-hans" if _chinese() else "en"]
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def day(at: datetime, zone: str = "UTC", *, year: bool = True) -> str:
    """The calendar day of an instant in a zone, in the reader's language."""
    local = at.astimezone(ZoneInfo(zone))
    if _chinese():
        return date_format(local, "Y 年 n 月 j 日" if year else "n 月 j 日")
    return date_format(local, "j F Y" if year else "j F")


def instant(at: datetime, zone: str = "UTC") -> str:
    """Day and minute of an instant in a zone, without the zone's name."""
    return f"{day(at, zone)} {at.astimezone(ZoneInfo(zone)):%H:%M}"


def closing(at: datetime, zone: str) -> str:
    """An exclusive end written as people say it: midnight belongs to the day that ends, as 24:00."""
    local = at.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{day(at - timedelta(seconds=1), zone)} 24:00"
    return instant(at, zone)


def days_left(at: datetime, now: datetime, zone: str) -> int:
    """Calendar days of the zone between now and the last day before an exclusive end; negative once it is past."""
    last = (at - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()
    if now >= at:
        return -1
    return (last - now.astimezone(ZoneInfo(zone)).date()).days


def moment(at: datetime | None, zone: str = "UTC", style: str = "instant") -> SafeString:
    """A `<time>` element: `style` is `instant`, `closing` for an exclusive end, or `day`; `None` gives nothing."""
    if at is None:
        return EMPTY
    if style == "day":
        return fill('<time datetime="{}">{}</time>', at.isoformat(), day(at, zone))
    written = closing(at, zone) if style == "closing" else instant(at, zone)
    return fill('<time datetime="{}" data-localtime>{}</time>', at.astimezone(ZoneInfo(zone)).isoformat(), with_zone(written, zone))


def with_zone(text: str, zone: str) -> str:
    """A time followed by the name of its zone, in the brackets of the reader's script."""
    return f"{text}（{zone_label(zone)}）" if _chinese() else f"{text} ({zone_label(zone)})"


def _chinese() -> bool:
    return (get_language() or "en").startswith("zh")

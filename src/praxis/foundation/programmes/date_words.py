"""Dates in the sentences of a preset: `{closes.day}` is written out from the edition's dates.

So words and deadline cannot disagree, and the sentences of a rehearsal that stands at another time are right too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from praxis.foundation.loading import on_use
from praxis.foundation.programmes.config import DatesConfig, EditionConfig
from praxis.foundation.programmes.preset_walk import Found, say
from praxis.foundation.programmes.toml_lines import Path

if TYPE_CHECKING:
    import babel.dates as babel_dates
else:
    # Only loading a preset needs it.
    babel_dates = on_use("babel.dates")

MARK: Final = re.compile(r"\{([a-z_]+)\.([a-z_]+)\}")
FORMS: Final = ("day", "month", "next_month", "year")
NAMES: Final = tuple(field.name for field in fields(DatesConfig))


def filled(config: EditionConfig) -> EditionConfig:
    """The configuration with every date in its sentences written out, each in the sentence's language."""
    data = config.to_json()
    zone = ZoneInfo(config.edition.zone)

    def written(value: Any, language: str) -> Any:
        if isinstance(value, str):
            return MARK.sub(lambda mark: _words(config.dates, zone, mark, language), value)
        if isinstance(value, dict):
            known = config.edition.languages
            return {key: written(item, key if key in known else language) for key, item in value.items()}
        return [written(item, language) for item in value] if isinstance(value, list) else value

    return EditionConfig.from_json(written(data, config.edition.default_language))


def problems(data: dict[str, Any]) -> Iterator[Found]:
    """Every mark in a preset (as read from TOML) that names no date, a date that is not given, or no form of one."""
    given = data.get("dates")
    known = set(given) & set(NAMES) if isinstance(given, dict) else set()
    for path, text in _texts(data, ()):
        for name, form in MARK.findall(text):
            if name not in NAMES:
                listed = ", ".join(NAMES)
                yield path, say(f"没有名为“{name}”的日期；可用：{listed}", f"there is no date “{name}”; there are: {listed}")
            elif name not in known:
                yield path, say(f"[dates] 中没有给出“{name}”", f"[dates] does not give “{name}”")
            elif form not in FORMS:
                listed = ", ".join(FORMS)
                yield path, say(f"日期不能写作“{form}”；可用：{listed}", f"a date has no “{form}”; it has: {listed}")


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))


def _words(dates: DatesConfig, zone: ZoneInfo, mark: re.Match[str], language: str) -> str:
    name, form = mark.groups()
    at: datetime | None = getattr(dates, name, None)
    if at is None or form not in FORMS:
        return mark[0]
    # Every end is exclusive: the day people know it by is the last one within.
    day = (at - timedelta(seconds=1) if name.endswith("closes") else at).astimezone(zone).date()
    if form == "next_month":
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return _written(day, form, language)


def _written(day: date, form: str, language: str) -> str:
    if form == "year":
        return str(day.year)
    if language.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日" if form == "day" else f"{day.month}月"
    locale = {"en": "en_GB"}.get(language, language.replace("-", "_"))
    return str(babel_dates.format_date(day, "long" if form == "day" else "LLLL", locale))

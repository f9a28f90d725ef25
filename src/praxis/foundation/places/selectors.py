"""Reads of the table of countries and regions; kept in the process, refreshed when it changes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from praxis.foundation.loading import on_use
from praxis.foundation.locale import pick
from praxis.foundation.places.models import Place

if TYPE_CHECKING:
    import pypinyin
else:
    pypinyin = on_use("pypinyin")


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[dict[str, str], bool]]:
    return {place.code: (place.names, place.shown) for place in Place.objects.all()}


def forget() -> None:
    """Drop the kept table; called after a change."""
    _table.cache_clear()
    _choices.cache_clear()


def name(code: str, language: str | None = None) -> str:
    """The name of the country or region, or the code where it is not in the table."""
    row = _table().get(code)
    return (pick(row[0], language) if row else "") or code


def names(codes: Iterable[str], language: str | None = None) -> list[str]:
    return [name(code, language) for code in codes]


def exists(code: str) -> bool:
    return code in _table()


def choices(language: str | None = None) -> list[tuple[str, str]]:
    """(code, name) of all that are shown, sorted as a reader of the language expects."""
    return list(_choices(language or get_language() or "en"))


@lru_cache(maxsize=8)
def _choices(language: str) -> tuple[tuple[str, str], ...]:
    from_table = [(code, pick(names, language)) for code, (names, shown) in _table().items() if shown]
    return tuple(sorted(from_table, key=lambda row: sort_key(row[1], language)))


def sort_key(text: str, language: str) -> tuple[object, ...]:
    """Order of names: by pinyin in Chinese, case-folded elsewhere."""
    if language.startswith("zh"):
        return tuple(pypinyin.lazy_pinyin(text))
    return (text.casefold(),)

"""Keyset pagination: a page costs one statement whatever the number of rows before it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

RowT = TypeVar("RowT", bound=Model)
LIMIT = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Some rows, and the cursors of the pages beside them ("" where there is none)."""

    rows: list[RowT]
    next: str
    previous: str


def _encode(direction: str, values: list[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, (datetime, date)) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps([direction, plain]).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> tuple[str, list[Any]] | None:
    """What a cursor holds; None for one that is damaged or of another order (the list then begins anew)."""
    try:
        data = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        direction, values = data
        sound = direction in ("next", "previous") and isinstance(values, list) and len(values) == length
        plain = sound and all(isinstance(value, (str, int, float)) for value in values)
    except (ValueError, TypeError, binascii.Error):
        return None
    return (direction, values) if plain else None


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value


def page(queryset: QuerySet[RowT], *, order: Sequence[str], cursor: str = "", limit: int = LIMIT) -> Page[RowT]:
    """The rows of `queryset` in `order` ("-" for descending; the last must be unique, none may be null) at a cursor.

    A damaged cursor gives the first page.
    """
    fields = [(name.lstrip("-"), name.startswith("-")) for name in order]
    decoded = _decode(cursor, len(fields)) if cursor else None
    backwards = decoded is not None and decoded[0] == "previous"
    if decoded is not None:
        queryset = queryset.filter(_beyond(fields, decoded[1], backwards))
    ordering = [("" if descending == backwards else "-") + name for name, descending in fields]
    try:
        rows = list(queryset.order_by(*ordering)[: limit + 1])
    except (ValueError, TypeError, OverflowError):
        return page(queryset.none(), order=order, limit=limit)
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    has_next = more if not backwards else bool(rows)
    has_previous = more if backwards else decoded is not None and bool(rows)
    keys = [name for name, _descending in fields]
    return Page(
        rows,
        _encode("next", [_value(rows[-1], name) for name in keys]) if rows and has_next else "",
        _encode("previous", [_value(rows[0], name) for name in keys]) if rows and has_previous else "",
    )


def _beyond(fields: list[tuple[str, bool]], values: list[Any], backwards: bool) -> Q:
    condition = Q()
    equal = Q()
    for (name, descending), value in zip(fields, values, strict=True):
        comparison = "lt" if descending != backwards else "gt"
        condition |= equal & Q(**{f"{name}__{comparison}": value})
        equal &= Q(**{name: value})
    return condition


def in_batches(queryset: QuerySet[RowT], size: int = 500) -> Iterator[RowT]:
    """Every row in the queryset's order, `size` at a time, without a cursor that stays open between them.

    SQLite lets nobody write who still reads from before another's change; a job that says how far it is while it reads
    row by row would fail on a busy day. Rows that go meanwhile are left out.
    """
    ids = list(queryset.values_list("pk", flat=True))
    for start in range(0, len(ids), size):
        wanted = ids[start : start + size]
        found = {row.pk: row for row in queryset.filter(pk__in=wanted)}
        yield from (found[pk] for pk in wanted if pk in found)

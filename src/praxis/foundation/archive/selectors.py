"""Reads of past cases."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models.functions import Coalesce

from praxis.foundation import keyset
from praxis.foundation.archive.models import PastCase
from praxis.foundation.programmes.models import Programme
from praxis.foundation.search import selectors as search


def of(programme: Programme) -> list[PastCase]:
    """All past cases of a programme, newest first, those without a year last."""
    rows = PastCase.objects.filter(programme=programme)
    return sorted(rows, key=lambda row: (row.year is None, -(row.year or 0), row.pk))


@dataclass(frozen=True, slots=True)
class Filters:
    """What past cases can be narrowed by; empty means all."""

    year: int | None = None
    category: str = ""
    place: str = ""
    outstanding: bool = False
    query: str = ""


def page(filters: Filters, cursor: str = "", limit: int = 50) -> keyset.Page[PastCase]:
    """A page of past cases, newest first, those without a year last; a filter never matches what is unknown."""
    rows = PastCase.objects.annotate(known_year=Coalesce("year", 0))
    if filters.year:
        rows = rows.filter(year=filters.year)
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.outstanding:
        rows = rows.filter(level="outstanding")
    if filters.place:
        rows = rows.filter(pk__in=_of_place(filters.place))
    if filters.query.strip():
        found = search.find(filters.query, audience="public", kinds=["past_case"], limit=500)
        rows = rows.filter(key__in=[hit.object_id for hit in found])
    return keyset.page(rows, order=("-known_year", "id"), cursor=cursor, limit=limit)


def _of_place(code: str) -> list[int]:
    return [pk for pk, codes in PastCase.objects.values_list("pk", "places") if code in codes]


def years() -> list[int]:
    """The years of which past cases are known, newest first."""
    rows = PastCase.objects.filter(year__isnull=False).order_by("-year").values_list("year", flat=True).distinct()
    return [year for year in rows if year is not None]

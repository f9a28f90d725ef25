"""Reads of past cases."""

from __future__ import annotations

from praxis.foundation.archive.models import PastCase
from praxis.foundation.programmes.models import Programme


def of(programme: Programme) -> list[PastCase]:
    """All past cases of a programme, newest first, those without a year last."""
    rows = PastCase.objects.filter(programme=programme)
    return sorted(rows, key=lambda row: (row.year is None, -(row.year or 0), row.pk))

"""A job reads many rows and says how far it is while others write."""

from __future__ import annotations

import pytest
from django.db import connection

from praxis.foundation import keyset
from praxis.foundation.places import services as places
from praxis.foundation.places.models import Place


@pytest.mark.django_db(transaction=True)
def test_one_may_write_between_rows_although_somebody_else_has_written_meanwhile() -> None:
    places.seed()
    other = connection.copy()
    read = []
    try:
        for number, row in enumerate(keyset.in_batches(Place.objects.order_by("-code"), 40)):
            read.append(row.code)
            if number % 50 == 10:
                with other.cursor() as cursor:
                    cursor.execute("UPDATE places_place SET shown = NOT shown WHERE code = 'CN'")
                Place.objects.filter(code="KE").update(shown=True)
    finally:
        other.close()
    assert read == sorted(Place.objects.values_list("code", flat=True), reverse=True)


@pytest.mark.django_db
def test_rows_that_go_meanwhile_are_left_out() -> None:
    places.seed()
    rows = keyset.in_batches(Place.objects.order_by("code"), 10)
    first = next(rows)
    Place.objects.filter(code="ZW").delete()
    rest = [row.code for row in rows]
    assert first.code not in rest
    assert "ZW" not in rest
    assert len(rest) == Place.objects.count() - 1

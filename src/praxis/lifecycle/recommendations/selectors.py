"""Reads of units and what they recommend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from praxis.foundation import keyset
from praxis.foundation.errors import Missing
from praxis.foundation.people.policies import memberships
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.recommendations import policies
from praxis.lifecycle.recommendations.models import Recommendation, Unit


def units_of(actor: Any) -> list[Unit]:
    """The units the actor works for, newest edition first."""
    rows = Unit.objects.select_related("edition__programme", "organisation").filter(
        organisation_id__in=memberships(actor), active=True
    )
    return list(rows.order_by("-edition__year", "id"))


def unit_for(actor: Any, unit_id: int) -> Unit:
    """A unit the actor may see; raises Missing."""
    unit = Unit.objects.select_related("edition__programme", "organisation").filter(pk=unit_id).first()
    if unit is None or not policies.may_see(actor, unit):
        raise Missing()
    return unit


def public_unit(edition: Edition, code: str) -> Unit:
    """A unit's page for its members; raises Missing."""
    unit = (
        Unit.objects.select_related("edition__programme", "organisation")
        .filter(edition=edition, code=code, active=True)
        .first()
    )
    if unit is None:
        raise Missing()
    return unit


def _table(unit: Unit) -> QuerySet[Recommendation]:
    rows = unit.recommendations.select_related("case__organisation", "case__category").exclude(state="dropped")
    return rows.order_by("position", "id")


def recommendations_of(unit: Unit) -> list[Recommendation]:
    """The unit's table, with the cases; a case's own state is the unit's to see only as submitted or not."""
    return list(_table(unit))


def table_page(unit: Unit, cursor: str = "") -> tuple[keyset.Page[Recommendation], int]:
    """One page of the unit's table, and how many lines stand before it."""
    page = keyset.page(_table(unit), order=("position", "id"), cursor=cursor)
    if not page.previous:
        return page, 0
    first = page.rows[0]
    before = Q(position__lt=first.position) | Q(position=first.position, id__lt=first.pk)
    return page, unit.recommendations.exclude(state="dropped").filter(before).count()


@dataclass(frozen=True, slots=True)
class Counts:
    """How a unit's table stands: lines in it, those with a case, those endorsed."""

    listed: int
    linked: int
    endorsed: int


def counts_of(unit: Unit) -> Counts:
    """How the table of one unit stands."""
    found = unit.recommendations.exclude(state="dropped").aggregate(
        listed=Count("id"), linked=Count("case_id"), endorsed=Count("id", filter=Q(state="endorsed"))
    )
    return Counts(**found)


def recommendation(unit: Unit, recommendation_id: int) -> Recommendation:
    row = unit.recommendations.select_related("case").filter(pk=recommendation_id).first()
    if row is None:
        raise Missing()
    row.unit = unit
    return row


def cases_through(unit: Unit) -> list[Case]:
    """Cases that came through the unit's page and are not in its table yet."""
    rows = Case.objects.select_related("organisation", "category").filter(
        edition_id=unit.edition_id, came_through=unit.code
    )
    return list(rows.exclude(recommendations__unit=unit).exclude(state="withdrawn").order_by("id")[:1000])


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with what it has collected, for the secretariat."""

    unit: Unit
    listed: int
    linked: int
    endorsed: int


def units_for_secretariat(actor: Any, edition: Edition) -> list[UnitLine]:
    """Every unit of an edition with its counts; raises Missing to those not named on it."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = (
        Unit.objects.select_related("organisation")
        .filter(edition=edition)
        .annotate(
            listed=Count("recommendations", filter=~Q(recommendations__state="dropped")),
            linked=Count("recommendations", filter=Q(recommendations__state__in=["linked", "endorsed"])),
            endorsed=Count("recommendations", filter=Q(recommendations__state="endorsed")),
        )
        .order_by("id")
    )
    return [UnitLine(row, row.listed, row.linked, row.endorsed) for row in rows]


def codes_of_units(actor: Any, edition: Edition) -> list[tuple[str, str]]:
    """Code and name of every unit of an edition, for a choice; raises Missing to those not named on it."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = Unit.objects.filter(edition=edition).select_related("organisation").only("code", "organisation__names")
    return [(row.code, str(row)) for row in rows.order_by("id")]


def units_of_case(case: Case) -> list[Recommendation]:
    """Who recommended a case."""
    return list(case.recommendations.select_related("unit__organisation").exclude(state="dropped").order_by("id"))


def case_through(unit: Unit, key: str) -> Case:
    """A case that came through the unit's page; raises Missing."""
    row = Case.objects.select_related("organisation", "edition__programme").filter(
        edition_id=unit.edition_id, came_through=unit.code, key=key
    )
    found = row.first()
    if found is None:
        raise Missing()
    return found

"""Reads of the screening; the secretariat's alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from praxis.foundation import keyset
from praxis.foundation.errors import Missing
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening.models import Finding, Match, Screening


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue can be narrowed by; empty means all. `show`: waiting, noes, warnings, matches, decided."""

    show: str = ""
    category: str = ""
    state: str = "submitted"
    order: str = "number"


ORDERS = {
    "number": ("case__number", "id"),
    "-number": ("-case__number", "-id"),
    "noes": ("-noes", "-warnings", "case__number", "id"),
}


def queue(actor: Any, edition: Edition, filters: Filters, cursor: str = "") -> keyset.Page[Screening]:
    """A page of the screening queue, without long text; raises Missing to those not named on the edition."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = Screening.objects.filter(case__edition=edition).select_related("case__organisation", "case__category", "decided_by")
    rows = rows.defer("case__places", "case__consents", "case__kinds")
    if filters.state:
        rows = rows.filter(case__state=filters.state)
    if filters.category:
        rows = rows.filter(case__category__code=filters.category)
    narrowing: dict[str, dict[str, Any]] = {
        "waiting": {"outcome": "waiting"}, "decided": {"outcome": "decided"}, "noes": {"noes__gt": 0},
        "warnings": {"warnings__gt": 0}, "matches": {"best_match__isnull": False},
    }
    rows = rows.filter(**narrowing.get(filters.show, {}))
    return keyset.page(rows, order=ORDERS.get(filters.order, ORDERS["number"]), cursor=cursor)


def screening_for(actor: Any, case: Case) -> Screening | None:
    """The screening of a case with its findings and matches; raises Missing to those not named on the edition."""
    if not is_secretariat(actor, case.edition):
        raise Missing()
    return Screening.objects.select_related("revision", "decided_by").filter(case=case).first()


def findings(screening: Screening) -> list[Finding]:
    return list(screening.findings.select_related("by").order_by("id"))


def matches(screening: Screening) -> list[Match]:
    return list(screening.matches.select_related("other__organisation", "other__revision", "past", "by"))


def finding(screening: Screening, finding_id: int) -> Finding:
    row = screening.findings.filter(pk=finding_id).first()
    if row is None:
        raise Missing()
    row.screening = screening
    return row


def match(screening: Screening, match_id: int) -> Match:
    row = screening.matches.filter(pk=match_id).first()
    if row is None:
        raise Missing()
    row.screening = screening
    return row


def counts(edition: Edition) -> dict[str, int]:
    """How many screenings by outcome."""
    rows = Screening.objects.filter(case__edition=edition).values_list("outcome").annotate(n=Count("id"))
    return dict(rows.order_by("outcome"))

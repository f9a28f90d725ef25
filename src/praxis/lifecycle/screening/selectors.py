"""Reads of the screening; the secretariat's alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from praxis.foundation import keyset
from praxis.foundation.errors import Missing
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening.models import Finding, Match, Screening

_SUBMITTED = Q(case__state="submitted")
SHOWS: dict[str, Q] = {
    "open": _SUBMITTED,
    "noes": _SUBMITTED & Q(noes__gt=0),
    "warnings": _SUBMITTED & Q(warnings__gt=0),
    "matches": _SUBMITTED & Q(best_match__isnull=False),
    "clear": _SUBMITTED & Q(outcome="checked", noes=0, warnings=0, best_match=None),
    "returned": Q(case__state="returned"),
    "decided": Q(outcome="decided"),
}
"""What part of the queue one looks at; "open" is all that is still to be decided."""

ORDERS = {
    "number": ("case__number", "id"),
    "-number": ("-case__number", "-id"),
    "noes": ("noes", "warnings", "case__number", "id"),
    "-noes": ("-noes", "-warnings", "case__number", "id"),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed and ordered by; an unknown or empty value means the usual."""

    show: str = "open"
    category: str = ""
    order: str = "number"


def _narrowed(edition: Edition, filters: Filters) -> QuerySet[Screening]:
    rows = Screening.objects.filter(SHOWS.get(filters.show, SHOWS["open"]), case__edition=edition)
    return rows.filter(case__category__code=filters.category) if filters.category else rows


def queue(actor: Any, edition: Edition, filters: Filters, cursor: str = "") -> keyset.Page[Screening]:
    """A page of the screening queue, without long text; raises Missing to those not named on the edition."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = (
        _narrowed(edition, filters)
        .select_related("case__organisation", "case__category")
        .only(
            "outcome", "noes", "warnings", "best_match", "checked_at", "case__key", "case__number", "case__titles",
            "case__state", "case__edition_id", "case__organisation__names", "case__category__labels",
            "case__category__code",
        )
    )
    return keyset.page(rows, order=ORDERS.get(filters.order, ORDERS["number"]), cursor=cursor)


def clear(edition: Edition) -> QuerySet[Screening]:
    """The screenings in which nothing was found and that are still to be decided."""
    return Screening.objects.filter(SHOWS["clear"], case__edition=edition)


def next_key(actor: Any, screening: Screening, filters: Filters) -> str:
    """The key of the case that follows in the queue by number, from the beginning again at its end; "" if none."""
    edition = screening.case.edition
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = _narrowed(edition, filters).exclude(pk=screening.pk).order_by("case__number", "id")
    number = screening.case.number
    found = rows.filter(case__number__gt=number).values_list("case__key", flat=True).first()
    return found or rows.values_list("case__key", flat=True).first() or ""


def screening_for(actor: Any, case: Case) -> Screening | None:
    """The screening of a case; raises Missing to those not named on the edition."""
    if not is_secretariat(actor, case.edition):
        raise Missing()
    row = Screening.objects.select_related("revision", "decided_by").filter(case=case).first()
    if row is not None:
        row.case = case
    return row


def findings(screening: Screening) -> list[Finding]:
    return list(screening.findings.select_related("by").order_by("id"))


def matches(screening: Screening) -> list[Match]:
    """The likenesses with what each was found in, best first."""
    rows = screening.matches.select_related("other__organisation", "other__edition__programme", "other__revision")
    return list(rows.select_related("past", "by"))


def finding(screening: Screening, finding_id: int) -> Finding:
    """A finding of a screening the caller may see; raises Missing."""
    row = screening.findings.filter(pk=finding_id).first()
    if row is None:
        raise Missing()
    row.screening = screening
    return row


def match(screening: Screening, match_id: int) -> Match:
    """A likeness of a screening the caller may see; raises Missing."""
    row = screening.matches.filter(pk=match_id).first()
    if row is None:
        raise Missing()
    row.screening = screening
    return row


def counts(edition: Edition) -> dict[str, int]:
    """How many screenings in each part of the queue (`SHOWS`), and how many by outcome; one statement."""
    asked: dict[str, Any] = {f"show_{name}": Count("id", filter=condition) for name, condition in SHOWS.items()}
    asked |= {f"outcome_{value}": Count("id", filter=Q(outcome=value)) for value in Screening.Outcome.values}
    found = Screening.objects.filter(case__edition=edition).aggregate(**asked)
    return {name.partition("_")[2]: int(number) for name, number in found.items()}

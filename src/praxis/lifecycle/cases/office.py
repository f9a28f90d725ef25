"""What the secretariat reads of all cases at once: figures of what waits, lists narrowed by it, organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Substr

from praxis.foundation import clock, keyset
from praxis.foundation.errors import Missing
from praxis.foundation.people.models import Organisation
from praxis.foundation.places.models import Place
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.cases import selectors
from praxis.lifecycle.cases.models import Case, CasePlace, Message
from praxis.lifecycle.cases.selectors import Filters

# Drafts are worth a reminder in the last days before the deadline.
NEAR = timedelta(days=7)
ORDERS = {
    "number": ("number", "id"),
    "-number": ("-number", "-id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
}
WAITING = ("", "unread", "overdue", "drafts", "behalf", "extended")
"""What of the cases one asks for: with unread questions, returned and overdue, drafts near the deadline, ..."""


@dataclass(frozen=True, slots=True)
class Needs:
    """How many cases wait for the secretariat, by what they wait for; drafts count only near the deadline."""

    unread: int
    to_screen: int
    overdue: int
    drafts: int


def _unread() -> Exists:
    return Exists(Message.objects.filter(case=OuterRef("pk"), from_secretariat=False, read_at=None))


def _waiting(waiting: str) -> Q:
    now = clock.now()
    return {
        "overdue": Q(state="returned", return_until__lte=now),
        "drafts": Q(state="draft", edition__closes_at__gt=now, edition__closes_at__lte=now + NEAR),
        "behalf": Q(on_behalf=True),
        "extended": Q(extended_to__isnull=False),
    }.get(waiting, Q())


def needs(actor: Any, edition: Edition) -> Needs:
    """What waits for the secretariat, in four statements of their own index; raises Missing to those not named."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = Case.objects.filter(edition=edition)
    unread = Message.objects.filter(case__edition=edition, from_secretariat=False, read_at=None)
    return Needs(
        unread=unread.aggregate(n=Count("case", distinct=True))["n"],
        to_screen=rows.filter(state="submitted").count(),
        overdue=rows.filter(_waiting("overdue")).count(),
        drafts=rows.filter(_waiting("drafts")).count(),
    )


def daily(actor: Any, edition: Edition) -> dict[date, int]:
    """First submissions by day in the edition's zone; raises Missing to those not named on the edition."""
    if not is_secretariat(actor, edition):
        raise Missing()
    zone = ZoneInfo(edition.zone)
    # Counted by the hour as it is written, since a database without zones would ask for the day of each row; by the
    # minute where the zone's day does not begin with an hour.
    whole = (edition.closes_at.astimezone(zone).utcoffset() or timedelta(0)) % timedelta(hours=1) == timedelta(0)
    rows = (
        Case.objects.filter(edition=edition, submitted_at__isnull=False)
        .annotate(part=Substr(Cast("submitted_at", CharField()), 1, 13 if whole else 16))
        .values_list("part")
        .annotate(n=Count("id"))
        .order_by("part")
    )
    found: dict[date, int] = {}
    for part, number in rows:
        moment = datetime.fromisoformat(part if not whole else f"{part}:00").replace(tzinfo=UTC)
        day = moment.astimezone(zone).date()
        found[day] = found.get(day, 0) + number
    return found


def narrowed(edition: Edition, filters: Filters, waiting: str = "") -> QuerySet[Case]:
    """The cases of an edition narrowed by the filters and by what they wait for."""
    rows = selectors.narrowed(Case.objects.filter(edition=edition), edition, filters)
    if waiting == "unread":
        return rows.filter(_unread())
    return rows.filter(_waiting(waiting))


def page(
    actor: Any, edition: Edition, filters: Filters, *, waiting: str = "", cursor: str = ""
) -> keyset.Page[Case]:
    """A page of an edition's cases without long text, each with `unread`; raises Missing to those not named on it."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = (
        narrowed(edition, filters, waiting)
        .select_related("organisation", "category")
        .only(
            "key", "number", "titles", "state", "places", "updated_at", "on_behalf", "edition_id",
            "organisation__names", "category__labels", "category__code",
        )
        .annotate(unread=_unread())
    )  # fmt: skip
    return keyset.page(rows, order=ORDERS.get(filters.order, ORDERS["-number"]), cursor=cursor)


def total(actor: Any, edition: Edition, filters: Filters, waiting: str = "") -> int:
    """How many cases the filters leave; raises Missing to those not named on the edition."""
    if not is_secretariat(actor, edition):
        raise Missing()
    return narrowed(edition, filters, waiting).count()


def by_number(actor: Any, edition: Edition, number: str) -> Case | None:
    """The case of a number, None where there is none; raises Missing to those not named on the edition."""
    if not is_secretariat(actor, edition):
        raise Missing()
    asked = number.strip()
    return Case.objects.filter(edition=edition, number=asked).first() if asked else None


def places_of(edition: Edition) -> set[str]:
    """The codes of the countries or regions that occur in an edition's cases.

    One look into the index for each place. Written as EXISTS, PostgreSQL makes a join of it and reads the places of
    every case.
    """
    here = CasePlace.objects.filter(place=OuterRef("pk"), case__edition=edition).values("case_id")
    return set(Place.objects.annotate(here=Subquery(here[:1])).filter(here__isnull=False).values_list("pk", flat=True))


def organisations(actor: Any, edition: Edition, query: str, *, limit: int = 20) -> list[Organisation]:
    """Organisations whose name holds the query, to enter a case for; raises Missing to those not named."""
    if not is_secretariat(actor, edition):
        raise Missing()
    asked = query.strip()
    if not asked:
        return []
    condition = Q()
    for language in edition.settings.edition.languages:
        condition |= Q(**{f"names__{language}__icontains": asked})
    return list(Organisation.objects.select_related("place").filter(condition).order_by("id")[:limit])


def organisation(actor: Any, edition: Edition, organisation_id: int) -> Organisation:
    """An organisation to enter a case for; raises Missing."""
    row = Organisation.objects.select_related("place").filter(pk=organisation_id).first()
    if row is None or not is_secretariat(actor, edition):
        raise Missing()
    return row

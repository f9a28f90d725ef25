"""Reads of programmes and editions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet

from praxis.foundation.errors import Missing
from praxis.foundation.programmes import policies
from praxis.foundation.programmes.models import Category, Edition, EditionRole, Round, Tier
from praxis.foundation.statements import Statement

Inside = TypeVar("Inside", Category, Round)
PUBLIC_STATES = ("open", "screening", "reviewing", "decided", "told", "released")


def public() -> QuerySet[Edition]:
    """Editions anyone may know of: those that have been opened, newest first."""
    return Edition.objects.select_related("programme").filter(state__in=PUBLIC_STATES)


def _open_at(now: datetime) -> QuerySet[Edition]:
    return public().filter(state="open", opens_at__lte=now, closes_at__gt=now).order_by("closes_at", "id")


_OPEN_AT: Statement[Edition] = Statement(_open_at, now=datetime)
_BY_NUMBER: Statement[Edition] = Statement(
    lambda pk: Edition.objects.select_related("programme").filter(pk=pk), pk=int
)
_CATEGORIES: Statement[Category] = Statement(lambda edition: Category.objects.filter(edition_id=edition), edition=int)
_ROUNDS: Statement[Round] = Statement(lambda edition: Round.objects.filter(edition_id=edition), edition=int)


def open_at(now: datetime) -> list[Edition]:
    """The editions that take applications at an instant; the one that closes first comes first."""
    return _OPEN_AT.all(now=now)


def current() -> Edition | None:
    """The edition the front page shows: the newest that has been opened."""
    return public().order_by("-year", "-id").first()


def public_edition(programme: str, code: str) -> Edition:
    """A public edition by its codes; raises Missing."""
    edition = public().filter(programme__code=programme, code=code).first()
    if edition is None:
        raise Missing()
    return edition


def for_desk(actor: Any) -> list[Edition]:
    """The editions the actor is named on, newest first."""
    ids = list(policies.editions_of(actor))
    return list(Edition.objects.select_related("programme").filter(pk__in=ids))


def for_administrator(actor: Any) -> list[Edition]:
    """Every edition, newest first; none for those who do not administer the installation."""
    if not policies.may_administer(actor):
        return []
    return list(Edition.objects.select_related("programme"))


def edition_for_people(actor: Any, edition_id: int) -> Edition:
    """An edition whose people the actor may see: those named on it, and administrators; raises Missing."""
    edition = Edition.objects.select_related("programme").filter(pk=edition_id).first()
    if edition is None or not (policies.may_run(actor, edition) or policies.may_administer(actor)):
        raise Missing()
    return edition


def people(edition: Edition) -> list[EditionRole]:
    """Who is named on an edition, chairs first."""
    return list(edition.roles.select_related("user").order_by("role", "user__email"))


def role(edition: Edition, role_id: int) -> EditionRole:
    """One naming on an edition; raises Missing."""
    row = edition.roles.select_related("user").filter(pk=role_id).first()
    if row is None:
        raise Missing()
    return row


def edition_for_desk(actor: Any, edition_id: int) -> Edition:
    """An edition at the secretariat's desk; raises Missing to everyone who is not named on it."""
    edition = _BY_NUMBER.first(pk=edition_id)
    if edition is None or not policies.may_run(actor, edition):
        raise Missing()
    return edition


def _within(edition: Edition, rows: list[Inside]) -> list[Inside]:
    for row in rows:
        row.edition = edition
    return rows


def categories(edition: Edition) -> list[Category]:
    return _within(edition, _CATEGORIES.all(edition=edition.pk))


def rounds(edition: Edition) -> list[Round]:
    return _within(edition, _ROUNDS.all(edition=edition.pk))


def tiers(edition: Edition) -> list[Tier]:
    return list(edition.tiers.select_related("round"))

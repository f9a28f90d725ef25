"""Reads of programmes and editions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from praxis.foundation.errors import Missing
from praxis.foundation.programmes import policies
from praxis.foundation.programmes.models import Category, Edition, EditionRole, Round, Tier

PUBLIC_STATES = ("open", "screening", "reviewing", "decided", "told", "released")


def public() -> QuerySet[Edition]:
    """Editions anyone may know of: those that have been opened, newest first."""
    return Edition.objects.select_related("programme").filter(state__in=PUBLIC_STATES)


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
    edition = Edition.objects.select_related("programme").filter(pk=edition_id).first()
    if edition is None or not policies.may_run(actor, edition):
        raise Missing()
    return edition


def categories(edition: Edition) -> list[Category]:
    return list(edition.categories.all())


def rounds(edition: Edition) -> list[Round]:
    return list(edition.rounds.all())


def tiers(edition: Edition) -> list[Tier]:
    return list(edition.tiers.select_related("round"))

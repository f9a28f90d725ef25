"""Reads of programmes and editions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from praxis.foundation.errors import Missing
from praxis.foundation.programmes import policies
from praxis.foundation.programmes.models import Category, Edition, Round, Tier

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
    ids = [edition_id for edition_id in policies._roles(actor)] if actor.pk else []
    return list(Edition.objects.select_related("programme").filter(pk__in=ids))


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

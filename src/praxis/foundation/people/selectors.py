"""Reads of people and organisations."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings

from praxis.foundation import clock, keyset
from praxis.foundation.errors import Missing
from praxis.foundation.people import policies
from praxis.foundation.people.models import ColleagueInvitation, Membership, Organisation, SignInLink, User
from praxis.foundation.statements import Statement

_ORGANISATIONS: Statement[Organisation] = Statement(
    lambda ids: Organisation.objects.select_related("place").filter(pk__in=ids), ids=list
)


def organisations_of(actor: Any) -> list[Organisation]:
    """The organisations the actor belongs to."""
    return _ORGANISATIONS.all(ids=list(policies.memberships(actor)))


def organisations_page(actor: Any, cursor: str = "") -> keyset.Page[Organisation]:
    """The organisations the actor belongs to, a page at a time."""
    rows = Organisation.objects.select_related("place").filter(pk__in=list(policies.memberships(actor)))
    return keyset.page(rows, order=("id",), cursor=cursor)


def organisation_for(actor: Any, organisation_id: int) -> Organisation:
    """One of the actor's own organisations; raises Missing."""
    if not policies.is_member(actor, organisation_id):
        raise Missing()
    return _ORGANISATIONS.all(ids=[organisation_id])[0]


def colleagues(organisation: Organisation) -> list[Membership]:
    return list(organisation.memberships.select_related("user").order_by("id"))


def open_invitations(organisation: Organisation) -> list[ColleagueInvitation]:
    return list(organisation.invitations.filter(accepted_at=None, expires_at__gt=clock.now()).order_by("id"))


def invitation(token: str) -> ColleagueInvitation:
    """An invitation that can still be accepted; raises Missing."""
    found = (
        ColleagueInvitation.objects.select_related("organisation")
        .filter(token=token, accepted_at=None, expires_at__gt=clock.now())
        .first()
    )
    if found is None:
        raise Missing()
    return found


def user_of_link(secret: str) -> SignInLink | None:
    """The sign-in link with this secret, where it can still be used; one for many uses works in a demo alone."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    link = SignInLink.objects.select_related("user").filter(digest=digest, expires_at__gt=clock.now()).first()
    if link is None or not link.user.is_active:
        return None
    return link if link.used_at is None or (link.reusable and settings.DEMO) else None


def by_email(email: str) -> User | None:
    return User.objects.at_address(email).first()


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The time zones a person may choose: those named after a place, and UTC."""
    regions = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return ("UTC", *sorted(name for name in available_timezones() if name.startswith(regions)))

"""My data: each stage registers how its part of a person's data is given out and erased."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict
from praxis.foundation.locale import Label
from praxis.foundation.people import policies
from praxis.foundation.people.models import ColleagueInvitation, Membership, SignInLink, User
from praxis.foundation.randomness import token


@dataclass(frozen=True, slots=True)
class Part:
    """One stage's part: `collect` gives JSON-able data, `erase` takes out what may be erased and says what stays."""

    code: str
    label: Label
    collect: Callable[[User], Any]
    erase: Callable[[User], list[str]]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Register a part; called in AppConfig.ready."""
    _parts[part.code] = part


def parts() -> list[Part]:
    return [_parts[code] for code in sorted(_parts)]


def collect(user: User) -> dict[str, Any]:
    """Everything kept about a person, by part."""
    own = {
        "email": user.email, "name": user.name, "language": user.language, "zone": user.zone,
        "joined": user.date_joined.isoformat(),
        "organisations": [
            {"names": row.organisation.names, "owner": row.owner, "joined": row.joined_at.isoformat()}
            for row in Membership.objects.select_related("organisation").filter(user=user)
        ],
    }
    return {"account": own, **{part.code: part.collect(user) for part in parts()}}


@transaction.atomic
def erase(actor: Any, user: User) -> list[str]:
    """Erase a person's data as far as nothing acknowledged is lost; returns what stays and why.

    Raises Conflict for the only administrator, who would lock everyone out.
    """
    if user.is_superuser and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists():
        raise Conflict(_("You are the only administrator. Make somebody else one first."), code="state")
    stays = [line for part in parts() for line in part.erase(user)]
    stays += _leave_organisations(user)
    ColleagueInvitation.objects.filter(email__iexact=user.email).delete()
    SignInLink.objects.filter(user=user).delete()
    user.email, user.name, user.zone = f"erased-{token(8)}@erased.invalid", "", ""
    user.is_active, user.is_superuser, user.erased_at = False, False, clock.now()
    user.set_unusable_password()
    user.save()
    audit.append(actor, edition_id=None, action="people.erase", obj=user)
    audit.erase_object(user, reason="people.erase")
    audit.erase_actor(user.pk, reason="people.erase")
    return stays


def _leave_organisations(user: User) -> list[str]:
    """Take the person out of every organisation; the eldest colleague becomes owner where there would be none."""
    stays = []
    for membership in Membership.objects.select_related("organisation").filter(user=user).order_by("id"):
        organisation = membership.organisation
        others = organisation.memberships.exclude(pk=membership.pk).order_by("id")
        membership.delete()
        if not others.filter(owner=True).exists() and (heir := others.first()) is not None:
            heir.owner = True
            heir.save(update_fields=["owner"])
        stays.append(
            _("%(organisation)s and its cases stay: they belong to the organisation.") % {"organisation": organisation}
        )
    policies.forget_memberships(user)
    return stays

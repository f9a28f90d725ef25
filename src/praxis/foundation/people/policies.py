"""Who may act for an organisation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation.errors import YES, Verdict, no
from praxis.foundation.people.models import Membership, Organisation
from praxis.foundation.statements import Statement

_MEMBERSHIPS: Statement[tuple[int, bool]] = Statement(
    lambda user: Membership.objects.filter(user_id=user).values_list("organisation_id", "owner"), user=int
)


def memberships(actor: Any) -> dict[int, bool]:
    """The actor's organisations: id to whether the actor is an owner; read once for each actor object."""
    if actor is None or actor.pk is None:
        return {}
    kept: dict[int, bool] | None = getattr(actor, "_memberships", None)
    if kept is None:
        kept = dict(_MEMBERSHIPS.all(user=actor.pk))
        actor._memberships = kept
    return kept


def forget_memberships(actor: Any) -> None:
    for name in ("_memberships", "_colleague_at"):
        if hasattr(actor, name):
            delattr(actor, name)


def note_member(actor: Any, organisation_id: int) -> None:
    """Note what a statement has told beside something else: that the actor is a colleague of an organisation."""
    actor._colleague_at = organisation_id


def is_member(actor: Any, organisation_id: int) -> bool:
    if getattr(actor, "_colleague_at", None) == organisation_id:
        return True
    return organisation_id in memberships(actor)


def may_manage(actor: Any, organisation: Organisation) -> Verdict:
    """May change an organisation and its colleagues."""
    if organisation.pk not in memberships(actor):
        return no(_("There is no such page."), "missing")
    if not memberships(actor)[organisation.pk]:
        return no(_("Only an owner of the organisation may do this."))
    return YES

"""Reading the audit log: its events page by page, its heads, and whether it is whole."""

from __future__ import annotations

from django.db.models import Max

from praxis.foundation.audit import services
from praxis.foundation.audit.models import AuditEvent, AuditSeal
from praxis.foundation.audit.services import Actor, Object
from praxis.foundation.audit.verification import Verification, verify

__all__ = ["Verification", "chains", "events", "heads", "verify"]


def events(
    chain: str | None,
    *,
    after: int | None = None,
    limit: int = 50,
    object: Object | None = None,
    actor: Actor | int | None = None,
    action: str | None = None,
) -> list[AuditEvent]:
    """One page of a chain (of all chains when None), newest first, each with its `body`; `after` is the last id seen.

    An `action` that ends with "." takes every action that begins so.
    """
    rows = AuditEvent.objects.select_related("body").order_by("-id")
    if chain is not None:
        rows = rows.filter(chain=chain)
    if after is not None:
        rows = rows.filter(id__lt=after)
    if object is not None:
        kind, object_id = services.reference(object)
        rows = rows.filter(object_kind=kind, object_id=object_id)
    if actor is not None:
        rows = rows.filter(actor_id=actor if isinstance(actor, int) else actor.pk)
    if action:
        rows = rows.filter(action__startswith=action) if action.endswith(".") else rows.filter(action=action)
    return list(rows[:limit])


def chains() -> list[str]:
    """The names of all chains."""
    return sorted(AuditEvent.objects.order_by().values_list("chain", flat=True).distinct())


def heads() -> dict[str, str]:
    """The newest head of each sealed chain: what a backup carries and `verify` can be held against."""
    newest = AuditSeal.objects.order_by().values("chain").annotate(newest=Max("number"))
    return {
        row["chain"]: AuditSeal.objects.get(chain=row["chain"], number=row["newest"]).head
        for row in newest.order_by("chain")
    }

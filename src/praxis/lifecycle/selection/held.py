"""The selection of an edition as one holds it while changing it: locked, noted in the audit log, and its seal."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, require
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition, Tier
from praxis.lifecycle.selection import policies
from praxis.lifecycle.selection.models import Decision, Selection
from praxis.lifecycle.selection.states import SELECTION

# By name: it loads what writes documents, which only the worker needs.
MAKE_LISTS = "praxis.lifecycle.selection.tasks.make_lists"


def user_of(actor: Any) -> User | None:
    return actor if isinstance(actor, User) else None


@transaction.atomic
def begin(actor: Any, edition: Edition) -> Selection:
    """The selection of an edition, begun if there is none yet."""
    require(policies.may_know(actor, edition))
    selection, _made = Selection.objects.get_or_create(edition=edition)
    selection.edition = edition
    return selection


def locked(actor: Any, edition: Edition) -> Selection:
    begin(actor, edition)
    selection = Selection.objects.select_for_update().get(edition=edition)
    selection.edition = edition
    return selection


def note(actor: Any, selection: Selection, action: str, after: Any = None, reason: str = "", before: Any = None) -> None:
    audit.append(
        actor, edition_id=selection.edition_id, action=f"selection.{action}", obj=selection, before=before, after=after,
        reason=reason,
    )


def digest_of(selection: Selection) -> str:
    """SHA-256 of who is chosen for what, on which revision."""
    rows = Decision.objects.filter(selection=selection).values_list(
        "tier__code", "case__number", "revision__digest", "reserve"
    )
    ordered = sorted(rows, key=lambda row: (row[0], row[1]))
    return hashlib.sha256(json.dumps(ordered, separators=(",", ":")).encode()).hexdigest()


def is_broken(selection: Selection) -> bool:
    """Whether the decisions are no longer those that were sealed."""
    return selection.state != "open" and selection.digest != digest_of(selection)


def check_seal(selection: Selection) -> None:
    if is_broken(selection):
        raise Conflict(_("The decisions are not those that were sealed."), code="broken_seal")


def step(actor: Any, selection: Selection, action: str, reason: str = "", **values: Any) -> None:
    before = selection.state
    selection.state = SELECTION.step(before, action)
    for field, value in values.items():
        setattr(selection, field, value)
    selection.save(update_fields=["state", *values])
    note(actor, selection, action, {"state": selection.state, "digest": selection.digest}, reason, {"state": before})


def tier_before(tier: Tier) -> Tier | None:
    return Tier.objects.filter(edition_id=tier.edition_id, position__lt=tier.position).order_by("-position").first()


def inside_of(selection: Selection, tier: Tier) -> set[int] | None:
    """The ids of the cases a tier is chosen out of; None where it is chosen out of all."""
    before = tier_before(tier)
    if before is None:
        return None
    rows = Decision.objects.filter(selection=selection, tier=before, reserve=None)
    return set(rows.values_list("case_id", flat=True))

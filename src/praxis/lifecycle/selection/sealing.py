"""Sealing the decisions, opening them again while nobody knows, and the release by two people."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import is_named, may_run
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.selection import after_release, policies
from praxis.lifecycle.selection.held import MAKE_LISTS, check_seal, digest_of, locked, note, step, user_of
from praxis.lifecycle.selection.models import Decision, ReleaseApproval, Selection
from praxis.lifecycle.selection.states import SELECTION

RELEASERS = 2


def seal_problems(selection: Selection) -> list[str]:
    """What stands in the way of sealing, in words: a tier outside its size, a chosen case that has left the call."""
    problems = []
    sizes: dict[int, int] = {}
    gone: set[str] = set()
    rows = Decision.objects.filter(selection=selection).values_list("tier_id", "reserve", "case__state", "case__number")
    for tier_id, reserve, state, number in rows:
        sizes[tier_id] = sizes.get(tier_id, 0) + (reserve is None)
        if state != "admitted":
            gone.add(number)
    for tier in selection.edition.tiers.all():
        size = sizes.get(tier.pk, 0)
        if not tier.size_low <= size <= tier.size_high:
            problems.append(
                _("%(tier)s: %(size)s chosen, between %(low)s and %(high)s are meant.")
                % {"tier": tier, "size": size, "low": tier.size_low, "high": tier.size_high}
            )
    if gone:
        problems.append(_("No longer admitted: %(numbers)s.") % {"numbers": ", ".join(sorted(gone))})
    return problems


@transaction.atomic
def seal(actor: Any, edition: Edition) -> Selection:
    """Seal the decisions: every tier within its size, every round closed. The list gets its digest."""
    selection = locked(actor, edition)
    require(policies.may_seal_selection(actor, selection))
    if edition.rounds.exclude(state="closed").exists():
        raise Conflict(_("A round of review is not closed yet."), code="state")
    problems = seal_problems(selection)
    if problems:
        raise Invalid({"": problems})
    step(actor, selection, "seal", digest=digest_of(selection), sealed_by=user_of(actor), sealed_at=clock.now())
    programmes.advance(actor, edition, "decide")
    jobs.enqueue(MAKE_LISTS, key=f"selection.lists:{selection.pk}:{selection.digest}", selection_id=selection.pk)
    return selection


@transaction.atomic
def unseal(actor: Any, edition: Edition, *, reason: str) -> Selection:
    """Open sealed decisions again, while nobody has been told; needs a reason."""
    selection = locked(actor, edition)
    require(policies.may_seal_selection(actor, selection))
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    step(actor, selection, "unseal", reason, digest="")
    programmes.advance(actor, edition, "undecide", reason=reason)
    ReleaseApproval.objects.filter(selection=selection).delete()
    return selection


@transaction.atomic
def approve_release(actor: Any, edition: Edition) -> bool:
    """One person's word for the release; the second different person's releases. Returns whether it is released."""
    selection = locked(actor, edition)
    require(may_run(actor, edition))
    user = user_of(actor)
    if user is None:
        raise Invalid({"": _("Only people can release.")})
    if selection.state != "told":
        SELECTION.step(selection.state, "release")
    check_seal(selection)
    ReleaseApproval.objects.get_or_create(selection=selection, user=user, defaults={"digest": selection.digest, "at": clock.now()})
    note(actor, selection, "approve_release", {"digest": selection.digest})
    given = ReleaseApproval.objects.filter(selection=selection, digest=selection.digest).select_related("user")
    # The word of somebody who has been taken off the edition since no longer counts.
    if sum(1 for row in given if is_named(row.user, edition)) < RELEASERS:
        return False
    step(actor, selection, "release", released_at=clock.now())
    programmes.advance(actor, edition, "release")
    after_release.run(actor, edition)
    return True

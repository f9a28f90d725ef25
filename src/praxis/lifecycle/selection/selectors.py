"""Reads of decisions. Before the release they answer only those who may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from praxis.foundation.errors import Missing
from praxis.foundation.locale import Label
from praxis.foundation.programmes.models import Edition, Tier
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.selection import policies
from praxis.lifecycle.selection.models import Decision, Proposal, ReleaseApproval, Selection, Telling


def selection_of(actor: Any, edition: Edition) -> Selection | None:
    """The selection of an edition, for those named on it; raises Missing to others."""
    if not policies.may_know(actor, edition):
        raise Missing()
    selection = Selection.objects.filter(edition=edition).first()
    if selection is not None:
        selection.edition = edition
    return selection


def decisions(actor: Any, edition: Edition, tier: Tier | None = None) -> list[Decision]:
    """The decisions of an edition (of one tier), chosen before reserve; raises Missing to those not named on it."""
    if not policies.may_know(actor, edition):
        raise Missing()
    rows = Decision.objects.filter(selection__edition=edition).select_related(
        "case__organisation", "case__category", "tier"
    )
    if tier is not None:
        rows = rows.filter(tier=tier)
    chosen_first = sorted(rows, key=lambda row: (row.tier.position, row.reserve is not None, row.reserve or 0, row.case.number))
    return chosen_first


def chosen(edition: Edition, tier: Tier) -> list[Decision]:
    """The chosen of a tier without the reserve, for later stages that have asked their own policy."""
    rows = Decision.objects.filter(selection__edition=edition, tier=tier, reserve=None)
    return list(rows.select_related("case__organisation", "case__category", "revision").order_by("case__number"))


def proposals(actor: Any, tier: Tier) -> list[Proposal]:
    if not policies.may_know(actor, tier.edition):
        raise Missing()
    return list(Proposal.objects.filter(tier=tier).select_related("made_by").order_by("-id")[:20])


def approvals(actor: Any, edition: Edition) -> list[ReleaseApproval]:
    if not policies.may_know(actor, edition):
        raise Missing()
    return list(ReleaseApproval.objects.filter(selection__edition=edition).select_related("user").order_by("id"))


def tellings(actor: Any, edition: Edition) -> list[Telling]:
    """Who has been told and who has accepted."""
    if not policies.may_know(actor, edition):
        raise Missing()
    rows = Telling.objects.filter(selection__edition=edition).select_related("case__organisation", "accepted_by")
    return list(rows.order_by("case__number"))


@dataclass(frozen=True, slots=True)
class Result:
    """What an applicant may know of its own case: whether it is chosen, and for what, once it has accepted."""

    accepted: bool
    declined: bool
    tiers: list[Label]
    on_stage: bool


def result_for(actor: Any, case: Case) -> Result | None:
    """The result of the actor's own case, None where the actor is not to know of any.

    A chosen applicant that has been told and has not yet accepted confidentiality gets a Result without tiers.
    """
    if not policies.may_hear(actor, case):
        return None
    telling = Telling.objects.filter(case=case).first()
    if telling is None:
        return None
    if telling.accepted_at is None:
        return Result(False, telling.declined_at is not None, [], False)
    rows = Decision.objects.filter(case=case, reserve=None).select_related("tier").order_by("tier__position")
    tiers = [row.tier for row in rows]
    return Result(True, False, [tier.labels for tier in tiers], any(tier.on_stage for tier in tiers))


def has_accepted(case: Case) -> bool:
    """Whether the applicant of a told case has accepted confidentiality."""
    return Telling.objects.filter(case=case, accepted_at__isnull=False).exists()

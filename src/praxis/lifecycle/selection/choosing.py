"""Choosing the sets of the tiers: what the engine proposes, what is decided, and who goes on to a later round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.programmes.models import Round, Tier
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import selectors as reviews
from praxis.lifecycle.reviews import services as review_services
from praxis.lifecycle.reviews.models import RoundCase
from praxis.lifecycle.selection import policies, proposals
from praxis.lifecycle.selection.held import inside_of, locked, note, tier_before, user_of
from praxis.lifecycle.selection.models import Decision, Proposal, Selection


@transaction.atomic
def propose(actor: Any, tier: Tier, wishes: proposals.Wishes | None = None, *, seed: int = 0) -> Proposal:
    """Have the engine propose the set of a tier from the standings of its round. Decides nothing."""
    selection = locked(actor, tier.edition)
    require(policies.may_choose(actor, selection))
    wishes = wishes or proposals.usual(tier)
    run = reviews.latest_run(tier.round)
    if run is None:
        raise Conflict(_("There are no standings of this round yet."), code="state")
    standings = [row for row in reviews.standings_of(run) if row.case.state == "admitted"]
    inside = inside_of(selection, tier)
    if inside is not None:
        standings = [row for row in standings if row.case_id in inside]
    chosen, report = proposals.propose(standings, wishes, advice=run.advice, seed=seed)
    proposal = Proposal.objects.create(
        selection=selection, tier=tier, settings=wishes.to_json(), chosen=[row.case.number for row in chosen],
        report={**report, "run": run.pk}, seed=seed, made_by=user_of(actor), at=clock.now(),
    )  # fmt: skip
    note(actor, selection, "propose", {"tier": tier.code, "size": len(chosen)})
    return proposal


@transaction.atomic
def decide(
    actor: Any, tier: Tier, chosen: Sequence[Case], reserve: Sequence[Case] = (), *, reason: str = "",
    proposal: Proposal | None = None,
) -> list[Decision]:
    """Set who is chosen for a tier and the reserve list in its order; what was decided for the tier before goes.

    Where the set differs from the proposal, or there is none, a reason is needed. Raises Invalid for a case the
    round did not look at, or one that the tier before did not choose.
    """
    selection = locked(actor, tier.edition)
    require(policies.may_choose(actor, selection))
    numbers = sorted(case.number for case in chosen)
    if (proposal is None or numbers != sorted(proposal.chosen)) and not cleaned(reason):
        raise Invalid({"reason": _("The set differs from the proposal. Say why.")})
    looked_at = dict(RoundCase.objects.filter(round=tier.round).values_list("case_id", "revision_id"))
    _refuse_unfit(selection, tier, chosen, reserve, set(looked_at))
    _clear_later(selection, tier, {case.pk for case in chosen})
    Decision.objects.filter(selection=selection, tier=tier).delete()
    rows = [(case, None) for case in chosen] + [(case, place) for place, case in enumerate(reserve, start=1)]
    made = Decision.objects.bulk_create(
        [
            Decision(
                selection=selection, case=case, revision_id=looked_at[case.pk], tier=tier, reserve=place,
                reason=cleaned(reason), decided_by=user_of(actor), at=clock.now(),
            )
            for case, place in rows
        ]
    )
    note(
        actor, selection, "decide", {"tier": tier.code, "chosen": numbers, "reserve": [case.number for case in reserve]},
        cleaned(reason),
    )
    return made


def _refuse_unfit(
    selection: Selection, tier: Tier, chosen: Sequence[Case], reserve: Sequence[Case], looked_at: set[int]
) -> None:
    problems: dict[str, list[Any]] = {}
    inside = inside_of(selection, tier)
    for name, cases in (("chosen", chosen), ("reserve", reserve)):
        strange = [case.number for case in cases if case.pk not in looked_at]
        gone = [case.number for case in cases if case.pk in looked_at and case.state != "admitted"]
        outside = [case.number for case in cases if inside is not None and case.pk not in inside]
        if strange:
            problems.setdefault(name, []).append(_("Not in this round: %(numbers)s.") % {"numbers": ", ".join(strange)})
        if gone:
            problems.setdefault(name, []).append(_("No longer admitted: %(numbers)s.") % {"numbers": ", ".join(gone)})
        if outside and not strange:
            told = _("Not chosen for %(tier)s: %(numbers)s.") % {"tier": tier_before(tier), "numbers": ", ".join(outside)}
            problems.setdefault(name, []).append(told)
    if len({case.pk for case in (*chosen, *reserve)}) != len(chosen) + len(reserve):
        problems.setdefault("reserve", []).append(_("A case stands in the lists twice."))
    if problems:
        raise Invalid(problems)


def _clear_later(selection: Selection, tier: Tier, kept: set[int]) -> None:
    """A case that falls out of a tier falls out of the later ones."""
    Decision.objects.filter(selection=selection, tier__position__gt=tier.position).exclude(case_id__in=kept).delete()


@transaction.atomic
def put_forward(actor: Any, round_: Round) -> int:
    """Open a later round to the chosen of the tier it takes from; returns how many cases it looks at."""
    edition = round_.edition
    selection = locked(actor, edition)
    require(policies.may_choose(actor, selection))
    source = edition.settings.round(round_.code).takes_from
    tier = Tier.objects.filter(edition=edition, code=source).first()
    if tier is None:
        raise Invalid({"round": _("This round takes every admitted case.")})
    rows = Decision.objects.filter(selection=selection, tier=tier, reserve=None).select_related("case")
    cases = [row.case for row in rows]
    if not cases:
        raise Conflict(_("Nobody has been chosen for %(tier)s yet.") % {"tier": tier}, code="state")
    review_services.set_round_cases(actor, round_, cases)
    return len(cases)

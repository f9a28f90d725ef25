"""Proposals of the selection engine: the best set under the quotas, their prices, and who was close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from praxis.engines.selection import Contradiction, Quota, select
from praxis.foundation.errors import Invalid
from praxis.foundation.programmes.models import Tier
from praxis.lifecycle.reviews.models import Standing


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of a tier: its size as a range, quotas by category code, and ceilings."""

    low: int
    high: int
    categories: dict[str, tuple[int, int]] = field(default_factory=dict)
    per_place: int | None = None
    per_organisation: int | None = None
    force_in: tuple[str, ...] = ()
    force_out: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def usual(tier: Tier) -> Wishes:
    """The wishes a tier begins with: about its size, no quota."""
    return Wishes(min(tier.size_about, tier.size_high), tier.size_about)


def _quotas(standings: Sequence[Standing], wishes: Wishes) -> list[Quota]:
    quotas = []
    codes = np.array([row.case.category.code if row.case.category else "" for row in standings])
    for code, (low, high) in sorted(wishes.categories.items()):
        quotas.append(Quota(f"category:{code}", codes == code, low, high))
    if wishes.per_organisation is not None:
        owners = np.array([row.case.organisation_id for row in standings])
        for owner in np.unique(owners):
            quotas.append(Quota(f"organisation:{owner}", owners == owner, 0, wishes.per_organisation))
    if wishes.per_place is not None:
        places = np.array([row.case.organisation.place_id or "" for row in standings])
        for place in np.unique(places):
            if place:
                quotas.append(Quota(f"place:{place}", places == place, 0, wishes.per_place))
    return [quota for quota in quotas if quota.low > 0 or int(quota.members.sum()) > quota.high]


def propose(
    standings: Sequence[Standing], wishes: Wishes, *, advice: str, seed: int = 0, why_not: int = 12
) -> tuple[list[Standing], dict[str, Any]]:
    """The best set by the scores the standings advise, and a report of prices, lottery and near misses.

    Raises Invalid (on "quotas") naming the quotas that cannot hold together.
    """
    scored = [row for row in standings if row.mean is not None]
    if not scored:
        raise Invalid({"": _("There are no standings yet.")})
    score = np.array([_score(row, advice) for row in scored])
    numbers = {row.case.number: place for place, row in enumerate(scored)}
    try:
        found = select(
            score, (min(wishes.low, len(scored)), min(wishes.high, len(scored))), _quotas(scored, wishes),
            force_in=[numbers[number] for number in wishes.force_in if number in numbers],
            force_out=[numbers[number] for number in wishes.force_out if number in numbers], seed=seed,
        )
    except Contradiction as contradiction:
        raise Invalid({"quotas": _("These wishes cannot hold together: %(wishes)s") % {"wishes": contradiction}}) from None
    inside = {int(place) for place in found.chosen}
    near = [place for place in np.argsort(-score, kind="stable") if int(place) not in inside][:why_not]
    report = {
        "total": round(float(found.total), 6),
        "prices": {name: round(float(price), 6) for name, price in found.prices.items() if price > 1e-9},
        "lottery": [scored[int(place)].case.number for place in found.lottery],
        "near": [_near(scored, found, int(place)) for place in near],
        "advice": advice,
    }
    return [scored[place] for place in sorted(inside, key=lambda place: -score[place])], report


def _score(row: Standing, advice: str) -> float:
    value = row.quality if advice == "calibrated" else row.mean
    return float(value if value is not None else row.mean or 0.0)


def _near(scored: Sequence[Standing], found: Any, place: int) -> dict[str, Any]:
    cost, leavers = found.why_not(place)
    return {
        "number": scored[place].case.number, "cost": round(float(cost), 6),
        "leavers": [scored[int(leaver)].case.number for leaver in leavers],
    }

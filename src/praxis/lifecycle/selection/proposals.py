"""Proposals of the selection engine: the best set under the quotas, their prices, and who was close."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from praxis.foundation.errors import Invalid
from praxis.foundation.loading import on_use
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.models import Tier
from praxis.lifecycle.reviews.models import Standing

if TYPE_CHECKING:
    import numpy as np

    from praxis.engines import selection as engine
else:
    np, engine = on_use("numpy"), on_use("praxis.engines.selection")


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
    return Wishes(tier.size_about, tier.size_about)


def _quotas(standings: Sequence[Standing], wishes: Wishes) -> list[engine.Quota]:
    quotas = []
    codes = np.array([row.case.category.code if row.case.category else "" for row in standings])
    for code, (low, high) in sorted(wishes.categories.items()):
        quotas.append(engine.Quota(f"category:{code}", codes == code, low, high))
    for kind, most, values in (
        ("organisation", wishes.per_organisation, [str(row.case.organisation_id) for row in standings]),
        ("place", wishes.per_place, [row.case.organisation.place_id or "" for row in standings]),
    ):
        if most is not None:
            held = np.array(values)
            quotas += [engine.Quota(f"{kind}:{value}", held == value, 0, most) for value in np.unique(held) if value]
    return [quota for quota in quotas if quota.low > 0 or int(quota.members.sum()) > quota.high]


def propose(
    standings: Sequence[Standing], wishes: Wishes, *, advice: str, seed: int = 0, why_not: int = 12
) -> tuple[list[Standing], dict[str, Any]]:
    """The best set by the scores the standings advise, and a report of prices, lottery and near misses.

    Raises Invalid (on "quotas") naming the quotas that cannot hold together.
    """
    _refuse_senseless(wishes)
    scored = [row for row in standings if row.mean is not None]
    if not scored:
        raise Invalid({"": _("There are no standings yet.")})
    score = np.array([_score(row, advice) for row in scored])
    numbers = {row.case.number: place for place, row in enumerate(scored)}
    _refuse_strange(wishes, numbers)
    try:
        found = engine.select(
            score, (min(wishes.low, len(scored)), min(wishes.high, len(scored))), _quotas(scored, wishes),
            force_in=[numbers[number] for number in wishes.force_in],
            force_out=[numbers[number] for number in wishes.force_out], seed=seed,
        )
    except engine.Contradiction as contradiction:
        raise Invalid({"quotas": _why_not_together(contradiction, scored)}) from None
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


def _refuse_senseless(wishes: Wishes) -> None:
    problems = {}
    if not 1 <= wishes.low <= wishes.high:
        problems["high"] = _("The size goes from a smaller to a larger number.")
    for code, (low, high) in wishes.categories.items():
        if not 0 <= low <= high:
            problems[f"category_{code}"] = _("At least cannot be more than at most.")
    if problems:
        raise Invalid(problems)


def _refuse_strange(wishes: Wishes, numbers: Mapping[str, int]) -> None:
    problems = {}
    for name, wanted in (("force_in", wishes.force_in), ("force_out", wishes.force_out)):
        if strange := [number for number in wanted if number not in numbers]:
            problems[name] = _("No standing in this round: %(numbers)s.") % {"numbers": ", ".join(strange)}
    if both := sorted(set(wishes.force_in) & set(wishes.force_out)):
        problems["force_out"] = _("Both in and out: %(numbers)s.") % {"numbers": ", ".join(both)}
    if problems:
        raise Invalid(problems)


def _why_not_together(problem: engine.Contradiction, standings: Sequence[Standing]) -> str:
    size = f"{problem.size[0]}–{problem.size[1]}"
    if not problem.quotas:
        return _("With these cases forced in or out, %(available)s can be chosen; %(size)s are wanted.") % {
            "available": problem.available, "size": size,
        }  # fmt: skip
    named = "; ".join(quota_name(name, standings) for name in problem.quotas)
    if problem.size_matters:
        return _("These wishes cannot hold together when %(size)s cases are chosen: %(wishes)s.") % {"size": size, "wishes": named}
    return _("These wishes cannot hold together: %(wishes)s.") % {"wishes": named}


def quota_name(name: str, standings: Sequence[Standing]) -> str:
    """A quota in words: the field, organisation, or country or region it is about."""
    kind, _colon, code = name.partition(":")
    if kind == "place":
        return places.name(code, get_language() or "en")
    for row in standings:
        if kind == "category" and row.case.category and row.case.category.code == code:
            return str(row.case.category)
        if kind == "organisation" and str(row.case.organisation_id) == code:
            return str(row.case.organisation)
    return code


def _score(row: Standing, advice: str) -> float:
    value = row.quality if advice == "calibrated" else row.mean
    return float(value if value is not None else row.mean or 0.0)


def _near(scored: Sequence[Standing], found: Any, place: int) -> dict[str, Any]:
    cost, leavers = found.why_not(place)
    return {
        "number": scored[place].case.number, "cost": round(float(cost), 6) if math.isfinite(cost) else None,
        "leavers": [scored[int(leaver)].case.number for leaver in leavers],
    }

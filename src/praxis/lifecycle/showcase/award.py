"""The unit award (卓越组织奖): points for cases of a unit's own and for cases it collected, with their derivation.

No formula is published: the points are the edition's settings. A case counts for every step it reaches, once for each
unit that recommended it; it is the unit's own where the applicant is the unit's organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from praxis.foundation.programmes.config import AwardPoints, UnitAwardConfig
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.recommendations.models import Recommendation, Unit
from praxis.lifecycle.selection.models import Decision

SUBMITTED = ("submitted", "returned", "admitted", "ineligible")


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a unit's derivation."""

    number: str
    own: bool
    steps: list[str]
    points: float


@dataclass(frozen=True, slots=True)
class Derivation:
    """A unit's points and the cases they come from."""

    unit: Unit
    points: float
    lines: list[Line]

    def to_json(self) -> dict[str, Any]:
        return {
            "points": self.points,
            "cases": [
                {"number": line.number, "own": line.own, "steps": line.steps, "points": line.points} for line in self.lines
            ],
        }


def _points(scheme: AwardPoints, state: str, tiers: list[str]) -> tuple[list[str], float]:
    steps, total = [], 0.0
    if state in SUBMITTED:
        steps.append("submitted")
        total += scheme.submitted
    if state == "admitted":
        steps.append("admitted")
        total += scheme.admitted
    for code in tiers:
        steps.append(code)
        total += scheme.tiers.get(code, 0.0)
    return steps, total


def derive(edition: Edition, config: UnitAwardConfig) -> list[Derivation]:
    """Every unit's derivation, most points first, then the unit's code (three statements)."""
    tiers: dict[int, list[str]] = {}
    rows = Decision.objects.filter(selection__edition=edition, reserve=None).order_by("tier__position")
    for case_id, code in rows.values_list("case_id", "tier__code"):
        tiers.setdefault(case_id, []).append(code)
    lines: dict[int, list[Line]] = {}
    recommended = Recommendation.objects.filter(unit__edition=edition, state__in=["linked", "endorsed"]).select_related(
        "case", "unit"
    )
    for row in recommended.order_by("case__number"):
        if row.case is None or row.case.state not in SUBMITTED:
            continue
        own = row.case.organisation_id == row.unit.organisation_id
        steps, points = _points(config.own if own else config.collected, row.case.state, tiers.get(row.case_id or 0, []))
        lines.setdefault(row.unit_id, []).append(Line(row.case.number, own, steps, points))
    units = Unit.objects.select_related("organisation").filter(edition=edition, active=True)
    found = [
        Derivation(unit, round(sum(line.points for line in lines.get(unit.pk, [])), 6), lines.get(unit.pk, [])) for unit in units
    ]
    return sorted(found, key=lambda item: (-item.points, item.unit.code))

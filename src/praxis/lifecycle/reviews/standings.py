"""Standings: the score sheets of a round as ranks with their uncertainty."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, require
from praxis.foundation.loading import on_use
from praxis.foundation.programmes.models import Round
from praxis.lifecycle.reviews import policies
from praxis.lifecycle.reviews.models import RoundCase, ScoreSheet, Standing, StandingRun

if TYPE_CHECKING:
    import numpy as np

    from praxis.engines import calibration as engine
else:
    np, engine = on_use("numpy"), on_use("praxis.engines.calibration")

LEVEL = 0.9
SURPRISING, MOST_SURPRISES = 2.5, 30

Sheet = tuple[int, int, float, int]
"""Case, expert, total, assignment."""


def _number(value: Any) -> float | None:
    """A finite number as a float, rounded so that no machine's last digit shows; None otherwise."""
    return round(float(value), 9) if np.isfinite(value) else None


@transaction.atomic
def compute_standings(actor: Any, round_: Round, *, seed: int = 0) -> StandingRun:
    """Compute a round's standings from the sheets handed in so far; earlier runs are kept.

    Raises Conflict where none is in.
    """
    require(policies.may_see_standings(actor, round_))
    cases = list(
        RoundCase.objects.filter(round=round_)
        .order_by("case__number", "case_id")
        .values_list("case_id", flat=True)
    )  # fmt: skip
    place = {pk: number for number, pk in enumerate(cases)}
    rows: list[Sheet] = [row for row in _sheets(round_) if row[0] in place]
    if not rows:
        raise Conflict(_("No score sheet has been handed in yet."), code="state")
    experts = sorted({row[1] for row in rows})
    column = {pk: number for number, pk in enumerate(experts)}
    loads = Counter(row[1] for row in rows)
    result = engine.calibrate(
        np.array([place[row[0]] for row in rows]), np.array([column[row[1]] for row in rows]),
        np.array([row[2] for row in rows]), cases=len(cases), experts=len(experts), seed=seed,
    )  # fmt: skip
    run = StandingRun.objects.create(
        round=round_, reviews=len(rows), advice=result.advice, seed=seed, at=clock.now(), reason=_reason(result),
        shares={name: _number(share) for name, share in result.shares._asdict().items()},
        experts=[
            {
                "expert": pk, "bias": _number(result.bias[e]), "reliability": _number(result.reliability[e]),
                "reviews": loads[pk],
            }
            for e, pk in enumerate(experts)
        ],
        surprises=_surprises(result, rows),
    )  # fmt: skip
    _write(run, round_, cases, result)
    audit.append(
        actor, edition_id=round_.edition_id, action="round.compute_standings", obj=round_, label=round_.code,
        after={"run": run.pk, "reviews": len(rows), "advice": run.advice},
    )  # fmt: skip
    return run


def _sheets(round_: Round) -> list[Sheet]:
    rows = ScoreSheet.objects.filter(
        assignment__round=round_, assignment__state="submitted", total__isnull=False
    ).order_by("assignment__case__number", "assignment__case_id", "assignment__expert_id")
    values = rows.values_list("assignment__case_id", "assignment__expert_id", "total", "assignment_id")
    return [(case, expert, float(total), assignment) for case, expert, total, assignment in values if total is not None]


def _reason(result: engine.Calibration) -> dict[str, Any]:
    reason = result.reason
    return {
        "code": reason.code, "median": _number(reason.median), "error_mean": _number(reason.error_mean),
        "error_calibrated": _number(reason.error_calibrated),
    }  # fmt: skip


def _surprises(result: engine.Calibration, rows: list[Sheet]) -> list[dict[str, Any]]:
    far = np.nan_to_num(np.abs(result.surprise), nan=0.0, posinf=0.0)
    return [
        {"assignment": rows[int(i)][3], "surprise": _number(result.surprise[int(i)])}
        for i in np.argsort(-far, kind="stable")[:MOST_SURPRISES]
        if far[int(i)] >= SURPRISING
    ]


def _write(run: StandingRun, round_: Round, cases: list[int], result: engine.Calibration) -> None:
    tier = round_.tiers.order_by("position").first()
    score, ranks = result.interval(LEVEL), result.rank_interval(LEVEL)
    top = result.p_top(min(tier.size_about, len(cases))) if tier else np.full(len(cases), np.nan)
    rows = []
    for rank, i in enumerate((int(i) for i in result.ranking), start=1):
        read = int(result.reviews[i])
        rows.append(
            Standing(
                run=run, case_id=cases[i], rank=rank, reviews=read,
                # A case nobody has read has no mean; the engine's overall mean stands for it in the ranks alone.
                mean=_number(result.mean[i]) if read else None, quality=_number(result.quality[i]),
                low=_number(score[i, 0]), high=_number(score[i, 1]), rank_low=int(ranks[i, 0]),
                rank_high=int(ranks[i, 1]), p_top=_number(top[i]),
            )
        )  # fmt: skip
    Standing.objects.bulk_create(rows, batch_size=1000)

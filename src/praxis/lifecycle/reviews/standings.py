"""Standings: the score sheets of a round as ranks with their uncertainty."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from praxis.engines.calibration import calibrate
from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, require
from praxis.foundation.programmes.models import Round
from praxis.lifecycle.reviews import policies
from praxis.lifecycle.reviews.models import RoundCase, ScoreSheet, Standing, StandingRun

LEVEL = 0.9
SURPRISING, MOST_SURPRISES = 2.5, 30


def _number(value: Any) -> float | None:
    """A finite number as a float, rounded so that no machine's last digit shows; None otherwise."""
    return round(float(value), 9) if np.isfinite(value) else None


@transaction.atomic
def compute_standings(actor: Any, round_: Round, *, seed: int = 0) -> StandingRun:
    """Compute a round's standings from the sheets handed in so far; earlier runs are kept."""
    require(policies.may_see_standings(actor, round_))
    cases = list(RoundCase.objects.filter(round=round_).order_by("case__number", "case_id").values_list("case_id", flat=True))
    sheets = list(
        ScoreSheet.objects.filter(assignment__round=round_, assignment__state="submitted", total__isnull=False)
        .order_by("assignment__case__number", "assignment__case_id", "assignment__expert_id")
        .values_list("assignment__case_id", "assignment__expert_id", "total", "assignment_id")
    )
    if not sheets:
        raise Conflict(_("No score sheet has been handed in yet."), code="state")
    experts = sorted({row[1] for row in sheets})
    place, column = {pk: i for i, pk in enumerate(cases)}, {pk: i for i, pk in enumerate(experts)}
    rows = [row for row in sheets if row[0] in place]
    result = calibrate(
        np.array([place[row[0]] for row in rows]), np.array([column[row[1]] for row in rows]),
        np.array([row[2] for row in rows]), cases=len(cases), experts=len(experts), seed=seed,
    )  # fmt: skip
    run = StandingRun.objects.create(
        round=round_, reviews=len(rows), advice=result.advice, reason=str(result.reason)[:300],
        shares={name: _number(share) for name, share in _shares(result).items()},
        experts=[
            {"expert": pk, "bias": _number(result.bias[i]), "reliability": _number(result.reliability[i])}
            for i, pk in enumerate(experts)
        ],
        surprises=_surprises(result, rows), seed=seed, at=clock.now(),
    )
    _write(run, round_, cases, rows, place, result)
    audit.append(
        actor, edition_id=round_.edition_id, action="round.compute_standings", obj=round_, label=round_.code,
        after={"run": run.pk, "reviews": len(rows), "advice": run.advice},
    )
    return run


def _shares(result: Any) -> dict[str, float]:
    shares = result.shares
    return dict(shares) if isinstance(shares, dict) else dict(zip(("quality", "bias", "noise"), shares, strict=True))


def _surprises(result: Any, rows: list[Any]) -> list[dict[str, Any]]:
    order = np.argsort(-np.abs(result.surprise), kind="stable")[:MOST_SURPRISES]
    return [
        {"assignment": rows[int(i)][3], "surprise": _number(result.surprise[int(i)])}
        for i in order
        if abs(float(result.surprise[int(i)])) >= SURPRISING
    ]


def _write(run: StandingRun, round_: Round, cases: list[int], rows: list[Any], place: dict[int, int], result: Any) -> None:
    tier = round_.tiers.order_by("position").first()
    counts = np.bincount([place[row[0]] for row in rows], minlength=len(cases))
    score, ranks = result.interval(LEVEL), result.rank_interval(LEVEL)
    top = result.p_top(min(tier.size_about, len(cases))) if tier else np.full(len(cases), np.nan)
    order = [int(i) for i in result.ranking]
    Standing.objects.bulk_create(
        [
            Standing(
                run=run, case_id=cases[i], rank=rank, reviews=int(counts[i]),
                mean=_number(result.mean[i]), quality=_number(result.quality[i]), low=_number(score[i, 0]),
                high=_number(score[i, 1]), rank_low=int(ranks[i, 0]), rank_high=int(ranks[i, 1]), p_top=_number(top[i]),
            )
            for rank, i in enumerate(order, start=1)
        ]
    )

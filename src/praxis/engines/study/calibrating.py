"""What calibration would give on a call of one's own size, against the plain ways."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from praxis.engines.arrays import Booleans, Floats
from praxis.engines.calibration import blup, calibrate, mean, trimmed, zscore
from praxis.engines.study.world import Model, collude, deal, world

KINDS: Final = ("model", "no bias", "equally mild", "collusion")
WAYS: Final = {"mean": mean, "trimmed": trimmed, "z-score": zscore}
_BINS: Final = 10


@dataclass(frozen=True)
class CalibrationStudy:
    """Averages over the replicates: `precision` (share of the best that is chosen) and `undeserved` (friends' cases of
    colluders that are chosen and are not among the best) of each way; `coverage` of 90 % intervals, `error` of the
    probability of being among the best, the share of replicates in which calibration is `advised`, and `answered`, the
    precision of the ranking that follows the advice. `doubt` is the largest standard error of the precisions, over
    `replicates`; nan of a single one."""

    precision: dict[str, float]
    undeserved: dict[str, float]
    coverage: float
    error: float
    advised: float
    answered: float
    replicates: int
    doubt: float


def calibration_study(
    kind: str = "model",
    k: int = 3,
    *,
    cases: int = 600,
    experts: int = 120,
    size: int = 60,
    replicates: int = 40,
    model: Model | None = None,
    share: float = 0.1,
    linear: bool = False,
    seed: int = 0,
) -> CalibrationStudy:
    """Simulate calls and choose the best `size` each way. `kind`: "model", "no bias" (experts do not differ in anything),
    "equally mild" (they differ in scale and noise only) or "collusion" (a `share` of the experts collude); `linear` adds least squares with shrinkage (BLUP), which takes longer."""
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    model = Model() if model is None else model
    if kind in ("no bias", "equally mild"):
        model = model.alike() if kind == "no bias" else model.without_bias()
    ways = WAYS | ({"BLUP": blup} if linear else {})
    undeserved = dict.fromkeys((*ways, "calibrated"), 0.0)
    hits: dict[str, list[float]] = {way: [] for way in undeserved}
    covered = advised = answered = 0.0
    said, was = [], []
    for replicate in range(seed, seed + replicates):
        given = world(cases, experts, model=model, seed=replicate)
        random = np.random.default_rng([replicate, 2])
        pairs = deal(given, k, random)
        score, friends = given.scores(pairs, random), np.zeros(cases, dtype=np.bool_)
        if kind == "collusion":
            score, friends = collude(given, pairs, score, share, random)
        best = given.best(size)
        fitted = calibrate(pairs[:, 0], pairs[:, 1], score, cases=cases, experts=experts, seed=replicate)
        estimates = {w: f(pairs[:, 0], pairs[:, 1], score, cases=cases, experts=experts) for w, f in ways.items()}
        for way, estimate in (estimates | {"calibrated": fitted.quality}).items():
            chosen = _chosen(estimate, size)
            hits[way].append(float((chosen & best).sum()) / size)
            undeserved[way] += float((chosen & friends & ~best).sum()) / replicates
        interval = fitted.interval(0.9)
        covered += float(((interval[:, 0] <= given.truth) & (given.truth <= interval[:, 1])).mean()) / replicates
        advised += float(fitted.advice == "calibrated") / replicates
        answered += float(best[fitted.ranking[:size]].mean()) / replicates
        said.append(fitted.p_top(size))
        was.append(best)
    error = _error(np.concatenate(said), np.concatenate(was))
    precision = {way: float(np.mean(found)) for way, found in hits.items()}
    doubt = max(np.std(found, ddof=1) for found in hits.values()) / np.sqrt(replicates) if replicates > 1 else np.nan
    return CalibrationStudy(precision, undeserved, covered, error, advised, answered, replicates, float(doubt))


def _chosen(estimate: Floats, size: int) -> Booleans:
    mask = np.zeros(len(estimate), dtype=np.bool_)
    mask[np.argsort(-estimate, kind="stable")[:size]] = True
    return mask


def _error(said: Floats, was: Booleans) -> float:
    """Return the expected calibration error: said less happened in ten bins, weighted by their sizes."""
    bins = np.minimum((said * _BINS).astype(np.int64), _BINS - 1)
    apart = np.bincount(bins, weights=said, minlength=_BINS) - np.bincount(bins, weights=was, minlength=_BINS)
    return float(np.abs(apart).sum() / len(said))

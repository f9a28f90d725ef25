"""Reviews in waves: after each, the next go to the cases about which they decide most."""

from collections.abc import Sequence

import numpy as np

from praxis.engines.allocation import next_wave
from praxis.engines.arrays import Floats, Integers
from praxis.engines.assignment import Problem
from praxis.engines.calibration import Calibration, calibrate
from praxis.engines.study.world import World, deal

SAMPLES = 400


def waves(
    given: World, size: int, first: int, shares: Sequence[float], *, room: float = 1.6, seed: int = 0
) -> tuple[Calibration, Integers]:
    """Give every case `first` reviews, then wave after wave of `shares` (reviews a case) where they tell most.

    An expert reads at most `room` times the load that all reviews together would give her on average. Returns the
    calibration of all scores and the pairs.
    """
    random = np.random.default_rng([seed, 2])
    pairs = deal(given, first, random)
    score = given.scores(pairs, random)
    total = first + sum(shares)
    limit = np.full(given.experts, int(np.ceil(room * total * given.cases / given.experts)))
    for number, share in enumerate(shares):
        fitted = _fit(given, pairs, score, seed + number)
        wave = next_wave(fitted, size, round(share * given.cases), _left(given, pairs, limit))
        pairs = np.concatenate([pairs, wave])
        score = np.concatenate([score, given.scores(wave, random)])
    return _fit(given, pairs, score, seed + len(shares)), pairs


def _fit(given: World, pairs: Integers, score: Floats, seed: int) -> Calibration:
    return calibrate(
        pairs[:, 0], pairs[:, 1], score, cases=given.cases, experts=given.experts, seed=seed, samples=SAMPLES
    )


def _left(given: World, pairs: Integers, limit: Integers) -> Problem:
    """Say what may still be read: not twice, within fields and loads, at most four more reviews a case at once."""
    forbidden = ~given.may_read()
    forbidden[pairs[:, 0], pairs[:, 1]] = True
    load = np.bincount(pairs[:, 1], minlength=given.experts)
    return Problem(
        affinity=np.zeros((given.cases, given.experts)),
        forbidden=forbidden,
        demand=np.full(given.cases, 4),
        load_min=np.zeros(given.experts, dtype=np.int64),
        load_max=np.maximum(limit - load, 0),
        seed=len(pairs),
    )

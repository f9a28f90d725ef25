"""Turning affinities into the integers that the flow maximises."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from praxis.engines.arrays import Integers
from praxis.engines.assignment.network import Remainder
from praxis.engines.assignment.problem import Problem

# Costs times nodes, and costs times reviews, stay under this.
_ROOM: Final = 1 << 60
_SCALES: Final = (10**9, 10**8, 10**7, 10**6, 10**5, 10**4)
_CHANCE: Final = 1 << 10


@dataclass(frozen=True, eq=False)
class Gains:
    """Integer worth of a pair: `affinity * scale + bonus if kept`, times `multiplier`, plus chance."""

    scale: int
    multiplier: int
    bonus: int
    worth: Integers
    chance: Integers | None

    def total(self) -> Integers:
        """Return the worth of each pair [C,E] that the flow maximises."""
        return self.worth * self.multiplier if self.chance is None else self.worth * self.multiplier + self.chance


def gains(problem: Problem, rest: Remainder, keep: Integers | None) -> Gains:
    """Scale the affinities as finely as 64 bits allow, at least by 10^4.

    Each pair gets a little chance from the problem's seed, so small that all of a plan's chances together
    weigh less than one unit of affinity: it decides between equal plans only. Where 64 bits leave no room
    for it, equal plans are decided by the order of the cases and experts.
    """
    reviews = int(rest.demand.sum())
    largest = float(np.abs(problem.affinity).max(initial=0.0))
    spread = float(problem.affinity.max(initial=0.0) - problem.affinity.min(initial=0.0))
    nodes = 2 * sum(problem.affinity.shape) + 2
    if problem.groups is not None:
        nodes += problem.cases * problem.experts
    for multiplier in (max(reviews, 1) * _CHANCE, 1):
        for scale in _SCALES:
            bonus = 0 if keep is None else int(max(reviews, 1) * (spread * scale + 1)) + 1
            top = (largest * scale + bonus + 1) * multiplier
            if top * max(nodes, reviews) < _ROOM:
                worth = np.rint(problem.affinity * scale).astype(np.int64)
                if keep is not None:
                    worth[keep[:, 0], keep[:, 1]] += bonus
                return Gains(scale, multiplier, bonus, worth, _chance(problem) if multiplier > 1 else None)
    raise ValueError("affinities are too large for an exact assignment; divide them by a power of ten")


def _chance(problem: Problem) -> Integers:
    return np.random.default_rng(problem.seed).integers(0, _CHANCE, problem.affinity.shape, dtype=np.int64)

"""Turning affinities into the integers that the flow maximises, pair by pair or row by row: never the whole table."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from praxis.engines.arrays import Floats, Integers
from praxis.engines.assignment.network import Remainder
from praxis.engines.assignment.problem import Problem

# Costs times nodes, and costs times reviews, stay under this.
_ROOM: Final = 1 << 60
_SCALES: Final = (10**9, 10**8, 10**7, 10**6, 10**5, 10**4)
_CHANCE: Final = 1 << 10
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Gains:
    """Integer worth of a pair: `affinity * scale + bonus if kept`, times `multiplier`, plus chance.

    `floor` [C] adds that many times `affinity * scale` for each case (the price of a floor); then there is no chance.
    """

    affinity: Floats
    scale: int
    multiplier: int
    bonus: int
    keep: Integers
    seed: int
    chance: bool
    floor: Integers | None = None

    @property
    def slack(self) -> int:
        """By so much a row may say more than its pairs are worth."""
        return _CHANCE - 1 if self.chance else 0

    def worth(self, case: Integers, expert: Integers) -> Integers:
        """Return what pairs are worth before the multiplier: scaled affinity and the bonus for staying."""
        worth = np.rint(self.affinity[case, expert] * self.scale).astype(np.int64)
        if self.bonus and len(self.keep):
            number = self.affinity.shape[1]
            kept = np.isin(case * number + expert, self.keep[:, 0] * number + self.keep[:, 1])
            worth += np.where(kept, self.bonus, 0)
        return worth

    def of(self, case: Integers, expert: Integers) -> Integers:
        """Return what the flow gains by pairs."""
        total = self.worth(case, expert) * self.multiplier
        if self.floor is not None:
            total += np.rint(self.affinity[case, expert] * self.scale).astype(np.int64) * self.floor[case]
        if self.chance:
            total += _chance(self.seed, case * self.affinity.shape[1] + expert)
        return total

    def rows(self, start: int, stop: int) -> Integers:
        """Return the gains of some cases with all experts, at most `slack` more than they are."""
        scaled = np.rint(self.affinity[start:stop] * self.scale).astype(np.int64)
        if self.floor is None:
            scaled *= self.multiplier
        else:
            scaled *= self.multiplier + self.floor[start:stop, None]
        if self.bonus and len(self.keep):
            low, high = np.searchsorted(self.keep[:, 0], [start, stop])
            kept = self.keep[low:high]
            scaled[kept[:, 0] - start, kept[:, 1]] += self.bonus * self.multiplier
        scaled += self.slack
        return scaled

    def priced(self, floor: Integers, units: int) -> "Gains":
        """Return the gains in finer units and without chance, a case's affinities counted `floor / units` times more."""
        return replace(self, multiplier=units, floor=floor, chance=False)


def gains(problem: Problem, rest: Remainder, keep: Integers | None) -> Gains:
    """Scale the affinities as finely as 64 bits allow, at least by 10^4.

    Each pair gets a little chance from the problem's seed, so small that all of a plan's chances together
    weigh less than one unit of affinity: it decides between equal plans only. Where 64 bits leave no room
    for it, equal plans are decided by the order of the cases and experts.
    """
    reviews = int(rest.demand.sum())
    smallest, largest = float(problem.affinity.min(initial=0.0)), float(problem.affinity.max(initial=0.0))
    spread, most = largest - smallest, max(largest, -smallest)
    nodes = 2 * sum(problem.affinity.shape) + 2
    if problem.groups is not None:
        nodes += problem.cases * problem.experts
    kept = np.zeros((0, 2), dtype=np.int64) if keep is None else keep
    for multiplier in (max(reviews, 1) * _CHANCE, 1):
        for scale in _SCALES:
            bonus = 0 if keep is None else int(max(reviews, 1) * (spread * scale + 1)) + 1
            top = (most * scale + bonus + 1) * multiplier
            if top * max(nodes, reviews) < _ROOM:
                return Gains(problem.affinity, scale, multiplier, bonus, kept, problem.seed, multiplier > 1)
    raise ValueError("affinities are too large for an exact assignment; divide them by a power of ten")


def _chance(seed: int, pair: Integers) -> Integers:
    """Return a number below 2^10 for each pair, which the seed and the pair alone decide."""
    mixed = pair.astype(np.uint64) + np.uint64((seed * 0xD1B54A32D192ED03) % (1 << 64))
    for _ in range(2):
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX
        mixed ^= mixed >> np.uint64(27)
    return (mixed >> np.uint64(54)).astype(np.int64)

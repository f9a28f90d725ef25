"""Plans in which every case's experts are worth at least a floor."""

from typing import Final

import numpy as np

from praxis.engines.arrays import Integers
from praxis.engines.assignment.best import Best, best
from praxis.engines.assignment.gains import Gains, gains
from praxis.engines.assignment.network import Remainder, take_out_forced
from praxis.engines.assignment.problem import Certificate, Infeasible, Problem
from praxis.engines.assignment.programme import TOLERANCE, Programme, case_values, too_low
from praxis.engines.assignment.reach import Reach
from praxis.engines.assignment.reduced import closest, near

_PROVEN: Final = 1e-4
_WEIGHT_UNITS: Final = 1 << 12
# The relaxation that prices the floors looks at so many pairs a case, and so often at more of them.
_A_CASE: Final = 16
_ROUNDS: Final = 4
_CLOSE: Final = 1e-5


def best_floor(problem: Problem) -> float:
    """Return the highest floor for which a plan exists: the worst case's value at its best, proven to 1e-4.

    Bisection between the best plan found and what the worst case could be worth alone; each step is a plan or the
    proof that there is none (see `reach`). 0.0 when no case has a demand. Raises `Infeasible` when no plan exists.
    """
    rest = take_out_forced(problem)
    values = gains(problem, rest, None)
    free = best(rest, values)
    if not (problem.demand > 0).any():
        return 0.0
    return _highest(Reach(problem, rest, values, free), _worst(problem, _pairs(rest, free)))


def _highest(reach: Reach, low: float) -> float:
    high = middle = reach.highest()
    while high - low > _PROVEN:
        plan = reach.plan(middle)
        if plan is None:
            high = middle
        else:
            low = max(_worst(reach.problem, plan), middle)
        middle = (low + high) / 2.0
    return low


def plan_with_floor(
    problem: Problem, rest: Remainder, values: Gains, free: Best, floor: float
) -> tuple[Integers, Certificate]:
    """Return the pairs [N,2] of the best plan under a floor and a certificate that bounds the distance from the optimum.

    A plan that reaches the floor says how good the best is at least, prices of the floors (the Lagrangian dual) how
    good at most. The pairs that no plan between the two can contain are left out, and an integer programme chooses
    among the rest; floors are asked for only where one has been missed.
    """
    reach = Reach(problem, rest, values, free)
    known = reach.plan(floor)
    if known is None:
        highest = _highest(reach, _worst(problem, _pairs(rest, free)))
        alone = np.flatnonzero((problem.demand > 0) & (reach.most < floor - TOLERANCE))
        text = f"Not every case can be worth {floor:g}: the highest floor is {highest:g}."
        raise Infeasible("floor", text, alone, (), floor, highest)
    short = too_low(problem, _pairs(rest, free), floor)
    while True:
        floored = np.flatnonzero(short)
        dual = _Dual(problem, rest, values, floor, known, floored)
        reached = int(values.worth(known[:, 0], known[:, 1]).sum())
        room = dual.bound - reached * _WEIGHT_UNITS
        case, expert = near(rest, dual.priced, (dual.flow.of_case, dual.flow.of_expert), room)
        everything = np.ones(problem.cases, dtype=np.bool_)
        programme = Programme(problem, rest, case, expert, everything)
        answer = programme.solve(values.worth(case, expert).astype(np.float64), floor, floored)
        if answer is None:
            raise RuntimeError("a plan under the floor that exists was not found")
        pairs = np.concatenate([np.column_stack([case[answer], expert[answer]]), rest.forced])
        fresh = too_low(problem, pairs, floor)
        if not fresh.any():
            return pairs, dual.certificate(pairs)
        short = short | fresh


class _Dual:
    """Prices of the floors, and the flow that is best under them: no plan that reaches the floor is worth more."""

    def __init__(
        self, problem: Problem, rest: Remainder, values: Gains, floor: float, known: Integers, floored: Integers
    ) -> None:
        self.problem, self.rest, self.values = problem, rest, values
        least = np.ceil(floor * values.scale - problem.demand / 2.0 - TOLERANCE * values.scale).astype(np.int64)
        self.least = np.where(problem.demand > 0, least, 0)
        self._price(np.zeros(problem.cases, dtype=np.int64))
        self._improve(known, floor, floored)

    def _price(self, weight: Integers) -> None:
        """Put a price on each case's floor [C] and find the best flow under it, and with it the bound."""
        self.weight, self.priced = weight, self.values.priced(weight, _WEIGHT_UNITS)
        self.flow = best(self.rest, self.priced)
        forced = self.rest.forced
        bound = int(self.priced.of(self.flow.case, self.flow.expert).sum())
        bound += int(self.priced.of(forced[:, 0], forced[:, 1]).sum())
        self.bound = bound - int((weight * self.least).sum())

    def _improve(self, known: Integers, floor: float, floored: Integers) -> None:
        """Take the prices from linear relaxations over ever more pairs; those with the lowest bound stay.

        Each relaxation is solved exactly on its pairs, and the flow under its prices adds what it lacked.
        """
        experts, everything = self.problem.experts, np.ones(self.problem.cases, dtype=np.bool_)
        free = known[self.rest.allowed[known[:, 0], known[:, 1]]]
        keys, best_weight, best_bound = free[:, 0] * experts + free[:, 1], self.weight, self.bound
        for _ in range(_ROUNDS if len(floored) else 0):
            near = closest(self.rest, self.priced, (self.flow.of_case, self.flow.of_expert), _A_CASE)
            keys = np.unique(np.concatenate([keys, near, self.flow.case * experts + self.flow.expert]))
            case, expert = np.divmod(keys, experts)
            programme = Programme(self.problem, self.rest, case, expert, everything)
            gain = self.values.worth(case, expert) / self.values.scale
            prices, relaxed = programme.prices(gain, floor, floored)
            weight = np.zeros(self.problem.cases, dtype=np.int64)
            weight[floored] = np.rint(prices * _WEIGHT_UNITS).astype(np.int64)
            before = best_bound
            self._price(weight)
            if self.bound < best_bound:
                best_weight, best_bound = weight, self.bound
            units = _WEIGHT_UNITS * self.values.scale
            if self.bound / units - relaxed < _CLOSE or (before - best_bound) / units < _CLOSE:
                break
        if self.weight is not best_weight:
            self._price(best_weight)

    def certificate(self, pairs: Integers) -> Certificate:
        """Bound how far a plan's pairs [N,2] may be from the best."""
        reached = int(self.values.worth(pairs[:, 0], pairs[:, 1]).sum())
        return Certificate(
            kind="bound",
            scale=self.values.scale,
            multiplier=_WEIGHT_UNITS,
            bonus=self.values.bonus,
            keep=self.values.keep,
            case=self.flow.of_case,
            expert=self.flow.of_expert,
            floor=self.weight,
            gap=max(self.bound - reached * _WEIGHT_UNITS, 0) / (_WEIGHT_UNITS * self.values.scale),
        )


def _pairs(rest: Remainder, found: Best) -> Integers:
    return np.concatenate([np.column_stack([found.case, found.expert]), rest.forced]).astype(np.int64)


def _worst(problem: Problem, pairs: Integers) -> float:
    return float(case_values(problem, pairs)[problem.demand > 0].min())

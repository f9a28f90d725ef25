"""Plans in which every case's experts are worth at least a floor."""

from typing import Any, Final

import numpy as np
from scipy import sparse  # type: ignore[import-untyped,unused-ignore]
from scipy.optimize import (  # type: ignore[import-untyped,unused-ignore]
    Bounds,
    LinearConstraint,
    linprog,
    milp,
)

from praxis.engines.arrays import Booleans, Floats, Integers
from praxis.engines.assignment.best import best
from praxis.engines.assignment.bottleneck import find_bottleneck
from praxis.engines.assignment.gains import Gains
from praxis.engines.assignment.network import Remainder, take_out_forced
from praxis.engines.assignment.problem import Certificate, Infeasible, Problem

# A case's value may fall short of the floor by this much: the tolerance of the linear algebra.
TOLERANCE: Final = 1e-6
_PROVEN: Final = 1e-4
_WEIGHT_UNITS: Final = 1 << 12
_NODES: Final = 200_000


def case_values(problem: Problem, pairs: Integers) -> Floats:
    """Return the affinity of each case's experts added up [C]."""
    worth = problem.affinity[pairs[:, 0], pairs[:, 1]]
    return np.bincount(pairs[:, 0], weights=worth, minlength=problem.cases).astype(np.float64)


def best_floor(problem: Problem) -> float:
    """Return the highest floor for which a plan exists: the worst case's value at its best, proven to 1e-4.

    Bisection between the linear relaxation's optimum and the best plan found; each step is decided by an
    integer programme. 0.0 when no case has a demand. Raises `Infeasible` when no plan exists at all.
    """
    rest = take_out_forced(problem)
    refusal = find_bottleneck(rest)
    if refusal is not None:
        raise refusal
    asked = problem.demand > 0
    if not asked.any():
        return 0.0
    rows = _Rows(problem, rest)
    high = rows.relaxed_floor()
    low = float(case_values(problem, rows.pairs(rows.solve(None, rows.worth)))[asked].min())
    while high - low > _PROVEN:
        middle = (low + high) / 2.0
        answer = rows.solve(middle, rows.worth)
        if answer is None:
            high = middle
        else:
            low = max(float(case_values(problem, rows.pairs(answer))[asked].min()), middle)
    return low


def plan_with_floor(
    problem: Problem,
    rest: Remainder,
    values: Gains,
    floor: float,
) -> tuple[Integers, Integers, Certificate]:
    """Return the best plan under a floor and a certificate that bounds the distance from the optimum."""
    rows = _Rows(problem, rest)
    gain = values.worth(rows.case, rows.expert).astype(np.float64)
    answer = rows.solve(floor, gain)
    if answer is None:
        best = best_floor(problem)
        values_at_best = rows.most_possible()
        short = np.flatnonzero((problem.demand > 0) & (values_at_best < floor - TOLERANCE))
        text = f"Not every case can be worth {floor:g}: the highest floor is {best:g}."
        raise Infeasible("floor", text, short, (), floor, best)
    case, expert = rows.case[answer], rows.expert[answer]
    return case, expert, _bound(problem, rest, values, floor, rows, answer)


class _Rows:
    """The rows of the integer programme over the allowed pairs: demands, loads, groups, floors."""

    def __init__(self, problem: Problem, rest: Remainder) -> None:
        self.problem, self.rest = problem, rest
        self.case, self.expert = np.nonzero(rest.allowed)
        self.worth = problem.affinity[self.case, self.expert]
        self.given = case_values(problem, rest.forced)
        self.asked = np.flatnonzero(problem.demand > 0)
        key = self.case * (int(rest.groups.max(initial=0)) + 1) + rest.groups[self.expert]
        _, group, size = np.unique(key, return_inverse=True, return_counts=True)
        self.demands = self._by(self.case, problem.cases, np.ones(len(self.case)))
        self.loads = self._by(self.expert, problem.experts, np.ones(len(self.case)))
        self.groups = self._by(group.reshape(-1), len(size), np.ones(len(self.case)))[size > 1]
        self.floors = self._by(self.case, problem.cases, self.worth)[self.asked]

    def _by(self, row: Integers, rows: int, value: Floats) -> Any:
        return sparse.csr_array((value, (row, np.arange(len(row)))), shape=(rows, len(row)))

    def solve(self, floor: float | None, gain: Floats) -> Booleans | None:
        """Maximise the gain over the pairs under a floor; None when there is no plan."""
        limits = [
            LinearConstraint(self.demands, self.rest.demand, self.rest.demand),
            LinearConstraint(self.loads, self.rest.load_min, self.rest.load_max),
        ]
        if self.groups.shape[0]:
            limits.append(LinearConstraint(self.groups, -np.inf, 1.0))
        if floor is not None:
            limits.append(LinearConstraint(self.floors, floor - self.given[self.asked], np.inf))
        if len(self.case) == 0:
            met = floor is None or bool((self.given[self.asked] >= floor - TOLERANCE).all())
            return np.zeros(0, dtype=np.bool_) if met else None
        size = float(np.abs(gain).max()) or 1.0
        result = milp(
            c=-gain / size,
            constraints=limits,
            integrality=np.ones(len(gain)),
            bounds=Bounds(0.0, 1.0),
            options={"mip_rel_gap": 0.0, "node_limit": _NODES},
        )
        if result.status == 2:
            return None
        if result.x is None:
            raise RuntimeError(f"the integer programme was not solved: {result.message}")
        answer: Booleans = result.x > 0.5
        return answer

    def pairs(self, answer: Booleans | None) -> Integers:
        """Return the pairs of an answer, the forced ones with it."""
        if answer is None:
            raise RuntimeError("an assignment that exists was not found")
        free = np.column_stack([self.case[answer], self.expert[answer]]).astype(np.int64)
        return np.concatenate([free, self.rest.forced])

    def most_possible(self) -> Floats:
        """Return the value of each case [C] if it alone could choose among its experts."""
        most = self.given.copy()
        for case in self.asked:
            row = np.flatnonzero(self.rest.allowed[case])
            best: dict[int, float] = {}
            for expert in row:
                group = int(self.rest.groups[expert])
                best[group] = max(best.get(group, -np.inf), float(self.problem.affinity[case, expert]))
            most[case] += sum(sorted(best.values(), reverse=True)[: int(self.rest.demand[case])])
        return most

    def relaxed(self, cost: Floats, floor_column: bool, floor: float) -> Any:
        """Solve the linear relaxation; with a column for the floor the floor itself is maximised."""
        blocks = [self.loads, -self.loads, self.groups, -self.floors]
        bounds = [
            self.rest.load_max,
            -self.rest.load_min,
            np.ones(self.groups.shape[0]),
            self.given[self.asked] - (0.0 if floor_column else floor),
        ]
        upper, equal = sparse.vstack(blocks, format="csr"), self.demands
        limits: list[tuple[float | None, float | None]] = [(0.0, 1.0)] * len(self.case)
        if floor_column:
            column = np.concatenate([np.zeros(upper.shape[0] - len(self.asked)), np.ones(len(self.asked))])
            upper = sparse.hstack([upper, sparse.csr_array(column[:, None])], format="csr")
            equal = sparse.hstack([equal, sparse.csr_array((self.problem.cases, 1))], format="csr")
            limits.append((None, None))
        result = linprog(
            cost, A_ub=upper, b_ub=np.concatenate(bounds), A_eq=equal, b_eq=self.rest.demand, bounds=limits
        )
        if result.status != 0:
            raise RuntimeError(f"the linear relaxation was not solved: {result.message}")
        return result

    def relaxed_floor(self) -> float:
        """Return the highest floor of the linear relaxation: no plan can do better."""
        cost = np.zeros(len(self.case) + 1)
        cost[-1] = -1.0
        return float(-self.relaxed(cost, True, 0.0).fun)

    def floor_weights(self, floor: float) -> Floats:
        """Return what a unit of each case's floor [C] costs in total affinity, by the linear relaxation."""
        weights = np.zeros(self.problem.cases)
        marginals = self.relaxed(-self.worth, False, floor).ineqlin.marginals[-len(self.asked) :]
        weights[self.asked] = np.maximum(-marginals, 0.0)
        return weights


def _bound(
    problem: Problem, rest: Remainder, values: Gains, floor: float, rows: _Rows, answer: Booleans
) -> Certificate:
    """Bound the optimum under a floor by pricing the floor into the affinities (Lagrange)."""
    weight = np.zeros(problem.cases, dtype=np.int64)
    if len(rows.case):
        weight = np.rint(rows.floor_weights(floor) * _WEIGHT_UNITS).astype(np.int64)
    priced = values.priced(weight, _WEIGHT_UNITS)
    relaxed = best(rest, priced)
    least = np.ceil(floor * values.scale - problem.demand / 2.0 - TOLERANCE * values.scale).astype(np.int64)
    least = np.where(problem.demand > 0, least, 0)
    forced = rest.forced[:, 0], rest.forced[:, 1]
    bound = int(priced.of(relaxed.case, relaxed.expert).sum()) + int(priced.of(*forced).sum())
    bound -= int((weight * least).sum())
    reached = int(values.worth(rows.case[answer], rows.expert[answer]).sum()) + int(values.worth(*forced).sum())
    return Certificate(
        kind="bound",
        scale=values.scale,
        multiplier=_WEIGHT_UNITS,
        bonus=values.bonus,
        keep=values.keep,
        case=relaxed.of_case,
        expert=relaxed.of_expert,
        floor=weight,
        gap=max(bound - reached * _WEIGHT_UNITS, 0) / (_WEIGHT_UNITS * values.scale),
    )

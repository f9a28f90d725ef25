"""The integer programme over some pairs: demands, loads, groups, and what each case is worth at least."""

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
from praxis.engines.assignment.network import Remainder
from praxis.engines.assignment.problem import Problem

# A case's value may fall short of the floor by this much: the tolerance of the linear algebra.
TOLERANCE: Final = 1e-6
_NODES: Final = 200_000


def case_values(problem: Problem, pairs: Integers) -> Floats:
    """Return the affinity of each case's experts added up [C]."""
    worth = problem.affinity[pairs[:, 0], pairs[:, 1]]
    return np.bincount(pairs[:, 0], weights=worth, minlength=problem.cases).astype(np.float64)


def too_low(problem: Problem, pairs: Integers, floor: float) -> Booleans:
    """Mask the cases with a demand whose experts are worth less than the floor."""
    short: Booleans = (problem.demand > 0) & (case_values(problem, pairs) < floor - TOLERANCE)
    return short


class Programme:
    """Choose among pairs for the cases of `scope` [C]; the others' demands and the least loads count only when
    every case with a demand is in it."""

    def __init__(self, problem: Problem, rest: Remainder, case: Integers, expert: Integers, scope: Booleans) -> None:
        self.rest, self.case, self.expert = rest, case, expert
        self.worth = problem.affinity[case, expert]
        self.given = case_values(problem, rest.forced)
        self.scope = np.flatnonzero(scope)
        self.least = rest.load_min if scope[rest.demand > 0].all() else np.zeros(problem.experts, dtype=np.int64)
        one, cases = np.ones(len(case)), problem.cases
        self.demands = _table(case, cases, one)[self.scope]
        self.loads = _table(expert, problem.experts, one)
        self.groups = sparse.csr_array((0, len(case)))
        if not rest.lone:
            key = case * (int(rest.groups.max(initial=0)) + 1) + rest.groups[expert]
            _, group, size = np.unique(key, return_inverse=True, return_counts=True)
            self.groups = _table(group.reshape(-1), len(size), one)[size > 1]
        self.values = _table(case, cases, self.worth)

    def solve(self, gain: Floats, floor: float, floored: Integers, gap: float = 0.0) -> Booleans | None:
        """Return the mask of the pairs of the highest gain under which each floored case is worth the floor, or None.

        `gap`: the share of the gain by which the answer may miss the highest.
        """
        if len(self.case) == 0:
            met = (self.given[floored] >= floor - TOLERANCE).all() and not self.rest.demand[self.scope].any()
            return np.zeros(0, dtype=np.bool_) if met and not self.least.any() else None
        demand = self.rest.demand[self.scope]
        limits = [
            LinearConstraint(self.demands, demand, demand),
            LinearConstraint(self.loads, self.least, self.rest.load_max),
        ]
        if self.groups.shape[0]:
            limits.append(LinearConstraint(self.groups, -np.inf, 1.0))
        if len(floored):
            limits.append(LinearConstraint(self.values[floored], floor - self.given[floored], np.inf))
        size = float(np.abs(gain).max()) or 1.0
        result = milp(
            c=-gain / size,
            constraints=limits,
            integrality=np.ones(len(gain)),
            bounds=Bounds(0.0, 1.0),
            options={"mip_rel_gap": gap, "node_limit": _NODES},
        )
        if result.status == 2:
            return None
        if result.x is None:
            raise RuntimeError(f"the integer programme was not solved: {result.message}")
        answer: Booleans = result.x > 0.5
        return answer

    def prices(self, gain: Floats, floor: float, floored: Integers) -> tuple[Floats, float]:
        """Return what a unit of each floored case's floor costs in gain, and the gain, by the linear relaxation."""
        upper = sparse.vstack([self.loads, -self.loads, self.groups, -self.values[floored]], format="csr")
        most = [self.rest.load_max, -self.least, np.ones(self.groups.shape[0]), self.given[floored] - floor]
        demand = self.rest.demand[self.scope]
        result = linprog(
            -gain, A_ub=upper, b_ub=np.concatenate(most), A_eq=self.demands, b_eq=demand, bounds=(0.0, 1.0)
        )
        if result.status != 0:
            raise RuntimeError(f"the linear relaxation was not solved: {result.message}")
        marginals = result.ineqlin.marginals[upper.shape[0] - len(floored) :]
        return np.maximum(-marginals, 0.0), float(-result.fun)


def _table(row: Integers, rows: int, value: Floats) -> Any:
    return sparse.csr_array((value, (row, np.arange(len(row)))), shape=(rows, len(row)))

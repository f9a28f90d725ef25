"""The exact optimum by way of its relaxation: what its prices settle is fixed, and few cases are left to decide.

The linear relaxation bounds every choice. Putting a case the other way than the relaxation has it lowers that bound by
its reduced cost (Dantzig, Fulkerson and Johnson 1954): where that is more than the distance between the bound and a choice
already found, no better choice, and no equally good one, puts it that way.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.optimize import linprog  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Booleans, Floats, Integers
from praxis.engines.selection.programme import Programme, solve_integers

_FIRST: Final = 40
_ADDED: Final = 200
# The relaxation's prices are right to this share of the largest objective.
_EXACT: Final = 2e-6


@dataclass(frozen=True, eq=False)
class Core:
    """A best choice, and what every best choice has in common.

    `state` [C] is 1 for cases in every best choice, -1 for those in none, 0 for those that may be in some. `prices` are
    those of the rows in the relaxation (0: the row does not bind) and `bound` its optimum, in units of the objective.
    """

    chosen: Booleans
    total: int
    state: Integers
    bound: float
    prices: Floats


def core(programme: Programme, objective: Integers) -> Core | None:
    """Return a choice of the highest objective, or None when the rules exclude each other."""
    low, high = programme.bounds
    if (low > high).any() or programme.cases == 0:
        return _bare(programme, low, high)
    largest = float(np.abs(objective).max()) or 1.0
    relaxed = _relaxed(programme, objective / largest)
    if relaxed is None:
        return None
    prices, bound = relaxed
    worth = np.abs(objective / largest - prices @ programme.rows)
    inside = objective / largest > prices @ programme.rows
    free = programme.state == 0
    if not free.any():
        return _decided(programme, objective, inside, -1.0, worth, bound * largest, prices)
    width = float(np.sort(worth[free])[min(_FIRST, int(free.sum()) - 1)]) + _EXACT
    while True:
        found = _decided(programme, objective, inside, width, worth, bound * largest, prices)
        if found is None:
            if width > worth[free].max():
                return None
            width = max(4.0 * width, 0.01)
            continue
        missing = bound - found.total / largest + _EXACT
        if missing <= width or width > worth[free].max():
            return found
        width = missing


def _bare(programme: Programme, low: Floats, high: Floats) -> Core | None:
    if (low > high).any() or (low > 0).any() or (high < 0).any():
        return None
    nothing = np.zeros(0, dtype=np.int64)
    return Core(np.zeros(0, dtype=np.bool_), 0, nothing, 0.0, np.zeros(len(low)))


def _decided(
    programme: Programme,
    objective: Integers,
    inside: Booleans,
    width: float,
    worth: Floats,
    bound: float,
    prices: Floats,
) -> Core | None:
    """Fix what the prices settle by more than `width` and choose among the rest."""
    state = programme.state.copy()
    settled = (state == 0) & (worth > width)
    state[settled] = np.where(inside[settled], 1, -1)
    open_, fixed = np.flatnonzero(state == 0), state == 1
    given = programme.rows[:, fixed].sum(axis=1)
    low, high = programme.bounds
    answer = solve_integers(
        objective[open_],
        list(programme.rows[:, open_]),
        (low - given).tolist(),
        (high - given).tolist(),
        np.zeros(len(open_), dtype=np.int64),
        np.ones(len(open_), dtype=np.int64),
    )
    if answer is None:
        return None
    chosen = fixed.copy()
    chosen[open_[answer > 0]] = True
    return Core(chosen, int(objective[chosen].sum()), state, bound, prices)


def _relaxed(programme: Programme, objective: Floats) -> tuple[Floats, float] | None:
    """Solve the relaxation on the cases that look good, and let in those that its prices call for."""
    rows, (low, high) = programme.rows, programme.bounds
    allowed = programme.state != -1
    pool = _pool(programme, objective)
    while True:
        places = np.flatnonzero(pool)
        lower = (programme.state[places] == 1).astype(np.float64)
        answer: Any = linprog(
            -objective[places],
            A_ub=np.vstack([rows[:, places], -rows[:, places]]),
            b_ub=np.concatenate([high, -low]),
            bounds=np.column_stack([lower, np.ones(len(places))]),
            method="highs",
        )
        if answer.status == 2:
            if pool.sum() == allowed.sum():
                return None
            pool = allowed.copy()
            continue
        if answer.status != 0:
            raise RuntimeError(f"the relaxation was not solved: {answer.message}")
        half = len(low)
        prices = answer.ineqlin.marginals[half:] - answer.ineqlin.marginals[:half]
        better = np.where(allowed & ~pool, objective - prices @ rows, 0.0)
        wanted = np.flatnonzero(better > 1e-9)
        if len(wanted) == 0:
            return np.asarray(prices, dtype=np.float64), float(-answer.fun)
        pool[wanted[np.argsort(-better[wanted], kind="stable")[:_ADDED]]] = True


def _pool(programme: Programme, objective: Floats) -> Booleans:
    """Mask the cases forced in, the best of all, and the best of each quota that asks for some."""
    free = np.flatnonzero(programme.state == 0)
    order = free[np.argsort(-objective[free], kind="stable")]
    pool: Booleans = programme.state == 1
    pool[order[: 2 * programme.size[1] + _FIRST]] = True
    for quota in programme.quotas:
        if quota.low > 0:
            members = order[quota.members[order]]
            pool[members[: 2 * quota.low + 5]] = True
    return pool

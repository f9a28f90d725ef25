"""The integer programme of a selection: its rows, and one exact solve of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from scipy import sparse  # type: ignore[import-untyped,unused-ignore]
from scipy.optimize import (  # type: ignore[import-untyped,unused-ignore]
    Bounds,
    LinearConstraint,
    milp,
)

from praxis.engines.arrays import Booleans, Floats, Integers

# Two totals that differ by less than this many score units are a tie.
RESOLUTION: Final = 1e-6
# Integer objectives stay under this, so that the solver's tolerances cannot hide one unit.
_LARGEST: Final = 1e9


@dataclass(frozen=True, eq=False)
class Quota:
    """At least `low` and at most `high` of the `members` are chosen; `members` is a mask over the cases."""

    name: str
    members: Booleans
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class Programme:
    """Sets of cases with size and quotas within their bounds; `state` is 1 in, -1 out, 0 free."""

    size: tuple[int, int]
    quotas: tuple[Quota, ...]
    state: Integers

    @property
    def cases(self) -> int:
        """Number of cases."""
        return len(self.state)

    @cached_property
    def rows(self) -> Floats:
        """Return the size and the quotas as rows over the cases."""
        return np.vstack([np.ones(self.cases), *(quota.members.astype(np.float64) for quota in self.quotas)])

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Return the lower and upper bounds of the rows."""
        low = [self.size[0], *(quota.low for quota in self.quotas)]
        high = [self.size[1], *(quota.high for quota in self.quotas)]
        return np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)

    def without(self, name: str) -> "Programme":
        """Return the programme less one quota."""
        return Programme(self.size, tuple(q for q in self.quotas if q.name != name), self.state)

    def with_state(self, state: Integers) -> "Programme":
        """Return the programme with other cases forced in or out."""
        return Programme(self.size, self.quotas, state)

    def signatures(self) -> Integers:
        """Number the cases by quotas and state; cases of one number are interchangeable."""
        columns = np.column_stack([self.state, *(quota.members for quota in self.quotas)])
        packed = np.ascontiguousarray(columns.astype(np.int8))
        _, inverse = np.unique(packed, axis=0, return_inverse=True)
        return inverse.reshape(-1).astype(np.int64)


def to_integers(score: Floats) -> tuple[Integers, float]:
    """Round scores to integers and return them with the number of integer units in one score unit."""
    largest = float(np.abs(score).max(initial=0.0))
    scale = 1.0 / RESOLUTION
    while largest * scale > _LARGEST:
        scale /= 10.0
    return np.rint(score * scale).astype(np.int64), scale


def solve(
    programme: Programme,
    objective: Integers,
    at_least: tuple[Integers, int] | None = None,
    among: Booleans | None = None,
) -> Booleans | None:
    """Return the mask of a set that maximises the objective over few cases, or None when no set satisfies it.

    `at_least` adds one more row: the sum of these integers over the set reaches a bound; `among` masks the
    cases that may be used.
    """
    candidates = np.flatnonzero(programme.state != -1 if among is None else among)
    rows = [np.ones(len(candidates))]
    rows += [quota.members[candidates].astype(np.float64) for quota in programme.quotas]
    low = [float(programme.size[0])] + [float(quota.low) for quota in programme.quotas]
    high = [float(programme.size[1])] + [float(quota.high) for quota in programme.quotas]
    if at_least is not None:
        rows.append(at_least[0][candidates].astype(np.float64))
        low.append(at_least[1] - 0.5)
        high.append(np.inf)
    state = programme.state[candidates]
    answer = solve_integers(
        objective[candidates], rows, low, high, (state == 1).astype(np.int64), (state != -1).astype(np.int64)
    )
    if answer is None:
        return None
    chosen = np.zeros(programme.cases, dtype=np.bool_)
    chosen[candidates[answer > 0]] = True
    return chosen


def solve_integers(
    objective: Integers,
    rows: Sequence[Floats],
    low: Sequence[float],
    high: Sequence[float],
    smallest: Integers,
    largest: Integers,
) -> Integers | None:
    """Maximise an integer objective over integers within row bounds, gap 0; None if infeasible."""
    if any(a > b for a, b in zip(low, high, strict=True)) or bool((smallest > largest).any()):
        return None
    if len(objective) == 0:
        return None if any(a > 0 for a in low) or any(b < 0 for b in high) else np.zeros(0, dtype=np.int64)
    result = milp(
        c=-objective.astype(np.float64),
        constraints=LinearConstraint(sparse.csr_array(np.vstack(rows)), np.array(low), np.array(high)),
        integrality=np.ones(len(objective)),
        bounds=Bounds(smallest.astype(np.float64), largest.astype(np.float64)),
        options={"mip_rel_gap": 0.0},
    )
    if result.status == 2:
        return None
    if result.status != 0:
        raise RuntimeError(f"the integer programme was not solved: {result.message}")
    answer: Integers = np.rint(result.x).astype(np.int64)
    return answer

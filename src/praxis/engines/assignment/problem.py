"""What is to be assigned, what an answer is, and the refusal when there is none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from praxis.engines.arrays import Booleans, Floats, Integers


@dataclass(frozen=True, eq=False)
class Problem:
    """C cases to be read by E experts.

    `affinity` [C,E]: how well an expert fits a case, finite, higher is better. `forbidden` [C,E]: conflicts
    and whatever else excludes a pair. `demand` [C]: reviews a case needs. `load_min`, `load_max` [E]: cases
    an expert reads at least and at most. `forced`: pairs that must be in the plan. `groups` [E]: at most one
    expert of a group reads a case; a negative number is no group. `seed` decides between equal plans.
    Raises ValueError when shapes or bounds do not fit together.
    """

    affinity: Floats
    forbidden: Booleans
    demand: Integers
    load_min: Integers
    load_max: Integers
    forced: Sequence[tuple[int, int]] = ()
    groups: Integers | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Bring every field to its type and check that they fit together."""
        put = object.__setattr__
        put(self, "affinity", np.asarray(self.affinity, dtype=np.float64))
        put(self, "forbidden", np.asarray(self.forbidden, dtype=np.bool_))
        for name in ("demand", "load_min", "load_max"):
            put(self, name, np.asarray(getattr(self, name), dtype=np.int64))
        put(self, "forced", tuple(sorted({(int(c), int(e)) for c, e in self.forced})))
        if self.groups is not None:
            put(self, "groups", np.asarray(self.groups, dtype=np.int64))
        self._check()

    def _check(self) -> None:
        if self.affinity.ndim != 2 or self.forbidden.shape != self.affinity.shape:
            raise ValueError("affinity and forbidden must have one row a case and one column an expert")
        cases, experts = self.affinity.shape
        if not np.isfinite(self.affinity).all():
            raise ValueError("affinity must be finite")
        if self.demand.shape != (cases,) or (self.demand < 0).any():
            raise ValueError("demand must be one number a case, at least 0")
        if self.load_min.shape != (experts,) or self.load_max.shape != (experts,):
            raise ValueError("load_min and load_max must be one number an expert")
        if (self.load_min < 0).any() or (self.load_min > self.load_max).any():
            raise ValueError("load_min must be at least 0 and at most load_max")
        if self.groups is not None and self.groups.shape != (experts,):
            raise ValueError("groups must be one number an expert")
        if any(not (0 <= c < cases and 0 <= e < experts) for c, e in self.forced):
            raise ValueError("a forced pair names a case or an expert that does not exist")

    @property
    def cases(self) -> int:
        """Number of cases."""
        return int(self.affinity.shape[0])

    @property
    def experts(self) -> int:
        """Number of experts."""
        return int(self.affinity.shape[1])

    def group_numbers(self) -> Integers:
        """Return a group for each expert, numbered from 0; an expert of no group has one of her own."""
        if self.groups is None:
            return np.arange(self.experts, dtype=np.int64)
        lone = int(self.groups.max(initial=0)) + 1 + np.arange(self.experts)
        _, numbers = np.unique(np.where(self.groups < 0, lone, self.groups), return_inverse=True)
        return numbers.reshape(-1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Certificate:
    """Prices that prove how good a plan is, by weak duality; all are integers.

    A pair is worth `affinity * scale`, rounded, and `bonus` more if it is in `keep`. Times `multiplier`, no
    plan is worth more than the prices allow (`case` [C], `expert` [E], and `floor` [C], the weights of the
    cases' floor). `kind`: "optimal" (the plan reaches that bound), "bound" (it stays under it by at most
    `gap`, in units of affinity) or "sampled" (a draw, which is not meant to be the best).
    """

    kind: str
    scale: int
    multiplier: int
    bonus: int
    keep: Integers
    case: Integers
    expert: Integers
    floor: Integers
    gap: float


@dataclass(frozen=True, eq=False)
class Report:
    """What a plan looks like to those who must live with it.

    `coverage`: share of the demanded reviews that are assigned. `loads` [E]. `values` [C]: the affinity of a
    case's experts added up. `worst_served`: cases with a demand and the least value for each review, at most
    ten. `floor_price`: what the floor costs in total affinity, None without a floor. `kept`, `moved`: pairs
    of the earlier plan that stay and that go, None without one.
    """

    coverage: float
    loads: Integers
    values: Floats
    worst_served: tuple[int, ...]
    floor_price: float | None
    kept: int | None
    moved: int | None


@dataclass(frozen=True, eq=False)
class Plan:
    """Pairs of case and expert [N,2], sorted; `total` is their affinity added up."""

    pairs: Integers
    total: float
    certificate: Certificate
    report: Report
    floor: float | None = None


class Infeasible(Exception):
    """No plan satisfies the problem; the text names the bottleneck in numbers.

    `kind`: "demand" (cases need more than their experts can give), "load" (experts must read more than their
    cases have room for), "forced" (forced pairs break a rule) or "floor" (not every case can be worth that
    much). `cases` and `experts` are the indices of the bottleneck; `needed` and `available` its numbers.
    """

    def __init__(
        self,
        kind: str,
        text: str,
        cases: Iterable[int],
        experts: Iterable[int],
        needed: float,
        available: float,
    ) -> None:
        super().__init__(text)
        self.kind = kind
        self.cases = tuple(int(c) for c in cases)
        self.experts = tuple(int(e) for e in experts)
        self.needed = needed
        self.available = available


def describe(
    problem: Problem, pairs: Integers, floor_price: float | None = None, keep: Integers | None = None
) -> Report:
    """Summarise a plan's pairs."""
    worth = problem.affinity[pairs[:, 0], pairs[:, 1]]
    values = np.bincount(pairs[:, 0], weights=worth, minlength=problem.cases).astype(np.float64)
    demand = int(problem.demand.sum())
    asked = np.flatnonzero(problem.demand > 0)
    order = np.argsort(values[asked] / problem.demand[asked], kind="stable")
    kept = None if keep is None else len(set(map(tuple, keep.tolist())) & set(map(tuple, pairs.tolist())))
    return Report(
        coverage=1.0 if demand == 0 else len(pairs) / demand,
        loads=np.bincount(pairs[:, 1], minlength=problem.experts).astype(np.int64),
        values=values,
        worst_served=tuple(int(c) for c in asked[order[:10]]),
        floor_price=floor_price,
        kept=kept,
        moved=None if keep is None or kept is None else len(set(map(tuple, keep.tolist()))) - kept,
    )

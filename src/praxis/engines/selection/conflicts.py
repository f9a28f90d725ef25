"""Naming a smallest set of quotas that cannot hold together."""

from collections.abc import Callable, Sequence

import numpy as np

from praxis.engines.selection.programme import Programme, Quota, solve_integers


class Contradiction(Exception):
    """No set of cases satisfies the rules.

    `quotas` are the names of a smallest set of quotas that cannot hold together with the size and the cases
    forced in or out (empty when these alone cannot hold); `size_matters` is False when the quotas contradict
    each other whatever the size.
    """

    def __init__(self, quotas: Sequence[Quota], size: tuple[int, int], available: int, size_matters: bool) -> None:
        self.quotas = tuple(quota.name for quota in quotas)
        self.size = size
        self.size_matters = size_matters
        self.available = available
        super().__init__(_text(quotas, size, available, size_matters))


def _text(quotas: Sequence[Quota], size: tuple[int, int], available: int, size_matters: bool) -> str:
    wanted = f"{size[0]} to {size[1]}" if size[0] != size[1] else str(size[0])
    if not quotas:
        return f"No choice has the size asked for: {wanted} of {available} cases, with those forced."
    named = "; ".join(
        f"“{quota.name}” asks for {quota.low} to {quota.high} of its {int(quota.members.sum())} cases"
        for quota in quotas
    )
    ending = f" when {wanted} cases are chosen" if size_matters else ""
    return f"These rules cannot hold together{ending}: {named}."


def explain(programme: Programme) -> Contradiction:
    """Build the contradiction of a programme that has no solution."""
    names = range(len(programme.quotas))
    smallest = _smallest_conflict(len(programme.quotas), lambda active: _feasible(programme, active, True))
    quotas = [programme.quotas[i] for i in names if i in smallest]
    size_matters = _feasible(programme, smallest, False)
    return Contradiction(quotas, programme.size, int((programme.state != -1).sum()), size_matters)


def _feasible(programme: Programme, active: frozenset[int], with_size: bool) -> bool:
    """Tell whether some set satisfies the active quotas (and the size); counts per kind of case decide."""
    _, first, count = np.unique(programme.signatures(), return_index=True, return_counts=True)
    state = programme.state[first]
    quotas = [quota for i, quota in enumerate(programme.quotas) if i in active]
    size = programme.size if with_size else (0, programme.cases)
    answer = solve_integers(
        np.zeros(len(first), dtype=np.int64),
        [np.ones(len(first))] + [quota.members[first].astype(np.float64) for quota in quotas],
        [float(size[0])] + [float(quota.low) for quota in quotas],
        [float(size[1])] + [float(quota.high) for quota in quotas],
        np.where(state == 1, count, 0).astype(np.int64),
        np.where(state == -1, 0, count).astype(np.int64),
    )
    return answer is not None


def _smallest_conflict(quotas: int, feasible: Callable[[frozenset[int]], bool]) -> frozenset[int]:
    """Find a smallest infeasible subset by implicit hitting sets (Ignatiev et al. 2015).

    Every infeasible subset meets every set whose removal mends the programme; so a smallest set that meets
    all of those known so far is the answer as soon as it is infeasible itself.
    """
    mending: list[frozenset[int]] = []
    while True:
        candidate = _smallest_hitting_set(quotas, mending)
        if not feasible(candidate):
            return candidate
        grown = candidate
        for quota in range(quotas):
            if quota not in grown and feasible(grown | {quota}):
                grown = grown | {quota}
        mending.append(frozenset(range(quotas)) - grown)


def _smallest_hitting_set(quotas: int, sets: Sequence[frozenset[int]]) -> frozenset[int]:
    if not sets:
        return frozenset()
    rows = [np.array([float(i in members) for i in range(quotas)]) for members in sets]
    answer = solve_integers(
        -np.ones(quotas, dtype=np.int64),
        rows,
        [1.0] * len(sets),
        [float(quotas)] * len(sets),
        np.zeros(quotas, dtype=np.int64),
        np.ones(quotas, dtype=np.int64),
    )
    if answer is None:
        raise RuntimeError("a programme that can never be mended was called feasible")
    return frozenset(int(i) for i in np.flatnonzero(answer))

"""The choice itself, what each rule costs, why a case was not chosen, and how firm the choice is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from praxis.engines.arrays import Booleans, Floats, Integers
from praxis.engines.selection.conflicts import explain
from praxis.engines.selection.core import Core, core
from praxis.engines.selection.programme import Programme, Quota, solve, solve_integers, to_integers


@dataclass(frozen=True, eq=False)
class Selection:
    """A set of cases with the highest total score that the rules allow.

    `chosen` are sorted indices; `total` is in score units; `prices` maps a quota to the optimum without
    it minus the optimum with it; `lottery` lists the cases, sorted, whose place was decided by lot because
    another set has the same total; `binding` names the quotas that stand at one of their bounds.
    """

    chosen: Integers
    total: float
    prices: dict[str, float]
    lottery: tuple[int, ...]
    binding: tuple[str, ...]
    seed: int
    _programme: Programme = field(repr=False)
    _score: Integers = field(repr=False)
    _scale: float = field(repr=False)

    def why_not(self, case: int) -> tuple[float, tuple[int, ...]]:
        """Force one case in and return what that costs and who leaves.

        The cost is in score units, at least 0; infinite (and nobody named) when the rules exclude the case. A
        chosen case costs nothing. Among sets of the same total the one nearest to the choice answers. A case
        that was forced out is let in for the question.
        """
        if not 0 <= case < self._programme.cases:
            raise IndexError(f"there is no case {case}")
        chosen = _mask(self.chosen, self._programme.cases)
        if chosen[case]:
            return 0.0, ()
        state = self._programme.state.copy()
        state[case] = 1
        forced = self._programme.with_state(state)
        best = core(forced, self._score)
        if best is None:
            return math.inf, ()
        # Every choice of that total lies within the core; the one nearest to what was chosen answers.
        within = forced.with_state(best.state)
        nearest = solve(within, np.where(chosen, 1, -1).astype(np.int64), (self._score, best.total))
        answer = best.chosen if nearest is None else nearest
        cost = (int(self._score[chosen].sum()) - best.total) / self._scale
        return max(cost, 0.0), tuple(int(i) for i in np.flatnonzero(chosen & ~answer))

    def stability(self, draws: Floats) -> Floats:
        """Select again on each of S draws of the scores [S,C]; return the share that chooses each case."""
        values = np.atleast_2d(np.asarray(draws, dtype=np.float64))
        if values.shape[1] != self._programme.cases or not np.isfinite(values).all():
            raise ValueError("draws must be finite numbers, one column a case")
        random = np.random.default_rng(self.seed)
        times = np.zeros(self._programme.cases)
        for row in values:
            scores, _ = to_integers(row)
            # A few units of chance part equal draws; they are far below what a score means.
            found = core(self._programme, scores + random.integers(0, 100, len(scores)))
            if found is not None:
                times += found.chosen
        return times / max(len(values), 1)


def select(
    score: Floats,
    size: tuple[int, int],
    quotas: Sequence[Quota] = (),
    *,
    force_in: Sequence[int] = (),
    force_out: Sequence[int] = (),
    seed: int = 0,
) -> Selection:
    """Choose the set of cases with the highest total score whose size and quotas are within their bounds.

    An exact integer programme (gap 0). Totals that differ by less than 1e-6 score units are a tie; a lottery
    drawn from `seed` decides it and is reported. Raises `Contradiction` when no set satisfies the rules and
    ValueError when the input is malformed.
    """
    values = np.asarray(score, dtype=np.float64)
    programme = _programme(values, size, quotas, force_in, force_out)
    scores, scale = to_integers(values)
    best = core(programme, scores)
    if best is None:
        raise explain(programme)
    optimum = best.total
    within = programme.with_state(best.state)
    tied = _tied(within, scores, best.chosen, optimum)
    chosen = _draw(within, scores, best.chosen, optimum, tied, seed)
    prices = {
        quota.name: _price(programme, best, scores, number, scale) for number, quota in enumerate(programme.quotas)
    }
    counts = {quota.name: int((chosen & quota.members).sum()) for quota in programme.quotas}
    return Selection(
        chosen=np.flatnonzero(chosen).astype(np.int64),
        total=float(values[chosen].sum()),
        prices=prices,
        lottery=tuple(int(i) for i in np.flatnonzero(tied)),
        binding=tuple(q.name for q in programme.quotas if counts[q.name] in (q.low, q.high)),
        seed=seed,
        _programme=programme,
        _score=scores,
        _scale=scale,
    )


def _programme(
    score: Floats,
    size: tuple[int, int],
    quotas: Sequence[Quota],
    force_in: Sequence[int],
    force_out: Sequence[int],
) -> Programme:
    if score.ndim != 1 or not np.isfinite(score).all():
        raise ValueError("score must be one finite number a case")
    if len({quota.name for quota in quotas}) != len(quotas):
        raise ValueError("two quotas have the same name")
    if set(force_in) & set(force_out):
        raise ValueError("a case is forced in and out at once")
    if any(not 0 <= case < len(score) for case in (*force_in, *force_out)):
        raise ValueError("a case that is forced in or out does not exist")
    state = np.zeros(len(score), dtype=np.int64)
    state[list(force_in)] = 1
    state[list(force_out)] = -1
    checked = []
    for quota in quotas:
        members = np.asarray(quota.members, dtype=np.bool_)
        if members.shape != score.shape:
            raise ValueError(f"quota “{quota.name}” must say yes or no for each case")
        checked.append(Quota(quota.name, members, int(quota.low), int(quota.high)))
    return Programme((int(size[0]), int(size[1])), tuple(checked), state)


def _price(programme: Programme, best: Core, score: Integers, number: int, scale: float) -> float:
    """Return what quota `number` costs: the optimum without it less the optimum with it."""
    # Where the relaxation needs nothing from the quota, its bound holds without the quota too.
    if best.prices[1 + number] == 0.0 and best.bound < best.total + 0.5:
        return 0.0
    without = core(programme.without(programme.quotas[number].name), score)
    if without is None:
        raise RuntimeError("a programme lost its solution when a rule was taken away")
    return max(without.total - best.total, 0) / scale


def _mask(indices: Integers, length: int) -> Booleans:
    mask = np.zeros(length, dtype=np.bool_)
    mask[indices] = True
    return mask


def _tied(programme: Programme, score: Integers, best: Booleans, optimum: int) -> Booleans:
    """Mask the cases that are in some optimal set and not in another.

    Interchangeable cases of one score form a class; a class with some but not all chosen is tied. For the
    others an optimal set is sought that differs from `best` in as many of them as possible, until none does.
    """
    signature = programme.signatures()
    keys = np.column_stack([signature, score])
    _, first, inverse, count = np.unique(keys, axis=0, return_index=True, return_inverse=True, return_counts=True)
    group = inverse.reshape(-1)
    inside = np.bincount(group, weights=best, minlength=len(first)).astype(np.int64)
    state = programme.state[first]
    order = np.lexsort((-score[first], signature[first]))
    before = np.cumsum(count[order]) - count[order]
    starts = np.searchsorted(signature[first][order], signature[first][order], side="left")
    better = np.empty(len(first), dtype=np.int64)
    better[order] = before - before[starts]
    live = np.flatnonzero((state == 0) & ((better < programme.size[1]) | (inside > 0)))
    settled = np.flatnonzero(state == 1)
    use = np.concatenate([live, settled])
    rows = [np.ones(len(use))] + [q.members[first[use]].astype(np.float64) for q in programme.quotas]
    low = [float(programme.size[0])] + [float(q.low) for q in programme.quotas]
    high = [float(programme.size[1])] + [float(q.high) for q in programme.quotas]
    rows.append(score[first[use]].astype(np.float64))
    smallest = np.where(state[use] == 1, count[use], 0).astype(np.int64)
    tied = (state == 0) & (inside > 0) & (inside < count)
    while True:
        unsettled = ~tied[use] & (state[use] == 0)
        change = np.where(unsettled, np.where(inside[use] == 0, 1, -1), 0).astype(np.int64)
        other = solve_integers(change, rows, [*low, optimum - 0.5], [*high, np.inf], smallest, count[use])
        moved = np.zeros(len(use), dtype=np.bool_) if other is None else unsettled & (other != inside[use])
        if not moved.any():
            return np.asarray(tied[group], dtype=np.bool_)
        tied[use[moved]] = True


def _draw(programme: Programme, score: Integers, best: Booleans, optimum: int, tied: Booleans, seed: int) -> Booleans:
    """Choose among the optimal sets by random weights on the tied cases."""
    if not tied.any():
        return best
    tickets = np.random.default_rng(seed).integers(1, 1 << 24, programme.cases)
    state = np.where(tied, 0, np.where(best, 1, -1)).astype(np.int64)
    drawn = solve(programme.with_state(state), np.where(tied, tickets, 0).astype(np.int64), (score, optimum))
    return best if drawn is None else drawn

"""Whether every case can be worth a floor: decided on the few cases that are in its way."""

from typing import Final

import numpy as np

from praxis.engines.arrays import Floats, Integers
from praxis.engines.assignment.best import Best, best
from praxis.engines.assignment.gains import Gains
from praxis.engines.assignment.network import Remainder
from praxis.engines.assignment.problem import Infeasible, Problem
from praxis.engines.assignment.programme import TOLERANCE, Programme, case_values, too_low

# So many experts a case are tried first; only where they do not do, all that could.
_WIDTHS: Final = (10, 40)
_GAP: Final = 0.02


class Reach:
    """Finds plans that reach a floor, or proves that there are none.

    The cases in the way choose first, by an integer programme of their own; the others follow by a flow. Where that
    leaves another case short, it joins them. The programme asks less than the whole problem does, so where it has no
    answer there is none. What has been learnt of who is in the way is kept from floor to floor.
    """

    def __init__(self, problem: Problem, rest: Remainder, values: Gains, free: Best) -> None:
        self.problem, self.rest, self.values = problem, rest, values
        self.asked = problem.demand > 0
        self.open = rest.demand > 0
        self.given = case_values(problem, rest.forced)
        self.price = free.of_expert / (values.scale * values.multiplier)
        self.first = np.zeros(problem.cases, dtype=np.bool_)
        self.most = self._most()

    def highest(self) -> float:
        """Return what the worst case could be worth if each had its choice: no floor can be higher."""
        return float(self.most[self.asked].min())

    def plan(self, floor: float) -> Integers | None:
        """Return pairs [N,2], the forced ones among them, under which every case is worth the floor; None: impossible."""
        if (self.most[self.asked] < floor - TOLERANCE).any():
            return None
        while True:
            chosen = self._choose(floor)
            if chosen is None:
                return None
            try:
                pairs = self._complete(chosen)
            except Infeasible as refusal:
                joining = np.zeros_like(self.first)
                joining[list(refusal.cases)] = refusal.kind == "demand"
                joining &= self.open & ~self.first
                self.first = self.first | joining if joining.any() else self.open
                continue
            short = too_low(self.problem, pairs, floor)
            if not short.any():
                return pairs
            self.first = self.first | short

    def _choose(self, floor: float) -> Integers | None:
        """Let the cases in the way choose; the least loads count only where these are all cases."""
        case, expert = self._able(floor)
        gain = self.problem.affinity[case, expert] - self.price[expert]
        order = np.lexsort((-gain, case))
        case, expert, gain = case[order], expert[order], gain[order]
        place = np.arange(len(case)) - np.searchsorted(case, case)
        floored = np.flatnonzero(self.first)
        for width in (*_WIDTHS, self.problem.experts):
            use = place < width
            programme = Programme(self.problem, self.rest, case[use], expert[use], self.first)
            answer = programme.solve(gain[use], floor, floored, _GAP)
            if answer is not None:
                return np.column_stack([case[use][answer], expert[use][answer]])
            if use.all():
                break
        return None

    def _complete(self, chosen: Integers) -> Integers:
        """Give the other cases their experts; raises `Infeasible` where too few are left."""
        taken = np.bincount(chosen[:, 1], minlength=self.problem.experts)
        others = Remainder(
            allowed=self.rest.allowed & ~self.first[:, None],
            demand=np.where(self.first, 0, self.rest.demand),
            load_min=np.maximum(self.rest.load_min - taken, 0),
            load_max=self.rest.load_max - taken,
            groups=self.rest.groups,
            forced=self.rest.forced,
        )
        found = best(others, self.values)
        return np.concatenate([chosen, np.column_stack([found.case, found.expert]), self.rest.forced]).astype(np.int64)

    def _able(self, floor: float) -> tuple[Integers, Integers]:
        """Return the pairs of the cases in the way that some set of experts worth the floor contains."""
        cases, experts = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for case in np.flatnonzero(self.first):
            expert, worth, others = self._others(int(case))
            use = worth + others >= floor - self.given[case] - TOLERANCE
            cases.append(np.full(int(use.sum()), case))
            experts.append(expert[use])
        return np.concatenate(cases), np.concatenate(experts)

    def _others(self, case: int) -> tuple[Integers, Floats, Floats]:
        """Return the experts who may read a case, what each is worth to it, and the most that the rest of a set can be."""
        expert = np.flatnonzero(self.rest.allowed[case])
        worth = self.problem.affinity[case, expert]
        groups, group = np.unique(self.rest.groups[expert], return_inverse=True)
        top = np.full(len(groups), -np.inf)
        np.maximum.at(top, group.reshape(-1), worth)
        demand = int(self.rest.demand[case])
        order = np.argsort(-top, kind="stable")
        # Without one's own group: the best demand - 1 of the others.
        sums = np.concatenate([[0.0], np.cumsum(top[order])])
        rank = np.empty(len(groups), dtype=np.int64)
        rank[order] = np.arange(len(groups))
        if len(groups) < demand or demand == 0:
            return expert[:0], worth[:0], worth[:0]
        inside = rank < demand - 1
        others = np.where(inside, sums[demand] - top, sums[demand - 1])
        return expert, worth, others[group.reshape(-1)]

    def _most(self) -> Floats:
        """Return the value of each case [C] if it alone could choose among its experts."""
        most = self.given.copy()
        for case in np.flatnonzero(self.open):
            _, worth, others = self._others(int(case))
            most[case] += float((worth + others).max(initial=-np.inf))
        return most

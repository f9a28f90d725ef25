"""Prices that prove a flow optimal: shortest distances in its residual graph."""

import numpy as np

from praxis.engines.arrays import Booleans, Integers
from praxis.engines.assignment.network import Remainder

_FAR = np.iinfo(np.int64).max // 4


def prices(rest: Remainder, gain: Integers, taken: Booleans) -> tuple[Integers, Integers]:
    """Return integer prices of cases [C] and experts [E] under which the plan `taken` [C,E] is the best.

    Bellman and Ford on the residual graph of maximising `gain` [C,E]; distances start at 0 from every expert
    and the sink. Raises RuntimeError when the plan can be improved (the graph has a negative cycle).
    """
    cases, experts = rest.allowed.shape
    case, expert = np.nonzero(taken)
    worth = gain[case, expert]
    load = np.bincount(expert, minlength=experts)
    can_take, can_give = load < rest.load_max, load > rest.load_min
    number = int(rest.groups.max(initial=0)) + 1
    to_expert, to_sink = np.zeros(experts, dtype=np.int64), 0
    to_case = np.full(cases, _FAR)
    reached = np.full((cases, number), _FAR)
    open_pairs = rest.allowed & ~taken
    for _ in range(cases + experts + number + 3):
        before = to_expert.copy()
        through = to_expert[expert] + worth
        previous, previous_reached = to_case.copy(), reached[case, rest.groups[expert]]
        np.minimum.at(to_case, case, through)
        reached[case, rest.groups[expert]] = through
        changed = to_case < previous
        changed[case[through < previous_reached]] = True
        rows = np.flatnonzero(changed)
        if len(rows):
            # A group that already reads the case can be entered only by swapping within the group.
            entry = np.where(reached[rows] < _FAR, reached[rows], to_case[rows, None])[:, rest.groups]
            offers = np.where(open_pairs[rows], entry - gain[rows], _FAR)
            np.minimum(to_expert, offers.min(axis=0), out=to_expert)
        to_sink = min(to_sink, int(to_expert[can_take].min(initial=_FAR)))
        to_expert[can_give] = np.minimum(to_expert[can_give], to_sink)
        if (to_expert == before).all():
            break
    else:
        raise RuntimeError("the plan is not optimal: its residual graph has a negative cycle")
    of_expert = to_sink - to_expert
    idle = to_case >= _FAR
    of_case = to_case - to_sink
    if idle.any():
        best = np.where(rest.allowed[idle], gain[idle] - of_expert, -_FAR).max(axis=1, initial=-_FAR)
        of_case[idle] = np.where(best > -_FAR, best, 0)
    return of_case, of_expert

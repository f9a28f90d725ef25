"""Prices that prove a flow optimal: shortest distances in its residual graph, and what they say of other pairs."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from praxis.engines.arrays import Booleans, Integers
from praxis.engines.assignment.gains import Gains
from praxis.engines.assignment.network import Remainder

_FAR: Final = np.iinfo(np.int64).max // 4
# So many entries of the table are priced at once: they fit into a processor's cache.
_BLOCK: Final = 1 << 17

Pairs = tuple[Integers, Integers]


@dataclass(frozen=True, eq=False)
class Used:
    """The pairs of a flow that carry something, by case and group; `full` are the groups that can take no more.

    `first` [cases with pairs] and `groups` are the places where a case, and a group of a case, begins.
    """

    case: Integers
    expert: Integers
    worth: Integers
    first: Integers
    groups: Integers
    keys: Integers
    full: Booleans

    def group_of(self, rest: Remainder, case: Integers, expert: Integers) -> Integers:
        """Return the place of the full group that a pair belongs to, or -1."""
        asked = case * _numbers(rest) + rest.groups[expert]
        if len(self.keys) == 0:
            return np.full(len(asked), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.keys, asked), len(self.keys) - 1)
        return np.where((self.keys[place] == asked) & self.full[place], place, -1).astype(np.int64)


def used(rest: Remainder, arcs: Pairs, gain: Integers, flow: Integers, unit: int) -> Used:
    """Sort the pairs that carry flow by case and group."""
    carries = np.flatnonzero(flow > 0)
    keys = arcs[0][carries] * _numbers(rest) + rest.groups[arcs[1][carries]]
    order = carries[np.argsort(keys, kind="stable")]
    case, expert = arcs[0][order], arcs[1][order]
    keys = case * _numbers(rest) + rest.groups[expert]
    groups = np.flatnonzero(np.diff(keys, prepend=-1))
    amount = np.add.reduceat(flow[order], groups) if len(order) else np.zeros(0, dtype=np.int64)
    first = np.flatnonzero(np.diff(case, prepend=-1))
    return Used(case, expert, gain[order], first, groups, keys[groups], amount >= unit)


def prices(rest: Remainder, arcs: Pairs, gain: Integers, flow: Integers, limit: int = 1, unit: int = 1) -> Pairs:
    """Return integer prices of cases [C] and experts [E] under which the flow on the arcs is the best.

    Bellman and Ford on the residual graph of maximising `gain`; distances start at 0 from every expert and the
    sink. A pair carries at most `limit` of whole reviews of `unit`. Raises RuntimeError when the flow can be
    improved (the graph has a negative cycle).
    """
    cases, experts = rest.allowed.shape
    have = used(rest, arcs, gain, flow, unit)
    load = np.bincount(arcs[1], weights=flow, minlength=experts)
    can_take, can_give = load < rest.load_max * unit, load > rest.load_min * unit
    busy = have.case[have.first]
    order = np.argsort(arcs[1], kind="stable")
    order = order[flow[order] < limit]
    order = order[np.isin(arcs[0][order], busy)]
    open_case, open_expert, open_gain = arcs[0][order], arcs[1][order], gain[order]
    # A group that reads a case to the full can be entered only by swapping within the group.
    blocked = have.group_of(rest, open_case, open_expert)
    entry = np.where(blocked >= 0, len(busy) + blocked, np.searchsorted(busy, open_case))
    starts = np.flatnonzero(np.diff(open_expert, prepend=-1))
    reached = open_expert[starts]
    to_expert, to_sink = np.zeros(experts, dtype=np.int64), 0
    for _ in range(2 * (cases + experts) + len(have.groups) + 3):
        before, before_sink = to_expert.copy(), to_sink
        if len(busy) and len(starts):
            through = to_expert[have.expert] + have.worth
            by_case, by_group = (np.minimum.reduceat(through, places) for places in (have.first, have.groups))
            offers = np.minimum.reduceat(np.concatenate([by_case, by_group])[entry] - open_gain, starts)
            to_expert[reached] = np.minimum(to_expert[reached], offers)
        to_sink = min(to_sink, int(to_expert[can_take].min(initial=_FAR)))
        to_expert[can_give] = np.minimum(to_expert[can_give], to_sink)
        if to_sink == before_sink and (to_expert == before).all():
            break
    else:
        raise RuntimeError("the plan is not optimal: its residual graph has a negative cycle")
    of_case = np.zeros(cases, dtype=np.int64)
    if len(busy):
        of_case[busy] = np.minimum.reduceat(to_expert[have.expert] + have.worth, have.first) - to_sink
    return of_case, to_sink - to_expert


def improving(rest: Remainder, gain: Gains, price: Pairs, have: Used, arcs: Pairs, most: int) -> Pairs:
    """Return the pairs that the prices say would improve a flow, at most `most` a case, sorted.

    Where there is none, the plan is the best of all. Prices of cases that need nobody are raised in place until
    nothing that they could get is worth it.
    """
    cases, experts = rest.allowed.shape
    of_case, of_expert = price
    wanted = np.zeros(cases, dtype=np.bool_)
    wanted[have.case] = True
    found_case, found_expert = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    step = max(1, _BLOCK // max(experts, 1))
    for start in range(0, cases, step):
        stop = min(start + step, cases)
        beyond = gain.rows(start, stop)
        beyond -= of_expert
        allowed = rest.allowed[start:stop]
        if not wanted[start:stop].all():
            highest = np.where(allowed, beyond, -_FAR).max(axis=1, initial=-_FAR)
            raised = np.where(highest > -_FAR, highest, 0)
            of_case[start:stop] = np.where(wanted[start:stop], of_case[start:stop], raised)
        better = beyond > of_case[start:stop, None]
        better &= allowed
        row, expert = np.divmod(np.flatnonzero(better), max(experts, 1))
        if len(row):
            found_case.append(row + start)
            found_expert.append(expert)
    case, expert = np.concatenate(found_case), np.concatenate(found_expert)
    surplus = gain.of(case, expert) - of_case[case] - of_expert[expert]
    place = have.group_of(rest, case, expert)
    if len(have.groups):
        own = have.worth - of_case[have.case] - of_expert[have.expert]
        surplus -= np.where(place >= 0, np.minimum.reduceat(own, have.groups)[place], 0)
    known = np.isin(case * experts + expert, arcs[0] * experts + arcs[1])
    use = (surplus > 0) & ~known
    case, expert, surplus = case[use], expert[use], surplus[use]
    order = np.lexsort((-surplus, case))
    number = np.arange(len(order)) - np.searchsorted(case[order], case[order], side="left")
    chosen = np.sort(order[number < most])
    return case[chosen], expert[chosen]


def _numbers(rest: Remainder) -> int:
    return int(rest.groups.max(initial=0)) + 1

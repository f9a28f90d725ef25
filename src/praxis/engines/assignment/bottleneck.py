"""Finding, by a minimum cut, what makes an assignment impossible."""

import numpy as np
from ortools.graph.python import max_flow  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Booleans, Integers
from praxis.engines.assignment.network import Network, Remainder, build
from praxis.engines.assignment.problem import Infeasible


def find_bottleneck(rest: Remainder, pair_capacity: int = 1, unit: int = 1) -> Infeasible | None:
    """Return the refusal of an impossible assignment, or None when one exists.

    Demands alone and least loads alone are tried: where each can be met, both can together (Mendelsohn and
    Dulmage 1958). `pair_capacity` of `unit` is how much of a whole review a pair may give.
    """
    network = build(rest, pair_capacity, unit)
    return _demands(rest, network, unit) or _least_loads(rest, network, unit)


def _demands(rest: Remainder, network: Network, unit: int) -> Infeasible | None:
    cases, experts = rest.allowed.shape
    source, sink = network.nodes, cases + experts
    tail = np.concatenate([np.full(cases, source), network.tail, np.arange(cases, sink)])
    head = np.concatenate([np.arange(cases), network.head, np.full(experts, sink)])
    capacity = np.concatenate([rest.demand * unit, network.capacity, rest.load_max * unit])
    flow, side = _cut(tail, head, capacity, source, sink)
    short = int(rest.demand.sum()) * unit - flow
    if short <= 0:
        return None
    inside, able = np.flatnonzero(side[:cases]), np.flatnonzero(side[cases:sink])
    need, capacity_inside = int(rest.demand[inside].sum()), int(rest.load_max[able].sum())
    others = need - capacity_inside - short / unit
    who = f"the {len(able)} experts who may read them have capacity {capacity_inside}"
    if len(able) == 0:
        who = f"the experts who may read them can give {others:g} at most"
    elif others > 0:
        who = f"{len(able)} of the experts who may read them have capacity {capacity_inside}"
        who += f", the others can give {others:g} at most"
    text = f"{len(inside)} cases need {need} reviews; {who}."
    return Infeasible("demand", text, inside, able, need, capacity_inside + others)


def _least_loads(rest: Remainder, network: Network, unit: int) -> Infeasible | None:
    cases, experts = rest.allowed.shape
    source, sink = network.nodes, cases + experts
    tail = np.concatenate([np.full(experts, source), network.head, np.arange(cases)])
    head = np.concatenate([np.arange(cases, sink), network.tail, np.full(cases, sink)])
    capacity = np.concatenate([rest.load_min * unit, network.capacity, rest.demand * unit])
    flow, side = _cut(tail, head, capacity, source, sink)
    short = int(rest.load_min.sum()) * unit - flow
    if short <= 0:
        return None
    inside, bound = np.flatnonzero(side[:cases]), np.flatnonzero(side[cases:sink])
    need = int(rest.load_min[bound].sum())
    room = need - short / unit
    text = f"{len(bound)} experts are to read at least {need} cases; those they may read have room for {room:g}."
    return Infeasible("load", text, inside, bound, need, room)


def _cut(tail: Integers, head: Integers, capacity: Integers, source: int, sink: int) -> tuple[int, Booleans]:
    """Return the largest flow and the mask of the nodes on the source's side of its smallest cut."""
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(tail, head, capacity)
    if solver.solve(source, sink) != solver.OPTIMAL:
        raise RuntimeError("the largest flow was not found")
    side = np.zeros(source + 1, dtype=np.bool_)
    side[np.asarray(solver.get_source_side_min_cut(), dtype=np.int64)] = True
    return int(solver.optimal_flow()), side

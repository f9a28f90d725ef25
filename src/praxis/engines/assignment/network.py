"""The flow network of an assignment: cases, case-and-group nodes, experts, and one sink."""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Booleans, Integers
from praxis.engines.assignment.problem import Infeasible, Problem


@dataclass(frozen=True, eq=False)
class Remainder:
    """What is left of a problem when the forced pairs are taken out."""

    allowed: Booleans
    demand: Integers
    load_min: Integers
    load_max: Integers
    groups: Integers
    forced: Integers

    @property
    def lone(self) -> bool:
        """Tell whether every expert is a group of her own."""
        return int(self.groups.max(initial=-1)) + 1 == len(self.groups)


@dataclass(frozen=True, eq=False)
class Network:
    """Arcs of the flow; the first arcs are the pairs `case`, `expert`, in the order of the arrays.

    Nodes: cases from 0, then experts, then the sink, then one node for each case and group of two or more.
    """

    case: Integers
    expert: Integers
    tail: Integers
    head: Integers
    capacity: Integers
    nodes: int


def take_out_forced(problem: Problem) -> Remainder:
    """Take the forced pairs out of a problem; raises `Infeasible` when they break a rule by themselves."""
    forced = np.array(problem.forced, dtype=np.int64).reshape(-1, 2)
    case, expert = forced[:, 0], forced[:, 1]
    groups = problem.group_numbers()
    given = np.bincount(case, minlength=problem.cases)
    taken = np.bincount(expert, minlength=problem.experts)
    _, place, repeats = np.unique(case * (problem.experts + 1) + groups[expert], return_index=True, return_counts=True)
    refusals = (
        ("forbidden", forced[problem.forbidden[case, expert]]),
        ("more than the case needs", forced[(given > problem.demand)[case]]),
        ("more than the expert may read", forced[(taken > problem.load_max)[expert]]),
        ("of one group on one case", forced[place[repeats > 1]]),
    )
    for reason, pairs in refusals:
        if len(pairs):
            text = f"{len(pairs)} forced pair(s) cannot stand: {reason}; the first is case {pairs[0, 0]} with "
            raise Infeasible("forced", f"{text}expert {pairs[0, 1]}.", pairs[:, 0], pairs[:, 1], len(pairs), 0)
    allowed = ~problem.forbidden
    for c, e in problem.forced:
        allowed[c, groups == groups[e]] = False
    return Remainder(
        allowed=allowed,
        demand=problem.demand - given,
        load_min=np.maximum(problem.load_min - taken, 0),
        load_max=problem.load_max - taken,
        groups=groups,
        forced=forced,
    )


def build(
    rest: Remainder, pair_capacity: int = 1, unit: int = 1, arcs: tuple[Integers, Integers] | None = None
) -> Network:
    """Lay the arcs from cases to experts, all that are allowed or those given (sorted by case, then expert).

    An expert's way to the sink is the caller's.
    """
    cases, experts = rest.allowed.shape
    case, expert = (index.astype(np.int64) for index in (np.nonzero(rest.allowed) if arcs is None else arcs))
    if rest.lone:
        capacity = np.full(len(case), pair_capacity, dtype=np.int64)
        return Network(case, expert, case, expert + cases, capacity, cases + experts + 1)
    key = case * (int(rest.groups.max(initial=0)) + 1) + rest.groups[expert]
    _, first, which, size = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    shared = size > 1
    number = np.cumsum(shared) - 1 + cases + experts + 1
    through = shared[which.reshape(-1)]
    node = number[which.reshape(-1)]
    owner = case[first[shared]]
    return Network(
        case=case,
        expert=expert,
        tail=np.concatenate([np.where(through, node, case), owner]),
        head=np.concatenate([expert + cases, number[shared]]),
        capacity=np.concatenate([np.full(len(case), pair_capacity), np.full(int(shared.sum()), unit)]).astype(np.int64),
        nodes=cases + experts + 1 + int(shared.sum()),
    )


def cheapest_flow(rest: Remainder, network: Network, cost: Integers, unit: int = 1) -> Integers | None:
    """Return the flow on each arc of least cost that meets demands and loads, or None."""
    cases, experts = rest.allowed.shape
    spare = (rest.load_max - rest.load_min) * unit
    sink = cases + experts
    solver = min_cost_flow.SimpleMinCostFlow()
    tail = np.concatenate([network.tail, np.arange(cases, sink)])
    head = np.concatenate([network.head, np.full(experts, sink)])
    capacity = np.concatenate([network.capacity, spare])
    costs = np.concatenate([cost, np.zeros(len(tail) - len(cost), dtype=np.int64)])
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, costs)
    supply = np.zeros(network.nodes, dtype=np.int64)
    supply[:cases] = rest.demand * unit
    supply[cases:sink] = -rest.load_min * unit
    supply[sink] = -int(rest.demand.sum() - rest.load_min.sum()) * unit
    if supply[sink] > 0:
        return None
    solver.set_nodes_supplies(np.arange(network.nodes), supply)
    status = solver.solve()
    if status == solver.INFEASIBLE:
        return None
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    flows: Integers = np.asarray(solver.flows(np.arange(len(cost))), dtype=np.int64)
    return flows

"""Assignment by chance within limits, so that nobody can count on reading a certain case.

Jecmen et al. (2020), "Mitigating manipulation in peer review via randomized reviewer assignments". The
probabilities are an integer flow in units of 1/1024; the draw rounds that flow cycle by cycle.
"""

from typing import Final

import numpy as np

from praxis.engines.arrays import Floats, Integers
from praxis.engines.assignment.best import best
from praxis.engines.assignment.gains import Gains
from praxis.engines.assignment.network import take_out_forced
from praxis.engines.assignment.problem import Certificate, Plan, Problem, describe

UNIT: Final = 1024
_SCALE: Final = 10**6


def marginals(problem: Problem, max_probability: float) -> Floats:
    """Return the probability of each pair [C,E], at most `max_probability`, that maximises expected affinity.

    Multiples of 1/1024; the limit is rounded down to one. Demands, loads and groups hold in expectation, and
    in every sample. Forced pairs are certain. Raises `Infeasible` when the limit leaves too little room.
    """
    capacity = int(max_probability * UNIT + 1e-9)
    if not 0 < capacity <= UNIT:
        raise ValueError("max_probability must be at least 1/1024 and at most 1")
    rest = take_out_forced(problem)
    chosen = best(
        rest, Gains(problem.affinity, _SCALE, 1, 0, np.zeros((0, 2), dtype=np.int64), 0, False), capacity, UNIT
    )
    probability = np.zeros(problem.affinity.shape)
    probability[chosen.case, chosen.expert] = chosen.amount / UNIT
    probability[rest.forced[:, 0], rest.forced[:, 1]] = 1.0
    return probability


def sample(marginals: Floats, problem: Problem, seed: int) -> Plan:
    """Draw a plan in which each pair occurs with its probability.

    Every draw keeps the demands, and each load and each group's share of a case is its expectation rounded
    down or up. Raises ValueError when the probabilities (rounded to 1/1024) do not add up to the demands.
    """
    units = np.rint(np.asarray(marginals, dtype=np.float64) * UNIT).astype(np.int64)
    _check(units, problem)
    fractional = np.argwhere((units % UNIT) > 0)
    flow = _Flow(problem, units, fractional)
    flow.round(np.random.default_rng(seed))
    rounded = units // UNIT
    rounded[fractional[:, 0], fractional[:, 1]] = np.array(flow.amount[: len(fractional)], dtype=np.int64) // UNIT
    pairs = np.argwhere(rounded > 0).astype(np.int64)
    total = float(problem.affinity[pairs[:, 0], pairs[:, 1]].sum())
    nothing = np.zeros(0, dtype=np.int64)
    certificate = Certificate(
        kind="sampled",
        scale=_SCALE,
        multiplier=1,
        bonus=0,
        keep=nothing.reshape(0, 2),
        case=np.zeros(problem.cases, dtype=np.int64),
        expert=np.zeros(problem.experts, dtype=np.int64),
        floor=np.zeros(problem.cases, dtype=np.int64),
        gap=0.0,
    )
    return Plan(pairs, total, certificate, describe(problem, pairs))


def _check(units: Integers, problem: Problem) -> None:
    if units.shape != problem.affinity.shape or (units < 0).any() or (units > UNIT).any():
        raise ValueError("marginals must be one probability a pair")
    if units[problem.forbidden].any():
        raise ValueError("a forbidden pair has a probability")
    if any(units[pair] != UNIT for pair in problem.forced):
        raise ValueError("a forced pair is not certain")
    if (units.sum(axis=1) != problem.demand * UNIT).any():
        raise ValueError("the probabilities of a case do not add up to its demand")
    load = units.sum(axis=0)
    if (load < problem.load_min * UNIT).any() or (load > problem.load_max * UNIT).any():
        raise ValueError("the probabilities of an expert do not add up to a load within her bounds")
    if problem.groups is None:
        return
    case, expert = np.nonzero(units)
    groups = problem.group_numbers()
    shares = np.bincount(case * (int(groups.max(initial=0)) + 1) + groups[expert], weights=units[case, expert])
    if (shares > UNIT).any():
        raise ValueError("the probabilities of a group on a case add up to more than one")


class _Flow:
    """The arcs whose flow is not whole; at every node they add up to whole units, so each has two or none."""

    def __init__(self, problem: Problem, units: Integers, fractional: Integers) -> None:
        cases, experts = units.shape
        groups = problem.group_numbers()
        sink = cases + experts
        ends: list[tuple[int, int]] = []
        self.amount: list[int] = []
        node_of: dict[tuple[int, int], int] = {}
        share: dict[tuple[int, int], int] = {}
        for case, expert in fractional.tolist():
            key = (case, int(groups[expert]))
            node_of.setdefault(key, sink + 1 + len(node_of))
            share[key] = share.get(key, 0) + int(units[case, expert])
            ends.append((node_of[key], cases + expert))
            self.amount.append(int(units[case, expert]))
        loads = units.sum(axis=0)
        tails = [((case, node), share[case, g]) for (case, g), node in node_of.items()]
        tails += [((cases + e, sink), int(loads[e])) for e in np.flatnonzero(loads % UNIT)]
        for arc, amount in tails:
            if amount % UNIT:
                ends.append(arc)
                self.amount.append(amount % UNIT)
        self.ends = ends
        self.at: list[dict[int, None]] = [{} for _ in range(sink + 1 + len(node_of))]
        for number, (tail, head) in enumerate(ends):
            self.at[tail][number] = None
            self.at[head][number] = None

    def round(self, random: np.random.Generator) -> None:
        """Walk along fractional arcs; each cycle met is turned one way or the other until an arc is whole."""
        for start in range(len(self.at)):
            nodes, arcs, place = [start], list[int](), {start: 0}
            while self.at[nodes[-1]]:
                arc = self._next(nodes[-1], arcs[-1] if arcs else -1)
                tail, head = self.ends[arc]
                node = head if tail == nodes[-1] else tail
                arcs.append(arc)
                if node not in place:
                    place[node] = len(nodes)
                    nodes.append(node)
                    continue
                begin = place[node]
                self._turn(nodes[begin:], arcs[begin:], random)
                for gone in nodes[begin + 1 :]:
                    del place[gone]
                del nodes[begin + 1 :], arcs[begin:]

    def _next(self, node: int, last: int) -> int:
        for arc in self.at[node]:
            if arc != last:
                return arc
        raise RuntimeError("a node of the flow has a single fractional arc")

    def _turn(self, nodes: list[int], arcs: list[int], random: np.random.Generator) -> None:
        """Push flow around a cycle, forwards or backwards, with chances that keep every arc's expectation."""
        along = [self.ends[arc][0] == node for node, arc in zip(nodes, arcs, strict=True)]
        room = [(UNIT - self.amount[a], self.amount[a]) for a in arcs]
        up = min(r[0] if ahead else r[1] for ahead, r in zip(along, room, strict=True))
        down = min(r[1] if ahead else r[0] for ahead, r in zip(along, room, strict=True))
        push = up if int(random.integers(up + down)) < down else -down
        for arc, ahead in zip(arcs, along, strict=True):
            self.amount[arc] += push if ahead else -push
            if self.amount[arc] in (0, UNIT):
                for node in self.ends[arc]:
                    self.at[node].pop(arc, None)

"""Giving the next reviews to the cases about which they decide most."""

from typing import Final

import numpy as np
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped,unused-ignore]
from scipy.special import ndtr  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Floats, Integers
from praxis.engines.assignment.network import Network, build, take_out_forced
from praxis.engines.assignment.problem import Problem
from praxis.engines.calibration import Calibration

_VALUE_UNITS: Final = 10**6
_AFFINITY_UNITS: Final = 10**3
_MOST: Final = 16


def next_wave(calibration: Calibration, size: int, budget: int, problem: Problem) -> Integers:
    """Return up to `budget` further pairs [N,2] of case and expert, sorted, where reviews tell most.

    A review is worth P(1 - P), P the probability that the case is among the best `size`; each further review
    of one case in the same wave is worth less, as it narrows the posterior less. `problem` says what is
    possible now: `demand` how many further reviews a case may get, `load_max` what each expert has left,
    `forbidden` conflicts and pairs already read, `groups` as ever; `load_min` and `forced` are not for a wave
    and must be empty. An exact flow: as many reviews as fit, of the highest value, then of the highest
    affinity. Raises ValueError when the sizes do not fit together.
    """
    if len(calibration.quality) != problem.cases or len(calibration.bias) != problem.experts:
        raise ValueError("the calibration and the problem have different cases or experts")
    if len(problem.forced) or problem.load_min.any():
        raise ValueError("a wave has no forced pairs and no least loads")
    if budget <= 0 or problem.cases == 0:
        return np.zeros((0, 2), dtype=np.int64)
    network = build(take_out_forced(problem))
    value = review_values(calibration, size, min(_MOST, int(problem.demand.max(initial=0))))
    used = _flow(problem, network, value, budget) > 0
    pairs = np.column_stack([network.case[used], network.expert[used]])
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def review_values(calibration: Calibration, size: int, most: int) -> Floats:
    """Return what a first, second, ... further review of each case is worth [C, most], falling."""
    chance = _chance(calibration, size)
    noise = float(np.median(calibration.noise)) ** 2 if len(calibration.noise) else 0.0
    prior = calibration.deviation**2
    steps = np.arange(most + 1)
    known = prior[:, None] + noise > 0
    whole = np.where(known, noise + steps * prior[:, None], 1.0)
    left = np.divide(noise * prior[:, None], whole, out=np.zeros_like(whole), where=known & (whole > 0))
    left[:, 0] = prior
    narrowed = left[:, :-1] - left[:, 1:]
    first = narrowed[:, :1]
    # Where nothing is left to learn in theory (no noise, no spread), a later review counts by its number.
    later = np.divide(narrowed, first, out=np.zeros_like(narrowed), where=first > 0)
    plain = 1.0 / (1.0 + np.arange(most)) ** 2
    worth: Floats = (chance * (1.0 - chance))[:, None] * np.where(first > 0, later, plain[None, :])
    return worth


def _chance(calibration: Calibration, size: int) -> Floats:
    """Return the probability of being among the best, as the draws say it, with one draw's weight on a smooth figure.

    Among thousands of cases most are never among the best of any draw; the smooth figure tells them apart.
    """
    count = len(calibration.quality)
    spread = np.maximum(calibration.deviation, 1e-9)
    low, high = calibration.quality.min() - 9 * spread.max(), calibration.quality.max() + 9 * spread.max()
    for _ in range(60):
        middle = (low + high) / 2.0
        if float(ndtr((calibration.quality - middle) / spread).sum()) > min(size, count):
            low = middle
        else:
            high = middle
    smooth = ndtr((calibration.quality - low) / spread)
    number = len(calibration.draws)
    together: Floats = (number * calibration.p_top(size) + smooth) / (number + 1)
    return together


def _flow(problem: Problem, network: Network, value: Floats, budget: int) -> Integers:
    """Send the budget from a source through reviews of cases to experts; return the flow on each pair."""
    cases, experts = problem.cases, problem.experts
    sink, source, gate = cases + experts, network.nodes, network.nodes + 1
    worth = np.rint(value * _VALUE_UNITS).astype(np.int64)
    spread = float(np.ptp(problem.affinity)) or 1.0
    liking = np.rint((problem.affinity - problem.affinity.min()) / spread * _AFFINITY_UNITS).astype(np.int64)
    # One unit of value outweighs all affinities of the wave together.
    worth = worth * (min(budget, int(problem.demand.sum())) * _AFFINITY_UNITS + 1)
    steps = value.shape[1]
    case = np.repeat(np.arange(cases), steps)
    step = np.tile(np.arange(steps), cases)
    last = np.maximum(problem.demand - steps + 1, 1)
    room = np.where(step < problem.demand[case], np.where(step == steps - 1, last[case], 1), 0)
    cost = np.zeros(len(network.tail), dtype=np.int64)
    cost[: len(network.case)] = -liking[network.case, network.expert]
    solver = min_cost_flow.SimpleMinCostFlow()
    tail = np.concatenate([network.tail, [source], np.full(len(case), gate), np.arange(cases, sink)])
    head = np.concatenate([network.head, [gate], case, np.full(experts, sink)])
    capacity = np.concatenate([network.capacity, [budget], room, problem.load_max])
    costs = np.concatenate([cost, [0], -worth[case, step], np.zeros(experts, dtype=np.int64)])
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, costs)
    solver.set_node_supply(source, budget)
    solver.set_node_supply(sink, -budget)
    status = solver.solve_max_flow_with_min_cost()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    flows: Integers = np.asarray(solver.flows(np.arange(len(network.case))), dtype=np.int64)
    return flows

"""The assignment itself: an exact flow, and the proof that no plan is better."""

import numpy as np

from praxis.engines.arrays import Booleans, Integers
from praxis.engines.assignment import duals
from praxis.engines.assignment.bottleneck import find_bottleneck
from praxis.engines.assignment.floors import TOLERANCE, case_values, plan_with_floor
from praxis.engines.assignment.gains import Gains, gains
from praxis.engines.assignment.network import Remainder, build, cheapest_flow, take_out_forced
from praxis.engines.assignment.problem import Certificate, Infeasible, Plan, Problem, describe


def assign(problem: Problem, *, floor: float | None = None, keep: Integers | None = None) -> Plan:
    """Return the plan of highest total affinity.

    An exact minimum-cost flow over all allowed pairs; the certificate lets `verify` check the optimum without
    solving again. `floor`: each case's experts are worth at least this together, which needs an integer
    programme; its certificate bounds how far the plan may be from the best. `keep` [N,2]: an earlier plan; as
    many of its pairs as possible stay, and only then affinity counts. Raises `Infeasible`.
    """
    earlier = None if keep is None else _earlier(problem, keep)
    rest = take_out_forced(problem)
    values = gains(problem, rest, earlier)
    taken = best_pairs(rest, values.total())
    pairs = join(rest, taken)
    free_total = float(problem.affinity[pairs[:, 0], pairs[:, 1]].sum())
    certificate = _proof(problem, rest, values, taken, earlier)
    if floor is not None and (case_values(problem, pairs)[problem.demand > 0] < floor - TOLERANCE).any():
        taken, certificate = plan_with_floor(problem, rest, values, floor, earlier, best_pairs)
        pairs = join(rest, taken)
    total = float(problem.affinity[pairs[:, 0], pairs[:, 1]].sum())
    price = None if floor is None else max(free_total - total, 0.0)
    return Plan(pairs, total, certificate, describe(problem, pairs, price, earlier), floor)


def best_pairs(rest: Remainder, gain: Integers) -> Booleans:
    """Return the mask [C,E] of the pairs that maximise the gain; raises `Infeasible` with the bottleneck."""
    network = build(rest)
    cost = np.zeros(len(network.tail), dtype=np.int64)
    cost[: len(network.case)] = -gain[network.case, network.expert]
    flow = cheapest_flow(rest, network, cost)
    if flow is None:
        refusal: Infeasible | None = find_bottleneck(rest)
        raise refusal or RuntimeError("the flow refuses a problem that has an assignment")
    taken = np.zeros(rest.allowed.shape, dtype=np.bool_)
    used = flow[: len(network.case)] > 0
    taken[network.case[used], network.expert[used]] = True
    return taken


def join(rest: Remainder, taken: Booleans) -> Integers:
    """Return the sorted pairs [N,2] of a plan, the forced ones with it."""
    pairs = np.concatenate([np.argwhere(taken).astype(np.int64), rest.forced])
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _earlier(problem: Problem, keep: Integers) -> Integers:
    pairs = np.unique(np.asarray(keep, dtype=np.int64).reshape(-1, 2), axis=0)
    if len(pairs) and ((pairs < 0).any() or (pairs >= problem.affinity.shape).any()):
        raise ValueError("a pair to keep names a case or an expert that does not exist")
    return pairs


def _proof(problem: Problem, rest: Remainder, values: Gains, taken: Booleans, keep: Integers | None) -> Certificate:
    of_case, of_expert = duals.prices(rest, values.total(), taken)
    return Certificate(
        kind="optimal",
        scale=values.scale,
        multiplier=values.multiplier,
        bonus=values.bonus,
        keep=np.zeros((0, 2), dtype=np.int64) if keep is None else keep,
        case=of_case,
        expert=of_expert,
        floor=np.zeros(problem.cases, dtype=np.int64),
        gap=0.0,
    )

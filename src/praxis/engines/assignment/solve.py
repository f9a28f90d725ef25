"""The assignment itself: an exact flow, and the proof that no plan is better."""

import numpy as np

from praxis.engines.arrays import Integers
from praxis.engines.assignment.best import Best, best
from praxis.engines.assignment.floors import plan_with_floor
from praxis.engines.assignment.gains import Gains, gains
from praxis.engines.assignment.network import Remainder, take_out_forced
from praxis.engines.assignment.problem import Certificate, Plan, Problem, describe
from praxis.engines.assignment.programme import too_low


def assign(problem: Problem, *, floor: float | None = None, keep: Integers | None = None) -> Plan:
    """Return the plan of highest total affinity.

    An exact minimum-cost flow; the certificate lets `verify` check the optimum without
    solving again. `floor`: each case's experts are worth at least this together, which needs an integer
    programme; its certificate bounds how far the plan may be from the best. `keep` [N,2]: an earlier plan; as
    many of its pairs as possible stay, and only then affinity counts. Raises `Infeasible`.
    """
    earlier = None if keep is None else _earlier(problem, keep)
    rest = take_out_forced(problem)
    values = gains(problem, rest, earlier)
    found = best(rest, values)
    pairs = join(rest, found.case, found.expert)
    free_total = float(problem.affinity[pairs[:, 0], pairs[:, 1]].sum())
    certificate = _proof(problem, values, found)
    if floor is not None and too_low(problem, pairs, floor).any():
        pairs, certificate = plan_with_floor(problem, rest, values, found, floor)
        pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    total = float(problem.affinity[pairs[:, 0], pairs[:, 1]].sum())
    price = None if floor is None else max(free_total - total, 0.0)
    return Plan(pairs, total, certificate, describe(problem, pairs, price, earlier), floor)


def join(rest: Remainder, case: Integers, expert: Integers) -> Integers:
    """Return the sorted pairs [N,2] of a plan, the forced ones with it."""
    pairs = np.concatenate([np.column_stack([case, expert]).astype(np.int64), rest.forced])
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _earlier(problem: Problem, keep: Integers) -> Integers:
    pairs = np.unique(np.asarray(keep, dtype=np.int64).reshape(-1, 2), axis=0)
    if len(pairs) and ((pairs < 0).any() or (pairs >= problem.affinity.shape).any()):
        raise ValueError("a pair to keep names a case or an expert that does not exist")
    return pairs


def _proof(problem: Problem, values: Gains, found: Best) -> Certificate:
    return Certificate(
        kind="optimal",
        scale=values.scale,
        multiplier=values.multiplier,
        bonus=values.bonus,
        keep=values.keep,
        case=found.of_case,
        expert=found.of_expert,
        floor=np.zeros(problem.cases, dtype=np.int64),
        gap=0.0,
    )

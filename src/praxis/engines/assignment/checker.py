"""Checking a plan in one pass, by means of its own: nothing here comes from the solver."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from praxis.engines.arrays import Integers
from praxis.engines.assignment.problem import Certificate, Plan, Problem

# So many pairs are looked at together: few enough to stay in a processor's cache.
_AT_ONCE: Final = 1 << 17


def verify(problem: Problem, plan: Plan) -> list[str]:
    """Return what is wrong with a plan, in words; empty when every rule and the claimed optimum hold.

    The optimum is checked by weak duality: whatever the certificate's prices are, no plan can be worth more
    than they allow; a plan worth that much is the best. Exact integers throughout. Under a floor the claim
    is the certificate's gap; a sampled plan claims nothing.
    """
    faults = list(_shape(problem, plan))
    if faults:
        return faults
    faults = [*_rules(problem, plan), *_figures(problem, plan)]
    return faults or list(_optimum(problem, plan))


def _shape(problem: Problem, plan: Plan) -> Iterator[str]:
    pairs = plan.pairs
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        yield "the pairs are not a table of two columns"
        return
    if ((pairs < 0) | (pairs >= np.array(problem.affinity.shape))).any():
        yield "a pair names a case or an expert that does not exist"
        return
    order = pairs[:, 0] * problem.experts + pairs[:, 1]
    if (np.diff(order) <= 0).any():
        yield "the pairs are not sorted, or one occurs twice"
    proof = plan.certificate
    if proof.case.shape != (problem.cases,) or proof.floor.shape != (problem.cases,):
        yield "the certificate does not price every case"
    if proof.expert.shape != (problem.experts,):
        yield "the certificate does not price every expert"
    if proof.kind not in ("optimal", "bound", "sampled") or proof.scale < 10**4 or proof.multiplier < 1:
        yield "the certificate is malformed"
    if (proof.floor < 0).any() or (plan.floor is None and proof.floor.any()):
        yield "the certificate prices a floor that is not there"


def _rules(problem: Problem, plan: Plan) -> Iterator[str]:
    case, expert = plan.pairs[:, 0], plan.pairs[:, 1]
    for c, e in plan.pairs[problem.forbidden[case, expert]]:
        yield f"expert {e} must not read case {c}"
    present = set(zip(case.tolist(), expert.tolist(), strict=True))
    for pair in problem.forced:
        if pair not in present:
            yield f"expert {pair[1]} was to read case {pair[0]} and does not"
    reviews = np.bincount(case, minlength=problem.cases)
    for c in np.flatnonzero(reviews != problem.demand):
        yield f"case {c} has {reviews[c]} reviews instead of {problem.demand[c]}"
    loads = np.bincount(expert, minlength=problem.experts)
    for e in np.flatnonzero((loads < problem.load_min) | (loads > problem.load_max)):
        yield f"expert {e} reads {loads[e]} cases instead of {problem.load_min[e]} to {problem.load_max[e]}"
    if problem.groups is not None:
        group = problem.groups[expert]
        member = group >= 0
        seen, times = np.unique(np.column_stack([case, group])[member], axis=0, return_counts=True)
        for c, g in seen[times > 1]:
            yield f"case {c} is read by more than one expert of group {g}"


def _figures(problem: Problem, plan: Plan) -> Iterator[str]:
    worth = problem.affinity[plan.pairs[:, 0], plan.pairs[:, 1]]
    if abs(float(worth.sum()) - plan.total) > 1e-9 * max(1.0, float(np.abs(worth).sum())):
        yield f"the total is {worth.sum():.6f}, not {plan.total:.6f}"
    if plan.floor is not None:
        values = np.bincount(plan.pairs[:, 0], weights=worth, minlength=problem.cases)
        for c in np.flatnonzero((problem.demand > 0) & (values < plan.floor - 1e-5)):
            yield f"case {c} is worth {values[c]:.6f}, less than the floor of {plan.floor:.6f}"


def _optimum(problem: Problem, plan: Plan) -> Iterator[str]:
    proof = plan.certificate
    if proof.kind == "sampled":
        return
    reached = sum(int(g) for g in _worth(problem, proof, plan.pairs[:, 0], plan.pairs[:, 1]))
    claim = 0 if proof.kind == "optimal" else round(proof.gap * proof.scale * proof.multiplier)
    missing = _most(problem, plan) - reached * proof.multiplier - claim
    # One whole unit of scaled affinity is the least by which another plan could be better.
    if missing >= proof.multiplier:
        better = (missing + claim) / (proof.multiplier * proof.scale)
        yield f"the certificate leaves room for a plan that is better by {better:.6f}"


def _worth(problem: Problem, proof: Certificate, case: Integers, expert: Integers) -> Integers:
    """Return the integer worth of pairs, without what the floor adds."""
    worth = np.rint(problem.affinity[case, expert] * proof.scale).astype(np.int64)
    if proof.bonus and len(proof.keep):
        number = problem.experts
        kept = np.isin(case * number + expert, proof.keep[:, 0] * number + proof.keep[:, 1])
        worth = worth + np.where(kept, proof.bonus, 0)
    return worth


def _most(problem: Problem, plan: Plan) -> int:
    """Return the most that any plan can be worth under the prices, in units of scale times multiplier."""
    proof = plan.certificate
    given = np.bincount([e for _, e in problem.forced], minlength=problem.experts)
    least = np.maximum(problem.load_min, given)
    price = proof.expert
    most = sum(int(d) * int(u) for d, u in zip(problem.demand, proof.case, strict=True))
    most += sum(
        int(v) * int(high if v > 0 else low) for v, low, high in zip(price, least, problem.load_max, strict=True)
    )
    if plan.floor is not None:
        asked = np.flatnonzero(problem.demand > 0)
        lowest = plan.floor * proof.scale - problem.demand[asked] / 2.0 - 1e-6 * proof.scale
        most -= sum(int(w) * int(x) for w, x in zip(proof.floor[asked], np.ceil(lowest), strict=True))
    order = np.arange(problem.experts) if problem.groups is None else np.argsort(problem.groups, kind="stable")
    starts = _starts(problem, order)
    step = max(1, _AT_ONCE // max(problem.experts, 1))
    for start in range(0, problem.cases, step):
        most += _surplus(problem, proof, start, min(start + step, problem.cases), order, starts)
    return most


def _starts(problem: Problem, order: Integers) -> Integers | None:
    """Return where each group begins among the experts in order, None without groups; lone experts are groups."""
    if problem.groups is None:
        return None
    ordered = problem.groups[order]
    new = np.ones(len(ordered), dtype=np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]) | (ordered[1:] < 0)
    return np.flatnonzero(new).astype(np.int64)


def _surplus(
    problem: Problem, proof: Certificate, start: int, stop: int, order: Integers, starts: Integers | None
) -> int:
    """Return what some cases' pairs are worth beyond the prices: forced pairs, and the best of each group."""
    scaled = np.rint(problem.affinity[start:stop] * proof.scale).astype(np.int64)
    scaled *= proof.multiplier + proof.floor[start:stop, None]
    if proof.bonus and len(proof.keep):
        kept = proof.keep[(proof.keep[:, 0] >= start) & (proof.keep[:, 0] < stop)]
        scaled[kept[:, 0] - start, kept[:, 1]] += proof.bonus * proof.multiplier
    scaled -= proof.case[start:stop, None]
    scaled -= proof.expert
    forced = np.array([(c - start, e) for c, e in problem.forced if start <= c < stop], dtype=np.int64).reshape(-1, 2)
    surplus = sum(int(b) for b in scaled[forced[:, 0], forced[:, 1]])
    scaled[problem.forbidden[start:stop]] = 0
    scaled[forced[:, 0], forced[:, 1]] = 0
    if starts is None:
        positive = scaled[scaled > 0]
    elif len(starts):
        best = np.maximum.reduceat(scaled[:, order], starts, axis=1)
        closed = np.zeros(scaled.shape, dtype=np.bool_)
        closed[forced[:, 0], forced[:, 1]] = True
        best[np.logical_or.reduceat(closed[:, order], starts, axis=1)] = 0
        positive = best[best > 0]
    else:
        return surplus
    return surplus + sum(int(beyond) for beyond in positive.tolist())

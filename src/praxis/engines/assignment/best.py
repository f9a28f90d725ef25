"""The best plan by a flow on few pairs, and the proof that no pair that was left out would improve it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from praxis.engines.arrays import Integers
from praxis.engines.assignment import duals
from praxis.engines.assignment.bottleneck import find_bottleneck
from praxis.engines.assignment.duals import Pairs
from praxis.engines.assignment.gains import Gains
from praxis.engines.assignment.network import Remainder, build, cheapest_flow

# A table with fewer entries is taken whole.
_SMALL: Final = 60_000
_BLOCK: Final = 1 << 17
_A_CASE: Final = 16
_MORE: Final = 12


@dataclass(frozen=True, eq=False)
class Best:
    """The best flow on the pairs that carry something, sorted, and the prices that prove it."""

    case: Integers
    expert: Integers
    amount: Integers
    of_case: Integers
    of_expert: Integers


def best(rest: Remainder, gain: Gains, limit: int = 1, unit: int = 1) -> Best:
    """Return the plan of the highest gain; raises `Infeasible` with the bottleneck.

    A pair carries at most `limit` of whole reviews of `unit`. The flow is solved on the pairs that look best for a
    case or an expert; its prices then say which of the others would improve it (column generation, Dantzig and
    Wolfe 1960). It ends when none would.
    """
    width = _A_CASE * max(1, unit // limit)
    arcs = _all(rest) if rest.allowed.size <= _SMALL else _promising(rest, gain, width)
    while True:
        network = build(rest, limit, unit, arcs)
        worth = gain.of(*arcs)
        cost = np.zeros(len(network.tail), dtype=np.int64)
        cost[: len(worth)] = -worth
        flow = cheapest_flow(rest, network, cost, unit)
        if flow is None:
            _refuse(rest, arcs, limit, unit)
            width *= 4
            arcs = _all(rest) if width >= rest.allowed.shape[1] else _join(rest, arcs, _promising(rest, gain, width))
            continue
        flow = flow[: len(worth)]
        price = duals.prices(rest, arcs, worth, flow, limit, unit)
        more = duals.improving(rest, gain, price, duals.used(rest, arcs, worth, flow, unit), arcs, _MORE)
        if len(more[0]) == 0:
            carries = flow > 0
            return Best(arcs[0][carries], arcs[1][carries], flow[carries], *price)
        arcs = _join(rest, arcs, more)


def _refuse(rest: Remainder, arcs: Pairs, limit: int, unit: int) -> None:
    """Raise the refusal of a problem that has no plan; return where the pairs that were tried are to blame."""
    refusal = find_bottleneck(rest, limit, unit)
    if refusal is not None:
        raise refusal
    if len(arcs[0]) == int(rest.allowed.sum()):
        raise RuntimeError("the flow refuses a problem that has an assignment")


def _all(rest: Remainder) -> Pairs:
    case, expert = np.nonzero(rest.allowed)
    return case.astype(np.int64), expert.astype(np.int64)


def _promising(rest: Remainder, gain: Gains, width: int) -> Pairs:
    """Return the pairs that are among the best of their case or of their expert, and a few of each case by chance."""
    cases, experts = rest.allowed.shape
    found = [np.zeros(0, dtype=np.int64)]
    best = min(width + int(rest.demand.max(initial=0)), experts)
    step = max(1, _BLOCK // experts)
    for start in range(0, cases, step):
        stop = min(start + step, cases)
        value = np.where(rest.allowed[start:stop], gain.affinity[start:stop], -np.inf)
        chosen = np.argpartition(value, experts - best, axis=1)[:, experts - best :]
        found.append(((np.arange(start, stop) * experts)[:, None] + chosen).reshape(-1))
    each = min(int(2 * rest.load_max.max(initial=0) * width / _A_CASE), cases)
    step = max(1, _BLOCK // cases)
    for start in range(0, experts if each else 0, step):
        stop = min(start + step, experts)
        value = np.where(rest.allowed[:, start:stop], gain.affinity[:, start:stop], -np.inf)
        chosen = np.argpartition(value, cases - each, axis=0)[cases - each :]
        found.append((chosen * experts + np.arange(start, stop)).reshape(-1))
    if len(gain.keep):
        found.append(gain.keep[:, 0] * experts + gain.keep[:, 1])
    by_chance = np.random.default_rng([gain.seed % (1 << 32), width]).integers(0, experts, (cases, 4))
    found.append(((np.arange(cases) * experts)[:, None] + by_chance).reshape(-1))
    keys = np.unique(np.concatenate(found))
    keys = keys[rest.allowed.reshape(-1)[keys]]
    return keys // experts, keys % experts


def _join(rest: Remainder, one: Pairs, other: Pairs) -> Pairs:
    experts = rest.allowed.shape[1]
    keys = np.union1d(one[0] * experts + one[1], other[0] * experts + other[1])
    return keys // experts, keys % experts

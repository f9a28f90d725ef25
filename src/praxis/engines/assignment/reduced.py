"""What prices say of single pairs: how much a plan loses at least that contains one (reduced costs)."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from praxis.engines.arrays import Booleans, Integers
from praxis.engines.assignment.gains import Gains
from praxis.engines.assignment.network import Remainder

Pairs = tuple[Integers, Integers]

_BLOCK: Final = 1 << 17
_LEAST: Final = np.iinfo(np.int64).min // 4


def near(rest: Remainder, gain: Gains, price: Pairs, most: int) -> Pairs:
    """Return the pairs that a plan can contain whose gain stays within `most` of the bound that the prices give."""
    experts = rest.allowed.shape[1]
    order = np.argsort(rest.groups, kind="stable")
    starts = np.flatnonzero(np.diff(rest.groups[order], prepend=-1))
    found: list[Integers] = [np.zeros(0, dtype=np.int64)]
    for start, beyond, allowed in _beyond(rest, gain, price):
        top = beyond if rest.lone else np.maximum.reduceat(beyond[:, order], starts, axis=1)[:, rest.groups]
        within = (np.maximum(top, 0) - beyond <= most) & allowed
        found.append(np.flatnonzero(within) + start * experts)
    return np.divmod(np.concatenate(found), max(experts, 1))


def closest(rest: Remainder, gain: Gains, price: Pairs, each: int) -> Integers:
    """Return the pairs, as case * experts + expert, that lose least: so many of each case."""
    experts = rest.allowed.shape[1]
    each, found = min(each, experts), [np.zeros(0, dtype=np.int64)]
    for start, beyond, allowed in _beyond(rest, gain, price):
        chosen = np.argpartition(beyond, experts - each, axis=1)[:, experts - each :]
        row = np.arange(len(beyond))[:, None]
        found.append(((start + row) * experts + chosen)[allowed[row, chosen]])
    return np.concatenate(found)


def _beyond(rest: Remainder, gain: Gains, price: Pairs) -> Iterator[tuple[int, Integers, Booleans]]:
    """Yield, some cases at a time, the first, what their pairs gain beyond their prices, and which are allowed."""
    cases, experts = rest.allowed.shape
    step = max(1, _BLOCK // max(experts, 1))
    for start in range(0, cases, step):
        stop = min(start + step, cases)
        allowed = rest.allowed[start:stop]
        beyond = gain.rows(start, stop) - price[0][start:stop, None] - price[1]
        yield start, np.where(allowed, beyond, _LEAST), allowed

"""Pictures for a play, painted and written anew in other processes while the play goes on."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Hashable
from concurrent.futures import Future, ProcessPoolExecutor

from praxis.foundation.files import pictures, storage
from praxis.foundation.files.limits import Limits
from praxis.foundation.files.problems import Problem
from praxis.rehearsal.invention import picture

# So many pictures are painted before they are asked for: what is painted and not yet taken lies in memory.
MOST_AHEAD = 64

_Painted = tuple[bytes, pictures.Picture | None]


class Painter:
    """Takes orders for pictures and hands them out, each by the key it was ordered under.

    A picture handed out goes the way of any upload. What the house makes of it there is computed beside it, by the same
    function, and kept for the job that will ask for it.
    """

    def __init__(self, pool: ProcessPoolExecutor, limits: Limits) -> None:
        self._pool, self._limits = pool, limits
        self._orders: dict[Hashable, tuple[int, int, int, int, str]] = {}
        self._waiting: deque[Hashable] = deque()
        self._begun: dict[Hashable, Future[_Painted]] = {}

    def order(self, key: Hashable, seed: int, index: int, *, width: int, height: int, category: str) -> None:
        """Have a picture painted (pixels); what it shows follows from the arguments alone."""
        self._orders[key] = (seed, index, width, height, category)
        self._waiting.append(key)
        self._begin_some()

    def take(self, key: Hashable) -> bytes | None:
        """The picture as JPEG bytes, once; waits for it. None where none was ordered."""
        if key not in self._orders and key not in self._begun:
            return None
        if key in self._orders:
            self._begin(key)
        data, anew = self._begun.pop(key).result()
        self._begin_some()
        if anew is not None:
            pictures.keep_ahead(hashlib.sha256(data).hexdigest(), self._limits, anew)
        return data

    def _begin_some(self) -> None:
        while self._waiting and len(self._begun) < MOST_AHEAD:
            key = self._waiting.popleft()
            if key in self._orders:
                self._begin(key)

    def _begin(self, key: Hashable) -> None:
        self._begun[key] = self._pool.submit(_paint, *self._orders.pop(key), self._limits)


def _paint(seed: int, index: int, width: int, height: int, category: str, limits: Limits) -> _Painted:
    data = picture(seed, index, width=width, height=height, category=category)
    with storage.scratch_file(".jpg") as scratch:
        scratch.write_bytes(data)
        try:
            return data, pictures.process(scratch, limits)
        except Problem:
            # The job will meet the same and say so.
            return data, None

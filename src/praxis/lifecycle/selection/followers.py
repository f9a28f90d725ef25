"""A list of what later stages do after something here, so that this stage need not know them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from praxis.foundation.programmes.models import Edition

Follower = Callable[[Any, Edition], None]


class Followers:
    """Functions by code, called in the order of their codes."""

    def __init__(self) -> None:
        self._followers: dict[str, Follower] = {}

    def register(self, code: str, follower: Follower) -> None:
        """Have `follower(actor, edition)` called."""
        self._followers[code] = follower

    def run(self, actor: Any, edition: Edition) -> None:
        """Call every follower."""
        for code in sorted(self._followers):
            self._followers[code](actor, edition)

"""What later stages do at the release, in the same transaction; each registers its part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from praxis.foundation.programmes.models import Edition

Follower = Callable[[Any, Edition], None]
_followers: dict[str, Follower] = {}


def register(code: str, follower: Follower) -> None:
    """Have `follower(actor, edition)` called when an edition is released."""
    _followers[code] = follower


def run(actor: Any, edition: Edition) -> None:
    """Call every follower, in the order of their codes."""
    for code in sorted(_followers):
        _followers[code](actor, edition)

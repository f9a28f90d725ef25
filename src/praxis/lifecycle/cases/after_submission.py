"""What later stages do when a case has been submitted, in the same transaction; each registers its part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from praxis.lifecycle.cases.models import Case, Revision

Follower = Callable[[Any, Case, Revision], None]
_followers: dict[str, Follower] = {}


def register(code: str, follower: Follower) -> None:
    """Have `follower(actor, case, revision)` called after each submission."""
    _followers[code] = follower


def run(actor: Any, case: Case, revision: Revision) -> None:
    """Call every follower, in the order of their codes."""
    for code in sorted(_followers):
        _followers[code](actor, case, revision)

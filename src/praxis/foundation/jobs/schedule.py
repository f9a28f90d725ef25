"""Jobs that recur: registered by the rooms in `AppConfig.ready`, enqueued by the workers once a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Recurring:
    """A task, named by its dotted path, that is to run once in every period counted from the epoch."""

    code: str
    task: str
    every: timedelta


_registered: dict[str, Recurring] = {}


def register(code: str, task: str, every: timedelta) -> None:
    """Let `task` (the dotted path of a task without arguments) run once in every `every` (a second at least)."""
    if every < timedelta(seconds=1):
        raise ValueError("a recurring job needs a period of a second at least")
    entry = Recurring(code, task, every)
    if _registered.setdefault(code, entry) != entry:
        raise ValueError(f"two recurring jobs are called {code!r}")


def registered() -> tuple[Recurring, ...]:
    """All recurring jobs by code."""
    return tuple(_registered[code] for code in sorted(_registered))

"""The one clock of the house: nothing else may ask the machine for the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_set: ContextVar[datetime | None] = ContextVar("praxis_clock", default=None)


def now() -> datetime:
    """The instant, aware, in UTC: the machine's, or the one set by `at`."""
    return _set.get() or datetime.now(UTC)


def machine() -> datetime:
    """The machine's instant whatever is set: for what a preview must not end or prolong, such as a session."""
    return datetime.now(UTC)


def is_set() -> bool:
    """Whether the clock has been set (a preview, a rehearsal or a test)."""
    return _set.get() is not None


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Hold the clock at `instant` (aware) within the block; blocks nest."""
    if instant.tzinfo is None:
        raise ValueError("the clock needs an aware datetime")
    token = _set.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)

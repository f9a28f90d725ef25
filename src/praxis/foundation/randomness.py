"""The one source of chance for salts, keys and tokens: `secrets`, or a seeded stream in a rehearsal or a test.

Nothing else in the house calls `secrets`, `uuid` or `random` for an identifier, so that a rehearsal played twice
with one seed writes the same rows. A seeded stream is predictable: it is never opened in a request.
"""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_stream: ContextVar[random.Random | None] = ContextVar("praxis_randomness", default=None)


def token(nbytes: int) -> str:
    """A random token of `nbytes` bytes, as 2 * nbytes lower-case hexadecimal characters (safe in addresses)."""
    return _bytes(nbytes).hex()


def uuid_hex() -> str:
    """A random UUID (version 4) as 32 hexadecimal characters."""
    return uuid.UUID(bytes=_bytes(16), version=4).hex


def is_seeded() -> bool:
    """Whether tokens come from a seeded stream (a rehearsal or a test)."""
    return _stream.get() is not None


@contextmanager
def seeded(seed: int | str) -> Iterator[None]:
    """Draw every token within the block from a stream fixed by `seed`; blocks nest, each with its own stream."""
    held = _stream.set(random.Random(seed))
    try:
        yield
    finally:
        _stream.reset(held)


def _bytes(count: int) -> bytes:
    stream = _stream.get()
    return secrets.token_bytes(count) if stream is None else stream.randbytes(count)

"""Numbers of rows in addresses, veiled: one who sees two of them learns nothing of how many rows lie between.

The numbers of notices, jobs and audit events count on for the whole house. Seen in the address of a page or in the
cursor of a list, they would tell a person of one edition how much is written in another: letters of telling, say.
"""

from __future__ import annotations

import re

from django.utils.crypto import salted_hmac

ROUNDS = 4
MOST = 1 << 48
_VEILED = re.compile(r"[0-9a-f]{16}", re.ASCII)
_HALF = 0xFFFFFFFF


def veiled(number: int) -> str:
    """Sixteen hexadecimal digits that only this installation can read; raises ValueError beyond 48 bits.

    A Feistel network of four rounds over 64 bits, with HMAC of the installation's key as the round function: a
    pseudorandom permutation (Luby and Rackoff, 1988).
    """
    if not 0 <= number < MOST:
        raise ValueError("only the numbers of rows can be veiled")
    left, right = number >> 32, number & _HALF
    for turn in range(ROUNDS):
        left, right = right, left ^ _mixed(turn, right)
    return f"{left:08x}{right:08x}"


def unveiled(text: str) -> int | None:
    """The number that was veiled; None for what this installation has not written."""
    if not _VEILED.fullmatch(text):
        return None
    left, right = int(text[:8], 16), int(text[8:], 16)
    for turn in reversed(range(ROUNDS)):
        left, right = right ^ _mixed(turn, left), left
    number = left << 32 | right
    return number if number < MOST else None


def _mixed(turn: int, half: int) -> int:
    digest = salted_hmac(f"praxis.veil.{turn}", half.to_bytes(4, "big"), algorithm="sha256").digest()
    return int.from_bytes(digest[:4], "big")


class Converter:
    """The number of a row in an address, veiled."""

    regex = _VEILED.pattern

    def to_python(self, value: str) -> int:
        number = unveiled(value)
        if number is None:
            raise ValueError
        return number

    def to_url(self, value: int | str) -> str:
        return veiled(int(value))

"""What differs between the answers of two worlds, in words."""

from __future__ import annotations

import difflib

from tests.embargo.pair import Answers, Compared
from tests.support.requests import Answer

MOST_SHOWN = 8


def differences(compared: Compared) -> list[str]:
    """Every request that the worlds answer differently, with what differs."""
    found = []
    for ask, answer in compared.one.items():
        if ask in compared.other and compared.other[ask] != answer:
            found.append(f"{ask}\n    {_told(answer, compared.other[ask])}")
        elif ask not in compared.other and ask not in compared.read_alike:
            found.append(f"{ask}\n    asked of one world alone")
    return found


def _told(one: Answer, other: Answer) -> str:
    parts = [
        f"{name}: {_apart(getattr(one, name), getattr(other, name))}"
        for name in ("status", "headers", "statements", "letters", "jobs", "mails", "then")
        if getattr(one, name) != getattr(other, name)
    ]
    if one.body != other.body:
        lines = difflib.unified_diff(one.text.splitlines(), other.text.splitlines(), lineterm="", n=0)
        parts.append("body: " + " | ".join(list(lines)[2:12])[:600])
    if one.statements != other.statements:
        more = set(one.sql) ^ set(other.sql)
        parts.append("SQL: " + " | ".join(sorted(more))[:600])
    return "; ".join(parts)[:2000]


def _apart(one: object, other: object) -> str:
    """What differs between two values; of tuples, the parts that differ."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) == len(other):
            pairs = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
            return ", ".join(_apart(*pair) for pair in pairs)
        return f"{sorted(set(one) - set(other))} and {sorted(set(other) - set(one))}"
    if isinstance(one, bytes) and isinstance(other, bytes):
        lines = difflib.unified_diff(one.decode().splitlines(), other.decode().splitlines(), lineterm="", n=0)
        return " | ".join(list(lines)[2:8])[:400]
    return f"{one!r} and {other!r}"


def shown(found: list[str]) -> str:
    """The first of the differences."""
    return f"{len(found)} answers differ:\n" + "\n".join(found[:MOST_SHOWN])


def broken(answers: Answers) -> list[str]:
    """Requests that a view did not expect."""
    return [f"{ask}: {answer.problem[-700:]}" for ask, answer in answers.items() if answer.status >= 500]

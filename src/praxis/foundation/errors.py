"""Domain errors: what a person may be told, in words to act on. Desks turn them into pages, the API into answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


class DomainError(Exception):
    """Base of all refusals. `message` may be a lazy translation."""

    def __init__(self, message: Text, *, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


class Forbidden(DomainError):
    """The actor may not do this (403). Only for things whose existence the actor may know."""


class Missing(DomainError):
    """There is no such thing, or the actor may not know of it (404)."""

    def __init__(self, message: Text = "", *, code: str = "missing") -> None:
        super().__init__(message, code=code)


class Conflict(DomainError):
    """The thing is not in a state that allows this, or has changed meanwhile (409)."""


class Invalid(DomainError):
    """What was typed cannot be taken. `fields` maps a field's name ("" for the whole) to its messages."""

    def __init__(self, fields: Mapping[str, Sequence[Text] | Text], *, code: str = "invalid") -> None:
        self.fields: dict[str, list[Text]] = {
            name: [messages] if isinstance(messages, (str, Promise)) else list(messages)
            for name, messages in fields.items()
        }
        first: Any = next((messages[0] for messages in self.fields.values() if messages), "")
        super().__init__(first, code=code)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A policy's answer: truthy when allowed, and the reason when not."""

    allowed: bool
    reason: Text = ""
    code: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


def no(reason: Text, code: str = "forbidden") -> Verdict:
    """A refusal with its reason."""
    return Verdict(False, reason, code)


def require(verdict: Verdict) -> None:
    """Raise what the verdict says: `Missing` for code "missing", `Conflict` for "state", else `Forbidden`."""
    if verdict.allowed:
        return
    if verdict.code == "missing":
        raise Missing(verdict.reason)
    if verdict.code == "state":
        raise Conflict(verdict.reason, code="state")
    raise Forbidden(verdict.reason, code=verdict.code or "forbidden")

"""Kinds of letter: stages register theirs, with subject and body in every language of the house."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter

from praxis.foundation.locale import Label


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of letter. `subject` and `body` hold {named} placeholders, the same ones in every language.

    `secret` marks a letter that carries a sign-in code or link.
    """

    code: str
    label: Label
    subject: Label
    body: Label
    secret: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Register a kind; called when a room's hooks are loaded. ValueError where its languages differ in placeholders."""
    if len({frozenset(placeholders(text)) for text in kind.body.values()}) > 1:
        raise ValueError(f"{kind.code}: the languages of the body name different placeholders")
    _kinds[kind.code] = kind


def placeholders(text: str) -> set[str]:
    """The names a text leaves open."""
    return {name for _literal, name, _format, _conversion in Formatter().parse(text) if name}


def find(code: str) -> Kind:
    """The kind of this code; KeyError if no stage has registered it."""
    return _kinds[code]


def every() -> list[Kind]:
    return [_kinds[code] for code in sorted(_kinds)]

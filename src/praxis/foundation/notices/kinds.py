"""The kinds of notice, registered by the rooms: their words in both languages, with named placeholders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from django.utils import translation

from praxis.foundation.locale import Label, pick

LANGUAGES: Final = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice. `secret`: it carries a code or link that signs in, so that its text is not shown again."""

    code: str
    label: Label
    subject: Label
    body: Label
    secret: bool = False

    @property
    def placeholders(self) -> set[str]:
        """The names its words need."""
        return placeholders(*self.subject.values(), *self.body.values())


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; raises ValueError when it is incomplete or another of its code is there."""
    found = problems(kind)
    if _kinds.get(kind.code, kind) != kind:
        found.append("another kind has this code")
    if found:
        raise ValueError(f"notice {kind.code!r}: {'; '.join(found)}")
    _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """The kind of this code; raises LookupError when no room has registered it."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"no notice is called {code!r}") from None


def registered() -> list[Kind]:
    """All kinds by code."""
    return [_kinds[code] for code in sorted(_kinds)]


def check() -> list[str]:
    """What is wrong with the registered kinds, in words; empty when all are complete."""
    return [f"{kind.code}: {problem}" for kind in registered() for problem in problems(kind)]


def problems(kind: Kind) -> list[str]:
    """What is wrong with one kind: a missing language, words that cannot be read, different placeholders."""
    found = [
        f"no {part} in {language}"
        for part, words in (("label", kind.label), ("subject", kind.subject), ("body", kind.body))
        for language in LANGUAGES
        if not words.get(language, "").strip()
    ]
    found += ["the subject has more than one line" for words in kind.subject.values() if "\n" in words]
    try:
        needed = [
            placeholders(kind.subject.get(language, ""), kind.body.get(language, "")) for language in LANGUAGES
        ]
    except ValueError as error:
        return [*found, str(error)]
    odd = {name for names in needed for name in names if not all(name in others for others in needed)}
    if odd and not found:
        found.append(f"not in every language: {', '.join(sorted(odd))}")
    return found


def placeholders(*texts: str) -> set[str]:
    """The names in `{braces}`; raises ValueError for anything but plain names."""
    names: set[str] = set()
    for text in texts:
        for _, name, form, conversion in Formatter().parse(text):
            if name is None:
                continue
            if not name.isidentifier() or form or conversion:
                raise ValueError(f"a placeholder is a plain name, not {{{name}}}")
            names.add(name)
    return names


def render(
    kind: Kind,
    language: str,
    context: Mapping[str, Any],
    *,
    subject: Mapping[str, str] | None = None,
    body: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """Subject and body in a language; `subject` and `body` are an edition's own words in place of the usual ones.

    A value may be a language map. Raises ValueError when a value is missing.
    """
    with translation.override(language):
        values = {
            name: pick(value, language) if isinstance(value, Mapping) else str(value)
            for name, value in context.items()
        }
    try:
        title = pick(subject or kind.subject, language).format_map(values)
        text = pick(body or kind.body, language).format_map(values)
    except KeyError as missing:
        raise ValueError(f"notice {kind.code!r} needs a value for {missing}") from None
    return " ".join(title.split())[:300], text.replace("\0", "\ufffd")

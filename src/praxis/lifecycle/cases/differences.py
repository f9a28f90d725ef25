"""What differs between two submissions of a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from praxis.lifecycle.cases.content import Content


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that reads differently. `part` is a key of the content; `language` and `field` are of texts alone."""

    part: str
    before: Any
    after: Any
    language: str = ""
    field: str = ""


def between(before: Content, after: Content) -> Iterator[Difference]:
    """What differs, the particulars first, then the texts by language and field."""
    for part in ("organisation", "category", "kinds", "started_on", "uses_internet", "places", "consents"):
        if before.get(part) != after.get(part):
            yield Difference(part, before.get(part), after.get(part))
    for part in ("partners", "attachments"):
        old, new = before.get(part, []), after.get(part, [])
        if old != new:
            yield Difference(part, old, new)
    old_texts, new_texts = before.get("texts", {}), after.get("texts", {})
    for language in sorted({*old_texts, *new_texts}):
        old, new = old_texts.get(language, {}), new_texts.get(language, {})
        for field in sorted({*old, *new}):
            if old.get(field, "") != new.get(field, ""):
                yield Difference("texts", old.get(field, ""), new.get(field, ""), language, field)

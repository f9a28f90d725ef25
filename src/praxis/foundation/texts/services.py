"""Saving long text: what is replaced goes to the history, a stale page is refused, staleness is known."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from praxis.foundation import clock, records
from praxis.foundation.errors import Conflict
from praxis.foundation.texts.models import Text, TextHistory, TextState

Key = tuple[str, str]
"""(language, field)."""

MAX_CHARACTERS = 60_000
# Line ends, tabs and the spaces between Chinese words may stand in a text, though they do not count as printable.
_LINES = dict.fromkeys(map(ord, "\n\t\u3000\u00a0"), " ")


def digest(body: str) -> str:
    """SHA-256 of a text, as kept by its translations."""
    return hashlib.sha256(body.encode()).hexdigest()


def cleaned(body: str) -> str:
    """The text in NFC with line ends as \\n, without control characters; trimmed; cut at 60,000 characters."""
    body = unicodedata.normalize("NFC", body[: MAX_CHARACTERS * 2].replace("\r\n", "\n").replace("\r", "\n"))
    # Nearly every text holds nothing but what can be printed; only the others are looked at sign by sign.
    if not body.translate(_LINES).isprintable():
        body = "".join(c for c in body if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    return body.strip()[:MAX_CHARACTERS]


def one_line(body: str) -> str:
    """The text with each line break, and the spaces about it, as one space."""
    return " ".join(part for line in body.splitlines() if (part := line.strip()))


def as_kept(name: str, body: str) -> str:
    """A text as it is kept under its name: a title or a heading is one line."""
    return one_line(body) if name == "title" or name.endswith(".heading") else body


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did: the keys whose body changed, with what they were; and the texts there are now."""

    changed: dict[Key, str]
    rows: dict[Key, Any]


def save(
    actor: Any, model: type[Text], owner: Any, owner_field: str, bodies: Mapping[Key, str],
    *, expected: Mapping[Key, int] | None = None, state: str = TextState.HUMAN, rows: dict[Key, Any] | None = None,
) -> Saved:
    """Save several texts of one owner in a constant number of statements, within the caller's transaction.

    `expected` maps keys to the version the writer saw; raises `Conflict` (code "stale") where a text has been
    changed since by somebody else to something different, and changes nothing. `rows` are the owner's texts, where
    the caller has read them under the lock it holds.
    """
    if rows is None:
        rows = {(row.language, row.field): row for row in model._default_manager.filter(**{owner_field: owner})}
    changed: dict[Key, str] = {}
    fresh: list[Text] = []
    updated: list[Text] = []
    for key, raw in bodies.items():
        body = cleaned(raw)
        row = rows.get(key)
        was = row.body if row else ""
        if body == was:
            continue
        if row is not None and expected is not None and key in expected and expected[key] != row.version:
            raise Conflict(
                _("This text was changed in another window or by a colleague. Load the page again to see it."),
                code="stale",
            )
        changed[key] = was
        if row is None:
            row = model(**{owner_field: owner}, language=key[0], field=key[1])
            rows[key] = row
            fresh.append(row)
        else:
            updated.append(row)
        row.body, row.version, row.author_id, row.updated_at = body, row.version + 1, actor.pk, clock.now()
        row.state = state if body else TextState.MISSING
    _write(model, owner, changed, rows, fresh, updated)
    return Saved(changed, rows)


def _write(
    model: type[Text], owner: Any, changed: dict[Key, str], rows: dict[Key, Text], fresh: list[Text], updated: list[Text]
) -> None:
    if updated:
        records.update_each(updated, ("body", "version", "author_id", "updated_at", "state"))
        label = f"{owner._meta.label_lower}:{owner.pk}"
        records.insert_each(
            [
                TextHistory(
                    owner=label, language=row.language, field=row.field, version=row.version - 1,
                    body=changed[(row.language, row.field)], author_id=row.author_id,
                )
                for row in updated
            ],
            or_nothing=True,
        )
    records.insert_each(fresh)


def mark_translated(row: Text, source: Text) -> None:
    """Note that `row` was translated from `source` as it now stands (saves)."""
    row.source_language, row.source_digest = source.language, digest(source.body)
    row.save(update_fields=["source_language", "source_digest"])


def is_stale(row: Text, source: Text | None) -> bool:
    """Whether the text was translated from something that has changed since."""
    return bool(row.source_digest) and source is not None and row.source_digest != digest(source.body)

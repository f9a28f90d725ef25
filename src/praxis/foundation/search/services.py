"""What can be found: stages put their texts here, for one audience at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from praxis.foundation import records
from praxis.foundation.search.models import SearchRow
from praxis.foundation.search.tokens import index_tokens

_FORGET = "DELETE FROM search_searchrow WHERE audience = %s AND kind = %s AND object_id = %s"
_BATCH = 500
_TITLE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be found by one audience; `texts` maps a language to its title and text."""

    kind: str
    object_id: str | int
    audience: str
    texts: Mapping[str, tuple[str, str]]


def put(
    kind: str, object_id: str | int, audience: str, texts: Mapping[str, tuple[str, str]], *, fresh: bool = False
) -> None:
    """Let `audience` find this thing by these texts; whatever was kept for it before is replaced.

    `fresh` says that nothing has been kept for it yet, in any language.
    """
    entry = Entry(kind, object_id, audience, texts)
    if fresh:
        _write([entry])
    else:
        put_many([entry])


# Within a caller's transaction it is part of that: what fails here fails there.
@transaction.atomic(savepoint=False)
def put_many(entries: Iterable[Entry]) -> int:
    """Put many at once and return how many; two statements per 500, and the last of two alike counts."""
    remaining, count = iter(entries), 0
    while batch := list(islice(remaining, _BATCH)):
        latest = {(entry.audience, entry.kind, str(entry.object_id)): entry for entry in batch}
        with connection.cursor() as cursor:
            cursor.executemany(_FORGET, list(latest))
        _write(latest.values())
        count += len(latest)
    return count


def _write(entries: Iterable[Entry]) -> None:
    # Two people may save the same thing at the same moment: the row of the one takes the words of the other.
    records.insert_each(
        [_row(entry, language, *texts) for entry in entries for language, texts in entry.texts.items()],
        or_update=("audience", "kind", "object_id", "language"),
    )


def remove(kind: str, object_id: str | int, audience: str | None = None) -> None:
    """Let it be found no more: by `audience`, or by nobody when none is given."""
    rows = SearchRow.objects.filter(kind=kind, object_id=str(object_id))
    (rows if audience is None else rows.filter(audience=audience)).delete()


def _row(entry: Entry, language: str, title: str, text: str) -> SearchRow:
    title, text = title.replace("\0", " "), text.replace("\0", " ")
    return SearchRow(
        kind=entry.kind,
        object_id=str(entry.object_id),
        audience=entry.audience,
        language=language,
        title=title[:_TITLE_LENGTH],
        text=text,
        title_tokens=" ".join(index_tokens(title)),
        tokens=" ".join(index_tokens(f"{title}\n{text}")),
    )

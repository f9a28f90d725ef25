"""Finding: the same hits in the same order on every database.

The order looks at the row found and at nothing else. A weight by how rare a word is (as bm25 has it) would let the
order tell of texts that the reader may not see.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import get_language

from praxis.foundation.search.models import SearchRow
from praxis.foundation.search.tokens import Term, query_terms


@dataclass(frozen=True, slots=True)
class Found:
    """A hit; the title is in the reader's language where there is one."""

    kind: str
    object_id: str
    title: str


def find(query: str, *, audience: str | Collection[str], kinds: Collection[str], limit: int = 50) -> list[Found]:
    """What this audience finds that holds every word of `query` in one language; never raises on any text.

    Order: all words in the title, some in the title, in the text alone; then by kind and id. Two statements.
    """
    terms = query_terms(query)
    audiences = [audience] if isinstance(audience, str) else sorted(audience)
    if not (terms and audiences and kinds and limit > 0):
        return []
    hits = _hits(terms, audiences, sorted(kinds), limit)
    titles = _titles(hits, audiences)
    return [Found(kind, object_id, titles.get((kind, object_id), "")) for kind, object_id in hits]


def _hits(terms: list[Term], audiences: list[str], kinds: list[str], limit: int) -> list[tuple[str, str]]:
    if connection.vendor == "sqlite":
        words = [f'"{term.token}"{" *" if term.prefix else ""}' for term in terms]
        every, some = " AND ".join(words), " OR ".join(words)
        match = "id IN (SELECT rowid FROM search_index WHERE search_index MATCH %s)"
        text, title, any_title = f"tokens : ({every})", f"title_tokens : ({every})", f"title_tokens : ({some})"
        in_text = in_title = match
        collation = ""
    else:
        words = [f"{term.token}{':*' if term.prefix else ''}" for term in terms]
        text = title = " & ".join(words)
        any_title = " | ".join(words)
        in_text = "to_tsvector('simple', tokens) @@ to_tsquery('simple', %s)"
        in_title = "to_tsvector('simple', title_tokens) @@ to_tsquery('simple', %s)"
        collation = ' COLLATE "C"'
    # Only the literals above go into the text; what was typed and asked for are parameters.
    sql = f"""
        SELECT kind, object_id, MIN(CASE WHEN {in_title} THEN 0 WHEN {in_title} THEN 1 ELSE 2 END) AS place
        FROM search_searchrow
        WHERE {in_text} AND audience IN ({_marks(audiences)}) AND kind IN ({_marks(kinds)})
        GROUP BY kind, object_id
        ORDER BY place, kind{collation}, LENGTH(object_id), object_id{collation}
        LIMIT %s
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [title, any_title, text, *audiences, *kinds, limit])
        return [(kind, object_id) for kind, object_id, _ in cursor.fetchall()]


def _titles(hits: list[tuple[str, str]], audiences: list[str]) -> dict[tuple[str, str], str]:
    rows = (
        SearchRow.objects.filter(
            audience__in=audiences,
            kind__in=sorted({kind for kind, _ in hits}),
            object_id__in=[object_id for _, object_id in hits],
        )
        .order_by("audience", "language")
        .values_list("kind", "object_id", "language", "title")
    )
    wanted, titles = get_language() or "en", dict[tuple[str, str], str]()
    for kind, object_id, language, title in rows:
        if language == wanted and title:
            titles[kind, object_id] = title
        else:
            titles.setdefault((kind, object_id), title)
    return titles


def _marks(values: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(values))

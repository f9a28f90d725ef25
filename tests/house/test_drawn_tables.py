"""The life cycle in the documents is drawn from the transition tables themselves."""

from __future__ import annotations

from pathlib import Path

from django.utils import translation

from praxis.foundation.programmes.states import EDITION, ROUND
from praxis.foundation.transitions import Table
from praxis.lifecycle.casebook.states import ENTRY
from praxis.lifecycle.cases.states import TABLE as CASE
from praxis.lifecycle.reviews.states import ASSIGNMENT
from praxis.lifecycle.selection.states import SELECTION

PAGE = Path(__file__).resolve().parents[2] / "docs" / "developers" / "lifecycle.md"
TABLES = (EDITION, CASE, ROUND, ASSIGNMENT, SELECTION, ENTRY)


def drawn(table: Table) -> str:
    """One table as a diagram and its rows."""
    with translation.override("en"):
        lines = [f"## {table.name}", "", "```mermaid", table.mermaid(), "```", ""]
        lines += ["| action | from | to | who | only if | what follows |", "|---|---|---|---|---|---|"]
        for row in table.rows:
            sources = ", ".join(row.sources)
            lines.append(f"| {row.action} | {sources} | {row.target} | {', '.join(row.who)} | {row.guard} | {row.effect} |")
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    head = "# The life cycle\n\nDrawn from the transition tables in the code; `tests/house` fails when they differ.\n"
    return head + "\n" + "\n\n".join(drawn(table) for table in TABLES) + "\n"


def test_the_page_shows_the_tables_as_they_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()

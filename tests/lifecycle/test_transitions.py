"""Every pair of state and action of every transition table: allowed to the one state the table says, or refused in words.

That the services do what the tables say is tested in each stage's room; which room, is said here.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest
from django.utils import translation

import praxis.foundation
import praxis.lifecycle
from praxis.foundation.errors import Conflict
from praxis.foundation.programmes.states import EDITION, ROUND
from praxis.foundation.transitions import Table, Transition
from praxis.lifecycle.casebook.states import ENTRY
from praxis.lifecycle.cases.states import TABLE as CASE
from praxis.lifecycle.reviews.states import ASSIGNMENT
from praxis.lifecycle.selection.states import SELECTION

TESTS = Path(__file__).resolve().parents[1]
# Where each pair is put to the services.
THROUGH_SERVICES = {
    "Edition": (EDITION, "EDITION", "foundation/programmes/test_services.py"),
    "Case": (CASE, "TABLE", "lifecycle/cases/test_states.py"),
    "Round": (ROUND, "ROUND", "lifecycle/reviews/test_rounds.py"),
    "Assignment": (ASSIGNMENT, "ASSIGNMENT", "lifecycle/reviews/test_sheets.py"),
    "Selection": (SELECTION, "SELECTION", "lifecycle/selection/test_selection.py"),
    "Entry": (ENTRY, "ENTRY", "lifecycle/casebook/test_casebook.py"),
}
TABLES = [table for table, _name, _file in THROUGH_SERVICES.values()]
PAIRS = [(table, state, action) for table in TABLES for state in table.states for action in table.actions]


def in_code() -> dict[str, Table]:
    """Every table that a module named `states` of the foundation or the lifecycle holds."""
    found: dict[str, Table] = {}
    for floor in (praxis.foundation, praxis.lifecycle):
        for module in pkgutil.walk_packages(floor.__path__, f"{floor.__name__}."):
            if module.name.endswith(".states"):
                held = vars(importlib.import_module(module.name)).values()
                found |= {table.name: table for table in held if isinstance(table, Table)}
    return found


def test_every_table_in_the_code_is_tested() -> None:
    assert set(in_code()) == set(THROUGH_SERVICES)


@pytest.mark.parametrize("name", THROUGH_SERVICES)
def test_its_room_puts_every_action_to_the_services(name: str) -> None:
    _table, word, file = THROUGH_SERVICES[name]
    text = (TESTS / file).read_text(encoding="utf-8")
    assert f"{word}.actions" in text
    assert f"{word}.find(" in text or f"{word}.step(" in text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("table", "state", "action"), PAIRS, ids=lambda value: getattr(value, "name", value))
def test_a_pair_is_allowed_or_refused_with_a_reason(table: Table, state: str, action: str, language: str) -> None:
    rows = [row for row in table.rows if row.action == action and state in row.sources]
    assert len(rows) <= 1, "two rows say what this action does in this state"
    with translation.override(language):
        if rows:
            assert table.step(state, action) == rows[0].target
            return
        with pytest.raises(Conflict) as refused:
            table.step(state, action)
        assert refused.value.code == "state"
        assert str(table.states[state]) in str(refused.value)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_state_can_be_reached_and_every_row_says_who(table: Table) -> None:
    reached, before = {table.initial}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {row.target for row in table.rows if before & set(row.sources)}
    assert reached == set(table.states)
    assert all(row.who for row in table.rows)


def test_a_table_refuses_a_state_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="unknown states"):
        Table("Thing", {"here": "Here"}, "here", [Transition("go", ("here",), "there", ("somebody",))])

"""Transition tables as data: who may bring what from which state into which. Drawn in the docs, tested row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from praxis.foundation.errors import Conflict, Text


@dataclass(frozen=True, slots=True)
class Transition:
    """One row. `who` names roles; `guard` and `effect` say in words what the service checks and does."""

    action: str
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    guard: str = ""
    effect: str = ""


class Table:
    """The transitions of one kind of thing. `states` maps each state to the name people read."""

    def __init__(self, name: str, states: dict[str, Text], initial: str, rows: Sequence[Transition]) -> None:
        self.name, self.states, self.initial, self.rows = name, states, initial, tuple(rows)
        self._by_action: dict[str, tuple[Transition, ...]] = {}
        for row in self.rows:
            unknown = {*row.sources, row.target} - set(states)
            if unknown:
                raise ValueError(f"{name}: {row.action} names unknown states {sorted(unknown)}")
            self._by_action[row.action] = (*self._by_action.get(row.action, ()), row)

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(self._by_action)

    def find(self, state: str, action: str) -> Transition | None:
        """The row for this pair, or None when the table does not allow it."""
        return next((row for row in self._by_action[action] if state in row.sources), None)

    def step(self, state: str, action: str) -> str:
        """The state after `action`; raises `Conflict` with the reason when the table does not allow it."""
        row = self.find(state, action)
        if row is None:
            raise Conflict(
                _("This cannot be done now: it is “%(state)s”.") % {"state": self.states[state]}, code="state"
            )
        return row.target

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, for the documents."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for row in self.rows:
            lines += [f"    {source} --> {row.target}: {row.action}" for source in row.sources]
        return "\n".join(lines)

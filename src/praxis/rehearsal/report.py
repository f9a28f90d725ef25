"""What a rehearsal tells: stage, count, seconds, and what went wrong."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Act:
    """One stage of the play. `refused` counts what the house rightly refused, by reason; `wrong` is what should not be."""

    name: str
    count: int = 0
    what: str = ""
    seconds: float = 0.0
    refused: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self, reason: str) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + 1


class Report:
    """The acts of a rehearsal, told while it plays and written at its end."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.acts: list[Act] = []
        self._quiet = quiet
        self._began = time.monotonic()

    @contextmanager
    def act(self, name: str, what: str) -> Iterator[Act]:
        """Time one act; says on the terminal when it ends."""
        act = Act(name, what=what)
        began = time.monotonic()
        try:
            yield act
        finally:
            act.seconds = time.monotonic() - began
            self.acts.append(act)
            if not self._quiet:
                wrong = f"  WRONG: {'; '.join(act.wrong[:3])}" if act.wrong else ""
                print(f"{act.name:<24}{act.count:>7} {act.what:<34}{act.seconds:>8.2f} s{wrong}", flush=True)

    def progress(self, done: int, total: int) -> None:
        """Show how far a long act is, on a terminal only."""
        if not self._quiet and sys.stderr.isatty() and total >= 500 and done % 100 == 0:
            print(f"\r  {done} of {total}", end="" if done < total else "\r", file=sys.stderr, flush=True)

    def stopped(self, why: str) -> None:
        """The play could not go on; the last act tells why."""
        if not self.acts:
            self.acts.append(Act("beginning"))
        self.acts[-1].wrong.append(f"the play stopped here: {why}")

    @property
    def sound(self) -> bool:
        return not any(act.wrong for act in self.acts)

    def write(self, folder: Path) -> None:
        """Write report.md and report.json; they alone hold timings."""
        total = time.monotonic() - self._began
        lines = ["# Rehearsal", "", "| stage | count | | seconds | refused, rightly | went wrong |", "|---|---:|---|---:|---|---|"]
        for act in self.acts:
            refused = "; ".join(f"{reason} ×{n}" for reason, n in sorted(act.refused.items()))
            lines.append(f"| {act.name} | {act.count} | {act.what} | {act.seconds:.2f} | {refused} | {'; '.join(act.wrong)} |")
        lines += ["", f"In all {total:.1f} s.", ""]
        lines += [f"- {act.name}: {note}" for act in self.acts for note in act.notes]
        (folder / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        data = [
            {"name": a.name, "count": a.count, "what": a.what, "seconds": round(a.seconds, 3), "refused": a.refused, "wrong": a.wrong, "notes": a.notes}
            for a in self.acts
        ]
        (folder / "report.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

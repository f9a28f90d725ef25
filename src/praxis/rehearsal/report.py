"""What a rehearsal tells: stage, count, seconds, what it cost, and what went wrong."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Between two words on how far an act is: on a terminal, where one line is written over, and in a log.
EVERY_ON_TERMINAL, EVERY_IN_LOG = 0.2, 30.0
MIB = 1 << 20


@dataclass(slots=True)
class Act:
    """One stage of the play. `refused` counts what the house rightly refused, by reason; `wrong` is what should not be.

    `notes` are for every reader; `details` (JSON) are kept in report.json alone.
    """

    name: str
    count: int = 0
    what: str = ""
    seconds: float = 0.0
    memory: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def refuse(self, reason: str) -> None:
        self.refused[reason] = self.refused.get(reason, 0) + 1


class Report:
    """The acts of a rehearsal, told while it plays and written at its end."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.acts: list[Act] = []
        # What was played, in words for the head of the report.
        self.title, self.played = "Rehearsal", ""
        # Where the throw-away database and its files lie, to say how much room they took.
        self.folder: Path | None = None
        self._quiet = quiet
        self._began = self._said_at = time.monotonic()
        self._now: tuple[str, float] = ("", self._began)
        self._line = 0

    @contextmanager
    def act(self, name: str, what: str) -> Iterator[Act]:
        """Time one act; says when it ends, or where it stopped."""
        act = Act(name, what=what)
        began = time.monotonic()
        self._now = (name, began)
        try:
            yield act
        except BaseException:
            self._close(act, began, "  STOPPED")
            raise
        self._close(act, began, f"  WRONG: {'; '.join(act.wrong[:3])}" if act.wrong else "")

    def _close(self, act: Act, began: float, mark: str) -> None:
        act.seconds, act.memory = time.monotonic() - began, _most_memory()
        self.acts.append(act)
        if not self._quiet:
            self._wipe()
            print(f"{act.name:<24}{act.count:>8,} {act.what:<34}{act.seconds:>9.2f} s{mark}", flush=True)

    def progress(self, done: int, total: int, of: str = "") -> None:
        """Show how far a long act is: on a terminal in one line, in a log by a line now and then.

        `of` names what is counted where that is a part of the act.
        """
        if self._quiet or total <= 0:
            return
        instant = time.monotonic()
        on_terminal = sys.stderr.isatty()
        if instant - max(self._said_at, self._now[1]) < (EVERY_ON_TERMINAL if on_terminal else EVERY_IN_LOG):
            return
        self._said_at = instant
        passed = instant - self._now[1]
        left = passed * (total - done) / done if done and not of else 0
        rest = f" {of}" if of else f", about {_duration(left)} left" if passed > 5 and left >= 5 else ""
        line = f"  {self._now[0]}: {done:,} of {total:,}{rest}"
        if on_terminal:
            print(f"\r{line:<{self._line}}", end="", file=sys.stderr, flush=True)
            self._line = len(line)
        else:
            print(line, file=sys.stderr, flush=True)

    def _wipe(self) -> None:
        """Take the line of the progress from the terminal."""
        if self._line:
            print(f"\r{'':<{self._line}}\r", end="", file=sys.stderr, flush=True)
            self._line = 0

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
        seconds = time.monotonic() - self._began
        memory, disk = _most_memory(), _size(self.folder) if self.folder else 0
        lines = [f"# {self.title}", "", *([self.played, ""] if self.played else [])]
        lines += self._verdict()
        lines += [
            f"It took {_duration(seconds)}, at most {memory / MIB:,.0f} MB of memory"
            + (f" and {disk / MIB:,.0f} MB of disk while it played." if disk else "."),
            "", "| Stage | | | Seconds |", "|---|---:|---|---:|",
        ]  # fmt: skip
        lines += [f"| {_cell(act.name)} | {act.count:,} | {_cell(act.what)} | {act.seconds:,.1f} |" for act in self.acts]
        lines += _section(
            "Refused, as it should be",
            [f"{act.name}: {reason}, {n:,} times" if n > 1 else f"{act.name}: {reason}, once"
             for act in self.acts for reason, n in sorted(act.refused.items())],
        )  # fmt: skip
        lines += _section("What was seen", [f"{act.name}: {note}" for act in self.acts for note in act.notes])
        (folder / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        data = {
            "title": self.title, "played": self.played, "sound": self.sound, "seconds": round(seconds, 3),
            "memory_bytes": memory, "disk_bytes": disk,
            "acts": [
                {
                    "name": act.name, "count": act.count, "what": act.what, "seconds": round(act.seconds, 3),
                    "memory_bytes": act.memory, "refused": act.refused, "wrong": act.wrong, "notes": act.notes,
                    "details": act.details,
                }
                for act in self.acts
            ],
        }  # fmt: skip
        (folder / "report.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _verdict(self) -> list[str]:
        wrong = [f"- {act.name}: {what}" for act in self.acts for what in act.wrong]
        return ["**Something went wrong:**", "", *wrong, ""] if wrong else ["**Nothing went wrong.**", ""]


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", *(f"- {line}" for line in lines)] if lines else []


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds >= 600 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def _most_memory() -> int:
    """The most memory this process has held so far, in bytes; Linux counts in KiB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

"""What a rehearsal tells: stage, count, seconds, what it cost, and what went wrong."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from praxis.foundation.bilingual import say
from praxis.foundation.locale import Label, pick

# Between two words on how far an act is: on a terminal, where one line is written over, and in a log.
EVERY_ON_TERMINAL, EVERY_IN_LOG = 0.2, 30.0
MIB = 1 << 20
# The report in each language of the house; which of them are written depends on the edition.
FILES = {"en": "report.md", "zh-hans": "report.zh.md"}


@dataclass(slots=True)
class Act:
    """One stage of the play. `refused` counts what the house rightly refused, by reason; `wrong` is what should not be.

    `name` and `what` are messages; `of` is the round's or the tier's name, where the act is about one. `notes` are for every reader;
    `details` (JSON) are kept in report.json alone.
    """

    name: str
    count: int = 0
    what: str = ""
    of: Label = field(default_factory=dict)
    seconds: float = 0.0
    processor: float = 0.0
    memory: int = 0
    refused: dict[str, tuple[Label, int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    notes: list[Label] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def title(self, language: str = "en") -> str:
        """The act's name, after the round or the tier it is about."""
        name = pick(say(self.name), language)
        if not self.of:
            return name
        return f"{pick(self.of, language)}{'：' if language.startswith('zh') else ': '}{name}"

    def note(self, message: str, **values: object) -> None:
        """Tell the reader something, in every language."""
        self.notes.append(say(message, **values))

    def refuse(self, message: str, **values: object) -> None:
        """The house refused something, as it should."""
        reason = say(message, **values)
        _label, count = self.refused.get(reason["en"], (reason, 0))
        self.refused[reason["en"]] = reason, count + 1


class Report:
    """The acts of a rehearsal, told while it plays and written at its end."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.acts: list[Act] = []
        # What was played, for the head of the report, and the languages of the edition.
        self.title: Label = say(gettext_noop("Report of a rehearsal"))
        self.played: Label = {}
        self.languages: Sequence[str] = ("en",)
        # Where the throw-away database and its files lie, to say how much room they took.
        self.folder: Path | None = None
        self._quiet = quiet
        self._began = self._said_at = time.monotonic()
        self._worked = time.process_time()
        self._now: tuple[str, float] = ("", self._began)
        self._line = 0

    @contextmanager
    def act(self, name: str, what: str, of: Label | None = None) -> Iterator[Act]:
        """Time one act; says when it ends, or where it stopped."""
        act = Act(name, what=what, of=of or {})
        began = time.monotonic()
        act.processor = -time.process_time()
        self._now = (act.title(), began)
        try:
            yield act
        except BaseException:
            self._close(act, began, "  STOPPED")
            raise
        self._close(act, began, f"  WRONG: {'; '.join(act.wrong[:3])}" if act.wrong else "")

    def _close(self, act: Act, began: float, mark: str) -> None:
        act.seconds, act.memory = time.monotonic() - began, _most_memory()
        act.processor += time.process_time()
        self.acts.append(act)
        if not self._quiet:
            self._wipe()
            print(f"{act.title():<24}{act.count:>8,} {act.what:<34}{act.seconds:>9.2f} s{mark}", flush=True)

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
        rest = f" {of}" if of else f", about {_duration(left, 'en')} left" if passed > 5 and left >= 5 else ""
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
            self.acts.append(Act(gettext_noop("beginning")))
        self.acts[-1].wrong.append(f"the play stopped here: {why}")

    @property
    def sound(self) -> bool:
        return not any(act.wrong for act in self.acts)

    def write(self, folder: Path) -> None:
        """Write the report in each language of the edition, and report.json; they alone hold timings."""
        seconds = time.monotonic() - self._began
        memory, disk = _most_memory(), _size(self.folder) if self.folder else 0
        for language, name in FILES.items():
            if language == "en" or language in self.languages:
                lines = self._lines(language, seconds, memory, disk)
                (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        data = {
            "title": self.title["en"], "played": self.played.get("en", ""), "sound": self.sound, "seconds": round(seconds, 3),
            "processor_seconds": round(time.process_time() - self._worked, 3), "memory_bytes": memory, "disk_bytes": disk,
            "acts": [
                {
                    "name": act.title(), "count": act.count, "what": act.what, "seconds": round(act.seconds, 3), "processor_seconds": round(act.processor, 3),
                    "memory_bytes": act.memory, "refused": {reason: n for reason, (_label, n) in act.refused.items()},
                    "wrong": act.wrong, "notes": [note["en"] for note in act.notes], "details": act.details,
                }
                for act in self.acts
            ],
        }  # fmt: skip
        (folder / "report.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def _lines(self, language: str, seconds: float, memory: int, disk: int) -> list[str]:
        def said(message: str, **values: object) -> str:
            return pick(say(message, **values), language)

        colon = "：" if language.startswith("zh") else ": "
        wrong = [f"- {act.title(language)}{colon}{what}" for act in self.acts for what in act.wrong]
        lines = [f"# {pick(self.title, language)}", ""]
        lines += [pick(self.played, language), ""] if self.played else []
        verdict = said(gettext_noop("Something went wrong.") if wrong else gettext_noop("Nothing went wrong."))
        lines += [f"**{verdict}**", "", *wrong, *([""] if wrong else [])]
        stage, second = said(gettext_noop("Stage")), said(gettext_noop("Seconds"))
        lines += [
            said(
                gettext_noop(
                    "It took %(time)s (%(processor)s of the processor), at most %(memory)s MB of memory, and %(disk)s MB of disk while "
                    "it played."
                ),
                time=_duration(seconds, language), processor=_duration(time.process_time() - self._worked, language), memory=f"{memory / MIB:,.0f}", disk=f"{disk / MIB:,.0f}",
            ),
            "", f"| {stage} | | | {second} |", "|---|---:|---|---:|",
        ]  # fmt: skip
        lines += [
            f"| {_cell(act.title(language))} | {act.count:,} | {_cell(said(act.what) if act.what else '')} | {act.seconds:,.1f} |"
            for act in self.acts
        ]
        refused = [
            f"{act.title(language)}{colon}{pick(reason, language)} × {n:,}"
            for act in self.acts for _key, (reason, n) in sorted(act.refused.items())
        ]  # fmt: skip
        lines += _section(said(gettext_noop("Refused, as it should be")), refused)
        notes = [f"{act.title(language)}{colon}{pick(note, language)}" for act in self.acts for note in act.notes]
        return lines + _section(said(gettext_noop("What was seen")), notes)


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", *(f"- {line}" for line in lines)] if lines else []


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _duration(seconds: float, language: str) -> str:
    minute, second = ("分", "秒") if language.startswith("zh") else ("min", "s")
    if seconds < 100:
        return f"{seconds:.0f} {second}"
    return f"{seconds / 60:.0f} {minute}" if seconds >= 600 else f"{seconds // 60:.0f} {minute} {seconds % 60:.0f} {second}"


def _most_memory() -> int:
    """The most memory this process has held so far, in bytes; Linux counts in KiB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

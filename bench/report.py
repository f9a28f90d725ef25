"""The results as tables."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

Results = Sequence[dict[str, Any]]
# CPU-ms of the best peers that were measured, with 2,000 cases: HotCRP (all rows on one page), pretalx.
PEERS = {
    "edit": (6, 129), "direct": (17, 658), "one-form": (17, 658), "submission": (17, 658), "list": (60, 329), "standings": (128, 1420),
    "score": (27, 280),
}  # fmt: skip
LABELS = {
    "call": "Call page",
    "edit": "Edit form (texts)",
    "direct": "Submission: open, save and submit, receipt",
    "one-form": "Submission: one form, check, receipt",
    "submission": "Whole journey of a submission",
    "list": "Secretariat's list of cases (50 rows)",
    "standings": "Standings (50 rows)",
    "score": "Open and hand in a score sheet",
}
CASEBOOK_TARGET = 5.0


def markdown(results: Results, *, at: datetime, database: str, load: tuple[float, float, float]) -> str:
    """The whole report."""
    said = [
        f"# Speed, {at:%Y-%m-%d %H:%M} UTC",
        (
            f"{database}; Python {platform.python_version()}, {os.cpu_count()} cores, load of the machine "
            f"{' / '.join(f'{value:.1f}' for value in load)} when it ended. CPU-ms: application (the web workers) and "
            "database (its processes). “× bare” is the multiple of a bare page (session, user, one query) measured "
            "right before and after; it says more than milliseconds where the machine is shared."
        ),
        "## Pages",
        _table(
            ("Page", "Cases", "Application", "× bare", "Database", "× bare", "Both", "Wall, median ms", "kB", "Requests",
             "Statements", "HotCRP", "pretalx"),
            _pages(results),
        ),
        *_bare(results),
    ]  # fmt: skip
    exports = list(_exports(results))
    if exports:
        said += ["## Exports (jobs)", _table(("Export", "Cases", "Seconds", "Peak MiB", "Before MiB", "File kB"), exports)]
    said += list(_books(results))
    cold = [
        f"{row['cold'][0]:.1f} s ({row['cold'][1]:.1f} CPU-s, {row['size']:,} cases)" for row in results if row["cold"]
    ]
    if cold:
        said += ["## Start", f"`praxis serve`, from its start to the first page: {', '.join(cold)}."]
    return "\n\n".join(said) + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "|".join(["---"] + ["---:"] * (len(heads) - 1)) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _times(value: float, bare: float) -> str:
    return f"{value / bare:.1f}" if bare > 0.05 else "–"


def _pages(results: Results) -> Iterable[list[str]]:
    found = {(row["code"], result["size"]): row for result in results for row in result["pages"]}
    for code, label in LABELS.items():
        peers = [f"{value:,}" for value in PEERS.get(code, ())] or ["", ""]
        for result in results:
            row = found.get((code, result["size"]))
            if row is None:
                continue
            head = [label, f"{result['size']:,}"]
            if row["problem"]:
                yield [*head, row["problem"], *[""] * 8, *peers]
                continue
            yield [
                *head, f"{row['app']:.1f}", _times(row["app"], row["bare_app"]), f"{row['database']:.1f}",
                _times(row["database"], row["bare_database"]), f"{row['app'] + row['database']:.1f}",
                f"{row['wall']:.0f}", f"{row['bytes'] / 1000:.0f}", str(row["requests"]), str(row["statements"]), *peers,
            ]  # fmt: skip


def _bare(results: Results) -> Iterable[str]:
    rows = [row for result in results for row in result["pages"] if not row["problem"]]
    if rows:
        app = sorted(row["bare_app"] for row in rows)
        database = sorted(row["bare_database"] for row in rows)
        yield (
            f"The bare page in this run: application {app[0]:.2f} to {app[-1]:.2f}, database {database[0]:.2f} to "
            f"{database[-1]:.2f} CPU-ms; {rows[0]['goes']} goes a single page."
        )


def _exports(results: Results) -> Iterable[list[str]]:
    codes = dict.fromkeys(row["code"] for result in results for row in result["exports"])
    for code in codes:
        for result in results:
            for row in result["exports"]:
                if row["code"] != code:
                    continue
                if row["problem"]:
                    yield [row["label"], f"{result['size']:,}", row["problem"], "", "", ""]
                    continue
                yield [
                    row["label"], f"{result['size']:,}", f"{row['seconds']:.1f}", f"{row['peak']:.0f}",
                    f"{row['idle']:.0f}", f"{row['bytes'] / 1000:,.0f}",
                ]  # fmt: skip


def _books(results: Results) -> Iterable[str]:
    for result in results:
        books = result["books"]
        if books is None:
            continue
        each = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in books["bytes"].items())
        yield "## Casebook"
        yield f"{books['cases']} cases: all books {books['seconds']:.1f} s (aim: under {CASEBOOK_TARGET:.0f} s), {books['cpu']:.1f} CPU-s. {each}."
        return

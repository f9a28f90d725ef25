"""Study a call of your own numbers before it opens: simulate it, print tables, and write tables and figures to a folder.

Parts: `simulation` (how many of the best are found, by number of reviews), `collusion` (what colluding experts gain),
`waves` (the same reviews given where they tell most), `repeats` (repeats of earlier cases that are found), `selection`
(what quotas cost). All are seeded: the same numbers give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from praxis.engines.selection import Contradiction
from praxis.engines.study.report import collusion_study, repeats_study, selection_study, study, waves_study


class Part(Protocol):
    """A part of the study that has been made."""

    def table(self) -> str: ...

    def figure(self) -> str: ...


PARTS: dict[str, Callable[[argparse.Namespace], Part]] = {
    "simulation": lambda o: study(
        o.cases, o.experts, o.size, reviews=range(2, o.reviews + 3), replicates=o.replicates, seed=o.seed
    ),
    "collusion": lambda o: collusion_study(
        o.cases, o.experts, o.size, reviews=o.reviews, replicates=o.replicates, seed=o.seed
    ),
    "waves": lambda o: waves_study(
        o.cases,
        o.experts,
        o.size,
        first=max(1, o.reviews - 1),
        reviews=range(max(1, o.reviews - 1), o.reviews + 2),
        replicates=o.replicates,
        seed=o.seed,
    ),
    "repeats": lambda o: repeats_study(o.cases, seed=o.seed),
    "selection": lambda o: selection_study(o.cases, o.size, replicates=o.replicates, seed=o.seed),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("part", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; without any, all")
    parser.add_argument("--cases", type=_number(2), default=600)
    parser.add_argument("--experts", type=_number(2), default=120)
    parser.add_argument("--size", type=_number(1), default=60, help="how many cases are chosen")
    parser.add_argument("--reviews", type=_number(1), default=3, help="reviews a case")
    parser.add_argument("--replicates", type=_number(1), default=10, help="calls that are simulated and averaged")
    parser.add_argument("--seed", type=_number(0), default=0)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write study-PART.md and study-PART.svg there")


def run(options: argparse.Namespace) -> int:
    unknown = [part for part in options.part if part not in PARTS]
    if unknown:
        print(f"praxis study: there is no part {unknown[0]!r}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if options.size > options.cases:
        print("praxis study: more cases are chosen than there are", file=sys.stderr)
        return 2
    status = 0
    for name in options.part or PARTS:
        try:
            made = PARTS[name](options)
        except Contradiction as error:
            # So many are chosen of so few that the quotas of the study leave no choice.
            print(f"praxis study: {name}: {error}", file=sys.stderr)
            status = 1
            continue
        print(f"## {name}\n\n{made.table()}", flush=True)
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / f"study-{name}.md").write_text(made.table(), "utf-8")
            (options.out / f"study-{name}.svg").write_text(made.figure(), "utf-8")
    return status


def _number(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"at least {least}")
        return value

    return number

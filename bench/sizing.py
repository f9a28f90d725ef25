"""One size: seeds the database, starts the server, measures, and prints the results as one line of JSON.

Run by `bench.within` in a process of its own, with the settings in the environment.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench import book, exports, journeys
from bench.browser import Refused
from bench.measuring import Bench
from bench.seed import Facts, seed
from bench.servers import web
from praxis.foundation.programmes.models import Edition


def main(argv: Sequence[str]) -> int:
    """Measure what is asked for; messages go to standard error."""
    parser = argparse.ArgumentParser(prog="bench.sizing")
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--goes", type=int, required=True)
    parser.add_argument("--warm", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--postmaster", type=int)
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args(argv)
    # Whoever started us asks us to stop: leave in order, so that the server is stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(json.dumps(_measure(options)))
    return 0


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    begun = time.perf_counter()
    facts = seed(options.size)
    say(f"{options.size} cases seeded in {time.perf_counter() - begun:.0f} s")
    found: dict[str, Any] = {"size": options.size, "pages": [], "exports": [], "books": None, "cold": None}

    def wanted(code: str) -> bool:
        return not options.only or code in options.only

    if wanted("exports"):
        found["exports"] = _exports(facts)
    if wanted("casebook") and options.size <= 2000:
        found["books"] = _books(facts)
    chosen = [row for row in journeys.JOURNEYS if wanted(row.code)]
    if chosen or wanted("start"):
        found["pages"], found["cold"] = _pages(facts, chosen, options)
    return found


def _pages(facts: Facts, chosen: list[journeys.Journey], options: argparse.Namespace) -> tuple[list[dict[str, Any]], tuple[float, float]]:
    rows: list[dict[str, Any]] = []
    first = journeys.address("public:edition", facts)
    with web(os.environ, workers=options.workers, first=first) as running:
        say(f"praxis serve with {options.workers} workers: first page after {running.cold:.1f} s")
        bench = Bench(running, facts, postmaster=options.postmaster, goes=options.goes, warm=options.warm)
        try:
            for journey in chosen:
                missing = journey.missing(facts)
                row: dict[str, Any] = {"code": journey.code, "problem": f"not there yet: {missing}" if missing else ""}
                if not missing:
                    try:
                        row.update(asdict(bench.measure(journey)))
                        say(f"{journey.label}: {row['app']:.1f} + {row['database']:.1f} CPU-ms")
                    except Refused as refused:
                        row["problem"] = str(refused)
                rows.append(row)
                if row["problem"]:
                    say(f"{journey.label}: {row['problem']}")
        finally:
            bench.close()
    return rows, (running.cold, running.cold_cpu)


def _exports(facts: Facts) -> list[dict[str, Any]]:
    rows = []
    for code, ask in exports.enqueue(facts.edition_id, facts.run_id, facts.secretary_id).items():
        row = exports.run(code, ask(), os.environ)
        say(f"{row.label}: {row.problem or f'{row.seconds:.1f} s, {row.peak:.0f} MiB'}")
        rows.append(asdict(row))
    return rows


def _books(facts: Facts) -> dict[str, Any]:
    books = book.build(Edition.objects.select_related("programme").get(pk=facts.edition_id))
    say(f"Casebook: {books.seconds:.1f} s")
    return asdict(books)

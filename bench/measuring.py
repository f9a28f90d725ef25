"""Runs the journeys against the server and inside this process, and says what they cost."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client

from bench import cpu
from bench.browser import Http, InProcess, Refused
from bench.journeys import BARE, Journey
from bench.seed import Facts
from bench.servers import Web


@dataclass
class Cost:
    """What one go costs: CPU-ms, wall ms (median), bytes of the answers, requests, statements.

    `bare_*` are the CPU-ms of the bare page, measured right before and after.
    """

    app: float
    database: float
    wall: float
    bytes: int
    requests: int
    statements: int
    bare_app: float
    bare_database: float
    goes: int


@dataclass
class _Sample:
    app: float
    database: float
    walls: list[float]


class Bench:
    """The server under load. `postmaster` is the database server's process, None where there is none (SQLite)."""

    def __init__(self, web: Web, facts: Facts, *, postmaster: int | None, goes: int, warm: int) -> None:
        self.web, self.facts, self.postmaster = web, facts, postmaster
        self.goes, self.warm = goes, warm
        self.http = Http(web.host, web.port, len(web.workers))
        # Each go of a journey has a number of its own: nobody hands in the same sheet twice.
        self._gone: Counter[str] = Counter()

    def measure(self, journey: Journey) -> Cost:
        """Statements first, in this process; then the load. Raises Refused where a page does not do its part."""
        goes = max(2, round(self.goes * journey.weight))
        statements = self._statements(journey)
        self._load(journey, max(len(self.web.workers), round(self.warm * journey.weight)))
        before = self._bare()
        size, asked = self.http.bytes, self.http.requests
        sample = self._load(journey, goes)
        size, asked = self.http.bytes - size, self.http.requests - asked
        after = self._bare()
        return Cost(
            app=sample.app, database=sample.database, wall=statistics.median(sample.walls), bytes=size // goes,
            requests=asked // goes, statements=statements, bare_app=(before.app + after.app) / 2,
            bare_database=(before.database + after.database) / 2, goes=goes,
        )  # fmt: skip

    def close(self) -> None:
        self.http.close()

    def _bare(self) -> _Sample:
        self._load(BARE, 2 * len(self.web.workers))
        return self._load(BARE, self.goes)

    def _load(self, journey: Journey, goes: int) -> _Sample:
        """CPU-ms a go, by one reader after the other, the workers in turn."""
        walls: list[float] = []
        self.http.next_line()
        app, database = self._spent()
        for _ in range(goes):
            number = self._number(journey)
            self.http.sign_in(journey.session(self.facts, number))
            self.http.next_line()
            begun = time.perf_counter()
            journey.go(self.http, self.facts, number)
            walls.append((time.perf_counter() - begun) * 1000)
        app_after, database_after = self._spent()
        return _Sample((app_after - app) * 1000 / goes, (database_after - database) * 1000 / goes, walls)

    def _number(self, journey: Journey) -> int:
        self._gone[journey.code] += 1
        return self._gone[journey.code] - 1

    def _spent(self) -> tuple[float, float]:
        backends = [] if self.postmaster is None else [self.postmaster, *cpu.children(self.postmaster)]
        return cpu.total(self.web.workers), cpu.total(backends)

    def _statements(self, journey: Journey) -> int:
        """Statements of one go, when everything that is kept in the process is there."""
        browser = InProcess(Client(SERVER_NAME="127.0.0.1", raise_request_exception=False))
        counted = 0
        for _ in range(2):
            number = self._number(journey)
            browser.sign_in(journey.session(self.facts, number))
            counted = count(lambda number=number: journey.go(browser, self.facts, number))  # type: ignore[misc]
        return counted


def count(act: Callable[[], Any]) -> int:
    """How many statements an act sends to the database."""
    sent = 0

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return sent


__all__ = ["Bench", "Cost", "Refused", "count"]

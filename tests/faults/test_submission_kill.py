"""The web process is killed at random moments of a submission: what was acknowledged is there, nothing is there twice."""

from __future__ import annotations

import http.client
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings

from praxis.foundation import clock
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.places import services as places
from praxis.foundation.programmes import presets
from praxis.foundation.programmes import services as programmes
from tests.support import apart, environment, small_edition, world
from tests.support.processes import PROGRAM, ROOT
from tests.support.workers import until

pytestmark = pytest.mark.slow
KILLS, MOST_SECONDS = 12, 40
CSRF = "c" * 32


@dataclass
class Prepared:
    """What a client needs: its session, the cases to submit, and where the database lies."""

    database: Path
    session: str
    keys: list[str]

    def revisions(self, case_key: str) -> list[str]:
        """The submission keys of a case's revisions, read beside the application."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as own:
            rows = own.execute(
                "SELECT r.submission_key FROM cases_revision r JOIN cases_case c ON c.id = r.case_id WHERE c.key = ?",
                [case_key],
            ).fetchall()
            whole = own.execute(
                "SELECT count(*) FROM cases_case WHERE key = ? AND state = 'submitted' AND revision_id IS NOT NULL"
                " AND number <> '' AND submitted_at IS NOT NULL", [case_key],
            ).fetchone()  # fmt: skip
            letters = own.execute("SELECT count(*) FROM notices_notice WHERE kind = 'case.submitted'").fetchone()
        assert whole[0] == (1 if rows else 0), "a case is half submitted"
        assert letters is not None
        return [key for (key,) in rows]


def _fill() -> dict[str, Any]:
    """A call that is open now, and an applicant with cases that only want submitting."""
    places.seed()
    text = world.preset_text(world.WIC)
    dates = presets.load(text, "wic.toml").dates
    middle = dates.opens + (dates.closes - dates.opens) / 2
    edition = programmes.load_preset(SYSTEM, text, "wic.toml", shift=timedelta(days=(clock.now() - middle).days))
    programmes.advance(SYSTEM, edition, "open")
    owner = world.person("owner@example.org")
    organisation = world.organisation(owner)
    keys = [world.case(owner, organisation, edition).key for _number in range(KILLS + 1)]
    facts = small_edition.Facts(edition.pk, edition.pk, edition.closes_at)
    small_edition.sign_in(facts, "owner", owner)
    return {"session": facts.people["owner"][1], "keys": keys}


class Web:
    """`praxis serve` with one web process under it, and a client that submits."""

    def __init__(self, folder: Path, prepared: Prepared) -> None:
        self.prepared = prepared
        environ = {**os.environ, "PRAXIS_DATA": str(folder), "PRAXIS_DATABASE": f"sqlite:///{prepared.database}", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--port", "0", "--threads", "4"], env=environ, cwd=folder, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, f"the server did not start: {line!r}"
        address = urlsplit(line.split()[-1])
        self.host, self.port = str(address.hostname), int(address.port or 0)

    def children(self) -> list[int]:
        """The web processes under the arbiter."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]

    def answers(self) -> bool:
        """Whether a web process answers."""
        try:
            with closing(http.client.HTTPConnection(self.host, self.port, timeout=2)) as client:
                client.request("GET", "/healthz")
                return client.getresponse().status == 200
        except OSError:
            return False

    def submit(self, case_key: str, submission_key: str) -> int:
        """Send the form of the submit page, or of each second case that of the texts with the button that submits; the
        status, or 0 when the connection broke."""
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.prepared.session}; {settings.CSRF_COOKIE_NAME}={CSRF}",
        }
        page, form = "submit", {"csrfmiddlewaretoken": CSRF, "submission_key": submission_key}
        if self.prepared.keys.index(case_key) % 2:
            page, form = "texts", {**form, "en:summary": "Written and submitted at once.", "onward": "submit"}
        body = urlencode(form)
        try:
            with closing(http.client.HTTPConnection(self.host, self.port, timeout=30)) as client:
                client.request("POST", f"/en/apply/cases/{case_key}/{page}/", body, headers)
                return client.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0

    def kill(self) -> None:
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        self.process.kill()
        self.kill()
        self.process.wait()


@pytest.fixture
def prepared(tmp_path: Path, django_db_blocker: Any) -> Prepared:
    if environment.ON_POSTGRES:
        pytest.skip("the kill test runs on a file of SQLite; bin/test runs it there")
    with django_db_blocker.unblock():
        ground = apart.new_ground(tmp_path / "place")
        made = apart.run(ground, _fill)
    return Prepared(ground.database, made["session"], made["keys"])


@contextmanager
def _serving(folder: Path, prepared: Prepared) -> Iterator[Web]:
    web = Web(folder, prepared)
    try:
        until(web.answers)
        yield web
    finally:
        web.end()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="web processes are found in /proc")
def test_a_submission_is_acknowledged_and_there_or_neither(prepared: Prepared) -> None:
    moments = random.Random("kill -9")
    statuses: list[tuple[int, bool]] = []
    with _serving(prepared.database.parent, prepared) as web:
        first, *others = prepared.keys
        begun = time.monotonic()
        assert web.submit(first, "whole") == 303
        usual = time.monotonic() - begun
        for case_key in others:
            if time.monotonic() - begun > MOST_SECONDS and len(statuses) > KILLS // 3:
                break
            statuses.append(_killed_once(web, case_key, moments.uniform(0, 1.2 * usual)))
    assert any(status != 303 for status, _there in statuses), "no kill came in time"


def _killed_once(web: Web, case_key: str, moment: float) -> tuple[int, bool]:
    """Submit, kill the web process at a moment of it, look; then send the same form again, twice."""
    killer = threading.Timer(moment, web.kill)
    killer.start()
    status = web.submit(case_key, f"form-{case_key}")
    killer.join()
    kept = web.prepared.revisions(case_key)
    if status == 303:
        assert kept == [f"form-{case_key}"], "acknowledged and not there"
    assert status in (0, 303)
    assert len(kept) <= 1
    until(web.answers)
    for _again in range(2):
        assert web.submit(case_key, f"form-{case_key}") == 303
        assert web.prepared.revisions(case_key) == [f"form-{case_key}"]
    return status, bool(kept)

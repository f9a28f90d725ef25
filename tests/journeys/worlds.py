"""The edition of the journeys, as it is at each stage, on a server of its own.

It is played once and kept beside the migrated database (see tests/support/template.py). The server keeps the instant
of the stage, so that every deadline is where the programme has it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Page

from praxis.foundation import clock
from praxis.foundation.jobs import services as jobs
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from tests.support import template

# Each stage, and at how many days after the close of the call one looks at it.
STAGES = {
    "open": -12.0, "screening": 4.0, "committee": 15.0, "reviewing": 28.0, "deciding": 56.0, "told": 90.0, "released": 150.0,
}  # fmt: skip
# What the look of a page is made of does not change what was played.
NOT_PLAYED = {"desks", "ui", "api", "bench"}


class HeldClock:
    """Middleware that holds the clock of each request at the instant of the world."""

    instant: datetime | None = None

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        if HeldClock.instant is None:
            return self.get_response(request)
        with clock.at(HeldClock.instant):
            return self.get_response(request)


def played() -> Path:
    """The folder with the edition at every stage; it is played where the code that plays it has changed.

    PRAXIS_PLAYED names a folder that was played before: quicker while one writes journeys.
    """
    if given := os.environ.get("PRAXIS_PLAYED"):
        return Path(given)
    folder = template.FOLDER / f"played-{_digest()}"
    template.FOLDER.mkdir(parents=True, exist_ok=True)
    with (template.FOLDER / "played.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _play(folder)
            for old in template.FOLDER.glob("played-*/"):
                if old != folder:
                    shutil.rmtree(old, ignore_errors=True)
    return folder


def _play(folder: Path) -> None:
    arriving = folder.with_name(f"arriving-{os.getpid()}")
    shutil.rmtree(arriving, ignore_errors=True)
    arriving.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PRAXIS_")}
    environment |= {"PRAXIS_TESTING": "1", "PRAXIS_DATA": str(arriving), "PRAXIS_LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.play", str(arriving)],
        cwd=template.ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    arriving.replace(folder)


def _digest() -> str:
    source = template.ROOT / "src" / "praxis"
    files = [path for path in source.rglob("*.py") if path.relative_to(source).parts[0] not in NOT_PLAYED]
    files += [*template.ROOT.glob("presets/*"), Path(__file__).with_name("play.py"), template.ROOT / "uv.lock"]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


class World:
    """The edition at a stage, seen through the server at `url`."""

    def __init__(self, url: str, kept: Path) -> None:
        self.url = url
        self._kept = kept

    def go_to(self, stage: str) -> Edition:
        """Put everything back to how it was at a stage; returns the edition."""
        copy_database(self._kept / f"{stage}.sqlite3")
        cache.clear()
        edition = Edition.objects.select_related("programme").get()
        self.at(edition, STAGES[stage])
        return edition

    def at(self, edition: Edition, days: float) -> None:
        """Let it be `days` after the close of the call, for the server and for `work`."""
        HeldClock.instant = edition.closes_at + timedelta(days=days)

    @contextmanager
    def now(self) -> Iterator[None]:
        """Do something here at the world's instant."""
        assert HeldClock.instant is not None
        with clock.at(HeldClock.instant):
            yield

    def work(self) -> None:
        """What the worker would do now."""
        with self.now():
            jobs.drain(ignore_delay=True, strict=True)

    def sign_in(self, page: Page, user: User) -> None:
        """Give a page's browser the session of somebody."""
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": self.url}]
        )

    def user(self, email: str) -> User:
        """Somebody by address."""
        return User.objects.get(email=email)


def copy_database(source: Path, target: Path | None = None) -> None:
    """Copy one SQLite database over another (by default over the one in use); who has it open sees the new one."""
    connection.close()
    name = target or Path(str(connection.settings_dict["NAME"]))
    with closing(sqlite3.connect(source)) as have, closing(sqlite3.connect(name, timeout=20)) as want:
        have.backup(want)

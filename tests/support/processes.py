"""Real processes against a database of their own, for what only a process shows: kills, backups, two at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from tests.support import environment, template

PROGRAM = Path(sys.executable).with_name("praxis")
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """A data folder and a database that belong together."""

    folder: Path
    database: str

    @property
    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "PRAXIS_DATA": str(self.folder),
            "PRAXIS_DATABASE": self.database,
            "PYTHONPATH": str(ROOT),
        }

    def praxis(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of the command line to its end."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            check=False,
            env=self.environ,
            cwd=self.folder,
            text=True,
            capture_output=True,
            timeout=180,
        )
        assert not check or done.returncode == 0, f"praxis {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done

    def python(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a module of the tests as a process; whoever starts it ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=self.environ,
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


    def prepare(self) -> None:
        """Make the tables: a copy of the migrated database that the tests keep, or what `migrate` makes."""
        if environment.ON_POSTGRES or not template.copy_to(self.folder / "praxis.sqlite3"):
            self.praxis("manage", "migrate", "--verbosity", "0")


@contextmanager
def new_place(folder: Path) -> Iterator[Place]:
    """An empty place on the kind of database this run is on; a PostgreSQL database is dropped at the end."""
    folder.mkdir(parents=True)
    if not environment.ON_POSTGRES:
        yield Place(folder, f"sqlite:///{folder}/praxis.sqlite3")
        return
    name = f"place_{uuid4().hex}"
    base = urlsplit(environment.DATABASE)
    with psycopg.connect(environment.DATABASE, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield Place(folder, base._replace(path=f"/{name}").geturl())
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")

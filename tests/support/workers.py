"""Real worker processes on the database of the test."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
import django
django.setup()
from praxis.foundation.jobs.worker import Worker
Path(sys.argv[1]).touch()
Worker(recur=False).run()
"""


def database_url() -> str:
    """The address of the test's own database, for another process."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(known['NAME']))}"
    user = quote(str(known["USER"]))
    password = f":{quote(str(known['PASSWORD']))}" if known["PASSWORD"] else ""
    return f"postgresql://{user}{password}@{known['HOST']}:{known['PORT']}/{quote(str(known['NAME']))}"


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for a condition; fails when it does not come true in time."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this did not come true in time"
        pause.wait(0.05)


class Workers:
    """Starts workers, and kills those still there at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, list[subprocess.Popen[bytes]]()

    def start(self) -> subprocess.Popen[bytes]:
        """A worker that is about to take its first job."""
        ready = self.folder / f"worker-{len(self.processes)}"
        path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(ready)],
            env=os.environ | {"PRAXIS_DATABASE": database_url(), "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
        )
        self.processes.append(process)
        until(lambda: ready.exists() or process.poll() is not None)
        assert process.poll() is None, "the worker did not start"
        return process


@contextmanager
def workers(folder: Path) -> Iterator[Workers]:
    """A place to start workers in; none outlives it."""
    crew = Workers(folder)
    try:
        yield crew
    finally:
        for process in crew.processes:
            process.kill()
            process.wait()

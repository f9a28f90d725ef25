"""Work done apart: in a process of its own, on a database file and a folder of files of its own (SQLite).

What such a process did cannot be seen by the tests' own database, and two of them share no cache of any kind. A child is
forked: where its parent has typeset something, the threads of the typesetter are not there and the child would wait for
them without end. So bin/test runs the tests of the embargo by themselves.
"""

from __future__ import annotations

import gc
import logging
import os
import pickle
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection

from tests.support import template

# Seconds that a child may take, on a machine with much else to do.
LONGEST = 900

# Connections of the parent that a child must neither use nor close: closing one would touch the parent's file.
_left_alone: list[Any] = []
_numbers = count()


@dataclass(frozen=True)
class Ground:
    """A database file with its files, to stand on."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "praxis.sqlite3"

    def copy(self, folder: Path) -> Ground:
        """A clone that is independent from now on."""
        shutil.copytree(self.folder, folder)
        return Ground(folder)


def new_ground(folder: Path) -> Ground:
    """An empty, migrated database and no files."""
    ground = Ground(folder)
    (folder / "files").mkdir(parents=True)
    if not template.copy_to(ground.database):
        run(ground, lambda: call_command("migrate", verbosity=0))
        template.keep(ground.database)
    return ground


def run(ground: Ground, work: Callable[[], Any]) -> Any:
    """What `work` returns (it must be picklable), done on the ground in a child process."""
    return wait(begin(ground, work))


@dataclass(frozen=True)
class Child:
    """A process under way and where its answer will lie."""

    pid: int
    answer: Path


def begin(ground: Ground, work: Callable[[], Any]) -> Child:
    """Start `work` on the ground in a child process; `wait` for it."""
    # Of this process alone: all processes of a test run stand on the same grounds.
    answer = ground.folder.with_name(f"{ground.folder.name}.{os.getpid()}.{next(_numbers)}.answer")
    sys.stdout.flush()
    sys.stderr.flush()
    # What is there already is not looked through for garbage by the child: that would copy every page of it.
    gc.freeze()
    pid = os.fork()
    if pid:
        gc.unfreeze()
        return Child(pid, answer)
    status = 1
    try:
        _stand_on(ground)
        try:
            said = (True, work())
        except BaseException:
            said = (False, traceback.format_exc())
        connection.close()
        answer.write_bytes(pickle.dumps(said))
        status = 0
    finally:
        os._exit(status)


def wait(child: Child) -> Any:
    """The answer of a child; what it raised fails here with its traceback, and so does one that never ends."""
    pause, end = threading.Event(), time.monotonic() + LONGEST
    while not (ended := os.waitpid(child.pid, os.WNOHANG))[0]:
        if time.monotonic() > end:
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            raise AssertionError("the child did not end; has its parent typeset something? run tests/embargo by themselves")
        pause.wait(0.01)
    status = ended[1]
    assert status == 0, f"the child process ended with status {status}"
    done, said = pickle.loads(child.answer.read_bytes())
    child.answer.unlink()
    assert done, said
    return said


def _stand_on(ground: Ground) -> None:
    _left_alone.append(connection.connection)
    connection.connection = None
    connection.savepoint_ids, connection.in_atomic_block, connection.atomic_blocks = [], False, []
    connection.needs_rollback, connection.run_on_commit = False, []
    connection.settings_dict["NAME"] = str(ground.database)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    default_storage._wrapped = FileSystemStorage(location=ground.folder / "files", base_url=None)
    settings.UPLOADS_DIR = str(ground.folder / "uploads")
    cache.clear()
    # A request would close the connection at its end; here it is one of many in the hands of this process.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    logging.disable(logging.CRITICAL)

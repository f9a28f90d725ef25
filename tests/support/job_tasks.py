"""Tasks of the tests, in a module that a worker process can import."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django_tasks import task

from praxis.foundation.audit import services as audit
from praxis.foundation.jobs import services as jobs

EFFECT = "test.effect"


def effect(number: int) -> None:
    """The effect in the database that must happen once."""
    audit.append(audit.SYSTEM, edition_id=None, action=EFFECT, obj=("test.thing", number))


def wait_for(path: Path, seconds: float = 60) -> None:
    """Until the file is there; raises TimeoutError."""
    pause = threading.Event()
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end:
            raise TimeoutError(path.name)
        pause.wait(0.02)


@task()
def once(number: int) -> dict[str, int]:
    with jobs.fence():
        effect(number)
    return {"number": number}


@task()
def plain(number: int) -> int:
    effect(number)
    return number * 2


@task()
def failing(number: int) -> None:
    effect(number)
    raise ValueError("wang@example.org is unknown")


@task()
def failing_in_fence(number: int) -> None:
    with jobs.fence():
        effect(number)
        raise ValueError("no")


@task()
def failing_after_fence(number: int) -> None:
    with jobs.fence():
        effect(number)
    raise ValueError("too late")


@task()
def postponing() -> None:
    raise jobs.Postpone(timedelta(minutes=30), "the server is away")


@task()
def giving_up() -> None:
    raise jobs.GiveUp("no such thing")


@task()
def two_fences() -> None:
    with jobs.fence():
        pass
    with jobs.fence():
        pass


@task()
def with_result(number: int) -> None:
    with jobs.fence() as run:
        run.result = {"number": number}


@task(takes_context=True)
def with_context(context: Any, number: int) -> list[int]:
    return [context.attempt, number]


@task(priority=5, queue_name="other")
def urgent() -> None:
    jobs.progress(100, "there")


@task()
def enqueues_itself_once_more(folder: str) -> None:
    """Counts its runs in a file; at the first, someone asks for the same work again."""
    path = Path(folder, "runs")
    runs = int(path.read_text()) if path.exists() else 0
    path.write_text(str(runs + 1))
    if runs == 0:
        jobs.enqueue(enqueues_itself_once_more, key="same", again=True, folder=folder)
        jobs.enqueue(enqueues_itself_once_more, key="same", again=True, folder=folder)


@task()
def long(folder: str, number: int) -> None:
    """Runs, saying how many tenths of a second it has, until the file `go` is there; then has its effect."""
    started, pause = time.monotonic(), threading.Event()
    Path(folder, "started").touch()
    while not Path(folder, "go").exists():
        jobs.progress((time.monotonic() - started) * 10)
        pause.wait(0.05)
    with jobs.fence():
        effect(number)


@task()
def silent(folder: str, number: int) -> None:
    """Like `long`, but never asks whether the job is still its own before the fence."""
    Path(folder, "started").touch()
    wait_for(Path(folder, "go"))
    with jobs.fence():
        effect(number)


@task()
def slow_in_fence(folder: str, number: int) -> None:
    """Has its effect, and is slow to commit it until the file `commit` is there."""
    with jobs.fence():
        effect(number)
        Path(folder, "written").touch()
        wait_for(Path(folder, "commit"))

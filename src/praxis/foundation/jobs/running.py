"""Running one job that is held by a lease: its progress, its fence, and what becomes of it."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string
from django_tasks.base import Task, TaskContext
from django_tasks.utils import normalize_json

from praxis.foundation.jobs import leases
from praxis.foundation.jobs.models import Job

log = structlog.get_logger("praxis.jobs")

FIRST_DELAY: Final = timedelta(seconds=5)
LONGEST_DELAY: Final = timedelta(hours=1)
PROGRESS_EVERY: Final = 0.25  # seconds; a task may report as often as it likes


class Lost(Exception):
    """The lease was taken by another worker, or the job was cancelled: this run may change nothing any more."""


class Postpone(Exception):
    """Raised by a task: run me again after `delay`; the attempt does not count. `reason` is shown, without a name."""

    def __init__(self, delay: timedelta, reason: str = "") -> None:
        super().__init__(reason)
        self.delay, self.reason = delay, reason


class GiveUp(Exception):
    """Raised by a task: no further attempt can help. The message is kept with the dead job."""


@dataclass(slots=True)
class Run:
    """One run of a job by this process. A task may set `result` (JSON) inside its fence."""

    job: Job
    lost: threading.Event = field(default_factory=threading.Event)
    closed: bool = False
    result: Any = None
    reported_at: float = 0.0
    told: Callable[[int], None] | None = None

    @property
    def token(self) -> str:
        return self.job.lease_token


_current: ContextVar[Run | None] = ContextVar("praxis_job", default=None)


def current() -> Job | None:
    """The job this code runs in, or None outside of one."""
    run = _current.get()
    return run.job if run else None


def progress(percent: float, message: str = "") -> None:
    """Say how far the job is (0 to 100); nothing outside of a job. Raises `Lost` when the job is no longer ours."""
    run = _current.get()
    if run is None or run.closed:
        return
    if run.lost.is_set():
        raise Lost
    instant = time.monotonic()
    if instant - run.reported_at < PROGRESS_EVERY and percent < 100:
        return
    run.reported_at = instant
    shown = min(100, max(0, int(percent)))
    if not leases.holding(run.job.pk, run.token).update(progress=shown, message=str(message)[:300]):
        raise Lost
    if run.told is not None:
        run.told(shown)


@contextmanager
def fence() -> Iterator[Run]:
    """One transaction in which the effect happens and the job is marked done, once for all workers.

    Raises `Lost`, and undoes nothing but its own, when another worker has taken the job. Outside of a job it is a
    plain transaction.
    """
    run = _current.get()
    if run is None:
        with transaction.atomic():
            yield Run(Job())
        return
    if run.closed:
        raise RuntimeError("a job has one fence")
    with transaction.atomic():
        if leases.holding(run.job.pk, run.token).select_for_update().first() is None:
            raise Lost
        yield run
        if not leases.close(run.job.pk, run.token, Job.State.DONE, **_success(run.result)):
            raise Lost
    run.closed = True


def execute(job: Job, lost: threading.Event | None = None, told: Callable[[int], None] | None = None) -> bool:
    """Run a job that was just taken and record what became of it; True when it is done.

    `lost` is set by whoever renews the lease, to tell the task early that it lost it. `told` hears how far it is (0 to
    100), whenever that is written.
    """
    run = Run(job, lost or threading.Event(), told=told)
    held = _current.set(run)
    facts = {"job": job.pk, "task": job.task, "attempt": job.attempts}
    try:
        with translation.override(settings.LANGUAGE_CODE):
            value = _call(job)
    except Lost:
        log.warning("job_lost", **facts)
    except Postpone as wish:
        leases.release(job.pk, run.token, delay=wish.delay, charge=False, error=wish.reason)
        log.info("job_postponed", seconds=wish.delay.total_seconds(), **facts)
    except Exception as error:  # noqa: BLE001  whatever a task raises is kept with its row
        _fail(run, error, facts)
    else:
        if run.closed:
            if value is not None and run.result is None:
                Job.objects.filter(pk=job.pk, state=Job.State.DONE).update(result=normalize_json(value))
        else:
            run.closed = leases.close(job.pk, run.token, Job.State.DONE, **_success(value))
            if not run.closed:
                log.warning("job_lost", **facts)
    finally:
        _current.reset(held)
    return run.closed


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of failed attempts: 10 s, doubling, an hour at most."""
    return min(LONGEST_DELAY, FIRST_DELAY * (1 << min(attempts, 16)))


def resolve(path: str) -> Task[..., Any]:
    """The task of a dotted path; raises ImportError when there is none."""
    found = import_string(path)
    if not isinstance(found, Task):
        raise ImportError(f"{path} is not a task")
    return found


def _call(job: Job) -> Any:
    task = resolve(job.task)
    if task.takes_context:
        # The backend's name is looked up here, so that a task sees the same result object as its caller.
        return task.call(TaskContext(task_result=task.get_backend().get_result(str(job.pk))), **job.arguments)
    return task.call(**job.arguments)


def _success(result: Any) -> dict[str, Any]:
    return {"progress": 100, "error": "", "result": normalize_json(result)}


def _fail(run: Run, error: Exception, facts: dict[str, Any]) -> None:
    # Only the error's class goes to the log: its message may name a person. The row keeps both.
    name = type(error).__name__
    if run.closed:
        log.warning("job_failed_after_its_fence", error=name, **facts)
        return
    job, text = run.job, _describe(error)
    if isinstance(error, GiveUp) or job.attempts >= job.max_attempts:
        leases.close(job.pk, run.token, Job.State.DEAD, error=text)
        log.error("job_dead", error=name, **facts)
        return
    leases.release(job.pk, run.token, delay=backoff(job.attempts), charge=True, error=text)
    log.warning("job_failed", error=name, **facts)


def _describe(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    places = [f"  {'/'.join(Path(f.filename).parts[-3:])}:{f.lineno} {f.name}" for f in frames]
    text = f"{type(error).__name__}: {error}"[:2000].replace("\0", "\ufffd")
    return text if isinstance(error, GiveUp) else "\n".join([text, *places])

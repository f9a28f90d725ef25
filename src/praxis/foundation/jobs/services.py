"""Enqueueing, running in this process, retrying and cancelling jobs; and, inside a task, progress and the fence."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_tasks.base import Task
from django_tasks.utils import normalize_json

from praxis.foundation import clock, records
from praxis.foundation.audit import services as audit
from praxis.foundation.audit.services import SYSTEM, Actor
from praxis.foundation.errors import Conflict, Missing, require
from praxis.foundation.jobs import leases, policies, running
from praxis.foundation.jobs.models import Job
from praxis.foundation.jobs.running import GiveUp, Lost, Postpone, current, fence, progress
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.statements import Statement

__all__ = [
    "SYSTEM",
    "GiveUp",
    "Lost",
    "Postpone",
    "cancel",
    "current",
    "drain",
    "enqueue",
    "fence",
    "progress",
    "prune",
    "retry",
]

# A row refused this often is refused for itself, and not for a job of the same key that came in between.
MOST_TRIES = 20
# Nobody renews the lease of a job that runs inline.
DRAIN_LEASE = timedelta(minutes=10)


def enqueue(
    task: Task[..., Any] | str,
    *,
    key: str = "",
    run_after: datetime | None = None,
    owner_id: int | None = None,
    priority: int = 0,
    max_attempts: int = 5,
    again: bool = False,
    fresh: bool = False,
    **arguments: Any,
) -> Job:
    """Write a job in the caller's transaction. `arguments` are JSON: ids, not personal data.

    With a `key`, a waiting or running job of that key is returned instead; a waiting one cannot start before the
    caller's transaction ends, and `again` lets a running one run once more, for work that must see this change.
    `fresh` says that nobody can well have a job of this key yet: it is looked for only where writing fails.
    A task may be named by its dotted path, so that what it imports is loaded by the worker alone; a test holds the
    arguments against it. Raises TypeError when the arguments do not fit a task that is given itself.
    """
    if isinstance(task, str):
        json.dumps(normalize_json(arguments), allow_nan=False)
        job = Job(task=task, priority=priority, run_after=run_after or clock.now())
    else:
        _check_arguments(task, arguments)
        job = Job(
            task=task.module_path, queue=task.queue_name, priority=priority or task.priority,
            run_after=run_after or task.run_after or clock.now(),
        )  # fmt: skip
    job.arguments, job.key, job.owner_id = normalize_json(arguments), key, owner_id
    job.max_attempts = max_attempts
    if not key:
        records.insert(job)
        return job
    for _try in range(MOST_TRIES):
        found = None if fresh else _open_with(key, again)
        if found is not None:
            return found
        if records.insert(job, or_nothing=True):
            return job
        # Somebody else's job of this key is there now, or (a seeded rehearsal) its random name was taken.
        job.handle, fresh = uuid_hex(), False
    raise IntegrityError(f"a job of the key {key!r} is refused and none is there")


def _open(key: str) -> QuerySet[Job]:
    return Job.objects.filter(key=key, state__in=Job.OPEN)


_OPEN: Statement[Job] = Statement(_open, key=str)
_OPEN_LOCKED: Statement[Job] = Statement(lambda key: _open(key).select_for_update(), key=str)


def _open_with(key: str, again: bool) -> Job | None:
    with transaction.atomic(savepoint=False):
        if not again:
            found = _OPEN.first(key=key)
            if found is None or found.state == Job.State.RUNNING:
                return found
        # Locked until the caller's transaction ends: a waiting job must not start before it can see the change.
        locked = _OPEN_LOCKED.first(key=key)
        if locked is not None and locked.state == Job.State.RUNNING and again and not locked.again:
            _open(key).filter(pk=locked.pk).update(again=True)
            locked.again = True
        return locked


def _check_arguments(task: Task[..., Any], arguments: dict[str, Any]) -> None:
    first = (None,) if task.takes_context else ()
    _signature(task.func).bind(*first, **arguments)
    json.dumps(normalize_json(arguments), allow_nan=False)


# What a function takes does not change, and is found out in longer than a job is written.
_signature = lru_cache(maxsize=256)(inspect.signature)


def drain(
    limit: int | None = None, *, ignore_delay: bool = False, strict: bool = False, told: Callable[[int], None] | None = None
) -> int:
    """Run what is ready in this process (tests, rehearsal) until nothing is, and return how many jobs ran.

    `ignore_delay` also runs what is to run later, each job once; `strict` raises RuntimeError at the first failure;
    `told` hears how far a long job is (0 to 100).
    """
    ran: list[int] = []
    while limit is None or len(ran) < limit:
        job = leases.take(lease=DRAIN_LEASE, ignore_delay=ignore_delay, exclude=ran if ignore_delay else (), alone=True)
        if job is None:
            break
        ran.append(job.pk)
        if not running.execute(job, told=told) and strict:
            job.refresh_from_db()
            raise RuntimeError(f"{job.task} (job {job.pk}) is {job.state}: {job.error}")
    return len(ran)


def retry(actor: Actor, job: Job) -> Job:
    """Run a dead, cancelled or delayed job again at once, with all its attempts; raises `Conflict` otherwise."""
    with transaction.atomic():
        row = _locked(actor, job)
        before = row.state
        if before in {Job.State.RUNNING, Job.State.DONE}:
            raise Conflict(_("This job is running or done; it cannot be run again."), code="state")
        if row.key and Job.objects.filter(key=row.key, state__in=Job.OPEN).exclude(pk=row.pk).exists():
            raise Conflict(_("The same job has been started again meanwhile."), code="state")
        row.state, row.attempts, row.run_after, row.finished_at = Job.State.READY, 0, clock.now(), None
        row.save(update_fields=["state", "attempts", "run_after", "finished_at"])
        _record(actor, "job.retry", row, before)
    return row


def cancel(actor: Actor, job: Job) -> Job:
    """Cancel a job that waits or runs; a running one can change nothing more. Raises `Conflict` when it is over."""
    with transaction.atomic():
        row = _locked(actor, job)
        before = row.state
        if before not in Job.OPEN:
            raise Conflict(_("This job has already ended."), code="state")
        row.state, row.lease_token, row.lease_until, row.again = Job.State.CANCELLED, "", None, False
        row.finished_at = clock.now()
        row.save(update_fields=["state", "lease_token", "lease_until", "again", "finished_at"])
        _record(actor, "job.cancel", row, before)
    return row


def prune(*, kept: timedelta) -> int:
    """Delete jobs of nobody in particular that were done longer ago than `kept`, and return how many."""
    old = Job.objects.filter(state=Job.State.DONE, owner_id__isnull=True, finished_at__lt=clock.now() - kept)
    return sum(Job.objects.filter(pk__in=page).delete()[0] for page in _pages(list(old.values_list("pk", flat=True))))


def _pages(ids: list[int], size: int = 500) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


def _locked(actor: Actor, job: Job) -> Job:
    row = Job.objects.select_for_update().filter(pk=job.pk).first()
    if row is None:
        raise Missing
    require(policies.may_manage(actor, row))
    return row


def _record(actor: Actor, action: str, job: Job, before: str) -> None:
    audit.append(
        actor,
        edition_id=None,
        action=action,
        obj=job,
        label=job.task,
        before={"state": before},
        after={"state": job.state},
    )

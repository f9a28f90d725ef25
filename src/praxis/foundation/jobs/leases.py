"""Taking, renewing and giving back the lease of a job: each one statement that only the holder's token can win."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Now

from praxis.foundation import clock, randomness
from praxis.foundation.jobs.models import Job

LEASE: Final = timedelta(seconds=5)
WORKER_LOST: Final = "The worker was lost while it ran this job."


def take(
    *,
    queues: Collection[str] = (),
    lease: timedelta = LEASE,
    exclude: Collection[int] = (),
    ignore_delay: bool = False,
    alone: bool = False,
) -> Job | None:
    """Take the next job under a new lease: one whose lease has lapsed first, else the first that is ready.

    `alone`: nobody else is expected to take jobs, so that what is ready comes first and is not looked at twice; should
    somebody take the job nevertheless, one of both gets it and the other looks again.
    A job whose worker was lost at its last attempt is declared dead on the way. None when nothing is to be done.
    """
    lapsed = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=Now()).order_by("lease_until")
    ready = Job.objects.filter(state=Job.State.READY).order_by("-priority", "run_after", "id")
    if not ignore_delay:
        ready = ready.filter(run_after__lte=clock.now())
    for rows in (ready, lapsed) if alone else (lapsed, ready):
        if queues:
            rows = rows.filter(queue__in=queues)
        if exclude:
            rows = rows.exclude(pk__in=exclude)
        # The cheap look comes first: a poll that finds nothing must not take SQLite's write lock.
        while alone or rows.exists():
            job, ours = _take_first(rows, lease, locking=not alone)
            if job is None:
                break
            if ours:
                return job
    return None


def _take_first(rows: QuerySet[Job], lease: timedelta, *, locking: bool) -> tuple[Job | None, bool]:
    with transaction.atomic() if locking else nullcontext():
        if locking and connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        job = rows.first()
        if job is None:
            return None, False
        mine = Job.objects.filter(pk=job.pk, state=job.state, lease_token=job.lease_token)
        if job.state == Job.State.RUNNING and job.attempts >= job.max_attempts:
            mine.update(**_closing(Job.State.DEAD), error=job.error or WORKER_LOST)
            return job, False
        changes = {
            "state": Job.State.RUNNING,
            "lease_token": randomness.token(16),
            "started_at": clock.now(),
            "finished_at": None,
            "attempts": job.attempts + 1,
            "progress": 0,
            "message": "",
        }
        # Held by state and token: between the look and this nobody else can have counted an attempt.
        if not mine.filter(attempts=job.attempts).update(lease_until=Now() + lease, **changes):
            return job, False
        for name, value in changes.items():
            setattr(job, name, value)
        return job, True


def renew(held: Mapping[int, str], lease: timedelta = LEASE) -> set[int]:
    """Renew the leases of jobs held (id to token) and return the ids of those that are no longer ours."""
    return {pk for pk, token in held.items() if not holding(pk, token).update(lease_until=Now() + lease)}


def holding(pk: int, token: str) -> QuerySet[Job]:
    """The job, as long as it runs under this token."""
    return Job.objects.filter(pk=pk, state=Job.State.RUNNING, lease_token=token)


def close(pk: int, token: str, state: Job.State, **changes: Any) -> bool:
    """Give the job back in an end state (or ready again, when that was asked for meanwhile); False if not ours."""
    return holding(pk, token).update(**{**_closing(state), **changes}) == 1


def release(pk: int, token: str, *, delay: timedelta, charge: bool, error: str) -> bool:
    """Give the job back to be run after `delay`; without `charge` the attempt does not count. False if not ours."""
    changes: dict[str, Any] = {} if charge else {"attempts": F("attempts") - 1}
    return (
        holding(pk, token).update(
            state=Job.State.READY,
            lease_token="",
            lease_until=None,
            run_after=clock.now() + delay,
            again=False,
            error=error,
            **changes,
        )
        == 1
    )


def _closing(state: Job.State) -> dict[str, Any]:
    return {
        "state": Case(When(again=True, then=Value(Job.State.READY.value)), default=Value(state.value)),
        "attempts": Case(When(again=True, then=0), default=F("attempts"), output_field=IntegerField()),
        "again": False,
        "lease_token": "",
        "lease_until": None,
        "finished_at": clock.now(),
    }

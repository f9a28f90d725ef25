"""Reading jobs: one's own, the dead letters, and how much waits."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min

from praxis.foundation import clock
from praxis.foundation.audit.services import Actor
from praxis.foundation.errors import Missing, require
from praxis.foundation.jobs import policies
from praxis.foundation.jobs.models import Job


def for_owner(owner_id: int, *, after: int | None = None, limit: int = 50) -> list[Job]:
    """One page of a person's jobs, newest first; `after` is the last id seen."""
    rows = Job.objects.filter(owner_id=owner_id).order_by("-id")
    return list((rows if after is None else rows.filter(id__lt=after))[:limit])


def get(actor: Actor, job_id: int) -> Job:
    """One job, for its owner or whoever manages all; raises `Missing` for everyone else."""
    job = Job.objects.filter(pk=job_id).first()
    if job is None or not policies.may_manage(actor, job):
        raise Missing
    return job


def dead_letters(actor: Actor, *, after: int | None = None, limit: int = 50) -> list[Job]:
    """One page of the jobs that failed for good, newest first, each with its error; raises `Forbidden`."""
    return in_state(actor, Job.State.DEAD, after=after, limit=limit)


def in_state(actor: Actor, state: Job.State, *, after: int | None = None, limit: int = 50) -> list[Job]:
    """One page of the jobs in a state, newest first; raises `Forbidden`."""
    require(policies.manages_all(actor))
    rows = Job.objects.filter(state=state).order_by("-id")
    return list((rows if after is None else rows.filter(id__lt=after))[:limit])


def counts() -> dict[str, int]:
    """How many jobs are in each state that is not over, and how many are dead."""
    found = Job.objects.filter(state__in=[*Job.OPEN, Job.State.DEAD]).order_by().values("state")
    return {"ready": 0, "running": 0, "dead": 0} | {row["state"]: row["n"] for row in found.annotate(n=Count("id"))}


def oldest_due() -> datetime | None:
    """Since when the job that waits longest could have been run, or None when nothing waits."""
    due = Job.objects.filter(state=Job.State.READY, run_after__lte=clock.now())
    found: datetime | None = due.aggregate(oldest=Min("run_after"))["oldest"]
    return found

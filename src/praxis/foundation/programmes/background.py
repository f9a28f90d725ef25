"""Background jobs as the people of an edition see them: those of their edition and their own, or all of the house."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from praxis.foundation.errors import Missing, require
from praxis.foundation.jobs import policies as job_policies
from praxis.foundation.jobs import schedule
from praxis.foundation.jobs.models import Job
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import may_run


def _seen(actor: Any, edition: Edition) -> QuerySet[Job]:
    require(may_run(actor, edition))
    if job_policies.manages_all(actor):
        return Job.objects.all()
    # That a job of another edition runs, and when, may tell of decisions that are not this reader's to know.
    return Job.objects.filter(Q(arguments__edition_id=edition.pk) | Q(owner_id=actor.pk))


def jobs(
    actor: Any, edition: Edition, *, state: str = "", housekeeping: bool = True, after: int | None = None, limit: int = 50
) -> list[Job]:
    """One page of the jobs the actor may see, newest first; `after` is the last id seen.

    Without `housekeeping`, recurring jobs that went well are left out: there is one every minute.
    """
    rows = _seen(actor, edition).order_by("-id")
    if not housekeeping:
        rows = rows.exclude(task__in=[entry.task for entry in schedule.registered()], state=Job.State.DONE)
    if state in Job.State.values:
        rows = rows.filter(state=state)
    return list((rows if after is None else rows.filter(id__lt=after))[:limit])


def job(actor: Any, edition: Edition, handle: str) -> Job:
    """One job the actor may see; raises Missing."""
    row = _seen(actor, edition).filter(handle=handle).first()
    if row is None:
        raise Missing()
    return row


def failed(actor: Any, edition: Edition) -> int:
    """How many of the jobs the actor may see have failed for good."""
    return _seen(actor, edition).filter(state=Job.State.DEAD).count()

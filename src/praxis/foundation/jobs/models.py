"""Jobs: what must happen, written in the same transaction as what caused it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from praxis.foundation import clock
from praxis.foundation.randomness import uuid_hex


class Job(models.Model):
    """One run of a task. A worker holds it by a lease it renews; a lease that lapses is taken up by another.

    `arguments` hold ids, not personal data. A ready job with an `error` has failed and waits for its next attempt.
    """

    class State(models.TextChoices):
        READY = "ready", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        DEAD = "dead", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (State.READY, State.RUNNING)

    # What names it in an address: the number of the row would tell how many jobs the house had between two of them.
    handle = models.CharField(max_length=32, unique=True, default=uuid_hex)
    task = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    # A running or waiting job with the same key is not enqueued twice; `again` asks a running one to run once more.
    key = models.CharField(max_length=200, blank=True)
    again = models.BooleanField(default=False)
    owner_id = models.BigIntegerField(null=True)
    run_after = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # By the database's clock, which all workers share.
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    progress = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state__in=["ready", "running"]) & ~Q(key=""), name="jobs_job_open_key"
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False) | (~Q(state="running") & Q(lease_token="")),
                name="jobs_job_leased_when_running",
            ),
        ]
        indexes = [
            # Whole, with the state in front: a partial index is of no use where the state comes as a bound value, and
            # the next job would be looked for among all that wait.
            models.Index(fields=["state", "-priority", "run_after", "id"], name="jobs_job_next"),
            models.Index(fields=["state", "lease_until"], name="jobs_job_lease"),
            models.Index(fields=["key", "-id"], name="jobs_job_key"),
            models.Index(fields=["state", "-id"], name="jobs_job_state"),
            models.Index(fields=["owner_id", "-id"], condition=Q(owner_id__isnull=False), name="jobs_job_owner"),
        ]


class Schedule(models.Model):
    """A recurring job and the last period (counted from the epoch) for which it was enqueued."""

    code = models.CharField(max_length=60, primary_key=True)
    period = models.BigIntegerField(default=-1)

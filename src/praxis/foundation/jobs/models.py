"""Jobs: what must happen, written in the same transaction as what caused it."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock


class Job(models.Model):
    """One run of a task. A worker holds it by a lease it renews; a lease that lapses is taken up by another."""

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        DEAD = "dead"

    task = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    # A running or waiting job with the same key is not enqueued twice.
    key = models.CharField(max_length=200, blank=True)
    owner_id = models.BigIntegerField(null=True)
    run_after = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    progress = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    result = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "queue", "-priority", "run_after", "id"], name="jobs_job_next"),
            models.Index(fields=["key"], name="jobs_job_key"),
        ]

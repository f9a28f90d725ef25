"""Enqueueing what recurs, exactly once a period whatever the number of workers."""

from __future__ import annotations

from django.db import transaction

from praxis.foundation import clock
from praxis.foundation.jobs import running, schedule, services
from praxis.foundation.jobs.models import Schedule


def tick(seen: dict[str, int] | None = None) -> int:
    """Enqueue every recurring job whose period has begun and return how many.

    `seen` (code to period) is the caller's memory: a period it has seen costs no statement.
    """
    seen = {} if seen is None else seen
    enqueued = 0
    for entry in schedule.registered():
        period = int(clock.now().timestamp() // entry.every.total_seconds())
        if seen.get(entry.code) == period:
            continue
        enqueued += _enqueue_once(entry, period)
        seen[entry.code] = period
    return enqueued


def _enqueue_once(entry: schedule.Recurring, period: int) -> bool:
    rows = Schedule.objects.filter(code=entry.code)
    if rows.filter(period__gte=period).exists():
        return False
    with transaction.atomic():
        Schedule.objects.bulk_create([Schedule(code=entry.code)], ignore_conflicts=True)
        # One worker alone moves the period on; when the job of the period before still waits, it will do.
        if not rows.filter(period__lt=period).update(period=period):
            return False
        services.enqueue(running.resolve(entry.task), key=f"every:{entry.code}")
    return True

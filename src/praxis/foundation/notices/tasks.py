"""Jobs of the notices: delivering one, and finding those whose job was lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django_tasks import task

from praxis.foundation import clock
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices import delivery
from praxis.foundation.notices.models import Notice

PREFIX: Final = "notice:"
# Younger ones are on their way.
LEFT_ALONE: Final = timedelta(minutes=15)
PAGE: Final = 500


@task()
def deliver(notice_id: int) -> None:
    """Hand a notice to the mail server."""
    delivery.deliver(notice_id)


@task()
def sweep() -> int:
    """Enqueue again what waits without a job; declare dead what was tried too long. Returns how many it found."""
    open_keys = Job.objects.filter(key__startswith=PREFIX, state__in=Job.OPEN).values_list("key", flat=True)
    busy = {int(key.removeprefix(PREFIX)) for key in open_keys}
    unsent = Notice.objects.filter(
        state__in=[Notice.State.WAITING, Notice.State.DELAYED], created_at__lt=clock.now() - LEFT_ALONE
    )
    left = [row for row in unsent.order_by("created_at").values_list("pk", "retry_until") if row[0] not in busy]
    for pk, until in left[:PAGE]:
        if until is not None and until <= clock.now():
            Notice.objects.filter(pk=pk, state=Notice.State.DELAYED).update(state=Notice.State.DEAD)
        else:
            enqueue(pk)
    return len(left[:PAGE])


def enqueue(notice_id: int, *, priority: int = 0, fresh: bool = False) -> Job:
    """Write the job that delivers a notice, in the caller's transaction; a `fresh` one has none yet."""
    return jobs.enqueue(
        deliver, key=f"{PREFIX}{notice_id}", priority=priority, again=True, fresh=fresh, notice_id=notice_id
    )

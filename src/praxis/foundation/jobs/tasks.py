"""What the house does regularly: seal the audit log, forget jobs long done."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from praxis.foundation.audit import services as audit
from praxis.foundation.jobs import services

KEPT = timedelta(days=14)


@task()
def seal_audit() -> int:
    """Seal what was added to the audit log since the last time."""
    return audit.seal()


@task()
def prune_jobs() -> int:
    """Delete jobs of the house that were done two weeks ago."""
    return services.prune(kept=KEPT)

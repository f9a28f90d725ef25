"""What recurs in the house itself. The audit log lies below the jobs, so that its sealing is registered here."""

from __future__ import annotations

from datetime import timedelta

from praxis.foundation.jobs import schedule

schedule.register("audit.seal", "praxis.foundation.jobs.tasks.seal_audit", every=timedelta(minutes=1))
schedule.register("jobs.prune", "praxis.foundation.jobs.tasks.prune_jobs", every=timedelta(days=1))

"""What recurs for files."""

from __future__ import annotations

from datetime import timedelta

from praxis.foundation.jobs import schedule

schedule.register("files.tidy", "praxis.foundation.files.tasks.tidy", every=timedelta(hours=1))

"""Exports: seconds and memory of the process that writes them, one fresh process each."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench import cpu
from bench.servers import ROOT
from praxis.foundation.files.models import StoredFile
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import exports as cases
from praxis.lifecycle.cases.selectors import Filters
from praxis.lifecycle.reviews import tasks
from praxis.lifecycle.showcase import services as showcase


@dataclass
class Export:
    """A job: seconds, MiB at the highest, MiB the same process held before it, bytes of the file."""

    code: str
    label: str
    seconds: float
    peak: float
    idle: float
    bytes: int
    problem: str = ""


def enqueue(edition_id: int, run_id: int, user_id: int) -> dict[str, Callable[[], int]]:
    """The exports by code, each a function that has it written by a job and returns the job's id."""
    edition, user = Edition.objects.get(pk=edition_id), User.objects.get(pk=user_id)
    return {
        "cases": lambda: cases.request(user, edition, Filters()).pk,
        "standings": lambda: jobs.enqueue(
            tasks.export_standings, owner_id=user.pk, run_id=run_id, language="en"
        ).pk,
        "everything": lambda: showcase.export_everything(user, edition).pk,
    }


LABELS = {
    "cases": "Cases as a spreadsheet",
    "standings": "Standings as a spreadsheet",
    "everything": "Everything of the edition",
}


def run(code: str, job_id: int, environment: Mapping[str, str]) -> Export:
    """Run one job in a process of its own, which does what the worker does and is then asked what it took."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.within", "exports", str(job_id)], env=dict(environment), cwd=ROOT, check=False,
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["it failed"])[-1]
        return Export(code, LABELS[code], 0, 0, 0, 0, reason[:200])
    return Export(code, LABELS[code], **json.loads(done.stdout.splitlines()[-1]))


def main(argv: Sequence[str]) -> int:
    """Run the job of this number and print what it took as JSON."""
    job_id = int(argv[0])
    Job.objects.exclude(pk=job_id).filter(state=Job.State.READY).update(state=Job.State.CANCELLED)
    files = set(StoredFile.objects.values_list("pk", flat=True))
    idle, begun = cpu.memory("VmRSS"), time.perf_counter()
    jobs.drain(limit=1, strict=True)
    seconds = time.perf_counter() - begun
    size = sum(StoredFile.objects.exclude(pk__in=files).values_list("size", flat=True))
    job = Job.objects.get(pk=job_id)
    if job.state != Job.State.DONE:
        print(f"the job is {job.state}: {job.error[-300:]}", file=sys.stderr)
        return 1
    print(json.dumps({"seconds": seconds, "peak": cpu.memory("VmHWM"), "idle": idle, "bytes": size}))
    return 0

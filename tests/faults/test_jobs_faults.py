"""Workers are killed, stopped and doubled; every job ends, and its effect in the database happens once."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.jobs import services
from praxis.foundation.jobs.models import Job
from tests.support import job_tasks
from tests.support.workers import Workers, until, workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Workers]:
    with workers(tmp_path) as found:
        yield found


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def effects() -> int:
    return AuditEvent.objects.filter(action=job_tasks.EFFECT).count()


def test_a_worker_killed_two_seconds_into_a_job_is_replaced(crew: Workers, tmp_path: Path) -> None:
    job = services.enqueue(job_tasks.long, folder=str(tmp_path), number=1)
    first = crew.start()
    until(lambda: Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, progress__gte=20).exists())
    first.send_signal(signal.SIGKILL)
    killed_at = time.monotonic()
    crew.start()
    until(lambda: Job.objects.filter(pk=job.pk, attempts=2).exists())
    assert time.monotonic() - killed_at <= 8
    assert effects() == 0
    (tmp_path / "go").touch()
    until(lambda: state(job) == Job.State.DONE)
    assert effects() == 1
    assert job.attempts == 2


def test_a_worker_killed_between_effect_and_commit_leaves_no_half(crew: Workers, tmp_path: Path) -> None:
    job = services.enqueue(job_tasks.slow_in_fence, folder=str(tmp_path), number=1)
    first = crew.start()
    until((tmp_path / "written").exists)
    assert effects() == 0
    first.send_signal(signal.SIGKILL)
    first.wait()
    (tmp_path / "commit").touch()
    crew.start()
    until(lambda: state(job) == Job.State.DONE)
    assert effects() == 1
    assert job.attempts == 2


def test_a_worker_that_sleeps_past_its_lease_changes_nothing_when_it_wakes(crew: Workers, tmp_path: Path) -> None:
    job = services.enqueue(job_tasks.silent, folder=str(tmp_path), number=1)
    sleeper = crew.start()
    until((tmp_path / "started").exists)
    sleeper.send_signal(signal.SIGSTOP)
    (tmp_path / "go").touch()
    crew.start()
    until(lambda: state(job) == Job.State.DONE)
    sleeper.send_signal(signal.SIGCONT)
    sleeper.send_signal(signal.SIGTERM)
    assert sleeper.wait(timeout=30) == 0
    assert effects() == 1
    assert (state(job), job.attempts, job.error) == (Job.State.DONE, 2, "")


def test_a_worker_asked_to_stop_ends_its_job_and_takes_no_other(crew: Workers, tmp_path: Path) -> None:
    job = services.enqueue(job_tasks.long, folder=str(tmp_path), number=1)
    other = services.enqueue(job_tasks.once, priority=-5, number=2)
    worker = crew.start()
    until((tmp_path / "started").exists)
    worker.send_signal(signal.SIGTERM)
    (tmp_path / "go").touch()
    assert worker.wait(timeout=30) == 0
    assert (state(job), job.attempts) == (Job.State.DONE, 1)
    assert state(other) == Job.State.READY


def test_a_long_job_keeps_its_lease_beside_an_idle_worker(crew: Workers, tmp_path: Path) -> None:
    job = services.enqueue(job_tasks.long, folder=str(tmp_path), number=1)
    crew.start()
    crew.start()
    until(lambda: Job.objects.filter(pk=job.pk, progress__gte=65).exists())
    (tmp_path / "go").touch()
    until(lambda: state(job) == Job.State.DONE)
    assert job.attempts == 1
    assert effects() == 1


def test_three_workers_share_many_jobs_and_do_each_once(crew: Workers) -> None:
    for number in range(60):
        services.enqueue(job_tasks.once, number=number)
    for _ in range(3):
        crew.start()
    until(lambda: not Job.objects.exclude(state=Job.State.DONE).exists())
    assert effects() == 60
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}

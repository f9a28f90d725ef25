"""A job is written with its cause, runs once, fails visibly, and can be tried again."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.db import IntegrityError, connection, transaction
from django_tasks import TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from praxis.foundation import clock
from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.errors import Conflict, Forbidden, Missing
from praxis.foundation.jobs import leases, policies, recurring, running, schedule, selectors, services
from praxis.foundation.jobs.models import Job, Schedule
from praxis.foundation.jobs.worker import Worker
from tests.support import job_tasks

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


class Person:
    """An actor who is nobody in particular."""

    def __init__(self, pk: int, *, superuser: bool = False) -> None:
        self.pk, self.is_superuser = pk, superuser

    def __str__(self) -> str:
        return f"person {self.pk}"


def effects() -> int:
    return AuditEvent.objects.filter(action=job_tasks.EFFECT).count()


def let_lease_lapse(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))


def test_a_job_runs_and_keeps_its_result() -> None:
    fenced = services.enqueue(job_tasks.once, number=1)
    plain = services.enqueue(job_tasks.plain, number=2)
    given = services.enqueue(job_tasks.with_result, number=3)
    assert services.drain() == 3
    for job in (fenced, plain, given):
        job.refresh_from_db()
        assert (job.state, job.progress, job.attempts, job.error) == (Job.State.DONE, 100, 1, "")
    assert (fenced.result, plain.result, given.result) == ({"number": 1}, 4, {"number": 3})
    assert effects() == 2
    assert services.drain() == 0


def test_a_job_of_an_undone_transaction_is_not_there() -> None:
    def fail() -> None:
        with transaction.atomic():
            services.enqueue(job_tasks.once, number=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not Job.objects.exists()


def test_arguments_that_do_not_fit_are_refused_when_enqueued() -> None:
    for wrong in ({}, {"number": 1, "more": 2}, {"number": object()}):
        with pytest.raises(TypeError):
            services.enqueue(job_tasks.once, **wrong)
    assert not Job.objects.exists()


def test_the_public_interface_of_tasks_works() -> None:
    result = job_tasks.once.enqueue(5)
    assert result.status == TaskResultStatus.READY
    later = job_tasks.once.using(run_after=NOON, priority=3).enqueue(number=6)
    assert Job.objects.get(pk=later.id).run_after == NOON
    assert Job.objects.get(pk=later.id).priority == 3
    context = job_tasks.with_context.enqueue(number=7)
    services.drain()
    result.refresh()
    assert result.status == TaskResultStatus.SUCCESSFUL
    assert result.return_value == {"number": 5}
    context.refresh()
    assert context.return_value == [1, 7]
    assert job_tasks.once.get_result(result.id).is_finished
    with pytest.raises(TaskResultDoesNotExist):
        job_tasks.once.get_result("999999")
    failed = services.enqueue(job_tasks.giving_up)
    services.drain()
    found = job_tasks.giving_up.get_result(str(failed.pk))
    assert found.status == TaskResultStatus.FAILED
    assert "no such thing" in found.errors[0].traceback


def test_an_open_job_of_the_same_key_is_not_doubled() -> None:
    first = services.enqueue(job_tasks.once, key="case:1", number=1)
    assert services.enqueue(job_tasks.once, key="case:1", number=1).pk == first.pk
    taken = leases.take()
    assert taken is not None
    assert services.enqueue(job_tasks.once, key="case:1", number=1).pk == first.pk
    running.execute(taken)
    assert services.enqueue(job_tasks.once, key="case:1", number=1).pk != first.pk
    assert services.enqueue(job_tasks.once, key="case:2", number=1).key == "case:2"


def test_work_asked_for_again_while_it_runs_runs_once_more(tmp_path: Path) -> None:
    job = services.enqueue(job_tasks.enqueues_itself_once_more, key="same", folder=str(tmp_path))
    assert services.drain() == 2
    assert (tmp_path / "runs").read_text() == "2"
    job.refresh_from_db()
    assert (job.state, job.again, Job.objects.count()) == (Job.State.DONE, False, 1)


def test_order_is_priority_then_time() -> None:
    with clock.at(NOON):
        late = services.enqueue(job_tasks.once, number=1)
        first = services.enqueue(job_tasks.once, number=2, priority=1)
        early = services.enqueue(job_tasks.once, number=3, run_after=NOON - timedelta(hours=1))
        taken = [leases.take() for _ in range(3)]
    assert [job.pk for job in taken if job] == [first.pk, early.pk, late.pk]


def test_a_job_waits_for_its_time_and_its_queue() -> None:
    services.enqueue(job_tasks.urgent)
    with clock.at(NOON):
        services.enqueue(job_tasks.once, number=1, run_after=NOON + timedelta(hours=1))
        assert leases.take(queues=["default"]) is None
        assert services.drain() == 0
    with clock.at(NOON + timedelta(hours=1)):
        assert leases.take(queues=["default"]) is not None
    taken = leases.take(queues=["other"])
    assert taken is not None
    assert taken.priority == 5


def test_a_failing_job_is_tried_again_later_and_at_last_is_dead() -> None:
    with clock.at(NOON):
        job = services.enqueue(job_tasks.failing, number=1, max_attempts=2)
        assert services.drain() == 1
        job.refresh_from_db()
        assert (job.state, job.attempts, job.run_after) == (Job.State.READY, 1, NOON + running.backoff(1))
        assert job.error.startswith("ValueError: wang@example.org is unknown")
        assert "job_tasks.py" in job.error
        assert services.drain() == 0
        assert services.drain(ignore_delay=True) == 1
    job.refresh_from_db()
    assert job.state == Job.State.DEAD
    assert [row.pk for row in selectors.dead_letters(SYSTEM)] == [job.pk]
    assert selectors.counts() == {"ready": 0, "running": 0, "dead": 1}


def test_the_delays_grow_and_are_bounded() -> None:
    delays = [running.backoff(attempts) for attempts in range(1, 200)]
    assert delays[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert delays == sorted(delays)
    assert delays[-1] == timedelta(hours=1)


def test_no_personal_data_is_logged() -> None:
    services.enqueue(job_tasks.failing, number=1, max_attempts=1)
    with structlog.testing.capture_logs() as logs:
        services.drain()
    assert [entry["event"] for entry in logs] == ["job_dead"]
    assert logs[0]["error"] == "ValueError"
    assert "example.org" not in str(logs)


def test_a_failure_in_the_fence_undoes_the_effect_and_one_after_it_does_not() -> None:
    inside = services.enqueue(job_tasks.failing_in_fence, number=1)
    after = services.enqueue(job_tasks.failing_after_fence, number=2)
    double = services.enqueue(job_tasks.two_fences)
    services.drain()
    for job in (inside, after, double):
        job.refresh_from_db()
    assert inside.state == Job.State.READY
    assert after.state == Job.State.DONE
    assert double.state == Job.State.DONE
    assert effects() == 1


def test_postponing_does_not_use_up_attempts_and_giving_up_ends() -> None:
    with clock.at(NOON):
        waiting = services.enqueue(job_tasks.postponing, max_attempts=1)
        ended = services.enqueue(job_tasks.giving_up)
        assert services.drain() == 2
        assert services.drain(ignore_delay=True) == 1
    waiting.refresh_from_db()
    ended.refresh_from_db()
    assert (waiting.state, waiting.attempts, waiting.error) == (Job.State.READY, 0, "the server is away")
    assert waiting.run_after == NOON + timedelta(minutes=30)
    assert (ended.state, ended.error) == (Job.State.DEAD, "GiveUp: no such thing")


def test_a_lapsed_lease_is_taken_up_and_the_zombie_changes_nothing() -> None:
    job = services.enqueue(job_tasks.once, number=1)
    zombie = leases.take()
    assert zombie is not None
    assert leases.take() is None
    let_lease_lapse(job)
    heir = leases.take()
    assert heir is not None
    assert heir.attempts == 2
    assert leases.renew({zombie.pk: zombie.lease_token}) == {zombie.pk}
    assert leases.renew({heir.pk: heir.lease_token}) == set()
    assert running.execute(zombie) is False
    assert effects() == 0
    assert running.execute(heir) is True
    assert running.execute(zombie) is False
    assert effects() == 1


def test_who_has_lost_the_lease_does_not_begin_the_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    monkeypatch.setattr(job_tasks, "effect", begun.append)
    job = services.enqueue(job_tasks.once, number=1)
    zombie = leases.take()
    assert zombie is not None
    let_lease_lapse(job)
    assert leases.take() is not None
    assert running.execute(zombie) is False
    assert begun == []


def test_who_loses_the_job_within_the_fence_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = job_tasks.effect

    def robbed(number: int) -> None:
        whole(number)
        Job.objects.update(lease_token="of another worker")

    monkeypatch.setattr(job_tasks, "effect", robbed)
    services.enqueue(job_tasks.once, number=1)
    taken = leases.take()
    assert taken is not None
    assert running.execute(taken) is False
    assert effects() == 0
    assert Job.objects.get().state == Job.State.RUNNING


def test_a_lease_that_is_renewed_is_not_taken() -> None:
    job = services.enqueue(job_tasks.once, number=1)
    taken = leases.take()
    assert taken is not None
    let_lease_lapse(job)
    assert leases.renew({taken.pk: taken.lease_token}) == set()
    assert leases.take() is None


def test_a_job_that_kills_its_workers_is_dead_after_its_attempts() -> None:
    job = services.enqueue(job_tasks.once, number=1, max_attempts=2)
    for _ in range(2):
        assert leases.take() is not None
        let_lease_lapse(job)
    assert leases.take() is None
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.DEAD, leases.WORKER_LOST)


def test_progress_is_seen_and_tells_a_cancelled_run_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, str]] = []

    def watch(percent: float, message: str) -> None:
        services.progress(percent, message)
        found = Job.objects.get()
        seen.append((found.progress, found.message))

    def run(number: int) -> None:
        watch(-5, "begin")
        monkeypatch.setattr(running, "PROGRESS_EVERY", 0)
        watch(50.7, "half")
        watch(200, "over")
        services.cancel(SYSTEM, Job.objects.get())
        services.progress(60, "never")
        raise AssertionError("a cancelled run goes on")

    job = services.enqueue(job_tasks.plain, number=1)
    monkeypatch.setattr(running, "_call", lambda job: run(**job.arguments))
    assert services.drain() == 1
    assert seen == [(0, "begin"), (50, "half"), (100, "over")]
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.CANCELLED, "")
    services.progress(10, "outside of a job nothing happens")


def test_the_fence_outside_of_a_job_is_a_transaction() -> None:
    assert services.current() is None
    job_tasks.once.call(number=1)
    assert effects() == 1
    with pytest.raises(ValueError, match="no"):
        job_tasks.failing_in_fence.call(number=1)
    assert effects() == 1


def test_retry_and_cancel_ask_who_and_leave_a_trace() -> None:
    job = services.enqueue(job_tasks.giving_up, owner_id=4)
    services.drain()
    with pytest.raises(Forbidden):
        services.retry(Person(5), job)
    assert services.retry(Person(4), job).state == Job.State.READY
    assert services.cancel(Person(1, superuser=True), job).state == Job.State.CANCELLED
    with pytest.raises(Conflict):
        services.cancel(SYSTEM, job)
    assert services.retry(SYSTEM, job).attempts == 0
    done = services.enqueue(job_tasks.once, number=1)
    services.drain()
    with pytest.raises(Conflict):
        services.retry(SYSTEM, done)
    assert list(AuditEvent.objects.filter(action__startswith="job.").values_list("action", flat=True)) == [
        "job.retry",
        "job.cancel",
        "job.retry",
    ]
    done.delete()
    with pytest.raises(Missing):
        services.retry(SYSTEM, Job(pk=done.pk or 999999))


def test_a_dead_job_is_not_retried_beside_its_successor() -> None:
    job = services.enqueue(job_tasks.giving_up, key="k")
    services.drain()
    services.enqueue(job_tasks.giving_up, key="k")
    with pytest.raises(Conflict):
        services.retry(SYSTEM, job)


def test_who_sees_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "_managers", [])
    jobs = [services.enqueue(job_tasks.once, number=n, owner_id=4) for n in range(5)]
    first = selectors.for_owner(4, limit=3)
    assert [job.pk for job in first + selectors.for_owner(4, after=first[-1].pk)] == [j.pk for j in reversed(jobs)]
    assert selectors.for_owner(5) == []
    assert selectors.get(Person(4), jobs[0].pk).pk == jobs[0].pk
    with pytest.raises(Missing):
        selectors.get(Person(5), jobs[0].pk)
    with pytest.raises(Forbidden):
        selectors.dead_letters(Person(5))
    policies.register_manager(lambda actor: actor.pk == 5)
    assert selectors.dead_letters(Person(5)) == []
    assert selectors.oldest_due() == jobs[0].run_after


def test_what_recurs_is_enqueued_once_a_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_registered", {})
    schedule.register("test", "tests.support.job_tasks.urgent", timedelta(minutes=1))
    schedule.register("test", "tests.support.job_tasks.urgent", timedelta(minutes=1))
    with pytest.raises(ValueError, match="test"):
        schedule.register("test", "tests.support.job_tasks.urgent", timedelta(minutes=2))
    memories: list[dict[str, int]] = [{}, {}]
    for seconds, expected in ((0, 1), (30, 0), (60, 1), (119, 0), (400, 1)):
        with clock.at(NOON + timedelta(seconds=seconds)):
            assert sum(recurring.tick(seen) for seen in memories) == expected
            services.drain()
    assert Job.objects.count() == 3


def test_what_recurs_does_not_pile_up_while_no_worker_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_registered", {})
    schedule.register("test", "tests.support.job_tasks.urgent", timedelta(minutes=1))
    for minutes in range(5):
        with clock.at(NOON + timedelta(minutes=minutes)):
            recurring.tick()
    assert Job.objects.count() == 1


def test_the_house_seals_its_log_and_forgets_old_jobs() -> None:
    assert {"audit.seal", "jobs.prune"} <= {entry.code for entry in schedule.registered()}
    for entry in schedule.registered():
        running.resolve(entry.task)
    with clock.at(NOON):
        job_tasks.effect(1)
        recurring.tick()
        services.drain()
        services.enqueue(job_tasks.plain, number=1, owner_id=3)
        services.drain()
    assert AuditEvent.objects.filter(number=1).exists()
    with clock.at(NOON + timedelta(days=15)):
        assert services.prune(kept=timedelta(days=14)) >= 2
    assert Job.objects.get().owner_id == 3


def test_an_idle_poll_writes_nothing(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2) as seen:  # type: ignore[operator]
        assert leases.take() is None
    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)


@pytest.mark.django_db(transaction=True)
def test_a_worker_in_this_process_works_in_several_threads_until_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_registered", {})
    schedule.register("test", "tests.support.job_tasks.urgent", timedelta(days=1))
    for number in range(12):
        services.enqueue(job_tasks.once, number=number)
    worker = Worker(threads=3)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        pause = threading.Event()
        for _ in range(600):
            if Job.objects.filter(state=Job.State.DONE).count() == 13:
                break
            pause.wait(0.05)
    finally:
        worker.stop()
        thread.join(timeout=20)
    assert not thread.is_alive()
    assert effects() == 12
    assert Schedule.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_enqueue_what_recurs_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "_registered", {})
    schedule.register("test", "tests.support.job_tasks.urgent", timedelta(minutes=1))
    barrier, enqueued = threading.Barrier(4), list[int]()

    def worker() -> None:
        try:
            with clock.at(NOON):
                barrier.wait(timeout=10)
                enqueued.append(recurring.tick())
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(enqueued) == [0, 0, 0, 1]
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_enqueued_side_by_side_makes_one_job() -> None:
    barrier, found, failures = threading.Barrier(5), list[int](), list[Exception]()

    def enqueue() -> None:
        try:
            barrier.wait(timeout=10)
            with transaction.atomic():
                found.append(services.enqueue(job_tasks.once, key="one", number=1).pk)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=enqueue) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(found)) == 1
    assert Job.objects.count() == 1


def test_a_row_that_is_always_refused_is_not_written_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def refuse(job: Job, **options: Any) -> bool:
        tried.append(job.handle)
        return False

    monkeypatch.setattr(services.records, "insert", refuse)
    with pytest.raises(IntegrityError):
        services.enqueue(job_tasks.once, key="refused", number=1)
    assert len(set(tried)) == len(tried) == services.MOST_TRIES


@pytest.mark.skipif(connection.vendor != "sqlite", reason="what SQLite does with bound values")
def test_the_next_job_is_not_sought_among_all_that_wait() -> None:
    plans: list[str] = []

    def explain(execute: Any, sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith("SELECT") and '"jobs_job"' in sql:
            rows = connection.connection.execute("EXPLAIN QUERY PLAN " + sql.replace("%s", "?"), parameters)
            plans.extend(row[3] for row in rows)
        return execute(sql, parameters, many, context)

    Job.objects.bulk_create(Job(task="a", key=f"key-{number}") for number in range(20))
    with connection.execute_wrapper(explain), transaction.atomic():
        leases.take()
        leases.take(alone=True)
        services.enqueue(job_tasks.plain, key="key-7", number=1)
    assert any("jobs_job_next" in plan for plan in plans)
    assert any("jobs_job_lease" in plan for plan in plans)
    assert any("jobs_job_key" in plan for plan in plans)
    assert not [plan for plan in plans if "TEMP B-TREE" in plan or "SCAN" in plan]

"""The jobs as a backend of the `django_tasks` API: `task.enqueue(...)` writes a row in the caller's transaction."""

from __future__ import annotations

import inspect
from typing import Any

from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from praxis.foundation.jobs import running, services
from praxis.foundation.jobs.models import Job

STATUS = {
    Job.State.READY: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.DEAD: TaskResultStatus.FAILED,
    Job.State.CANCELLED: TaskResultStatus.FAILED,
}


class DatabaseBackend(BaseTaskBackend):
    """Keeps jobs in the database of the application, under leases."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        # Without a list every queue is taken.
        self.queues = set(params.get("QUEUES", ()))

    def enqueue(self, task: Task[..., Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Write the job; positional arguments are kept under their names."""
        self.validate_task(task)
        first = (None,) if task.takes_context else ()
        arguments = dict(inspect.signature(task.func).bind(*first, *args, **kwargs).arguments)
        if task.takes_context:
            arguments.pop("context")
        return self._result(services.enqueue(task, **arguments), task)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """The state of a job by its id; raises `TaskResultDoesNotExist`."""
        job = Job.objects.filter(pk=result_id).first() if result_id.isdecimal() else None
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return self._result(job, running.resolve(job.task))

    def _result(self, job: Job, task: Task[..., Any]) -> TaskResult[Any]:
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=str(job.pk),
            status=STATUS[Job.State(job.state)],
            enqueued_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at if job.state not in Job.OPEN else None,
            last_attempted_at=job.started_at,
            args=[],
            kwargs=job.arguments,
            backend=self.alias,
            errors=[TaskError(exception_class_path="builtins.RuntimeError", traceback=job.error)] if job.error else [],
            worker_ids=[str(number) for number in range(job.attempts)],
        )
        object.__setattr__(result, "_return_value", job.result)
        return result

"""The worker: takes jobs, keeps their leases alive, and stops when asked, after the jobs it holds."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Collection, Iterator
from datetime import timedelta
from types import FrameType
from typing import Final

import structlog
from django.conf import settings
from django.db import Error, connections, reset_queries

from praxis.foundation.jobs import leases, recurring, running
from praxis.foundation.jobs.models import Job

log = structlog.get_logger("praxis.jobs")

POLL_FIRST: Final = 0.2  # seconds
POLL_LONGEST: Final = 1.0
RETRY_DATABASE: Final = 2.0


class Worker:
    """Runs jobs of the given queues (all, if none are named) in `threads` threads until `stop` or SIGTERM.

    A lease is renewed four times in its length by a thread with its own connection; when the process is killed, the
    lease lapses and any other worker takes the job up.
    """

    def __init__(
        self, *, queues: Collection[str] = (), threads: int = 1, lease: timedelta = leases.LEASE, recur: bool = True
    ) -> None:
        self.queues, self.threads, self.lease, self.recur = tuple(queues), threads, lease, recur
        self._stop = threading.Event()
        self._done = threading.Event()
        self._held: dict[int, tuple[str, threading.Event]] = {}
        self._lock = threading.Lock()
        self._periods: dict[str, int] = {}

    def stop(self) -> None:
        """Take no further job; `run` returns when the jobs held have ended."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped. In the main thread SIGTERM and SIGINT stop it."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._on_signal)
        others = [
            threading.Thread(target=self._loop, args=(False,), name=f"jobs-{number}", daemon=True)
            for number in range(1, self.threads)
        ]
        heart = threading.Thread(target=self._beat, name="jobs-heartbeat", daemon=True)
        for thread in (heart, *others):
            thread.start()
        log.info("worker_started", threads=self.threads, queues=self.queues)
        try:
            self._loop(self.recur)
        finally:
            self._stop.set()
            for thread in others:
                thread.join()
            self._done.set()
            heart.join()
            log.info("worker_stopped")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _loop(self, recur: bool) -> None:
        try:
            self._poll(recur)
        finally:
            # A mistake of our own in one thread ends the process, so that it is seen and started anew.
            self._stop.set()
            connections.close_all()

    def _poll(self, recur: bool) -> None:
        idle = POLL_FIRST
        while not self._stop.is_set():
            try:
                if recur:
                    recurring.tick(self._periods)
                worked = self._work_once()
            except Error as error:
                # The database is away or busy: what we held lapses and is taken up again.
                log.warning("worker_without_database", error=type(error).__name__)
                connections.close_all()
                self._stop.wait(RETRY_DATABASE)
                continue
            if worked:
                idle = POLL_FIRST
                continue
            self._stop.wait(idle)
            idle = min(POLL_LONGEST, idle * 1.5)

    def _work_once(self) -> bool:
        if settings.DEBUG:
            reset_queries()
        with self._lock:
            mine = tuple(self._held)
        job = leases.take(queues=self.queues, lease=self.lease, exclude=mine)
        if job is None:
            return False
        with self._holding(job) as lost:
            running.execute(job, lost)
        return True

    @contextlib.contextmanager
    def _holding(self, job: Job) -> Iterator[threading.Event]:
        lost = threading.Event()
        with self._lock:
            self._held[job.pk] = (job.lease_token, lost)
        try:
            yield lost
        finally:
            with self._lock:
                self._held.pop(job.pk, None)

    def _beat(self) -> None:
        while not self._done.wait(self.lease.total_seconds() / 4):
            with self._lock:
                held = dict(self._held)
            if not held:
                continue
            try:
                gone = leases.renew({pk: token for pk, (token, _) in held.items()}, self.lease)
            except Error as error:
                log.warning("lease_not_renewed", error=type(error).__name__)
                connections.close_all()
                continue
            for pk in gone:
                held[pk][1].set()
        connections.close_all()

"""Run background jobs until SIGTERM or Ctrl-C; a job under way is finished first."""

from __future__ import annotations

import argparse
import os
import signal
import threading

from praxis.foundation.jobs.worker import Worker


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--threads", type=int, default=int(os.environ.get("PRAXIS_WORKER_THREADS", "1")))
    parser.add_argument("--queue", action="append", default=[], help="only this queue; may be given several times")
    parser.add_argument("--stop-with", type=int, metavar="PID", help="stop when this parent process is gone")


def run(options: argparse.Namespace) -> int:
    worker = Worker(queues=options.queue, threads=options.threads)
    if options.stop_with:
        threading.Thread(target=_follow, args=(options.stop_with,), name="parent", daemon=True).start()
    worker.run()
    return 0


def _follow(parent: int) -> None:
    gone = threading.Event()
    while os.getppid() == parent:
        gone.wait(1.0)
    os.kill(os.getpid(), signal.SIGTERM)

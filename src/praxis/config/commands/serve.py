"""Answer requests with gunicorn."""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

PORTS_TRIED = 50


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--next-free-port", action="store_true", help="take the next free port if this one is taken")
    parser.add_argument("--workers", type=int, default=int(os.environ.get("PRAXIS_WEB_WORKERS", "1")))
    parser.add_argument("--threads", type=int, default=int(os.environ.get("PRAXIS_WEB_THREADS", "8")))
    parser.add_argument("--with-worker", action="store_true", help="run background jobs too, and stop both together")
    parser.add_argument("--say", default="", metavar="FILE", help="a text printed once it answers; {url} is filled in")


def run(options: argparse.Namespace) -> int:
    listener = listen(options.host, options.port, PORTS_TRIED if options.next_free_port else 1)
    host, port = listener.getsockname()[:2]
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    os.environ.setdefault("PRAXIS_SITE_URL", url)
    django.setup()
    _ready_for_pages()
    if options.workers > 1:
        # Before the application is loaded: the counters look for the folder when they are made.
        _share_metrics()
    os.environ.pop("GUNICORN_CMD_ARGS", None)
    Server(options, listener, url).run()
    return 0


def listen(host: str, port: int, tries: int) -> socket.socket:
    """A bound socket at the first free port from `port` on; raises OSError that says what is taken."""
    for candidate in range(port, port + tries):
        bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, candidate))
            # Some systems let two bind and only one listen.
            bound.listen(128)
        except OSError as error:
            bound.close()
            if error.errno != errno.EADDRINUSE:
                raise OSError(f"cannot listen at {host}:{candidate}: {error.strerror}") from error
            continue
        bound.set_inheritable(True)
        return bound
    last = f" to {port + tries - 1}" if tries > 1 else ""
    raise OSError(f"port {port}{last} at {host} is taken; choose another with --port")


def _ready_for_pages() -> None:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    backend = str(settings.STORAGES["staticfiles"])
    if "Manifest" in backend and not manifest.exists():
        raise ImproperlyConfigured("the static files are not collected; run `praxis init` once")


def _share_metrics() -> None:
    folder = Path(settings.DATA_DIR) / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


class Server(BaseApplication):
    """gunicorn with this installation's settings; the background worker, if asked for, beside it."""

    def __init__(self, options: argparse.Namespace, listener: socket.socket, url: str) -> None:
        self.chosen, self.listener, self.url = options, listener, url
        self.worker: subprocess.Popen[bytes] | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"fd://{self.listener.fileno()}",
            "worker_class": "gthread",
            "workers": self.chosen.workers,
            # Loaded once and shared by the processes that are forked from it.
            "preload_app": True,
            "threads": self.chosen.threads,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112
            "timeout": 60,
            "graceful_timeout": 15,
            "keepalive": 5,
            "control_socket_disable": True,
            "loglevel": "warning",
            "errorlog": "-",
            "accesslog": None,
            "when_ready": self._started,
            "on_exit": self._stopped,
        }.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The application with the addresses of every desk, which would else be read at the first request."""
        application = get_wsgi_application()
        get_resolver().url_patterns  # noqa: B018  loaded by being asked for
        # No connection goes over into another process.
        connections.close_all()
        return application

    def _started(self, _arbiter: Any) -> None:
        if self.chosen.with_worker:
            command = [sys.argv[0], "worker", "--stop-with", str(os.getpid())]
            self.worker = subprocess.Popen(command, start_new_session=True)
        text = Path(self.chosen.say).read_text("utf-8") if self.chosen.say else "Praxis is at {url}/\n"
        print(text.replace("{url}", self.url), end="", flush=True)

    def _stopped(self, _arbiter: Any) -> None:
        if self.worker is None:
            return
        self.worker.terminate()
        try:
            self.worker.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.worker.kill()

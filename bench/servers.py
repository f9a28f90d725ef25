"""What the harness starts and always stops: a throw-away PostgreSQL, and the web process with its workers."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench import cpu

ROOT = Path(__file__).resolve().parents[1]
PRAXIS = Path(sys.executable).with_name("praxis")
# Durability is switched off: the disk of a shared machine is not what is measured. Nothing runs in the background.
POSTGRES_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "listen_addresses": "127.0.0.1",
}


class NotHere(RuntimeError):
    """Something the harness needs is not on this machine."""


@dataclass
class Cluster:
    """A PostgreSQL server of our own."""

    process: subprocess.Popen[bytes]
    port: int

    def url(self, database: str) -> str:
        """The address of one of its databases, as `PRAXIS_DATABASE` takes it."""
        return f"postgresql://praxis@127.0.0.1:{self.port}/{database}"


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def stop(process: subprocess.Popen[bytes], number: int = signal.SIGTERM, wait: float = 20) -> None:
    """End a process: asked first, killed if it does not listen."""
    if process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(wait)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _postgres_bin() -> Path:
    places = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/opt/homebrew/opt").glob("postgresql*/bin")]
    for folder in sorted(places, key=lambda path: path.parent.name, reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise NotHere("PostgreSQL is not installed. On Debian or Ubuntu, as root: apt-get install postgresql")
    return Path(found).parent


@contextlib.contextmanager
def postgres() -> Iterator[Cluster]:
    """A throw-away PostgreSQL at a free port; it and its files are gone afterwards."""
    programs = _postgres_bin()
    # The server refuses to run as root.
    user = "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="praxis-bench-"))
    if user:
        shutil.chown(folder, user, user)
    data, port = folder / "data", free_port()
    options = {"user": user, "group": user, "extra_groups": []} if user else {}
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "praxis", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, cwd="/", **options,  # type: ignore[call-overload]
        )  # fmt: skip
        given = {**POSTGRES_SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
        command = [str(programs / "postgres"), "-D", str(data)]
        for name, value in given.items():
            command += ["-c", f"{name}={value}"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # type: ignore[call-overload]
                command, stdout=log, stderr=log, cwd="/", start_new_session=True, **options
            )
        try:
            _await_postgres(programs, process, port, folder / "log")
            yield Cluster(process, port)
        finally:
            # "Fast": open connections are cut.
            stop(process, signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await_postgres(programs: Path, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    until = time.monotonic() + 30
    while subprocess.run(ready, check=False).returncode:
        if process.poll() is not None or time.monotonic() > until:
            raise NotHere(f"PostgreSQL did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.05)


@dataclass
class Web:
    """`praxis serve` with its workers; seconds from its start to the first page, by the clock and of CPU."""

    process: subprocess.Popen[bytes]
    host: str
    port: int
    workers: list[int]
    cold: float
    cold_cpu: float


@contextlib.contextmanager
def web(environment: Mapping[str, str], *, workers: int, first: str) -> Iterator[Web]:
    """Start `praxis serve` as an operator would and wait until the page `first` is answered."""
    port = free_port()
    begun = time.monotonic()
    process = subprocess.Popen(
        [str(PRAXIS), "serve", "--port", str(port), "--workers", str(workers)],
        env=dict(environment), cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _await_page(process, port, first, begun + 60)
        cold = time.monotonic() - begun
        cold_cpu = cpu.total([process.pid, *cpu.children(process.pid)])
        while len(found := cpu.children(process.pid)) < workers and time.monotonic() < begun + 60:
            time.sleep(0.05)
        yield Web(process, "127.0.0.1", port, found, cold, cold_cpu)
    finally:
        stop(process)


def _await_page(process: subprocess.Popen[bytes], port: int, address: str, until: float) -> None:
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", address)
            status = connection.getresponse().status
        except OSError:
            time.sleep(0.02)
            continue
        finally:
            connection.close()
        if status != 200:
            raise RuntimeError(f"{address} answers {status}")
        return
    raise RuntimeError("`praxis serve` did not answer")

"""CPU time and memory of processes, from /proc (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")


def seconds(pid: int) -> float:
    """CPU seconds of a process and the threads it now has; 0 when it is gone.

    The scheduler's own account (nanoseconds) where the kernel shows it: it is the sum of user and system time that
    /proc/<pid>/stat gives in hundredths of a second, which is too coarse for a page of two milliseconds.
    """
    try:
        spent = [(task / "schedstat").read_text().split()[0] for task in (PROC / str(pid) / "task").iterdir()]
        return sum(map(int, spent)) / 1e9
    except FileNotFoundError:
        return _from_stat(pid)
    except (ProcessLookupError, IndexError):
        return 0.0


def _from_stat(pid: int) -> float:
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def children(pid: int) -> list[int]:
    """The processes started by a process and still there."""
    found: list[int] = []
    for task in (PROC / str(pid) / "task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return sorted(found)


def total(pids: Iterable[int]) -> float:
    """CPU seconds of several processes together."""
    return sum(map(seconds, pids))


def memory(field: str, pid: int | str = "self") -> float:
    """MiB of a process: `VmRSS` now, `VmHWM` at its highest."""
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no {field} in the status of {pid}")

"""`bin/bench`: starts a throw-away PostgreSQL and three web workers, seeds, measures, and prints the tables.

It loads the machine for some minutes and stops by itself; everything it started is stopped, also by Ctrl-C.
`bin/bench engines ...` measures the engines alone, without a database or a server (`bench.engines`).
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench import report
from bench.servers import PRAXIS, ROOT, Cluster, NotHere, postgres, stop

PARTS = (*report.LABELS, "exports", "casebook", "start")


# A word in the first place is another measurement with arguments of its own: the module whose `main(arguments)` runs it.
OTHERS = {"engines": "bench.engines"}


def main() -> int:
    """Run the harness; 0 when every part that was asked for could be measured or is not there yet, 1 otherwise."""
    if sys.argv[1:2] and sys.argv[1] in OTHERS:
        # By name: the engines' packages are heavy, and the pages' harness does not need them.
        status: int = importlib.import_module(OTHERS[sys.argv[1]]).main(sys.argv[2:])
        return status
    options = _options()
    signal.signal(signal.SIGTERM, _interrupt)
    sizes = [int(text) for text in options.sizes.split(",") if text.strip()]
    results: list[dict[str, Any]] = []
    status = 0
    try:
        with tempfile.TemporaryDirectory(prefix="praxis-bench-data-") as folder:
            _run(options, sizes, Path(folder), results)
    except NotHere as problem:
        print(f"bin/bench: {problem}", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        print("bin/bench: stopped; nothing is left running", file=sys.stderr)
        status = 130
    if results:
        _write(options, results)
    return status


def _write(options: argparse.Namespace, results: list[dict[str, Any]]) -> None:
    """Print and keep the tables of the sizes that were measured to the end."""
    database = "SQLite" if options.sqlite else "PostgreSQL (durability off, throw-away)"
    said = f"{database}, {options.workers} web workers"
    text = report.markdown(results, at=datetime.now(UTC), database=said, load=os.getloadavg())
    print(text, end="")
    options.out.mkdir(parents=True, exist_ok=True)
    name = options.out / f"{datetime.now(UTC):%Y-%m-%d-%H%M}"
    name.with_suffix(".md").write_text(text, encoding="utf-8")
    name.with_suffix(".json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(f"bin/bench: written to {name}.md", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="", help="numbers of cases, as 200,2000,10000 (that is what is taken)")
    parser.add_argument("--only", action="append", default=[], choices=PARTS, help="only this; may be given several times")
    parser.add_argument("--quick", action="store_true", help="200 cases and few requests: whether it works, not how fast")
    parser.add_argument("--goes", type=int, help="how often a page is fetched for its figure (100; quick 20)")
    parser.add_argument("--workers", type=int, default=3, help="web workers")
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL; its CPU is the application's")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "bench", help="folder for the results")
    options = parser.parse_args()
    options.sizes = options.sizes or ("200" if options.quick else "200,2000,10000")
    options.goes = options.goes or (20 if options.quick else 100)
    return options


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _run(options: argparse.Namespace, sizes: list[int], folder: Path, results: list[dict[str, Any]]) -> None:
    """Every size on a database of its own; what has been measured is in `results` also when it is broken off."""
    with _cluster(options) as cluster:
        prepared = _address(cluster, "template", folder)
        if cluster is not None:
            _admin(cluster, "CREATE DATABASE template")
        begun = time.monotonic()
        environment = _environment(folder, prepared)
        subprocess.run([str(PRAXIS), "init"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        print(f"Database migrated and static files collected in {time.monotonic() - begun:.0f} s", file=sys.stderr)
        for size in sizes:
            # One by one, so that those measured are kept when it is broken off.
            results.append(_size(options, size, folder, cluster))  # noqa: PERF401


@contextlib.contextmanager
def _cluster(options: argparse.Namespace) -> Iterator[Cluster | None]:
    if options.sqlite:
        yield None
        return
    with postgres() as cluster:
        yield cluster


def _address(cluster: Cluster | None, name: str, folder: Path) -> str:
    return cluster.url(name) if cluster else f"sqlite:///{folder / name}.sqlite3"


def _environment(folder: Path, database: str) -> dict[str, str]:
    """Settings as in operation (DEBUG off), in a place of our own. Throw-away: it has no secret worth keeping."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PRAXIS_", "DJANGO_"))}
    return {
        **kept, "DJANGO_SETTINGS_MODULE": "bench.settings", "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}", "PRAXIS_THROWAWAY": "1",
        "PRAXIS_DATA": str(folder), "PRAXIS_DATABASE": database, "PRAXIS_DATABASE_MAX_AGE": "3600",
        "PRAXIS_LOG_LEVEL": "ERROR",
    }  # fmt: skip


def _admin(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _size(options: argparse.Namespace, size: int, folder: Path, cluster: Cluster | None) -> dict[str, Any]:
    print(f"{size:,} cases", file=sys.stderr)
    name = f"cases_{size}"
    if cluster is not None:
        _admin(cluster, f"CREATE DATABASE {name} TEMPLATE template")
    else:
        (folder / f"{name}.sqlite3").write_bytes((folder / "template.sqlite3").read_bytes())
    command = [
        sys.executable, "-m", "bench.within", "sizing", "--size", str(size), "--goes", str(options.goes), "--warm",
        str(3 if options.quick else 40), "--workers", str(options.workers),
    ]  # fmt: skip
    if cluster is not None:
        command += ["--postmaster", str(cluster.process.pid)]
    for part in options.only:
        command += ["--only", part]
    process = subprocess.Popen(
        command, env=_environment(folder, _address(cluster, name, folder)), cwd=ROOT, stdout=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = process.communicate()
    finally:
        stop(process)
    if process.returncode:
        raise NotHere(f"measuring {size:,} cases failed")
    if cluster is not None:
        _admin(cluster, f"DROP DATABASE {name} WITH (FORCE)")
    result: dict[str, Any] = json.loads(said.decode().splitlines()[-1])
    return result


if __name__ == "__main__":
    sys.exit(main())

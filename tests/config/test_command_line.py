"""The command line: what goes wrong is one line, and what was started stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from praxis.config.command_line import main
from tests.support.processes import PROGRAM, ROOT, Place, new_place

PRESET = ROOT / "presets" / "wic-practice-cases-2026.toml"


@pytest.fixture
def place(tmp_path):
    with new_place(tmp_path / "place") as place:
        yield place


def test_it_tells_its_commands(capsys):
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    for command in (
        "serve",
        "worker",
        "init",
        "preset",
        "rehearse",
        "study",
        "audit",
        "backup",
        "restore",
        "casebook",
        "manage",
    ):
        assert command in told
    assert main(["sing"]) == 2
    assert "no command 'sing'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["preset", "check", "not-there.toml"], ["restore", "not-there.tar"], ["backup", "--out", "/"]]
)
def test_what_goes_wrong_is_said_in_one_line(arguments, capsys):
    assert main(arguments) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"praxis {arguments[0]}: ")
    assert told.count("\n") == 1


def test_a_study_of_ones_own_numbers_prints_tables_and_writes_figures(tmp_path, capsys):
    asked = ["study", "collusion", "--cases", "60", "--experts", "12", "--size", "8", "--replicates", "1"]
    assert main([*asked, "--out", str(tmp_path / "new")]) == 0
    told = capsys.readouterr().out
    table = (tmp_path / "new" / "study-collusion.md").read_text("utf-8")
    assert table in told
    assert "| 20% | 2 |" in table
    assert (tmp_path / "new" / "study-collusion.svg").read_text("utf-8").startswith("<svg ")
    for wrong in (["study", "weather"], ["study", "--cases", "50"]):
        assert main(wrong) == 2
        assert capsys.readouterr().err.startswith("praxis study: ")
    few = ["--cases", "9", "--experts", "2", "--size", "9", "--replicates", "1", "--seed", "1"]
    assert main(["study", "selection", *few]) == 1
    assert "These rules cannot hold together when 9 cases are chosen" in capsys.readouterr().err


def test_a_database_that_is_not_prepared_is_said_in_one_line(place):
    done = place.praxis("audit", "verify", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("praxis audit: the database refused: ")
    assert done.stderr.count("\n") == 1


def test_a_missing_secret_key_is_said_in_one_line(place):
    environ = {name: value for name, value in place.environ.items() if not name.startswith("PRAXIS_")}
    done = subprocess.run(
        [PROGRAM, "audit", "verify"], env=environ, cwd=place.folder, text=True, capture_output=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("praxis audit: PRAXIS_SECRET_KEY is not set.")
    assert done.stderr.count("\n") == 1


def test_a_preset_is_checked_with_the_line_of_each_mistake_in_both_languages(tmp_path, capsys):
    assert main(["preset", "check", str(PRESET)]) == 0
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(PRESET.read_text("utf-8").replace('zone = "Asia/Shanghai"', 'zone = "Asia/Nowhere"', 1), "utf-8")
    line = next(n for n, text in enumerate(wrong.read_text("utf-8").splitlines(), 1) if "Asia/Nowhere" in text)
    assert main(["preset", "check", str(wrong)]) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert all(text.startswith(f"{wrong}:{line}: ") for text in told)
    assert main(["preset", "check", "--language", "en", str(wrong)]) == 1
    assert capsys.readouterr().err.splitlines() == told[1:]


def test_the_first_administrator_gets_a_link_once(place):
    done = place.praxis("init", "--email", "first@example.org")
    address = done.stdout.splitlines()[-1]
    assert address.startswith("http://127.0.0.1:8000/en/account/")
    again = place.praxis("init", "--email", "second@example.org", check=False)
    assert again.returncode == 1
    assert "an administrator already" in again.stderr


def ask(url: str, seconds: float = 60) -> str:
    """What the address answers, asked again until a server is there."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read().decode()
        except OSError:
            assert time.monotonic() < end, f"nothing answers at {url}"
            pause.wait(0.2)


def gone(pid: int, seconds: float = 30) -> bool:
    """Whether a process ends within the time."""
    end, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        pause.wait(0.1)
    return False


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def serve(place: Place, port: int) -> subprocess.Popen[str]:
    command = [PROGRAM, "serve", "--port", str(port), "--next-free-port", "--with-worker"]
    return subprocess.Popen(
        command, env=place.environ, cwd=place.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes under /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_server_and_worker_stop_together_and_leave_nothing_behind(place, number):
    place.praxis("init")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = serve(place, port)
        try:
            assert server.stdout
            url = server.stdout.readline().split()[-1]
            assert url != f"http://127.0.0.1:{port}/", "the port is taken: the next free one is meant"
            assert ask(f"{url}healthz") == "ok\n"
            started = children(server.pid)
            assert len(started) == 2, "a web process and a worker"
        finally:
            server.send_signal(number)
            server.wait(timeout=40)
    assert all(gone(pid) for pid in started)
    # The next run starts at once.
    server = serve(place, port)
    try:
        assert server.stdout
        assert ask(f"{server.stdout.readline().split()[-1]}healthz") == "ok\n"
    finally:
        server.terminate()
        server.wait(timeout=40)

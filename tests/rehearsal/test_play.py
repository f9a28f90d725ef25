"""A rehearsal runs a whole edition without a browser, and the same seed gives the same products, byte for byte.

It plays the second preset: one round of scoring and one of live pitches, nominators with quotas, one language, fields of
its own. That it plays at all is the proof that a programme is a preset.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import OperationalError

from praxis.foundation.errors import Conflict
from praxis.foundation.files.limits import Limits
from praxis.rehearsal import play
from praxis.rehearsal.painting import MOST_AHEAD, Painter
from praxis.rehearsal.report import Report

PITCH = Path(__file__).resolve().parents[2] / "presets" / "example-pitch-prize-2026.toml"
ACTS = {"opening", "applications", "screening", "sealing", "telling", "casebook", "release"}


def rehearse(out: Path, seed: int) -> subprocess.Popen[str]:
    """The command in a process and a hash seed of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PRAXIS_", "DJANGO_"))}
    arguments = ["rehearse", "--preset", str(PITCH), "--seed", str(seed), "--cases", "22", "--experts", "8", "--out", str(out)]
    code = "import sys; from praxis.config.command_line import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def products(folder: Path) -> dict[str, bytes]:
    """Every file but the reports, which hold timings."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "report" not in path.name)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("rehearsal")
    runs = [(rehearse(folder / name, 3), folder / name) for name in ("first", "second")]
    for process, _out in runs:
        said, _none = process.communicate(timeout=540)
        assert process.returncode == 0, said
    return runs[0][1], runs[1][1]


def test_the_second_preset_plays_to_its_release(played: tuple[Path, Path]) -> None:
    report = json.loads((played[0] / "report.json").read_text(encoding="utf-8"))
    assert {act["name"] for act in report["acts"]} >= ACTS
    assert [act["wrong"] for act in report["acts"] if act["wrong"]] == []
    assert report["sound"]
    assert report["disk_bytes"] > 1_000_000
    assert max(act["memory_bytes"] for act in report["acts"]) <= report["memory_bytes"]
    words = (played[0] / "report.md").read_text(encoding="utf-8")
    assert words.startswith("# Rehearsal: Lakeshore Pitch Prize")
    assert "**Nothing went wrong.**" in words
    assert "{'" not in words, "a structure of the program shows"
    # An edition in English alone has no report in Chinese.
    assert not (played[0] / "report.zh.md").exists()
    decisions = json.loads((played[0] / "decisions.json").read_text(encoding="utf-8"))["decisions"]
    chosen = [row["tier"] for row in decisions if row["reserve"] is None]
    assert chosen.count("winner") == 3
    assert 10 <= chosen.count("finalist") <= 14


def test_the_products_are_there(played: tuple[Path, Path]) -> None:
    names = set(products(played[0]))
    assert {"casebook-en.pdf", "casebook-en.epub", "cases.csv", "list-for-approval.docx", "list-for-approval.xlsx"} <= names
    assert any(name.startswith("certificates/") for name in names)
    letters = products(played[0])["letters.md"].decode()
    assert "## case.submitted, en" in letters
    assert not [line for line in letters.splitlines() if "{{" in line]


def test_the_same_seed_gives_the_same_bytes(played: tuple[Path, Path]) -> None:
    first, second = products(played[0]), products(played[1])
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command says where it does not even begin."""
    assert play.main(["--preset", str(PITCH), "--cases", "22", "--experts", "8", *arguments]) in {1, 2}
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    return said.err


def test_what_cannot_be_played_is_refused_in_a_sentence_before_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new, full, file = tmp_path / "new", tmp_path / "full", tmp_path / "file"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    file.write_bytes(b"\xff\xfe\x00")
    assert "fewer than 5 cases" in refused(capsys, "--cases", "0", "--out", str(new))
    assert "give at least 14" in refused(capsys, "--cases", "13", "--out", str(new))
    assert "each case is read by" in refused(capsys, "--experts", "1", "--out", str(new))
    assert "not text in UTF-8" in refused(capsys, "--preset", str(file), "--out", str(new))
    assert not new.exists()
    assert "is not empty" in refused(capsys, "--out", str(full))
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    assert "is a file" in refused(capsys, "--out", str(file))
    assert "nothing can be written" in refused(capsys, "--out", "/proc/rehearsal")


def test_a_play_that_stops_leaves_a_report_that_says_where_and_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_text: str, _name: str, _options: object, report: Report, **_more: object) -> None:
        with report.act("opening", "edition opened") as act:
            act.count = 1
        with report.act("assignment", "assignments", of={"en": "First round"}):
            raise Conflict("32 cases need 96 reviews.")

    monkeypatch.setattr(play, "rehearse", stop)
    with pytest.raises(Conflict):
        play.main(["--preset", str(PITCH), "--cases", "22", "--experts", "8", "--out", str(tmp_path / "out")])
    words = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "- First round: assignment: the play stopped here: 32 cases need 96 reviews." in words
    assert "| opening | 1 | edition opened |" in words
    assert not json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["sound"]
    assert "stopped in the act 'First round: assignment'" in capsys.readouterr().err


def test_the_report_is_in_the_languages_of_the_edition(tmp_path: Path) -> None:
    report = Report(quiet=True)
    report.languages = ("zh-hans", "en")
    with report.act("assignment", "assignments", of={"en": "First round", "zh-hans": "第一轮评审"}) as act:
        act.count = 12
        act.note("%(count)s cases put forward", count=60)
        act.refuse("an assignment of a case outside the round")
        act.refuse("an assignment of a case outside the round")
    report.write(tmp_path)
    english, chinese = ((tmp_path / name).read_text(encoding="utf-8") for name in ("report.md", "report.zh.md"))
    assert "- First round: assignment: 60 cases put forward" in english
    assert "- First round: assignment: an assignment of a case outside the round × 2" in english
    assert "| 第一轮评审：评审分配 | 12 | 项分配 |" in chinese
    assert "- 第一轮评审：评审分配：60 件案例进入本轮" in chinese
    assert "**全程未出现问题。**" in chinese


def test_a_full_disk_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, problem in enumerate((OSError(28, "No space left on device"), OperationalError("database or disk is full"))):

        def stop(*_arguments: object, why: Exception = problem, **_more: object) -> None:
            raise why

        monkeypatch.setattr(play, "rehearse", stop)
        with pytest.raises(CommandError, match=r"no room is left on a disk.*TMPDIR"):
            play.main(["--preset", str(PITCH), "--cases", "22", "--experts", "8", "--out", str(tmp_path / str(number))])
        assert "no room is left" in (tmp_path / str(number) / "report.md").read_text(encoding="utf-8")


def test_progress_is_said_now_and_then_and_not_for_each_case(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    instant = 0.0
    monkeypatch.setattr("praxis.rehearsal.report.time.monotonic", lambda: instant)
    report = Report()
    with report.act("applications", "cases submitted"):
        for done in range(1, 1001):
            instant += 0.125
            report.progress(done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "  applications: 240 of 1,000, about 95 s left",
        "  applications: 480 of 1,000, about 65 s left",
        "  applications: 720 of 1,000, about 35 s left",
        "  applications: 960 of 1,000, about 5 s left",
    ]


def test_pictures_are_painted_a_little_ahead_and_come_as_they_were_ordered() -> None:
    asked: list[int] = []

    class Pool:
        """Paints at once, in this thread."""

        def submit(self, _paint: object, seed: int, *_arguments: object) -> Future[tuple[bytes, None]]:
            asked.append(seed)
            done: Future[tuple[bytes, None]] = Future()
            done.set_result((b"%d" % seed, None))
            return done

    painter = Painter(Pool(), Limits(("jpeg",), 10**6))  # type: ignore[arg-type]
    for seed in range(200):
        painter.order(("case", seed), seed, 0, width=12, height=8, category="culture")
    assert asked == list(range(MOST_AHEAD))
    assert painter.take(("case", 150)) == b"150"
    assert [painter.take(("case", seed)) for seed in range(150)] == [b"%d" % seed for seed in range(150)]
    assert painter.take(("case", 3)) is None
    assert painter.take(("another", 3)) is None
    assert sorted(asked) == list(range(200))

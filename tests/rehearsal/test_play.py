"""A rehearsal runs a whole edition without a browser, and the same seed gives the same products, byte for byte.

It plays the second preset: one round of scoring and one of live pitches, nominators with quotas, one language, fields of
its own. That it plays at all is the proof that a programme is a preset.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    assert {act["name"] for act in report} >= ACTS
    assert [act["wrong"] for act in report if act["wrong"]] == []
    decisions = json.loads((played[0] / "decisions.json").read_text(encoding="utf-8"))["decisions"]
    chosen = [row["tier"] for row in decisions if row["reserve"] is None]
    assert chosen.count("winner") == 3
    assert 10 <= chosen.count("finalist") <= 14


def test_the_products_are_there(played: tuple[Path, Path]) -> None:
    names = set(products(played[0]))
    assert {"casebook-en.pdf", "casebook-en.epub", "cases.csv", "list-for-approval.docx", "list-for-approval.xlsx"} <= names
    assert any(name.startswith("certificates/") for name in names)


def test_the_same_seed_gives_the_same_bytes(played: tuple[Path, Path]) -> None:
    first, second = products(played[0]), products(played[1])
    assert set(first) == set(second)
    assert [name for name in first if first[name] != second[name]] == []

"""What presets promise: the shipped ones are true and load; every mistake is named with its own line."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tomllib
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxis.foundation.programmes.config import EditionConfig, closing_text
from praxis.foundation.programmes.preset_walk import contrast
from praxis.foundation.programmes.presets import check, load
from praxis.foundation.programmes.toml_lines import Path, line_of, locate

PRESETS = FilePath(__file__).parents[3] / "presets"
WIC = (PRESETS / "wic-practice-cases-2026.toml").read_text(encoding="utf-8")
PITCH = (PRESETS / "example-pitch-prize-2026.toml").read_text(encoding="utf-8")
FILES = sorted(path.name for path in PRESETS.glob("*.toml"))


def read(name: str) -> str:
    return (PRESETS / name).read_text(encoding="utf-8")


# -- the shipped presets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_every_shipped_preset_has_no_mistake(name: str) -> None:
    assert check(read(name), name) == []


@pytest.mark.parametrize("name", FILES)
def test_a_configuration_survives_json_unchanged(name: str) -> None:
    config = load(read(name), name)
    assert EditionConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_the_programme_is_told_as_its_call_tells_it() -> None:
    config = load(WIC, "wic")
    assert config.dates.opens.date().isoformat() == "2026-03-18"
    assert config.dates.closes == datetime(2026, 6, 15, 16, 0, tzinfo=UTC)
    assert [item.code for item in config.categories] == [
        "infrastructure",
        "culture",
        "economy",
        "security",
        "governance",
    ]
    assert config.category("culture").label["zh-hans"] == "网上文化交流"
    assert [item.label["zh-hans"] for item in config.elements] == [
        "实施背景",
        "国际合作",
        "实施方式",
        "普惠作用",
    ]
    assert config.field("summary").limits == {"zh-hans": 300, "en": 200}
    assert all(item.limits == {"zh-hans": 800, "en": 500} and item.heading for item in config.elements)
    pictures, videos, documents = (
        config.materials.pictures,
        config.materials.videos,
        config.materials.documents,
    )
    assert (pictures.max_count, pictures.min_long_side, pictures.max_bytes) == (8, 1200, 20 * 2**20)
    assert (videos.max_count, videos.max_seconds, videos.max_bytes) == (2, 300, 2 * 2**30)
    assert (documents.max_count, documents.max_bytes) == (5, 20 * 2**20)
    assert (config.tier("casebook").size_about, config.tier("outstanding").size_about) == (60, 12)
    assert config.tier("outstanding").size_high == 13
    assert config.round("round2").takes_from == "casebook"
    assert config.round("round2").panel
    assert {item.weight for item in config.criteria} == {1.0}
    assert [item.code for item in config.criteria_of("round1")] == [
        "concept-fit",
        "international-cooperation",
        "inclusiveness",
    ]
    started = config.rule("started_after")
    assert started is not None
    assert (started.year, started.including, started.severity) == (2015, False, "warning")
    assert len(config.self_check) == 5
    assert config.settings.publicity_days == 0
    assert not config.settings.voting


def test_a_preset_carries_no_telephone_number() -> None:
    for name in FILES:
        assert not re.search(r"(?<![\d_#])(?:\+\d{2}|1[3-9]\d{9}|0\d{2,3}-\d{7})", read(name))


def test_another_programme_has_another_shape() -> None:
    config = load(PITCH, "pitch")
    assert config.edition.languages == ("en",)
    assert [item.kind for item in config.rounds] == ["scores", "pitch"]
    assert config.nominators.quota == 5
    assert config.nominators.endorsement_required
    assert config.rule("min_places") is None
    winner = config.tier("winner")
    assert (winner.size_low, winner.size_about, winner.size_high) == (3, 3, 3)
    assert config.scale.values() == tuple(half / 2 for half in range(11))
    assert config.criterion("proof").anchors[2.5]["en"].startswith("A trial")


def test_past_cases_keep_what_is_not_known_empty() -> None:
    with (PRESETS / "past-cases-wic.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 18
    assert all(row["year"] == "" for row in rows if row["year_status"] == "2021-2023")
    assert all(row["applicant"] == "" for row in rows if row["applicant_status"] == "unknown")
    assert all((row["field"] == "") == (row["field_status"] == "unknown") for row in rows)
    known = {item.code for item in load(WIC, "wic").categories}
    assert {row["field"] for row in rows} - {""} <= known
    assert "0" not in {value for row in rows for value in row.values()}


# -- reading a configuration --------------------------------------------------------------------------------------


def test_midnight_is_said_as_24_oclock_of_the_day_before() -> None:
    config = load(WIC, "wic")
    assert closing_text(config.edition, config.dates.closes, "zh-hans") == "2026年6月15日24:00（北京时间）"
    assert closing_text(config.edition, config.dates.closes, "en") == "15 June 2026, 24:00 (Beijing time)"
    noon = datetime(2026, 6, 15, 4, 30, tzinfo=UTC)
    assert closing_text(config.edition, noon, "en") == "15 June 2026, 12:30 (Beijing time)"


def test_a_label_falls_back_to_the_default_language_and_then_to_any() -> None:
    config = load(WIC, "wic")
    assert config.label({"en": "field", "zh-hans": "领域"}, "en") == "field"
    assert config.label({"en": "field", "zh-hans": "领域"}, "fr") == "领域"
    assert config.label({"en": "field"}, "zh-hans") == "field"
    assert config.label({}, "en") == ""


def test_an_unknown_code_is_a_key_error_and_nothing_can_be_altered() -> None:
    config = load(WIC, "wic")
    for lookup in (config.category, config.field, config.round, config.tier, config.criteria_of):
        with pytest.raises(KeyError):
            lookup("no-such-code")
    with pytest.raises(FrozenInstanceError):
        config.scale.high = 100  # type: ignore[misc]


def test_stored_json_of_another_version_still_opens() -> None:
    data = load(WIC, "wic").to_json()
    data["something_later"] = {"a": 1}
    del data["questions"]
    assert EditionConfig.from_json(data).questions == ()
    del data["tiers"]
    with pytest.raises(KeyError):
        EditionConfig.from_json(data)


def test_reading_a_preset_needs_no_django() -> None:
    code = "import sys, praxis.foundation.programmes.presets; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


# -- refusals --------------------------------------------------------------------------------------------------------


def test_nothing_at_all_is_refused_in_words() -> None:
    problems = check("", "empty.toml")
    assert {problem.line for problem in problems} == {1}
    assert any("“programme” is missing" in problem.message["en"] for problem in problems)


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


# -- lines --------------------------------------------------------------------------------------------------------

AWKWARD = '''\
# [not.a.table]
top = "a # no comment, [no] {table}" # comment = 1
"quoted key" = 'C:\\'
a.b . "c.d" = 1

[x]
list = [ # comment ]
  "]",
  [1, 2],
  { p = 1, q = [3] },
]
many = """
[fake]
fake = 1
\\""" still ""\"""
after = \'\'\'
it's \\ \'\'\'
[[y]]
when = 2026-01-01 00:00:00Z
[y.z]
in = 1

[[y]]
  [[y.w]]
  v = -1.5e3
[ q . "r s" ]
last = {}
"t\\u0061b" = inf'''


def paths_of(data: Any, path: Path = ()) -> set[Path]:
    """Every path of a document."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return {path}.union(*(paths_of(item, (*path, key)) for key, item in items))


@pytest.mark.parametrize("text", [AWKWARD, AWKWARD.replace("\n", "\r\n"), WIC, PITCH])
def test_every_path_of_a_document_has_a_line_and_nothing_else_has(text: str) -> None:
    assert set(locate(text)) == paths_of(tomllib.loads(text)) - {()}


def test_lines_are_exact_in_an_awkward_document() -> None:
    lines = locate(AWKWARD)
    rows = AWKWARD.split("\n")
    wanted: dict[Path, str] = {
        ("top",): "top =",
        ("quoted key",): '"quoted key"',
        ("a", "b", "c.d"): "a.b .",
        ("x",): "[x]",
        ("x", "list", 0): '"]",',
        ("x", "list", 1, 1): "[1, 2]",
        ("x", "list", 2, "q", 0): "{ p = 1",
        ("x", "many"): "many =",
        ("x", "after"): "after =",
        ("y", 0, "when"): "when =",
        ("y", 0, "z", "in"): "in = 1",
        ("y", 1, "w", 0, "v"): "v = -1",
        ("q", "r s", "last"): "last =",
        ("q", "r s", "tab"): '"t\\u0061b"',
    }
    for path, start in wanted.items():
        assert rows[lines[path] - 1].strip().startswith(start), path
    assert line_of(lines, ("x", "list", 2, "nothing")) == lines["x", "list", 2]
    assert line_of(lines, ("nothing",)) == 1


# -- never a crash ------------------------------------------------------------------------------------------------


def judged(text: str) -> None:
    """Whatever the text: either it loads, or every problem stands on a line of it and says something."""
    problems = check(text, "any.toml")
    if not problems:
        assert load(text, "any.toml").to_json()
    for problem in problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert problem.message["zh-hans"]
        assert problem.message["en"]


@settings(max_examples=120, deadline=None)
@given(data=st.data(), source=st.sampled_from([WIC, PITCH]))
def test_a_preset_without_some_of_its_lines_is_judged(data: st.DataObject, source: str) -> None:
    rows = source.split("\n")
    start = data.draw(st.integers(0, len(rows) - 1))
    length = data.draw(st.integers(1, 6))
    judged("\n".join(rows[:start] + rows[start + length :]))


@settings(max_examples=120, deadline=None)
@given(data=st.data(), source=st.sampled_from([WIC, PITCH]))
def test_a_preset_with_a_value_of_any_kind_in_any_place_is_judged(data: st.DataObject, source: str) -> None:
    rows = source.split("\n")
    at = data.draw(st.sampled_from([index for index, row in enumerate(rows) if " = " in row]))
    value = data.draw(
        st.sampled_from(
            [
                "0",
                "-1",
                "1e400",
                "nan",
                '""',
                '"x"',
                "true",
                "[]",
                "{}",
                "[{}]",
                "[[1]]",
                "[1, 'a']",
                "2026-01-01",
                "12:00:00",
                "2026-01-01T00:00:00Z",
                "{ en = 1 }",
                "{ zh-hans = [] }",
                "9" * 5000,
            ]
        )
    )
    rows[at] = f"{rows[at].split(' = ')[0]} = {value}"
    judged("\n".join(rows))


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_a_preset_with_characters_planted_anywhere_is_judged(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(PITCH)))
    planted = data.draw(st.text(alphabet="[]{}\"'=.,#\\\n\r\t x1\x00\u4e2d", min_size=1, max_size=4))
    judged(PITCH[:at] + planted + PITCH[at:])


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_judged(text: str) -> None:
    judged(text)


def test_brackets_without_end_are_refused() -> None:
    (problem,) = check("a = " + "[" * 20000, "deep.toml")
    assert "nested" in problem.message["en"]

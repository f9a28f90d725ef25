"""Each rule of the real edition: yes, no or a warning, and why, in both languages."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from praxis.foundation.programmes import presets
from praxis.foundation.programmes.config import EditionConfig
from praxis.lifecycle.cases import checks
from tests.support import world

NOW = datetime(2026, 5, 1, tzinfo=UTC)
CLOSES = datetime(2026, 6, 15, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def config() -> EditionConfig:
    return presets.load(world.preset_text(world.WIC), "wic.toml")


def whole(config: EditionConfig) -> dict[str, Any]:
    """A content against which no rule speaks."""
    texts: dict[str, dict[str, str]] = {}
    for language, word in (("zh-hans", "合作"), ("en", "cooperation")):
        texts[language] = {field.code: word for field in config.fields}
        texts[language] |= {f"{field.code}.heading": word for field in config.fields if field.heading}
    return {
        "titles": {"en": "Schools online", "zh-hans": "学校联网"}, "category": "culture", "kinds": ["project"],
        "started_on": "2019-05-01", "uses_internet": True, "places": ["KE", "CN"], "organisation": {},
        "texts": texts, "partners": [], "consents": {consent.code: True for consent in config.consents},
        "attachments": [
            {"kind": kind, "state": "ready", "alts": {"en": "what it shows"}} for kind in ("picture", "video")
        ],
    }  # fmt: skip


def answers(config: EditionConfig, content: dict[str, Any], at: datetime = NOW, past: set[str] | None = None) -> Any:
    found = checks.run(content, config, checks.Circumstances(at, CLOSES, past or set()))
    assert all(reason.get("en") and reason.get("zh-hans") for check in found for reason in check.reasons)
    return {check.rule: check.answer for check in found if check.answer != "yes"}


def test_a_whole_case_passes_every_rule(config: EditionConfig) -> None:
    assert answers(config, whole(config)) == {}


@pytest.mark.parametrize(
    ("change", "rule", "answer"),
    [
        ({"category": None}, "one-category", "no"),
        ({"uses_internet": None}, "uses-internet", "no"),
        ({"uses_internet": False}, "uses-internet", "no"),
        ({"started_on": "2015-12-31"}, "started-after-2015", "warning"),
        ({"started_on": None}, "started-after-2015", "warning"),
        ({"started_on": "2031-01-01"}, "started-after-2015", "warning"),
        ({"places": ["KE"]}, "two-places", "no"),
        ({"places": ["KE", "KE"]}, "two-places", "no"),
        ({"consents": {"truthfulness": True}}, "consents", "no"),
        ({"attachments": []}, "materials-complete", "warning"),
    ],
)
def test_one_fault_is_told_by_its_rule_alone(
    config: EditionConfig, change: dict[str, Any], rule: str, answer: str
) -> None:
    assert answers(config, {**whole(config), **change}) == {rule: answer}


def test_2016_counts_as_after_2015(config: EditionConfig) -> None:
    assert answers(config, {**whole(config), "started_on": "2016-01-01"}) == {}


def test_the_deadline_itself_is_too_late(config: EditionConfig) -> None:
    assert answers(config, whole(config), at=CLOSES) == {"before-deadline": "no"}


@pytest.mark.parametrize("title", ["schools  ONLINE!", "Ｓｃｈｏｏｌｓ Online"])
def test_a_name_of_an_earlier_casebook_is_found_however_it_is_written(config: EditionConfig, title: str) -> None:
    content = {**whole(config), "titles": {"en": title}}
    assert answers(config, content, past={checks.fold("Schools Online")}) == {"not-in-casebook": "no"}


def test_one_whole_language_is_enough_and_the_other_is_advised(config: EditionConfig) -> None:
    content = whole(config)
    del content["texts"]["zh-hans"]
    found = answers(config, content)
    assert "no" not in found.values()
    assert "texts-complete" not in found


def test_a_missing_heading_and_a_text_too_long_are_named(config: EditionConfig) -> None:
    content = copy.deepcopy(whole(config))
    del content["texts"]["zh-hans"]
    del content["texts"]["en"]["background.heading"]
    content["texts"]["en"]["summary"] = "word " * 201
    found = checks.run(content, config, checks.Circumstances(NOW, CLOSES))
    (check,) = [check for check in found if check.rule == "texts-complete"]
    said = " ".join(reason["en"] for reason in check.reasons)
    assert "Background" in said
    assert "201 of at most 200" in said


def test_a_limit_counts_to_the_word(config: EditionConfig) -> None:
    content = copy.deepcopy(whole(config))
    content["texts"]["en"]["summary"] = "word " * 200
    content["texts"]["zh-hans"]["summary"] = "字" * 300
    assert answers(config, content) == {}
    content["texts"]["zh-hans"]["summary"] = "字" * 301
    assert answers(config, content) == {"texts-complete": "no"}

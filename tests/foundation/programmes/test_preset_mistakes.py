"""Planted mistakes: `praxis preset check` names each with the line on which it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from praxis.foundation.programmes.presets import PresetError, check, load

PRESETS = Path(__file__).parents[3] / "presets"
WIC = (PRESETS / "wic-practice-cases-2026.toml").read_text(encoding="utf-8")
PITCH = (PRESETS / "example-pitch-prize-2026.toml").read_text(encoding="utf-8")


def line_with(text: str, words: str) -> int:
    """The line of words that stand in the text exactly once."""
    assert text.count(words) == 1, f"{words!r} stands {text.count(words)} times"
    return text[: text.index(words)].count("\n") + 1


def table_with(text: str, words: str) -> int:
    """The line of the table header above these words."""
    rows = text.split("\n")
    at = line_with(text, words) - 1
    return next(line for line in range(at, -1, -1) if rows[line].startswith("[")) + 1


# What is planted: words of the file, what stands there instead; words of the line to be named (in the changed
# text, `^` before them: the header of their table), and a piece of the English message.
MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "unclosed text": (
        'mailbox = "practice@wicinternet.org"',
        'mailbox = "practice',
        'mailbox = "practice',
        "not valid TOML",
    ),
    "no equals sign": ("year = 2026\n", "year 2026\n", "year 2026", "not valid TOML"),
    "a key twice": ("year = 2026\n", "year = 2026\nyear = 2027\n", "year = 2027", "not valid TOML"),
    "a date that is none": (
        "opens = 2026-03-18T",
        "opens = 2026-02-30T",
        "opens = 2026-02-30T",
        "not valid TOML",
    ),
    "a date in a sentence that there is none of": (
        "en = \"{opens.month} to {closes.month}\"",
        "en = \"{opens.month} to {deadline.month}\"",
        "{deadline.month}",
        "there is no date “deadline”",
    ),
    "a form that a date has not": (
        "The review takes place in {review_closes.month}",
        "The review takes place in {review_closes.hour}",
        "{review_closes.hour}",
        "a date has no “hour”",
    ),
    "a date in a sentence that is not given": (
        "During the 2026 World Internet Conference Wuzhen Summit",
        "On {summit_opens.day}",
        "{summit_opens.day}",
        "[dates] does not give “summit_opens”",
    ),
    "missing key of a table": ('zone = "Asia/Shanghai"\n', "", "[edition]", "“zone” is missing"),
    "missing key of a list item": ("size_low = 55\n", "", "^size_about = 60", "“size_low” is missing"),
    "missing section": ("[scale]", "[scaled]", "[scaled]", "did you mean “scale”"),
    "missing value of a nested table": (
        "min_long_side = 1200\n",
        "",
        "[materials.pictures]",
        "“min_long_side” is missing",
    ),
    "unknown key": ('hue = "#2f74b5"', 'huee = "#2f74b5"', "huee", "did you mean “hue”"),
    "unknown section": (
        "[showcase]",
        "[weather]\nsun = true\n\n[showcase]",
        "[weather]",
        "unknown key “weather”",
    ),
    "text for a number": ("size_about = 60", 'size_about = "sixty"', 'size_about = "sixty"', "whole number"),
    "number for a text": (
        'zone = "Asia/Shanghai"',
        "zone = 8",
        "zone = 8",
        "must be a text",
    ),
    "flag in quotation marks": ("including = false", 'including = "no"', 'including = "no"', "true or false"),
    "fraction for a whole number": ("size_low = 55", "size_low = 55.5", "size_low = 55.5", "whole number"),
    "not a number": ("high = 10\n", "high = nan\n", "high = nan", "must be a number"),
    "text for a label": (
        'label = { zh-hans = "智库", en = "Think tank" }',
        'label = "Think tank"',
        'label = "Think tank"',
        "a text for each language",
    ),
    "missing language": (
        '{ zh-hans = "智库", en = "Think tank" }',
        '{ zh-hans = "智库" }',
        'zh-hans = "智库" }',
        "missing language: en",
    ),
    "misspelt language": (
        '{ zh-hans = "智库", en',
        '{ zh-hnas = "智库", en',
        "zh-hnas",
        "did you mean “zh-hans”",
    ),
    "empty text": ('en = "Think tank"', 'en = "  "', 'en = "  "', "text is empty"),
    "control character": ('en = "Think tank"', 'en = "Think\\u0007"', "Think\\u0007", "control character"),
    "limit without a language": (
        "limits = { zh-hans = 300, en = 200 }",
        "limits = { en = 200 }",
        "limits = { en = 200 }",
        "missing language: zh-hans",
    ),
    "negative limit": (
        "limits = { zh-hans = 300, en = 200 }",
        "limits = { zh-hans = 300, en = -200 }",
        "en = -200",
        "at least 1",
    ),
    "code in capitals": ('code = "think-tank"', 'code = "Think Tank"', 'code = "Think Tank"', "is not a code"),
    "code twice": (
        'code = "think-tank"',
        'code = "university"  # again',
        'code = "university"  # again',
        "more than once",
    ),
    "edition language twice": (
        'languages = ["zh-hans", "en"]',
        'languages = [\n  "zh-hans",\n  "en",\n  "en", # again\n]',
        "# again",
        "more than once",
    ),
    "not a language code": (
        'languages = ["zh-hans", "en"]',
        'languages = [\n  "zh-hans",\n  "en",\n  "English!",\n]',
        '"English!",',
        "is not a language code",
    ),
    "unknown tier": (
        'takes_from = "casebook"',
        'takes_from = "casebok"',
        "casebok",
        "did you mean “casebook”",
    ),
    "unknown round": ('round = "round2"', 'round = "round3"', 'round = "round3"', "no “round3” in [[rounds]]"),
    "unknown criterion": (
        '"inclusiveness"]\nreviews_per_case = 3',
        '"inclusion"]\nreviews_per_case = 3',
        '"inclusion"]',
        "no “inclusion” in [[criteria]]",
    ),
    "unknown rule": ('rule = "two-places"', 'rule = "2-places"', '"2-places"', "did you mean “two-places”"),
    "unknown proposition": (
        'proposition = "order"',
        'proposition = "disorder"',
        '"disorder"',
        "in [[propositions]]",
    ),
    "unknown tier in the award": (
        "[unit_award.own]\nsubmitted = 0\nadmitted = 1\ntiers = { casebook = 4,",
        "[unit_award.own]\nsubmitted = 0\nadmitted = 1\ntiers = { golden = 4,",
        "golden = 4",
        "no “golden” in [[tiers]]",
    ),
    "unknown kind of rule": ('kind = "min_places"', 'kind = "min_place"', '"min_place"', "did you mean “min_places”"),
    "unknown severity": (
        'severity = "warning"\nyear',
        'severity = "warn"\nyear',
        'severity = "warn"',
        "is not one of wall, warning",
    ),
    "unknown picture format": ('"jpeg", "png", "webp"', '"jpeg", "png", "bmp"', '"bmp"', "is not one of"),
    "date without an offset": (
        "closes = 2026-06-16T00:00:00+08:00",
        "closes = 2026-06-16T00:00:00",
        "closes = 2026-06-16T00:00:00",
        "has no offset",
    ),
    "date without a time": (
        "closes = 2026-06-16T00:00:00+08:00",
        "closes = 2026-06-16",
        "closes = 2026-06-16",
        "has no offset",
    ),
    "closes before it opens": (
        "closes = 2026-06-16T00:00:00+08:00",
        "closes = 2025-06-16T00:00:00+08:00",
        "closes = 2025-06-16",
        "“closes” must come after “opens”",
    ),
    "closes as it opens": (
        "closes = 2026-06-16T00:00:00+08:00",
        "closes = 2026-03-17T16:00:00Z",
        "closes = 2026-03-17T16",
        "“closes” must come after “opens”",
    ),
    "review before the call closes": (
        "review_opens = 2026-07-01",
        "review_opens = 2026-06-01",
        "review_opens = 2026-06-01",
        "“review_opens” must come after “closes”",
    ),
    "sizes reversed": ("size_high = 65", "size_high = 50", "size_high = 50", "is below “size_low”"),
    "about outside low and high": ("size_about = 60", "size_about = 90", "size_about = 90", "is not between"),
    "larger than what it is taken from": ("size_high = 13", "size_high = 70", "size_high = 70", "cannot be larger"),
    "weight of nothing": (
        '\nweight = 1\n\n[criteria.anchors]\n2 = { zh-hans = "领域选择不当',
        '\nweight = 0\n\n[criteria.anchors]\n2 = { zh-hans = "领域选择不当',
        "weight = 0",
        "must be more than 0",
    ),
    "no anchor at the low end": (
        '2 = { zh-hans = "领域选择不当，内容与所选领域基本无关"',
        '3 = { zh-hans = "领域选择不当，内容与所选领域基本无关"',
        "^领域选择不当，内容与所选领域基本无关",
        "both ends of the scale",
    ),
    "anchor beside the scale": (
        '10 = { zh-hans = "与所选领域',
        '11 = { zh-hans = "与所选领域',
        "11 = {",
        "11 is not a mark of the scale",
    ),
    "anchor that is no number": (
        '6 = { zh-hans = "领域恰当',
        'six = { zh-hans = "领域恰当',
        "six = {",
        "must be a number",
    ),
    "scale reversed": ("high = 10\n", "high = 0\n", "high = 0", "above the lowest"),
    "step that does not fit": ("step = 1\n", "step = 2\n", "step = 2", "whole number of steps"),
    "step of nothing": ("step = 1\n", "step = 0\n", "step = 0", "must be more than 0"),
    "not a colour": ('hue = "#2f74b5"', 'hue = "blue"', 'hue = "blue"', "of the form #rrggbb"),
    "colour too pale": ('hue = "#2f74b5"', 'hue = "#d0e0f0"', "#d0e0f0", "on the light paper"),
    "colour too dark": ('hue = "#2f74b5"', 'hue = "#1a1a40"', "#1a1a40", "on the dark paper"),
    "mailbox without a place": ("practice@wicinternet.org", "practice.wicinternet.org", "mailbox", "e-mail address"),
    "website without http": ('"http://cn.wic', '"cn.wic', "website", "web address"),
    "zone that is none": ("Asia/Shanghai", "Asia/Beijing", "Asia/Beijing", "is not a time zone"),
    "default language of another edition": (
        'default_language = "zh-hans"',
        'default_language = "fr"',
        'default_language = "fr"',
        "“fr” is not a language of this edition",
    ),
    "any with others": ('submit = ["any"]', 'submit = ["any", "en"]', "submit = [", "“any” stands alone"),
    "casebook in another language": (
        'casebook = ["zh-hans", "en"]',
        'casebook = ["zh-hans", "ar"]',
        '"ar"]',
        "“ar” is not a language of this edition",
    ),
    "rule without its parameter": ("\nn = 2\n", "\n", '^two or more countries or regions." }\nseverity', "needs “n”"),
    "rule with a foreign parameter": ("\nn = 2\n", "\nn = 2\nyear = 2015 # foreign\n", "# foreign", "takes no “year”"),
    "rule kind twice": (
        'kind = "uses_internet"',
        'kind = "one_category" # again',
        "# again",
        "already a rule of the kind",
    ),
    "round that takes from itself": (
        'takes_from = "casebook"',
        'takes_from = "outstanding"',
        "takes_from",
        "does not come before this round",
    ),
    "tier of another round": (
        'round = "round2"',
        'round = "round1" # other',
        'tier = "outstanding"',
        "chosen in the round “round1”",
    ),
    "no title": ('code = "title"', 'code = "name"', '^"name"', "must contain “title”"),
    "empty list": (
        'publishes = ["texts", "pictures", "videos", "partners", "places", "statistics"]',
        "publishes = 3",
        "publishes = 3",
        "must be a list",
    ),
    "public vote": ("voting = false", "voting = true", "voting = true", "no public vote"),
    "fee": ('fees = "none"', 'fees = "100 dollars"', "100 dollars", "is not one of none"),
    "more least than most": (
        "min_count = 1\nmax_count = 8",
        "min_count = 9\nmax_count = 8",
        "min_count = 9",
        "above the greatest",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_named_with_its_line(mistake: str) -> None:
    old, new, marker, words = MISTAKES[mistake]
    assert WIC.count(old) >= 1
    text = WIC.replace(old, new, 1)
    line = table_with(text, marker[1:]) if marker.startswith("^") else line_with(text, marker)
    problems = check(text, "planted.toml")
    assert [problem for problem in problems if problem.line == line and words in problem.message["en"]], problems
    for problem in problems:
        assert re.search(r"[\u4e00-\u9fff]", problem.message["zh-hans"])
        assert "<" not in problem.message["en"]


# Mistakes that truly are wrong in a second place too; any other is told once.
CONSEQUENCES = {
    "not a language code": None,  # every label lacks that language
    "unknown round": 2,  # round and tier no longer name each other
    "tier of another round": 2,
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_mistake_is_told_once(mistake: str) -> None:
    old, new, _, _ = MISTAKES[mistake]
    problems = check(WIC.replace(old, new, 1), "planted.toml")
    most = CONSEQUENCES.get(mistake, 1)
    assert most is None or len(problems) <= most, problems


def test_all_mistakes_of_a_file_are_named_at_once_in_the_order_of_their_lines() -> None:
    text = WIC
    planted = ("missing language", "sizes reversed", "not a colour", "zone that is none", "unknown rule")
    for mistake in planted:
        old, new, _, _ = MISTAKES[mistake]
        text = text.replace(old, new, 1)
    with pytest.raises(PresetError) as caught:
        load(text, "many.toml")
    problems = caught.value.problems
    assert len(problems) == len(planted)
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)
    assert {problem.line for problem in problems} == {
        line_with(text, marker) for _, _, marker, _ in (MISTAKES[mistake] for mistake in planted)
    }
    assert str(caught.value).startswith("many.toml:")
    assert "缺少语言" in caught.value.told("zh-hans")


def test_a_fraction_as_a_key_without_quotation_marks_is_explained() -> None:
    text = PITCH.replace('"2.5" = { en = "A trial', '2.5 = { en = "A trial', 1)
    (problem,) = check(text, "pitch.toml")
    assert problem.line == line_with(text, '2.5 = { en = "A trial')
    assert "quotation marks" in problem.message["en"]


def test_an_endorsement_needs_nominators() -> None:
    text = PITCH.replace("enabled = true", "enabled = false", 1)
    (problem,) = check(text, "pitch.toml")
    assert problem.line == line_with(text, "endorsement_required")

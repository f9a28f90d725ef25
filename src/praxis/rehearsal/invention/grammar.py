"""Bilingual sentence patterns read from the word files beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

ZH = "zh-hans"
EN = "en"
KNOWN = ("infrastructure", "culture", "economy", "security", "governance")

_DRAW = re.compile(r"<(\d+)-(\d+)>")
_USE = re.compile(r"<(\d+)(?::(0+))?>")
_SLOT = re.compile(r"\{(\w+)\}")


def _comma_list(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


_UNITS = ("per cent", "km", "mm", "cm", "m ", "in a thousand", "in ten thousand", "degrees", "megab", ".<")
_ONES = _comma_list(
    "zero,one,two,three,four,five,six,seven,eight,nine,ten,eleven,twelve,"
    "thirteen,fourteen,fifteen,sixteen,seventeen,eighteen,nineteen"
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ARTICLE = re.compile(r"\b([Aa]) (?=(?!uni|use|one|eu)[aeiou])")


@dataclass(frozen=True, slots=True)
class Use:
    """One place in an English sentence where a drawn figure stands."""

    figure: int
    zeros: str
    digits: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence in both languages; figures stand as `{_0}`, `{_1}`, ... in either."""

    zh: str
    en: str
    ranges: tuple[tuple[int, int], ...]
    uses: tuple[Use, ...]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of project: its words, its sentences, and the range of its count of units."""

    key: str
    words: Mapping[str, tuple[str, str]]
    units: tuple[int, int]
    problems: tuple[Pattern, ...]
    means: tuple[Pattern, ...]
    obstacle: Pattern
    result: Pattern
    inclusion: Pattern


def english_number(value: int) -> str:
    """Return a whole number from 0 to 99 in English words."""
    if value < 20:
        return _ONES[value]
    tens, ones = divmod(value, 10)
    return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")


def chinese_figure(value: int) -> str:
    """Return a figure as Chinese reports print it: 12.6万 for round numbers above ten thousand."""
    return f"{value / 10_000:g}万" if value >= 10_000 and value % 1000 == 0 else str(value)


def compile_pattern(line: str) -> Pattern:
    """Read one `Chinese | English` line; raises ValueError when the two do not use the same figures."""
    zh, separator, en = line.partition(" | ")
    if not separator:
        raise ValueError(f"no English half: {line}")
    ranges: list[tuple[int, int]] = []

    def draw(match: re.Match[str]) -> str:
        low, high = int(match[1]), int(match[2])
        after_point = match.start() > 0 and zh[match.start() - 1] == "."
        # A plural noun follows in English, so one is never drawn except after a decimal point.
        ranges.append((2 if low == 1 and not after_point else low, high))
        return f"{{_{len(ranges) - 1}}}"

    zh_format = _DRAW.sub(draw, zh)
    uses: list[Use] = []

    def use(match: re.Match[str]) -> str:
        after = en[match.end() :].lstrip()
        before = en[: match.start()]
        digits = before.endswith((".", "}", "$")) or after.startswith(_UNITS) or bool(match[2])
        uses.append(Use(int(match[1]) - 1, match[2] or "", digits, not before))
        return f"{{_{len(uses) - 1}}}"

    en_format = _USE.sub(use, en)
    if {item.figure for item in uses} != set(range(len(ranges))):
        raise ValueError(f"figures differ between the languages: {line}")
    needs = frozenset(n for n in _SLOT.findall(zh_format + en_format) if n[0] != "_")
    return Pattern(zh_format, en_format, tuple(ranges), tuple(uses), needs)


def draw_figures(pattern: Pattern, random: Random) -> tuple[int, ...]:
    """Draw the figures of a sentence, rounded as a report would round them."""
    figures = []
    for low, high in pattern.ranges:
        value = low + int(random.random() * (high - low + 1))
        if value >= 10_000:
            value = round(value, -3)
        elif value >= 1000:
            value = round(value, -1)
        figures.append(value)
    return tuple(figures)


def render_chinese(pattern: Pattern, figures: tuple[int, ...], words: dict[str, str]) -> str:
    """Fill a Chinese sentence."""
    for index, value in enumerate(figures):
        words[f"_{index}"] = chinese_figure(value)
    return pattern.zh.format_map(words)


def render_english(pattern: Pattern, figures: tuple[int, ...], words: dict[str, str]) -> str:
    """Fill an English sentence; small numbers and numbers that open a sentence are spelt out."""
    opening = ""
    for index, use in enumerate(pattern.uses):
        value = int(f"{figures[use.figure]}{use.zeros}")
        if use.opens and value > 99:
            opening = "In all, "
        if (use.opens and value < 100) or (value <= 10 and not use.digits):
            words[f"_{index}"] = english_number(value)
        else:
            words[f"_{index}"] = f"{value:,}"
    return polish_english(opening + pattern.en.format_map(words))


def polish_english(text: str) -> str:
    """Capitalise the opening letter, including that of a quotation, and choose between a and an."""
    start = 1 if text[0] == "“" else 0
    text = text[:start] + text[start].upper() + text[start + 1 :]
    return _ARTICLE.sub(r"\1n ", text)


def _lines(name: str) -> Iterator[str]:
    source = (files(__package__) / "words" / f"{name}.txt").read_text(encoding="utf-8")
    for line in source.splitlines():
        if line and not line.startswith("# "):
            yield line


@cache
def slots() -> Mapping[str, tuple[Pattern, ...]]:
    """Return the sentence patterns shared by all archetypes, by slot."""
    found: dict[str, list[Pattern]] = {}
    current: list[Pattern] = []
    for line in _lines("sentences"):
        if line.startswith("## "):
            current = found.setdefault(line[3:], [])
        else:
            current.append(compile_pattern(line))
    return {slot: tuple(patterns) for slot, patterns in found.items()}


@cache
def plans() -> Mapping[str, tuple[str, ...]]:
    """Return the orders in which the sentences of an element may stand, by element."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _lines("plans"):
        if line.startswith("## "):
            current = found.setdefault(line[3:], [])
        else:
            current.append(line)
    return {element: tuple(orders) for element, orders in found.items()}


@cache
def name_parts() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return the parts of invented names as (Chinese, Latin) pairs, by section."""
    found: dict[str, list[tuple[str, str]]] = {}
    current: list[tuple[str, str]] = []
    for line in _lines("names"):
        if line.startswith("## "):
            current = found.setdefault(line[3:], [])
        else:
            zh, _, en = line.partition(" | ")
            current.append((zh, en))
    return {section: tuple(parts) for section, parts in found.items()}


@cache
def archetypes(category: str) -> tuple[Archetype, ...]:
    """Return the archetypes of a category; an unknown category gets the neutral ones."""
    blocks: list[tuple[str, list[str]]] = []
    for line in _lines(category if category in KNOWN else "general"):
        if line.startswith("@ "):
            blocks.append((line[2:], []))
        else:
            blocks[-1][1].append(line)
    return tuple(_archetype(key, lines) for key, lines in blocks)


def _archetype(key: str, lines: list[str]) -> Archetype:
    words: dict[str, tuple[str, str]] = {}
    sentences: dict[str, list[Pattern]] = {}
    units = (0, 0)
    for line in lines:
        tag, _, rest = line.partition(": ")
        if len(tag) == 1:
            sentences.setdefault(tag, []).append(compile_pattern(rest))
            continue
        parts = rest.split(" | ")
        words[tag] = (parts[0], parts[1])
        if tag == "units":
            low, high = parts[2].split("-")
            units = (int(low), int(high))
    (obstacle,), (result,), (inclusion,) = sentences["O"], sentences["R"], sentences["I"]
    problems, means = tuple(sentences["P"]), tuple(sentences["M"])
    return Archetype(key, words, units, problems, means, obstacle, result, inclusion)

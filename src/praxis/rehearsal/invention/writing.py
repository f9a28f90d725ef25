"""Writes the texts of one invented case: the same content in Chinese and English, each in its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from praxis.rehearsal.invention.grammar import (
    EN,
    ZH,
    Archetype,
    Pattern,
    draw_figures,
    plans,
    polish_english,
    render_chinese,
    render_english,
    slots,
)

Words = dict[str, str]
Limits = Mapping[str, Mapping[str, int]]

DEFAULT_LIMITS: Limits = {"summary": {ZH: 300, EN: 200}, "element": {ZH: 800, EN: 500}}
LEAST = {ZH: 250, EN: 150}
MOST = {ZH: 600, EN: 380}

ELEMENTS = ("background", "cooperation", "implementation", "inclusiveness")

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z0-9]+(?:[.,'’-][A-Za-z0-9]+)*")


@dataclass(slots=True)
class Sentence:
    slot: str
    pattern: Pattern
    figures: tuple[int, ...]
    zh: str
    en: str


@dataclass(slots=True)
class Draft:
    """The chosen sentences of a case by field, each field a list of paragraphs."""

    fields: dict[str, list[list[Sentence]]]


def length(text: str) -> int:
    """Return the length as programmes count it: one a CJK character, one a word or number in Latin letters."""
    return len(_CJK.findall(text)) + len(_WORD.findall(text))


class Decks:
    """Deals the alternatives of a slot so that projects of one archetype do not get the same ones in turn."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._orders: dict[tuple[str, str], list[Pattern]] = {}

    def order(self, archetype: str, slot: str) -> list[Pattern]:
        """Return the alternatives of a slot in the order in which this archetype uses them."""
        key = (archetype, slot)
        if key not in self._orders:
            patterns = list(slots()[slot])
            Random(f"{self._seed}/deck/{archetype}/{slot}").shuffle(patterns)
            self._orders[key] = patterns
        return self._orders[key]


class Writer:
    """Writes one case; `turn` says how many cases of this archetype were written before it."""

    def __init__(
        self, decks: Decks, archetype: Archetype, turn: int, words: Mapping[str, Words], random: Random
    ) -> None:
        self._decks = decks
        self._archetype = archetype
        self._turn = turn
        self._words = words
        self._random = random
        self._said: set[str] = set()
        self._problems = _rotated(archetype.problems, turn)
        self._means = _rotated(archetype.means, turn + 1)

    def draft(self, richness: float) -> Draft:
        """Choose the sentences of a whole case; `richness` from 0 to 1 steers how long the elements become."""
        fields: dict[str, list[list[Sentence]]] = {}
        for element in ELEMENTS:
            fields[f"{element}.heading"] = [[self._pick(f"h_{element}")]]
            fields[element] = self._element(element, richness)
        fields["title"] = [[self._pick("title")]]
        fields["summary"] = [self._summary(fields)]
        return Draft(fields)

    def reworded(self, source: Draft, share: float) -> Draft:
        """Copy a draft with new figures, about `share` of its sentences replaced, and this writer's words."""
        fields = {}
        for code, paragraphs in source.fields.items():
            told = [[new for s in paragraph if (new := self._again(s, share))] for paragraph in paragraphs]
            fields[code] = [paragraph for paragraph in told if paragraph]
        fields["title"] = [[self._pick("title")]]
        return Draft(fields)

    def _again(self, source: Sentence, share: float) -> Sentence | None:
        """Say a sentence again with other figures or replace it; None when this case lacks what it names."""
        fits = all(need in self._words[ZH] for need in source.pattern.needs)
        shared = source.slot in slots()
        if fits and source.pattern.zh not in self._said and not (shared and self._random.random() < share):
            self._said.add(source.pattern.zh)
            return self._sentence(source.slot, source.pattern)
        if not shared:
            return None
        # A case without a second partner says something of those who may join instead.
        return self._pick("c_join" if source.slot == "c_role_b" else source.slot)

    def _sentence(self, slot: str, pattern: Pattern) -> Sentence:
        figures = draw_figures(pattern, self._random)
        zh = render_chinese(pattern, figures, self._words[ZH])
        return Sentence(slot, pattern, figures, zh, render_english(pattern, figures, self._words[EN]))

    def _pick(self, slot: str) -> Sentence:
        """Deal the next fitting alternative of a slot; a trailing + deals from the middle of the deck."""
        name = slot.rstrip("+")
        order = self._decks.order(self._archetype.key, name)
        start = self._turn + (len(order) // 2 if slot.endswith("+") else 0)
        for step in range(len(order)):
            pattern = order[(start + step) % len(order)]
            if pattern.zh not in self._said and all(need in self._words[ZH] for need in pattern.needs):
                self._said.add(pattern.zh)
                return self._sentence(name, pattern)
        raise ValueError(f"no sentence of {name} fits")

    def _token(self, token: str) -> Sentence:
        if token[0] in "PM":
            source = self._problems if token[0] == "P" else self._means
            return self._sentence(token, source[int(token[1]) - 1])
        own = {"O": self._archetype.obstacle, "R": self._archetype.result, "I": self._archetype.inclusion}
        return self._sentence(token, own[token]) if token in own else self._pick(token)

    def _element(self, element: str, richness: float) -> list[list[Sentence]]:
        plan = [p.split() for p in self._random.choice(plans()[element]).split(" / ")]
        chosen: dict[tuple[int, int], Sentence] = {}
        spare: list[tuple[int, int]] = []
        for row, tokens in enumerate(plan):
            for column, token in enumerate(tokens):
                if token.startswith("c_role_b") and "p2" not in self._words[ZH]:
                    continue
                if token.endswith("?"):
                    spare.append((row, column))
                else:
                    chosen[row, column] = self._token(token)
        self._random.shuffle(spare)
        goal = LEAST[ZH] + 15 + (0.3 + richness) * self._random.uniform(10, 340)
        chinese = sum(len(s.zh) for s in chosen.values())
        english = sum(len(s.en.split()) for s in chosen.values())
        for row, column in spare:
            if chinese >= goal and english >= LEAST[EN] + 15:
                break
            sentence = self._token(plan[row][column].rstrip("?"))
            more_chinese, more_english = chinese + len(sentence.zh), english + len(sentence.en.split())
            if more_chinese > MOST[ZH] or more_english > MOST[EN]:
                continue
            chosen[row, column] = sentence
            chinese, english = more_chinese, more_english
        rows = ([chosen[r, c] for c in range(len(tokens)) if (r, c) in chosen] for r, tokens in enumerate(plan))
        return self._joined([row for row in rows if row])

    def _joined(self, rows: list[list[Sentence]]) -> list[list[Sentence]]:
        """Move most paragraphs of a single sentence into the one before, since a page of them reads like a list."""
        joined = rows[:1]
        for row in rows[1:]:
            short = len(row) == 1 or len(joined[-1]) == 1
            if len(rows) > 2 and len(joined[-1]) + len(row) < 6 and self._random.random() < (0.8 if short else 0.12):
                joined[-1] = joined[-1] + row
            else:
                joined.append(row)
        return joined if len(joined) > 1 else rows

    def _summary(self, fields: dict[str, list[list[Sentence]]]) -> list[Sentence]:
        """Sum up with sentences of the body, so that the figures agree."""
        said = {s.slot: s for paragraphs in fields.values() for paragraph in paragraphs for s in paragraph}
        middle = [said[slot] for slot in (("P1", "M1"), ("M1", "I"), ("M2", "R"))[self._turn % 3] if slot in said]
        return [self._pick("s_open"), *middle, self._pick("s_result"), self._pick("s_end")]


def _rotated(patterns: tuple[Pattern, ...], turn: int) -> tuple[Pattern, ...]:
    cut = turn % len(patterns)
    return patterns[cut:] + patterns[:cut]


def texts(draft: Draft, languages: Sequence[str], limits: Limits) -> dict[str, dict[str, str]]:
    """Return language -> field code -> text; sentences are left out from the end where a limit asks for it."""
    fields = {code: _within(paragraphs, _limit(code, limits)) for code, paragraphs in draft.fields.items()}
    return {
        language: {code: _join(paragraphs, language) for code, paragraphs in fields.items()} for language in languages
    }


def _limit(code: str, limits: Limits) -> Mapping[str, int]:
    kind = "summary" if code == "summary" else "element" if code in ELEMENTS else "other"
    return limits.get(code) or limits.get(kind) or {}


def _within(paragraphs: list[list[Sentence]], limit: Mapping[str, int]) -> list[list[Sentence]]:
    kept = [list(paragraph) for paragraph in paragraphs]
    while len(kept) + len(kept[-1]) > 2 and any(length(_join(kept, lang)) > most for lang, most in limit.items()):
        kept[-1].pop()
        kept = [paragraph for paragraph in kept if paragraph]
    return kept


def _join(paragraphs: list[list[Sentence]], language: str) -> str:
    if language == EN:
        return "\n\n".join(" ".join(s.en for s in paragraph) for paragraph in paragraphs)
    return "\n\n".join("".join(s.zh for s in paragraph) for paragraph in paragraphs)


def fill(pattern: Pattern, words: Mapping[str, Words], random: Random, language: str) -> str:
    """Fill one pattern in one language."""
    figures = draw_figures(pattern, random)
    if language == ZH:
        return render_chinese(pattern, figures, words[ZH])
    return polish_english(render_english(pattern, figures, words[EN]))

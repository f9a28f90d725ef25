"""The two indexes: who stands where, grouped by initial; by pinyin in Chinese, by letter otherwise."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from pypinyin import Style, lazy_pinyin

from praxis.lifecycle.casebook.typesetting.book import Book
from praxis.lifecycle.casebook.typesetting.glyphs import clean

OTHER = "#"
LEADING_ARTICLES = ("the ", "a ", "an ")


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry by its number; `main` where the organisation is the applicant."""

    number: int
    main: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A name of an index and where it occurs, in printing order."""

    name: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The names under one initial; "#" for those that begin with no letter."""

    initial: str
    headings: tuple[Heading, ...]


def sort_key(name: str, language: str, readings: dict[str, str] | None = None) -> tuple[str, str, str]:
    """Where a name stands: its letters without marks, then its tones or marks, then itself."""
    reading = (readings or {}).get(name, "")
    letters, toned = reading or name, reading or name
    if language == "zh-hans" and not reading:
        letters = " ".join(lazy_pinyin(name))
        toned = " ".join(lazy_pinyin(name, style=Style.TONE3))
    letters = "".join(c for c in unicodedata.normalize("NFKD", letters).casefold() if c.isalnum() or c == " ")
    if language == "en":
        letters = next((letters[len(a) :] for a in LEADING_ARTICLES if letters.startswith(a)), letters)
    return (letters.strip(), toned.casefold(), name)


def initial(key: tuple[str, str, str]) -> str:
    """The letter A to Z a sort key stands under, or "#"."""
    first = key[0][:1].upper()
    return first if "A" <= first <= "Z" and len(first) == 1 else OTHER


def places_index(book: Book) -> tuple[Group, ...]:
    """Countries or regions of the cases."""
    pairs = ((clean(place), Reference(e.number, False)) for e in book.entries for place in e.places)
    return _grouped(pairs, book)


def organisations_index(book: Book) -> tuple[Group, ...]:
    """Applicants and partners; an organisation that is both in one case counts as its applicant."""
    pairs: list[tuple[str, Reference]] = []
    for entry in book.entries:
        applicant = clean(entry.applicant)
        pairs.append((applicant, Reference(entry.number, True)))
        pairs.extend((clean(name), Reference(entry.number, False)) for name in entry.partners if clean(name) != applicant)
    return _grouped(pairs, book)


def _grouped(pairs: Iterable[tuple[str, Reference]], book: Book) -> tuple[Group, ...]:
    found: dict[str, dict[Reference, None]] = {}
    for name, reference in pairs:
        if name:
            found.setdefault(name, {})[reference] = None
    readings = {clean(name): reading for name, reading in book.readings}
    keyed = sorted((sort_key(name, book.language, readings), name) for name in found)
    # "#" comes last, whatever its characters sort as.
    keyed.sort(key=lambda pair: (initial(pair[0]) == OTHER, initial(pair[0])))
    return tuple(
        Group(letter, tuple(Heading(name, tuple(found[name])) for _, name in members))
        for letter, members in groupby(keyed, key=lambda pair: initial(pair[0]))
    )

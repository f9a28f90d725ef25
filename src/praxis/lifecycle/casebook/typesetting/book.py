"""What a Casebook holds, in one language: plain data in the order it is printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from praxis.foundation.errors import DomainError

LANGUAGES = ("zh-hans", "en")
HUE = re.compile(r"#[0-9a-fA-F]{6}")


class TypesettingError(DomainError):
    """A book that cannot be set; `messages` says why in each language of the screens."""

    def __init__(self, messages: dict[str, str], *, code: str = "typesetting") -> None:
        super().__init__(messages["en"], code=code)
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as uploaded (JPEG, PNG or WebP); `width` and `height` in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int
    caption: str = ""
    alt: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """One of a case's elements: its fixed label, the applicant's own short heading, and the text."""

    label: str
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BookEntry:
    """One case; `number` is unique in the book and the same in every language."""

    number: int
    title: str
    applicant: str
    partners: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    summary: str = ""
    elements: tuple[Element, ...] = ()
    pictures: tuple[Picture, ...] = ()
    outstanding: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the programme with its entries in printing order; `hue` as #rrggbb."""

    code: str
    label: str
    description: str
    hue: str
    entries: tuple[BookEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreword:
    """Foreword of the publisher; the signature is set flush right and may be empty."""

    heading: str
    paragraphs: tuple[str, ...]
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """A Casebook in one language.

    `identifier` is a URN, the same for PDF and EPUB of one language; `timestamp` (with its zone) is printed into the
    files' metadata, so equal books give equal bytes. `readings` maps a name to the reading it is sorted by where the
    usual pinyin is wrong. A line break in `title` holds on the cover and the half-title only. `specimen` prints on each page that the content is invented.
    """

    language: str
    programme: str
    edition_label: str
    title: str
    subtitle: str
    year: int
    publisher: str
    contact: str
    identifier: str
    timestamp: datetime
    parts: tuple[Part, ...]
    imprint: tuple[str, ...] = ()
    foreword: Foreword | None = None
    languages: tuple[str, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()
    specimen: bool = False

    @property
    def entries(self) -> tuple[BookEntry, ...]:
        """All entries in printing order."""
        return tuple(entry for part in self.parts for entry in part.entries)


def check(book: Book) -> None:
    """Raise TypesettingError where the book's frame (not its texts) cannot be set."""
    if book.language not in LANGUAGES:
        raise TypesettingError(
            {"zh-hans": f"案例集不支持语言“{book.language}”。", "en": f"A Casebook cannot be set in “{book.language}”."}
        )
    if book.timestamp.tzinfo is None:
        raise TypesettingError({"zh-hans": "案例集时间缺少时区。", "en": "The book's timestamp has no time zone."})
    for part in book.parts:
        if not HUE.fullmatch(part.hue):
            raise TypesettingError(
                {"zh-hans": f"“{part.label}”的颜色应写作 #rrggbb。", "en": f"The hue of “{part.label}” must be #rrggbb."}
            )
    numbers = [entry.number for entry in book.entries]
    if len(set(numbers)) != len(numbers):
        raise TypesettingError({"zh-hans": "案例编号重复。", "en": "Two entries have the same number."})

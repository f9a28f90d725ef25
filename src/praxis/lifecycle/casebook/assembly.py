"""From entries to a book: what is printed, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from praxis.foundation.files import services as files
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.config import SUMMARY, TITLE, EditionConfig
from praxis.foundation.programmes.models import Category, Edition
from praxis.lifecycle.casebook import selectors
from praxis.lifecycle.casebook.models import Casebook, Entry, EntryPicture
from praxis.lifecycle.casebook.typesetting.book import Book, BookEntry, Element, Foreword, Part, Picture

TITLES = {"zh-hans": "案例集", "en": "Casebook"}


def book_of(casebook: Casebook, language: str, *, timestamp: datetime) -> Book:
    """The Casebook as the typesetter takes it. `timestamp` goes into the files, so that equal books are equal bytes."""
    edition = casebook.edition
    config = edition.settings
    entries = selectors.whole_entries(edition)
    front = casebook.front.get(language, {})
    return Book(
        language=language,
        programme=pick(config.programme.names, language),
        edition_label=pick(edition.names, language),
        title=front.get("title") or pick(config.programme.names, language),
        subtitle=front.get("subtitle") or TITLES.get(language, TITLES["en"]),
        year=edition.year,
        publisher=pick(config.programme.organiser, language),
        contact=config.contact.mailbox,
        identifier=f"urn:praxis:{config.programme.code}:{config.edition.code}:{language}",
        timestamp=timestamp,
        imprint=tuple(line for line in front.get("imprint", "").splitlines() if line.strip()),
        foreword=_foreword(front),
        parts=_parts(edition, config, entries, language),
        languages=tuple(config.edition.languages),
        readings=tuple(sorted((casebook.front.get("readings") or {}).items())),
        specimen=edition.rehearsal,
    )


def _foreword(front: dict[str, Any]) -> Foreword | None:
    text = front.get("foreword", "")
    if not text.strip():
        return None
    return Foreword(front.get("foreword_heading", ""), _paragraphs(text), front.get("signature", ""))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n") if part.strip())


def _parts(edition: Edition, config: EditionConfig, entries: Sequence[Entry], language: str) -> tuple[Part, ...]:
    numbers = {entry.pk: number for number, entry in enumerate(entries, start=1)}
    parts = []
    for category in Category.objects.filter(edition=edition):
        members = [entry for entry in entries if entry.category_id == category.pk]
        if members:
            described = config.category(category.code)
            parts.append(
                Part(
                    code=category.code, label=pick(category.labels, language),
                    description=pick(described.description, language), hue=category.hue,
                    entries=tuple(_entry(entry, numbers[entry.pk], config, language) for entry in members),
                )
            )
    return tuple(parts)


def _entry(entry: Entry, number: int, config: EditionConfig, language: str) -> BookEntry:
    texts = {field: row.body for (own, field), row in selectors.texts_of(entry).items() if own == language}
    elements = tuple(
        Element(pick(field.label, language), texts.get(f"{field.code}.heading", ""), _paragraphs(texts.get(field.code, "")))
        for field in config.elements
    )
    shown = [row for row in selectors.pictures_of(entry) if row.printed and row.kind == "picture" and row.file.state == "ready"]
    return BookEntry(
        number=number, title=texts.get(TITLE, "") or entry.titles.get(language, ""),
        applicant=pick(entry.applicants, language),
        partners=tuple(_partner(row, language) for row in entry.partners if pick(row["names"], language)),
        places=tuple(places.names(entry.places, language)), summary=texts.get(SUMMARY, ""), elements=elements,
        pictures=tuple(_picture(row, language) for row in shown), outstanding=entry.outstanding,
    )


def _partner(row: dict[str, Any], language: str) -> str:
    return pick(row["names"], language)


def _picture(row: EntryPicture, language: str) -> Picture:
    return Picture(
        data=files.read(row.file), media_type=row.file.media_type, width=row.file.width or 0, height=row.file.height or 0,
        caption=row.captions.get(language, ""), alt=row.alts.get(language, ""), credit=row.credit,
    )

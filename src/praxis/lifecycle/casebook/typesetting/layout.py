"""How a book is laid out before it is set: cleaned texts, pictures in rows, indexes in columns."""

from __future__ import annotations

import hashlib
import re
from itertools import combinations, pairwise
from typing import Any

from praxis.lifecycle.casebook.typesetting.book import Book, BookEntry, Part, Picture
from praxis.lifecycle.casebook.typesetting.glyphs import clean
from praxis.lifecycle.casebook.typesetting.ordering import Group, Heading, organisations_index, places_index
from praxis.lifecycle.casebook.typesetting.pictures import Prepared, large_count
from praxis.lifecycle.casebook.typesetting.words import LANGUAGE_NAMES, WORDS

# Millimetres: the full width of the page's grid, the most a picture may be high, the gap in a row of two.
GRID_WIDTH = 134.0
LEAD_HEIGHT = 84.0
ROW_HEIGHT = 70.0
GAP = 4.0
RUNNING_HEAD = 34
# Characters of a case's title on one line, and beside the mark of an Outstanding Case.
TITLE_LINE = 15
TITLE_LINE_MARKED = 12
# Where a Chinese title may break: not before a word that leans on what stands before it, nor within quotation marks.
TITLE_PAUSE = re.compile("(?<=[：，；、 ])(?![“（《])|(?<=——)(?![“（《])|(?<=[”）》])(?![：，；、”）》—的之与和及在])|(?=[（“《])")
# Lines in a column of an index below its title.
INDEX_LINES = 30
INDEX_WIDTH = 19.0


def book_data(book: Book, prepared: dict[str, Prepared]) -> dict[str, Any]:
    """What the template reads: cleaned texts, pictures laid into rows, indexes in order."""
    words = WORDS[book.language]
    foreword = book.foreword
    names = LANGUAGE_NAMES[book.language]
    return {
        "language": book.language,
        "lang": book.language.partition("-")[0],
        "words": words,
        "programme": clean(book.programme),
        "edition": clean(book.edition_label),
        "title": plain_title(book),
        "lines": _book_lines(book),
        "subtitle": clean(book.subtitle),
        "year": str(book.year),
        "publisher": clean(book.publisher),
        "contact": clean(book.contact),
        "identifier": clean(book.identifier),
        "specimen": book.specimen,
        "imprint": _paragraphs(book.imprint),
        "languages": words["separator"].join(names.get(one, one) for one in book.languages),
        "foreword": None
        if foreword is None
        else {
            "heading": clean(foreword.heading),
            "paragraphs": _paragraphs(foreword.paragraphs),
            "signature": clean(foreword.signature),
        },
        "parts": [_part_data(part, prepared, words) for part in book.parts],
        "places": _index_data(places_index(book), words),
        "organisations": _index_data(organisations_index(book), words),
    }


def plain_title(book: Book) -> str:
    """The book's title on one line."""
    return ("" if book.language == "zh-hans" else " ").join(clean(line) for line in book.title.split("\n"))


def _book_lines(book: Book) -> list[str]:
    lines = [clean(line) for line in book.title.split("\n")]
    return lines if len(lines) > 1 else title_lines(lines[0])


def _paragraphs(texts: tuple[str, ...]) -> list[str]:
    return [line for line in (clean(text) for text in texts) if line]


def _part_data(part: Part, prepared: dict[str, Prepared], words: dict[str, str]) -> dict[str, Any]:
    best = sum(entry.outstanding for entry in part.entries)
    count = words["count"].format(count=len(part.entries)) if part.entries else ""
    return {
        "label": clean(part.label),
        "description": clean(part.description),
        "hue": part.hue,
        "count": count + (words["count_outstanding"].format(outstanding=best) if best else ""),
        "entries": [_entry_data(entry, prepared, words) for entry in part.entries],
    }


def _entry_data(entry: BookEntry, prepared: dict[str, Prepared], words: dict[str, str]) -> dict[str, Any]:
    title = clean(entry.title)
    return {
        "number": entry.number,
        "title": title,
        "lines": title_lines(title, TITLE_LINE_MARKED if entry.outstanding else TITLE_LINE),
        "running": shortened(title),
        "applicant": clean(entry.applicant),
        "partners": _paragraphs(entry.partners),
        "places": words["separator"].join(_paragraphs(entry.places)),
        "summary": clean(entry.summary),
        "outstanding": entry.outstanding,
        "elements": [
            {"label": clean(one.label), "heading": clean(one.heading), "paragraphs": _paragraphs(one.paragraphs)}
            for one in entry.elements
        ],
        "rows": picture_rows(entry.pictures, prepared, words),
    }


def title_lines(title: str, limit: int = TITLE_LINE) -> list[str]:
    """A Chinese title too long for one line, broken where it pauses: in as few lines as will do, of like length.

    Lines break after a colon, a comma, a dash or a closing quotation mark and before an opening one, never inside a
    quoted name. Where no such lines are short enough the title stays whole, to be broken anywhere.
    """
    if len(title) <= limit or not any(ord(character) > 0x2E80 for character in title):
        return [title]
    pieces = [piece for piece in TITLE_PAUSE.split(title) if piece]
    for count in range(2, min(4, len(pieces)) + 1):
        broken = [
            ["".join(pieces[start:end]).strip() for start, end in pairwise((0, *cuts, len(pieces)))]
            for cuts in combinations(range(1, len(pieces)), count - 1)
        ]
        fitting = [lines for lines in broken if max(map(len, lines)) <= limit]
        if fitting:
            return min(fitting, key=lambda lines: max(map(len, lines)))
    return [title]


def shortened(title: str) -> str:
    """A title fit for a running head: about 34 wide characters, cut at a word where there are words."""
    used = 0.0
    for at, character in enumerate(title):
        used += 1.0 if ord(character) > 0x2E80 else 0.5
        if used > RUNNING_HEAD:
            head = title[:at]
            word = head.rpartition(" ")[0]
            return (word if len(word) > at * 0.7 else head).rstrip(" ,;:，；：、") + "…"
    return title


def picture_rows(
    pictures: tuple[Picture, ...], prepared: dict[str, Prepared], words: dict[str, str]
) -> list[dict[str, Any]]:
    """The first picture large, the others in rows of two of one height; widths in millimetres."""
    items = [_picture_data(picture, prepared[hashlib.sha256(picture.data).hexdigest()], words) for picture in pictures]
    alone = large_count(len(items))
    chunks = [[item] for item in items[:alone]]
    chunks.extend(items[at : at + 2] for at in range(alone, len(items), 2))
    rows = []
    for at, chunk in enumerate(chunks):
        ratios = sum(item["ratio"] for item in chunk)
        gaps = GAP * (len(chunk) - 1)
        width = min(GRID_WIDTH, ratios * (LEAD_HEIGHT if at == 0 else ROW_HEIGHT) + gaps)
        for item in chunk:
            item["width"] = round((width - gaps) * item["ratio"] / ratios, 3)
        rows.append({"items": chunk})
    return rows


def _picture_data(picture: Picture, one: Prepared, words: dict[str, str]) -> dict[str, Any]:
    caption, credit = clean(picture.caption), clean(picture.credit)
    return {
        "file": f"{one.digest[:16]}.jpg",
        # Extreme strips are set as if 4 : 1 or 1 : 2 and keep their own shape inside.
        "ratio": min(4.0, max(0.5, one.width / one.height)),
        "alt": clean(picture.alt) or caption or words["case"],
        "caption": caption,
        "credit": words["credit"] + credit if credit else "",
    }


def _index_data(groups: tuple[Group, ...], words: dict[str, str]) -> list[dict[str, Any]]:
    break_after = middle_of(groups)
    return [
        {
            "initial": group.initial if group.initial != "#" else words["other"],
            "headings": [
                {
                    "name": heading.name,
                    "references": [{"number": r.number, "main": r.main} for r in heading.references],
                    "break-after": heading.name == break_after,
                }
                for heading in group.headings
            ],
        }
        for group in groups
    ]


def middle_of(groups: tuple[Group, ...]) -> str | None:
    """The name after which an index that fits one page turns to its second column; None where it is longer."""
    lines = [
        (heading.name, _index_lines(heading) + (2.2 if at == 0 else 0.0))
        for group in groups
        for at, heading in enumerate(group.headings)
    ]
    total = sum(height for _, height in lines)
    if total > 2 * INDEX_LINES:
        return None
    used = 0.0
    for name, height in lines[:-1]:
        used += height
        if used >= total / 2:
            return name
    return None


def _index_lines(heading: Heading) -> float:
    wide = sum(1.0 if ord(character) > 0x2E80 else 0.5 for character in heading.name)
    return 1.0 + (wide + 2.0 * len(heading.references)) // INDEX_WIDTH * 0.85

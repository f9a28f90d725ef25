"""What would spoil a book, named before it is set: missing texts, characters without a glyph, weak pictures."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from praxis.lifecycle.casebook.typesetting.book import Book, BookEntry, Picture
from praxis.lifecycle.casebook.typesetting.glyphs import clean, controls, missing, named
from praxis.lifecycle.casebook.typesetting.pictures import FORMATS
from praxis.lifecycle.casebook.typesetting.words import LANGUAGE_NAMES, WORDS

LEAST_LONG_SIDE = 1200
# Shorter texts may well be a name that is the same in both languages.
JUDGED_LENGTH = 60
HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
LETTER = re.compile("[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend; `entry` is the number in the book, None for its front. `message` has every language."""

    code: str
    entry: int | None
    field: str
    message: dict[str, str]
    severity: Literal["error", "warning"]


def preflight(book: Book) -> list[Finding]:
    """Everything that would spoil this book, errors first, then in printing order."""
    found = [*_front(book)]
    for entry in book.entries:
        found.extend(_texts(book, entry))
        found.extend(_characters(book.language, entry))
        found.extend(_pictures(entry))
    return sorted(found, key=lambda finding: (finding.severity != "error", finding.entry or 0))


def _front(book: Book) -> Iterator[Finding]:
    if book.foreword is None or not any(text.strip() for text in book.foreword.paragraphs):
        yield Finding(
            "foreword", None, "foreword", {"zh-hans": "还没有前言。", "en": "There is no foreword yet."}, "warning"
        )
    front = [book.title, book.subtitle, book.publisher, book.contact, *book.imprint]
    if book.foreword is not None:
        front += [book.foreword.heading, *book.foreword.paragraphs, book.foreword.signature]
    if lacking := missing(clean(text) for text in front):
        yield _glyph(None, "front", lacking)


def _lacks(entry: BookEntry, field: str, label: dict[str, str], language: str) -> Finding:
    names = {screen: LANGUAGE_NAMES[screen].get(language, language) for screen in LANGUAGE_NAMES}
    return Finding(
        "missing", entry.number, field,
        {
            "zh-hans": f"案例 {entry.number} 缺少{names['zh-hans']}“{label['zh-hans']}”。",
            "en": f"Case {entry.number} has no {names['en']} text for “{label['en']}”.",
        },
        "error",
    )  # fmt: skip


def _texts(book: Book, entry: BookEntry) -> Iterator[Finding]:
    labels = {"title": ("案例名称", "case name"), "applicant": ("申报单位", "applicant"), "summary": ("案例简介", "summary")}
    for field, (zh, en) in labels.items():
        if not getattr(entry, field).strip():
            yield _lacks(entry, field, {"zh-hans": zh, "en": en}, book.language)
    for element in entry.elements:
        both = {"zh-hans": element.label, "en": element.label}
        if not any(text.strip() for text in element.paragraphs):
            yield _lacks(entry, element.label, both, book.language)
        elif not element.heading.strip():
            yield Finding(
                "heading", entry.number, element.label,
                {
                    "zh-hans": f"案例 {entry.number} 的“{element.label}”没有小标题。",
                    "en": f"Case {entry.number}: “{element.label}” has no heading.",
                },
                "warning",
            )  # fmt: skip
    if not entry.places:
        yield _lacks(entry, "places", {"zh-hans": WORDS["zh-hans"]["places"], "en": WORDS["en"]["places"]}, book.language)


def _all_texts(entry: BookEntry) -> list[tuple[str, str]]:
    found = [("title", entry.title), ("applicant", entry.applicant), ("summary", entry.summary)]
    found += [("partners", name) for name in entry.partners] + [("places", name) for name in entry.places]
    for element in entry.elements:
        found += [(element.label, element.heading), *((element.label, text) for text in element.paragraphs)]
    for number, picture in enumerate(entry.pictures, start=1):
        found += [(f"picture {number}", text) for text in (picture.caption, picture.alt, picture.credit)]
    return found


def _glyph(number: int | None, field: str, lacking: list[str]) -> Finding:
    where_zh = f"案例 {number}" if number else "卷首"
    where_en = f"Case {number}" if number else "The front matter"
    return Finding(
        "glyph", number, field,
        {
            "zh-hans": f"{where_zh}（{field}）含有字体中没有的字符：{named(lacking)}。",
            "en": f"{where_en} ({field}) has characters that no book font can show: {named(lacking)}.",
        },
        "error",
    )  # fmt: skip


def _characters(language: str, entry: BookEntry) -> Iterator[Finding]:
    for field, text in _all_texts(entry):
        if lacking := missing([clean(text)]):
            yield _glyph(entry.number, field, lacking)
        if odd := controls(text):
            listed = ", ".join(odd)
            yield Finding(
                "control", entry.number, field,
                {
                    "zh-hans": f"案例 {entry.number}（{field}）含有控制字符：{listed}，排版时会被去掉。",
                    "en": f"Case {entry.number} ({field}) has control characters, which are left out: {listed}.",
                },
                "warning",
            )  # fmt: skip

        if _untranslated(language, text):
            names = {screen: LANGUAGE_NAMES[screen].get(language, language) for screen in LANGUAGE_NAMES}
            yield Finding(
                "untranslated", entry.number, field,
                {
                    "zh-hans": f"案例 {entry.number}（{field}）似乎不是{names['zh-hans']}，请核对译文。",
                    "en": f"Case {entry.number} ({field}) does not seem to be in {names['en']}; check the translation.",
                },
                "warning",
            )  # fmt: skip


def _untranslated(language: str, text: str) -> bool:
    han, letters = len(HAN.findall(text)), len(LETTER.findall(text))
    if language == "en":
        return han > 3 and han * 3 > letters
    return letters >= JUDGED_LENGTH and han * 10 < letters


# Whether a picture can be read, by the hash of its bytes: it stands in the book of every language.
_readable: dict[str, bool] = {}
_REMEMBERED = 10_000


def _is_readable(picture: Picture) -> bool:
    digest = hashlib.sha256(picture.data).hexdigest()
    if digest not in _readable:
        if len(_readable) >= _REMEMBERED:
            _readable.clear()
        _readable[digest] = _can_be_read(picture)
    return _readable[digest]


def _can_be_read(picture: Picture) -> bool:
    try:
        with Image.open(io.BytesIO(picture.data), formats=FORMATS) as image:
            # A pass at reduced scale is quick and finds a file that was cut off.
            image.draft("RGB", (256, 256))
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return True


def _pictures(entry: BookEntry) -> Iterator[Finding]:
    for number, picture in enumerate(entry.pictures, start=1):
        where_zh, where_en = f"案例 {entry.number} 的图片 {number}", f"Case {entry.number}, picture {number}"
        if not _is_readable(picture):
            yield Finding(
                "picture_unreadable", entry.number, f"picture {number}",
                {"zh-hans": f"{where_zh}无法读取，请重新上传。", "en": f"{where_en} cannot be read; upload it again."},
                "error",
            )  # fmt: skip
        if max(picture.width, picture.height) < LEAST_LONG_SIDE:
            yield Finding(
                "picture_small", entry.number, f"picture {number}",
                {
                    "zh-hans": f"{where_zh}太小：{picture.width}×{picture.height}，长边至少应为 {LEAST_LONG_SIDE} 像素。",
                    "en": f"{where_en} is too small: {picture.width} × {picture.height}; "
                    f"the long side should be at least {LEAST_LONG_SIDE} pixels.",
                },
                "error",
            )  # fmt: skip
        if not picture.alt.strip():
            yield Finding(
                "alt", entry.number, f"picture {number}",
                {"zh-hans": f"{where_zh}缺少替代文字。", "en": f"{where_en} has no alternative text."},
                "error",
            )  # fmt: skip
        for field, zh, en in (("caption", "图片说明", "caption"), ("credit", "图片来源", "credit")):
            if not getattr(picture, field).strip():
                yield Finding(
                    field, entry.number, f"picture {number}",
                    {"zh-hans": f"{where_zh}缺少{zh}。", "en": f"{where_en} has no {en}."},
                    "warning",
                )  # fmt: skip

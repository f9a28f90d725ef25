"""The printed Casebook: Typst sets it; every text goes in as JSON and is never read as markup."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import typst

from praxis.lifecycle.casebook.typesetting.book import Book, Part, TypesettingError, check
from praxis.lifecycle.casebook.typesetting.glyphs import breakable, font_set, missing, named, substituted
from praxis.lifecycle.casebook.typesetting.layout import book_data
from praxis.lifecycle.casebook.typesetting.pictures import prepare_all

TEMPLATES = Path(__file__).with_name("typst")
STANDARDS: list[Any] = ["a-2a", "ua-1"]
COVER_DPI = 150.0
# A case's last page of at most this height (mm) is drawn in, where that takes at most this much of each line (em) and
# pictures of at least this size.
SHORT_TAIL = 56.0
TWO_LINES = 15.0
MOST_TIGHTENED = 0.13
LEAST_PICTURES = 0.69
TEXT_HEIGHT = 188.0
# From one line to the next, em.
LINE = {"zh-hans": 1.72, "en": 1.5}

Glyphs = Literal["refuse", "replace"]


def build_pdf(book: Book, *, glyphs: Glyphs = "refuse") -> bytes:
    """The book as PDF/A-2a and PDF/UA-1, the same bytes for the same book.

    A character that no book font can show raises TypesettingError naming it, or with `glyphs="replace"` is printed
    as a white square. Pictures that cannot be read raise TypesettingError too.
    """
    check(book)
    prepared = prepare_all(book.entries)
    data = book_data(book, prepared)
    if glyphs == "refuse":
        _refuse_missing(data)
    else:
        data = _mapped(data, substituted)
    files = {**_templates(), "main.typ": _templates()["casebook.typ"], "book.json": _json(_mapped(data, breakable))}
    files["fit.json"] = b"{}"
    files.update((f"{one.digest[:16]}.jpg", one.data) for one in prepared.values())
    return _compiled(files, book, "pdf")


def drawn_in(ends: list[dict[str, Any]], line: float) -> dict[str, dict[str, float]]:
    """How to save a page for each case that would end with a few lines on one of its own.

    `ends` tells for each case how many pages it turned, how far its text came down the last one and how high its
    pictures are together (mm); `line` is a line's height (em). What is taken from the line spacing (em, `tighten`)
    nobody sees, so it comes first; where that is not enough, the pictures become smaller as well (`scale`).
    """
    fit = {}
    for end in ends:
        if end["pages"] < 1 or end["tail"] > SHORT_TAIL:
            continue
        # The opening page holds about half a page of text; two lines more allow for paragraphs that may not be parted.
        saved_by_an_em = TEXT_HEIGHT * (end["pages"] - 0.4) / line
        wanted = end["tail"] + TWO_LINES
        tighten = min(MOST_TIGHTENED, wanted / saved_by_an_em * 1.4)
        left = max(0.0, wanted - MOST_TIGHTENED * saved_by_an_em)
        scale = 1.0 - left / max(end["pictures"], 1.0)
        if scale >= LEAST_PICTURES:
            fit[str(end["number"])] = {"tighten": round(tighten, 4), "scale": round(scale, 3)}
    return fit


def build_cover(book: Book) -> bytes:
    """The front cover alone as PNG; characters without a glyph are replaced."""
    check(book)
    data = _mapped(book_data(Book(**{**_fields(book), "parts": _emptied(book)}), {}), substituted)
    files = {**_templates(), "main.typ": _templates()["front.typ"], "book.json": _json(data)}
    return _compiled(files, book, "png")


def _fields(book: Book) -> dict[str, Any]:
    return {name: getattr(book, name) for name in Book.__dataclass_fields__}


def _emptied(book: Book) -> tuple[Part, ...]:
    return tuple(Part(part.code, part.label, part.description, part.hue) for part in book.parts)


@cache
def _templates() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(TEMPLATES.glob("*.typ"))}


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode("utf-8")


def _compiled(files: dict[str, bytes], book: Book, output: Literal["pdf", "png"]) -> bytes:
    try:
        # A folder of its own, because Typst takes only texts from memory, not pictures.
        with TemporaryDirectory(prefix="casebook-") as folder:
            for name, content in files.items():
                Path(folder, name).write_bytes(content)
            compiler = typst.Compiler(
                Path(folder, "main.typ"), root=folder, font_paths=font_set(), ignore_system_fonts=True
            )
            if "fit.json" in files:
                ends = [one["value"] for one in json.loads(compiler.query("<case-end>"))]
                fit = drawn_in(ends, LINE[book.language])
                Path(folder, "fit.json").write_bytes(_json(fit))
            made = compiler.compile(
                format=output,
                ppi=COVER_DPI if output == "png" else None,
                pdf_standards=STANDARDS if output == "pdf" else [],
                timestamp=int(book.timestamp.timestamp()),
            )
    except typst.TypstError as error:
        raise TypesettingError(
            {"zh-hans": f"排版未能完成：{error.message}", "en": f"The book could not be set: {error.message}"}
        ) from error
    if not isinstance(made, bytes):
        raise TypesettingError({"zh-hans": "排版没有产生文件。", "en": "Typesetting gave no file."})
    return made


def _refuse_missing(data: dict[str, Any]) -> None:
    lacking = missing(_texts(data))
    if lacking:
        listed = named(lacking)
        raise TypesettingError(
            {
                "zh-hans": f"字体中没有这些字符：{listed}。请改写或删去。",
                "en": f"No book font has these characters: {listed}. Write them otherwise or take them out.",
            },
            code="glyph",
        )


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _texts(value)


def _mapped(data: Any, change: Any) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, dict):
        return {key: _mapped(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_mapped(value, change) for value in data]
    return data

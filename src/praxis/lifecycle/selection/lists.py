"""The list for approval, as a document to sign and as a table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import docx as python_docx
import xlsxwriter
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.lifecycle.selection.models import Decision, Selection

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What stands in the list itself; a list is in the languages of its edition, side by side.
_WORDS = {
    "zh-hans": {
        "number": "编号", "case": "案例", "applicant": "申报单位", "field": "领域", "places": "国家或地区", "chosen": "入选",
        "reserve": "备选", "confidential": "保密", "approved": "审定", "date": "日期", "and": "、",
    },
    "en": {
        "number": "No.", "case": "Case", "applicant": "Applicant", "field": "Field", "places": "Countries or regions",
        "chosen": "Chosen", "reserve": "Reserve", "confidential": "Confidential", "approved": "Approved", "date": "Date",
        "and": ", ",
    },
}  # fmt: skip
# The document's margin, the column of the number and the others but the names of the case, in millimetres.
_MARGIN, _NARROW, _WIDE = 18, 24, 42
_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed date inside the file, so that the same list is the same bytes


def _said(word: str, languages: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(_WORDS.get(language, _WORDS["en"])[word] for language in languages))


def _headings(languages: Sequence[str]) -> tuple[str, ...]:
    names = [_WORDS.get(language, _WORDS["en"])["case"] for language in languages]
    return (_said("number", languages), *names, *(_said(word, languages) for word in ("applicant", "field", "places")))


def _cells(row: Decision, languages: Sequence[str]) -> tuple[str, ...]:
    case, first = row.case, languages[0]
    between = _WORDS.get(first, _WORDS["en"])["and"]
    return (
        case.number, *(case.titles.get(language, "") for language in languages), pick(case.organisation.names, first),
        pick(case.category.labels, first) if case.category else "", between.join(places.names(case.places, first)),
    )  # fmt: skip


def _groups(rows: Sequence[Decision], languages: Sequence[str]) -> list[tuple[str, list[Decision]]]:
    groups: dict[tuple[int, bool], list[Decision]] = {}
    for row in rows:
        groups.setdefault((row.tier.position, row.reserve is not None), []).append(row)
    titles = []
    for (_position, is_reserve), members in sorted(groups.items()):
        name = " ".join(dict.fromkeys(pick(members[0].tier.labels, language) for language in languages))
        titles.append((f"{name} · {_said('reserve' if is_reserve else 'chosen', languages)} ({len(members)})", members))
    return titles


def docx(selection: Selection, rows: Sequence[Decision]) -> bytes:
    """A document with the lists by tier, the digest of the sealed list and lines to sign; A4, across."""
    edition, languages = selection.edition, selection.edition.settings.edition.languages
    document = python_docx.Document()
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Noto Sans", Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
    document.core_properties.created = document.core_properties.modified = _DAY
    _lay_across(document)
    names = list(dict.fromkeys(pick(edition.names, language) for language in languages))
    document.add_heading(names[0], level=1)
    for name in names[1:]:
        document.add_paragraph(name)
    document.add_paragraph(f"{_said('confidential', languages)} · SHA-256 {selection.digest}")
    headings, widths = _headings(languages), _widths(len(languages))
    for title, members in _groups(rows, languages):
        document.add_heading(title, level=2)
        table = document.add_table(rows=1, cols=len(headings))
        table.style, table.autofit = "Table Grid", False
        # The headings come again on every page.
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for line in (headings, *(_cells(member, languages) for member in members)):
            row = table.rows[0] if line is headings else table.add_row()
            for cell, text, width in zip(row.cells, line, widths, strict=True):
                cell.text, cell.width = text, width
    lines = [f"{_said(word, languages)}: ____________________" for word in ("approved", "date")]
    document.add_paragraph("\n" + "    ".join(lines))
    buffer = io.BytesIO()
    document.save(buffer)
    return _fixed_times(buffer.getvalue())


def _lay_across(document: Any) -> None:
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)


def _widths(names: int) -> list[Any]:
    left = 297 - 2 * _MARGIN - _NARROW - 3 * _WIDE
    return [Mm(_NARROW), *[Mm(left / names)] * names, *[Mm(_WIDE)] * 3]


def _fixed_times(archive: bytes) -> bytes:
    """The same zip with fixed times inside."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(info, source.read(name))
    return target.getvalue()


def xlsx(selection: Selection, rows: Sequence[Decision]) -> bytes:
    """A workbook with one sheet for each tier and its reserve."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _DAY, "title": pick(selection.edition.names, "en"), "comments": selection.digest})
    bold = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    languages = selection.edition.settings.edition.languages
    headings = _headings(languages)
    for place, (title, members) in enumerate(_groups(rows, languages), start=1):
        sheet = book.add_worksheet(f"{place}")
        sheet.write_string(0, 0, title, bold)
        for column, heading in enumerate(headings):
            sheet.write_string(1, column, heading, bold)
        for line, member in enumerate(members, start=2):
            for column, text in enumerate(_cells(member, languages)):
                sheet.write_string(line, column, text, wrap)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, len(headings) - 1, 34)
        sheet.freeze_panes(2, 0)
    book.close()
    return buffer.getvalue()

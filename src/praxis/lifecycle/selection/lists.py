"""The list for approval, as a document to sign and as a table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import docx as python_docx
import xlsxwriter
from docx.oxml.ns import qn
from docx.shared import Pt

from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.lifecycle.selection.models import Decision, Selection

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("编号 No.", "案例 Case", "Case in English", "申报单位 Applicant", "领域 Field", "国家或地区 Countries or regions")
_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed date inside the file, so that the same list is the same bytes


def _cells(row: Decision) -> tuple[str, ...]:
    case = row.case
    return (
        case.number, case.titles.get("zh-hans", ""), case.titles.get("en", ""), pick(case.organisation.names, "zh-hans"),
        pick(case.category.labels, "zh-hans") if case.category else "", "、".join(places.names(case.places, "zh-hans")),
    )  # fmt: skip


def _groups(rows: Sequence[Decision]) -> list[tuple[str, list[Decision]]]:
    groups: dict[tuple[int, bool], list[Decision]] = {}
    for row in rows:
        groups.setdefault((row.tier.position, row.reserve is not None), []).append(row)
    titles = []
    for (_position, is_reserve), members in sorted(groups.items()):
        name = f"{pick(members[0].tier.labels, 'zh-hans')} {pick(members[0].tier.labels, 'en')}"
        titles.append((f"{name} · {'备选 Reserve' if is_reserve else '入选 Chosen'} ({len(members)})", members))
    return titles


def docx(selection: Selection, rows: Sequence[Decision]) -> bytes:
    """A document with the lists by tier, the digest of the sealed list and lines to sign."""
    document = python_docx.Document()
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Noto Sans", Pt(10)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
    document.core_properties.created = document.core_properties.modified = _DAY
    document.add_heading(pick(selection.edition.names, "zh-hans"), level=1)
    document.add_paragraph(pick(selection.edition.names, "en"))
    document.add_paragraph(f"保密 Confidential · SHA-256 {selection.digest}")
    for title, members in _groups(rows):
        document.add_heading(title, level=2)
        table = document.add_table(rows=1, cols=len(HEADINGS))
        table.style = "Table Grid"
        for cell, heading in zip(table.rows[0].cells, HEADINGS, strict=True):
            cell.text = heading
        for member in members:
            for cell, text in zip(table.add_row().cells, _cells(member), strict=True):
                cell.text = text
    document.add_paragraph("\n审定 Approved: ____________________    日期 Date: ____________________")
    buffer = io.BytesIO()
    document.save(buffer)
    return _fixed_times(buffer.getvalue())


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
    for place, (title, members) in enumerate(_groups(rows), start=1):
        sheet = book.add_worksheet(f"{place}")
        sheet.write_string(0, 0, title, bold)
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(1, column, heading, bold)
        for line, member in enumerate(members, start=2):
            for column, text in enumerate(_cells(member)):
                sheet.write_string(line, column, text, wrap)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 5, 34)
        sheet.freeze_panes(2, 0)
    book.close()
    return buffer.getvalue()

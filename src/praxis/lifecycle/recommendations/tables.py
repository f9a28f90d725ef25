"""The table of Annex 2 (项目基本情况表) as a spreadsheet: read with clear messages, written safely."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from django.utils.translation import gettext as _

from praxis.foundation.errors import Invalid
from praxis.foundation.loading import on_use
from praxis.foundation.texts.services import cleaned

if TYPE_CHECKING:
    import python_calamine
    import xlsxwriter
else:
    python_calamine, xlsxwriter = on_use("python_calamine"), on_use("xlsxwriter")

# 序号 · 项目名称 · 申报单位 · 项目简介（300字）· 联系人 · 联系电话
COLUMNS: dict[str, tuple[str, ...]] = {
    "position": ("序号", "no", "no.", "number"),
    "project": ("项目名称", "案例名称", "project", "case", "case name", "project name"),
    "applicant": ("申报单位", "applicant", "organisation", "organization"),
    "summary": ("项目简介", "案例简介", "summary"),
    "contact": ("联系人", "contact", "contact person"),
    "phone": ("联系电话", "phone", "telephone"),
}
HEADINGS = {
    "zh-hans": ("序号", "项目名称", "申报单位", "项目简介（300字）", "联系人", "联系电话"),
    "en": ("No.", "Project", "Applicant", "Summary (300 characters)", "Contact", "Phone"),
}
MAX_ROWS, MAX_BYTES = 2000, 5 * 1024 * 1024
# A fixed date in the file, so that the same table is the same bytes.
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Line:
    """One project of the table, as text."""

    project: str
    applicant: str = ""
    summary: str = ""
    contact: str = ""
    phone: str = ""


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return cleaned(str(value if value is not None else ""))


def _column_of(cell: str) -> str | None:
    folded = cell.replace(" ", "").casefold().split("（")[0].split("(")[0]
    return next((code for code, names in COLUMNS.items() if folded in {name.replace(" ", "") for name in names}), None)


def read(stream: BinaryIO, *, size: int) -> list[Line]:
    """The lines of an xlsx table: the first sheet whose heading row names project and applicant.

    Formulas are never run: what the file holds as their last value is read as text. Raises Invalid on field "file".
    """
    if size > MAX_BYTES:
        raise Invalid({"file": _("The file is larger than 5 MB.")})
    try:
        book = python_calamine.load_workbook(io.BytesIO(stream.read()))
        sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=True) for name in book.sheet_names[:5]]
    except Exception:  # noqa: BLE001 - the reader raises errors of many kinds; all mean the same here
        raise Invalid({"file": _("This is not a spreadsheet we can read. Save it as xlsx and try again.")}) from None
    for rows in sheets:
        found = _lines(rows)
        if found is not None:
            return found
    raise Invalid({"file": _("No heading row with project and applicant (项目名称, 申报单位) was found.")})


def _lines(rows: list[list[Any]]) -> list[Line] | None:
    for index, row in enumerate(rows[:20]):
        columns = {code: place for place, cell in enumerate(row) if (code := _column_of(_text(cell)))}
        if {"project", "applicant"} <= set(columns):
            return _below(rows[index + 1 :], columns)
    return None


def _below(rows: list[list[Any]], columns: dict[str, int]) -> list[Line]:
    lines = []
    for row in rows:
        values = {
            code: _text(row[place]) if place < len(row) else "" for code, place in columns.items() if code != "position"
        }
        if values["project"]:
            lines.append(Line(**values))
        elif any(values.values()):
            raise Invalid(
                {
                    "file": _("A row has no project name: %(row)s.")
                    % {"row": " · ".join(filter(None, values.values()))[:120]}
                }
            )
    if len(lines) > MAX_ROWS:
        raise Invalid({"file": _("The table has more than %(most)s rows.") % {"most": MAX_ROWS}})
    return lines


def write(lines: Iterable[Line], language: str) -> bytes:
    """The table as xlsx; every cell is text, so that nothing in it is ever run as a formula."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _EPOCH})
    sheet = book.add_worksheet("Annex 2")
    bold, wrapped = (
        book.add_format({"bold": True, "border": 1}),
        book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
    )
    for place, heading in enumerate(HEADINGS.get(language, HEADINGS["en"])):
        sheet.write_string(0, place, heading, bold)
    for number, line in enumerate(lines, start=1):
        sheet.write_number(number, 0, number, wrapped)
        for place, value in enumerate((line.project, line.applicant, line.summary, line.contact, line.phone), start=1):
            sheet.write_string(number, place, value, wrapped)
    for place, width in enumerate((6, 36, 28, 60, 14, 18)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()

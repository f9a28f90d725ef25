"""The table of Annex 2 (项目基本情况表) as a spreadsheet: read with clear messages, written safely."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
MOST_CHARACTERS = {"project": 300, "applicant": 300, "summary": 5000, "contact": 120, "phone": 40}
MOST_SAID = 20
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

    Formulas are never run: what the file holds as their last value is read as text. Raises Invalid on field "file",
    which names every row that is wrong by its number in the sheet.
    """
    if size > MAX_BYTES:
        raise Invalid({"file": _("The file is larger than 5 MB.")})
    try:
        book = python_calamine.load_workbook(io.BytesIO(stream.read()))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names[:5]]
        found = [(sheet.to_python(skip_empty_area=True), (sheet.start or (0, 0))[0]) for sheet in sheets]
    except Exception:  # noqa: BLE001 - the reader raises errors of many kinds; all mean the same here
        raise Invalid({"file": _("This is not a spreadsheet we can read. Save it as xlsx and try again.")}) from None
    for rows, above in found:
        lines = _lines(rows, above)
        if lines is not None:
            return lines
    raise Invalid({"file": _("No heading row with project and applicant (项目名称, 申报单位) was found.")})


def _lines(rows: list[list[Any]], above: int) -> list[Line] | None:
    for index, row in enumerate(rows[:20]):
        columns = {code: place for place, cell in enumerate(row) if (code := _column_of(_text(cell)))}
        if {"project", "applicant"} <= set(columns):
            return _below(rows[index + 1 :], columns, above + index + 2)
    return None


def _below(rows: list[list[Any]], columns: dict[str, int], first: int) -> list[Line]:
    """The lines below the heading row; `first` is the number the first of them has in the sheet."""
    lines, wrong = [], []
    for number, row in enumerate(rows, start=first):
        values = {
            code: _text(row[place]) if place < len(row) else "" for code, place in columns.items() if code != "position"
        }
        if not any(values.values()):
            continue
        said = _wrong(values)
        if said:
            wrong += [_("Row %(number)s: %(text)s") % {"number": number, "text": text} for text in said]
        else:
            lines.append(Line(**values))
    if len(wrong) > MOST_SAID:
        left = len(wrong) - MOST_SAID
        wrong = [*wrong[:MOST_SAID], ngettext("and %(count)d more", "and %(count)d more", left) % {"count": left}]
    if wrong:
        raise Invalid({"file": wrong})
    if len(lines) > MAX_ROWS:
        raise Invalid({"file": _("The table has more than %(most)s rows.") % {"most": MAX_ROWS}})
    if not lines:
        raise Invalid({"file": _("There is no project below the heading row.")})
    return lines


def _wrong(values: dict[str, str]) -> list[str]:
    """What is wrong with a row, in words."""
    beside = values["project"] or values["applicant"] or next(text for text in values.values() if text)
    if not values["project"]:
        return [_("the project name is missing (beside “%(text)s”).") % {"text": _short(beside)}]
    if not values["applicant"]:
        return [_("the applicant of “%(text)s” is missing.") % {"text": _short(beside)}]
    names = {
        "project": _("project name"), "applicant": _("applicant"), "summary": _("summary"), "contact": _("contact"),
        "phone": _("telephone"),
    }  # fmt: skip
    return [
        _("the %(name)s of “%(text)s” is longer than %(most)s characters.")
        % {"name": names[code], "text": _short(beside), "most": f"{MOST_CHARACTERS[code]:,}"}
        for code, text in values.items()
        if len(text) > MOST_CHARACTERS[code]
    ]


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


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

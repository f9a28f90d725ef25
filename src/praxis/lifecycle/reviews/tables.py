"""Standings as a spreadsheet."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from praxis.foundation.locale import pick
from praxis.lifecycle.reviews.models import Standing, StandingRun

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = {
    "zh-hans": (
        "名次", "名次区间下限", "名次区间上限", "编号", "案例", "申报单位", "领域", "评审份数", "平均分", "校准分",
        "90%区间下限", "90%区间上限", "入选概率",
    ),
    "en": (
        "Rank", "Rank from", "Rank to", "Number", "Case", "Applicant", "Field", "Reviews", "Mean", "Calibrated",
        "90 % from", "90 % to", "P (in)",
    ),
}  # fmt: skip
WIDTHS = (8, 10, 10, 12, 44, 30, 24, 9, 9, 10, 10, 10, 10)
# A fixed date in the file, so that the same table is the same bytes.
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def standings(run: StandingRun, language: str) -> bytes:
    """The standings of a run in rank order, row by row; every text cell is text, never a formula."""
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _EPOCH})
    sheet = book.add_worksheet(run.round.code[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(HEADINGS.get(language, HEADINGS["en"])):
        sheet.write_string(0, column, heading, bold)
    rows = Standing.objects.filter(run=run).select_related("case__organisation", "case__category").order_by("rank")
    for number, row in enumerate(rows.iterator(chunk_size=1000), start=1):
        for column, value in enumerate(_cells(row, language)):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write_number(number, column, value)
    book.close()
    return buffer.getvalue()


def _cells(row: Standing, language: str) -> tuple[Any, ...]:
    case = row.case
    return (
        row.rank, row.rank_low, row.rank_high, case.number, pick(case.titles, language),
        pick(case.organisation.names, language), pick(case.category.labels, language) if case.category else "",
        row.reviews, row.mean, row.quality, row.low, row.high, row.p_top,
    )  # fmt: skip

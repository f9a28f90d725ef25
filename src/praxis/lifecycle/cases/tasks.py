"""The list of cases as a spreadsheet, written row by row to a file by a job, whatever the number of cases."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from praxis.foundation import keyset
from praxis.foundation.errors import require
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.locale import pick
from praxis.foundation.people.models import User
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.policies import may_run
from praxis.lifecycle.cases import office
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.selectors import Filters
from praxis.lifecycle.cases.states import STATES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = 500
# A fixed date in the file, so that the same list is the same bytes.
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@task()
def write_list(
    *, edition_id: int, user_id: int, filters: dict[str, Any], waiting: str, language: str
) -> dict[str, Any]:
    """Write the spreadsheet and say which file it became and how many cases it holds."""
    edition, user = Edition.objects.get(pk=edition_id), User.objects.get(pk=user_id)
    require(may_run(user, edition))
    rows = office.narrowed(edition, Filters(**filters), waiting)
    with translation.override(language), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.xlsx"
        count = _write(path, edition, rows)
        data = path.read_bytes()
        name = _("Cases %(year)s") % {"year": edition.year}
    with jobs.fence() as run:
        file = files.store_product(f"{name}.xlsx", XLSX, data, owner_id=user_id)
        run.result = {"file": file.key, "rows": count}
    return {"file": file.key, "rows": count}


def headings(edition: Edition) -> list[str]:
    """The heads of the columns in the language that is active."""
    return [
        _("Number"), *(_("Title (%(language)s)") % {"language": code} for code in edition.settings.edition.languages),
        _("Applicant"), _("Kind of applicant"), _("Seat"), _("Field"), _("Kinds of content"), _("Began"),
        _("Countries or regions"), _("State"), _("Submitted"), _("Entered on behalf"), _("Came through"),
        _("Contact"), _("E-mail"), _("Phone"),
    ]  # fmt: skip


def _write(path: Path, edition: Edition, rows: Any) -> int:
    """Write the cases row by row; memory does not grow with their number."""
    book = xlsxwriter.Workbook(
        path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    )
    book.set_properties({"created": _EPOCH})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    for column, heading in enumerate(headings(edition)):
        sheet.write_string(0, column, heading, bold)
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 3, 40)
    expected, line = rows.count(), 0
    for line, case in enumerate(_read(rows), start=1):
        for column, text in enumerate(_cells(case, edition)):
            sheet.write_string(line, column, text[:32_000])
        if line % 50 == 0:
            jobs.progress(95 * line / max(expected, line))
    book.close()
    return line


def _read(rows: Any) -> Iterator[Case]:
    """The cases by number, some hundred at a time."""
    columns = (
        "number", "titles", "state", "kinds", "places", "started_on", "submitted_at", "on_behalf", "came_through",
        "contact_name", "contact_email", "contact_phone", "edition_id", "organisation__names", "organisation__kind",
        "organisation__place_id", "category__labels",
    )  # fmt: skip
    found = rows.select_related("organisation", "category").only(*columns).order_by("number", "id")
    yield from keyset.in_batches(found, BATCH)


def _cells(case: Case, edition: Edition) -> list[str]:
    config = edition.settings
    applicant_kinds = {item.code: item.label for item in config.applicant_kinds}
    kinds = {item.code: item.label for item in config.content_kinds}
    zone = ZoneInfo(edition.zone)
    organisation = case.organisation
    return [
        case.number,
        *(case.titles.get(code, "") for code in config.edition.languages),
        str(organisation),
        pick(applicant_kinds.get(organisation.kind)) or organisation.kind,
        places.name(organisation.place_id) if organisation.place_id else "",
        str(case.category) if case.category else "",
        "; ".join(pick(kinds.get(code)) or code for code in case.kinds),
        f"{case.started_on:%Y-%m}" if case.started_on else "",
        "; ".join(places.names(case.places)),
        str(STATES[case.state]),
        f"{case.submitted_at.astimezone(zone):%Y-%m-%d %H:%M}" if case.submitted_at else "",
        _("yes") if case.on_behalf else "",
        case.came_through,
        case.contact_name,
        case.contact_email,
        case.contact_phone,
    ]

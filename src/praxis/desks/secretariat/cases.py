"""All cases of an edition as a list, and the list as a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import behalf, case_page, frames, reading
from praxis.desks.secretariat.forms import CaseFilterForm
from praxis.foundation.files.responses import stream
from praxis.foundation.jobs.models import Job
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes import background
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import exports, office
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.selectors import Filters
from praxis.lifecycle.cases.states import STATES
from praxis.lifecycle.recommendations import selectors as recommendations
from praxis.ui.parts import actions
from praxis.ui.parts.data import sortable
from praxis.ui.values import Column, Link, Row, Table

MOST_PLACES = 3
DEFAULT_ORDER = "-number"


def _form(request: HttpRequest, edition: Edition) -> CaseFilterForm:
    occurring = office.places_of(edition)
    return CaseFilterForm(
        request.GET,
        choices={
            "state": list(STATES.items()),
            "category": [(row.code, str(row)) for row in programmes.categories(edition)],
            "place": [row for row in places.choices() if row[0] in occurring],
            "unit": recommendations.codes_of_units(request.user, edition),
            "waiting": [
                ("unread", _("Unread questions")), ("overdue", _("Returned and overdue")),
                ("drafts", _("Drafts near the deadline")), ("behalf", _("Entered on behalf")),
                ("extended", _("With an extension")),
            ],
        },
    )  # fmt: skip


def _asked(form: CaseFilterForm, order: str) -> tuple[Filters, str]:
    said = form.values()
    filters = Filters(
        state=said["state"], category=said["category"], place=said["place"], unit=said["unit"], query=said["q"],
        order=order if order in office.ORDERS else DEFAULT_ORDER,
    )  # fmt: skip
    return filters, said["waiting"]


@require_safe
@frames.at_edition
def cases(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The list, fifty to a page."""
    form = _form(request, edition)
    filters, waiting = _asked(form, request.GET.get("sort", ""))
    page = office.page(request.user, edition, filters, waiting=waiting, cursor=request.GET.get("cursor", ""))
    total = office.total(request.user, edition, filters, waiting)
    narrowed = bool(waiting or replace(filters, order="number") != Filters())
    return render(
        request,
        "secretariat/cases/list.html",
        frames.context(
            request, edition, "cases", form=form, total=total, narrowed=narrowed,
            table=_table(request, edition, page.rows), pager=kit.pager(request, page, total),
            filters=[(name, value) for name, value in form.values().items() if value],
        ),
    )  # fmt: skip


def _table(request: HttpRequest, edition: Edition, rows: list[Case]) -> Table:
    columns = [
        Column(_("Number"), sort="number"), Column(_("Case")), Column(_("Applicant")), Column(_("Field")), Column(_("Countries or regions")),
        Column(_("State")), Column(_("Changed"), sort="updated"),
    ]  # fmt: skip
    # The address of a case differs in its key alone: worked out once for the page.
    pattern = reverse("secretariat:case", kwargs={"edition_id": edition.pk, "key": "KEY"})
    said = {state: actions.status(label, frames.CASE_TONES[state]) for state, label in STATES.items()}
    fields: dict[int, SafeString] = {}
    zone = ZoneInfo(edition.zone)
    return Table(
        sortable(columns, request.GET, DEFAULT_ORDER),
        [_row(row, pattern.replace("KEY", row.key), zone, said, fields) for row in rows],
        caption=_("Cases of the edition"),
        row_header=1,
        empty=_("No case is like this."),
        empty_hint=_("Take away a filter or look for another word."),
    )


def _row(row: Case, url: str, zone: ZoneInfo, said: dict[str, SafeString], fields: dict[int, SafeString]) -> Row:
    category = row.category
    if category is not None and category.pk not in fields:
        fields[category.pk] = actions.category(str(category), category.code)
    shown = places.names(row.places[:MOST_PLACES])
    more = len(row.places) - MOST_PLACES
    title = str(row) if row.titles else _("Case without a title yet")
    marks = [_("on behalf")] if row.on_behalf else []
    marks += [_("question")] if row.unread else []  # type: ignore[attr-defined]
    return Row(
        [
            format_html(
                "{}{}", row.number or "—", format_html_join("", " {}", ((actions.status(m, "amber"),) for m in marks))
            ) if marks else row.number or "—",
            title,
            str(row.organisation),
            fields[category.pk] if category else None,
            reading.separated(shown) + (f" +{more}" if more > 0 else "") if shown else None,
            said[row.state],
            mark_safe(f'<span class="keep">{row.updated_at.astimezone(zone):%Y-%m-%d}</span>'),
        ],
        url=url,
    )  # fmt: skip


@require_POST
@frames.at_edition
def export(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Have the list as it is filtered written to a spreadsheet."""
    filters, waiting = _asked(_form(request, edition), request.GET.get("sort", ""))
    job = exports.request(frames.person(request), edition, filters, waiting=waiting, language=get_language() or "en")
    messages.success(request, _("The spreadsheet is being written. This page shows how far it is."))
    return kit.see_other("secretariat:case_export", edition_id=edition.pk, handle=job.handle)


@require_safe
@frames.at_edition
def export_page(request: HttpRequest, edition: Edition, handle: str) -> HttpResponse:
    """How far an export is, and its file when it is done."""
    job = background.job(request.user, edition, handle)
    done = job.state == Job.State.DONE
    file = exports.product(frames.person(request), edition, job) if done else None
    return render(
        request,
        "secretariat/cases/export.html",
        frames.context(
            request, edition, "cases", job=job, state=Job.State(job.state).label, file=file,
            rows=(job.result or {}).get("rows"), waiting=job.state in Job.OPEN,
            crumbs=frames.crumbs(
                edition, Link(_("Cases"), reverse("secretariat:cases", args=[edition.pk])), Link(_("Export"))
            ),
        ),
    )  # fmt: skip


@require_safe
@frames.at_edition
def export_file(request: HttpRequest, edition: Edition, handle: str) -> HttpResponseBase:
    """The spreadsheet a job has written."""
    return stream(request, exports.product(frames.person(request), edition, background.job(request.user, edition, handle)))


urlpatterns: list[URLPattern] = [
    path("cases/", cases, name="cases"),
    path("cases/export/", export, name="cases_export"),
    path("cases/export/<slug:handle>/", export_page, name="case_export"),
    path("cases/export/<slug:handle>/file/", export_file, name="case_export_file"),
    *behalf.urlpatterns,
    *case_page.urlpatterns,
]

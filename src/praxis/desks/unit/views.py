"""The recommending unit's desk: its page for members, its table, its recommendations."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks.kit import pager, put_errors, see_other
from praxis.desks.unit import reading
from praxis.desks.unit.forms import ImportForm, OpinionForm, PageForm
from praxis.foundation.errors import Conflict, Forbidden, Invalid
from praxis.lifecycle.recommendations import policies, selectors, services, tables
from praxis.lifecycle.recommendations.models import Unit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The units I work for."""
    units = selectors.units_of(request.user)
    if len(units) == 1:
        return see_other("unit:unit", unit_id=units[0].pk)
    return render(request, "unit/home.html", {"units": units})


def _unit(request: HttpRequest, unit_id: int) -> Unit:
    return selectors.unit_for(request.user, unit_id)


@require_safe
@login_required
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Where the unit stands: members' cases, the table, what is still to be done."""
    row = _unit(request, unit_id)
    waiting = selectors.cases_through(row)
    return render(
        request,
        "unit/unit.html",
        {
            "unit": row, "desk": reading.desk(row, "unit"), "stats": reading.stats(row, selectors.counts_of(row), waiting),
            "waiting": reading.waiting(row, waiting), "may_change": bool(policies.may_change(request.user, row)),
            "deadlines": reading.deadlines(row), "member_url": reading.member_url(request, row),
        },
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def page(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Words of welcome, mailbox and earlier deadline of the page for members."""
    row = _unit(request, unit_id)
    form = PageForm(request.POST or None, initial=PageForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_page(request.user, row, **form.values(row))  # type: ignore[arg-type]
        except Invalid as invalid:
            put_errors(form, invalid, {"closes_at": "last_day"})
        else:
            messages.success(request, _("Your page has been changed."))
            return see_other("unit:page", unit_id=row.pk)
    return render(
        request,
        "unit/page.html",
        {"unit": row, "desk": reading.desk(row, "page"), "form": form, "member_url": reading.member_url(request, row)},
        status=422 if form.errors else 200,
    )


def _table(request: HttpRequest, row: Unit, form: ImportForm, status: int = 200) -> HttpResponse:
    page, before = selectors.table_page(row, request.GET.get("cursor", ""))
    counts = selectors.counts_of(row)
    context = {
        "unit": row, "desk": reading.desk(row, "table"), "table": reading.table(row, page.rows, before), "form": form,
        "pager": pager(request, page, counts.listed),
        "may_change": bool(policies.may_change(request.user, row)), "export_url": reverse("unit:export", args=[row.pk]),
        "quota": reading.quota(row, counts),
    }  # fmt: skip
    return render(request, "unit/table.html", context, status=status)


@require_safe
@login_required
def table(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The unit's table with what has come of each line."""
    return _table(request, _unit(request, unit_id), ImportForm())


@require_http_methods(["POST"])
@login_required
def import_table(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Take in a table; nothing of it is taken where something is wrong with it."""
    row = _unit(request, unit_id)
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            lines = tables.read(file, size=file.size)
            kept = services.import_table(request.user, row, lines)
        except Invalid as invalid:
            put_errors(form, invalid)
        else:
            tied = sum(1 for line in kept if line.case_id is not None)
            messages.success(
                request,
                _("Lines taken in: %(rows)s; tied to a submitted case: %(tied)s.")
                % {"rows": len(kept), "tied": tied},
            )
            return see_other("unit:table", unit_id=row.pk)
    return _table(request, row, form, status=422)


@require_safe
@login_required
def export_table(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The table as Annex 2 (xlsx)."""
    row = _unit(request, unit_id)
    lines = [
        tables.Line(line.project, line.applicant, line.summary, line.contact, line.phone)
        for line in selectors.recommendations_of(row)
    ]
    answer = HttpResponse(tables.write(lines, get_language() or "en"), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="annex-2-{row.code}.xlsx"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@login_required
def list_case(request: HttpRequest, unit_id: int, key: str) -> HttpResponse:
    """Put a case that came through the unit's page into its table."""
    row = _unit(request, unit_id)
    try:
        services.list_case(request.user, row, selectors.case_through(row, key))
    except (Invalid, Conflict) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The case is in your table now."))
    return see_other("unit:unit", unit_id=row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def line(request: HttpRequest, unit_id: int, line_id: int) -> HttpResponse:
    """One line of the table; endorse its case with an opinion."""
    row = _unit(request, unit_id)
    found = selectors.recommendation(row, line_id)
    form = OpinionForm(request.POST or None, initial={"opinion": found.opinion})
    if request.method == "POST" and form.is_valid():
        try:
            services.endorse(request.user, found, opinion=form.cleaned_data["opinion"])
        except Invalid as invalid:
            put_errors(form, invalid)
        except Conflict as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The case is endorsed."))
            return see_other("unit:table", unit_id=row.pk)
    context = {
        "unit": row, "desk": reading.desk(row, "table"), "line": found, "form": form, "facts": reading.facts(found),
        "verdict": policies.may_endorse(request.user, found), "may_change": bool(policies.may_change(request.user, row)),
    }  # fmt: skip
    return render(request, "unit/line.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def take_back(request: HttpRequest, unit_id: int, line_id: int) -> HttpResponse:
    """Take back an endorsement."""
    return _change(request, unit_id, line_id, services.take_back, _("The endorsement has been taken back."))


@require_POST
@login_required
def drop(request: HttpRequest, unit_id: int, line_id: int) -> HttpResponse:
    """Take a line out of the table."""
    return _change(request, unit_id, line_id, services.drop, _("The line has been taken out."))


def _change(request: HttpRequest, unit_id: int, line_id: int, service: object, said: str) -> HttpResponse:
    row = _unit(request, unit_id)
    found = selectors.recommendation(row, line_id)
    try:
        service(request.user, found)  # type: ignore[operator]
    except (Invalid, Conflict, Forbidden) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return see_other("unit:table", unit_id=row.pk)

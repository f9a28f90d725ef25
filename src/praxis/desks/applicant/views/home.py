"""My organisations and my cases; beginning a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing
from praxis.desks.applicant.forms import StartForm
from praxis.foundation import clock
from praxis.foundation.errors import Invalid, Missing
from praxis.foundation.locale import pick
from praxis.foundation.people import selectors as people
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import policies, selectors, services
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.states import STATES
from praxis.lifecycle.recommendations import selectors as units
from praxis.lifecycle.recommendations.models import Unit
from praxis.lifecycle.selection import selectors as selection
from praxis.ui.dates import closing, with_zone
from praxis.ui.html import fill
from praxis.ui.parts.actions import status
from praxis.ui.values import Column, Row, Table


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """My cases with their state, what to do next and until when; my organisations."""
    page = selectors.for_applicant(request.user, request.GET.get("cursor", ""))
    mine = people.organisations_page(request.user, request.GET.get("organisations", ""))
    return render(
        request,
        "applicant/home.html",
        {
            "desk": frames.desk(current="home"),
            "cases": _table(page.rows, selection.news_for(request.user, page.rows)),
            "pager": kit.pager(request, page),
            "organisations": mine.rows,
            "organisations_pager": kit.pager(request, mine, name="organisations"),
            "open_editions": _open_editions(clock.now()),
            "now": clock.now(),
        },
    )


def _open_editions(now: datetime) -> list[Edition]:
    return programmes.open_at(now)


def _table(rows: list[Case], news: dict[int, bool]) -> Table:
    columns = [
        Column(_("Case")), Column(_("Applicant")), Column(_("State")), Column(_("What to do next")), Column(_("Until")),
    ]  # fmt: skip
    return Table(
        columns, [_row(case, news.get(case.pk)) for case in rows], caption=_("My cases"), empty=_("You have not begun a case yet.")
    )


def _row(case: Case, accepted: bool | None) -> Row:
    closes = policies.closes_at(case)
    open_ = clock.now() < closes and case.state in (*policies.EDITABLE, "withdrawn")
    until = with_zone(closing(closes, case.edition.zone), case.edition.zone) if open_ else ""
    return Row(
        [
            frames.title_of(case), str(case.organisation), status(STATES[case.state], frames.TONES[case.state]),
            _next(case, open_, accepted), until,
        ],
        url=frames.section_url(case, "case"),
        tone="amber" if case.state == "returned" and open_ else "",
    )  # fmt: skip


def _next(case: Case, open_: bool, accepted: bool | None) -> object:
    if accepted is not None and case.edition.state == "told":
        said = _("Do what the Casebook and the stage need") if accepted else _("Read the news of your case")
        return fill('<a href="{}">{}</a>', reverse("applicant:result", args=[case.key]), said)
    if getattr(case, "unread", False):
        return _("Read the secretariat's message")
    if not open_:
        return ""
    return {
        "draft": _("Fill in and submit"),
        "submitted": _("It is in; you can still change it and submit again"),
        "returned": _("Correct and submit again"),
    }.get(case.state, "")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Begin a case for one of my organisations; `?unit=CODE` ties it to the unit whose page led here."""
    edition, unit = _edition_and_unit(request)
    mine = people.organisations_of(request.user)
    tail = _tail(edition, unit)
    if not mine and edition is not None:
        messages.info(request, _("First enter the organisation that applies."))
        return kit.see_other(f"{reverse('applicant:organisation_new')}?{urlencode({'then': 'start', **tail})}")
    chosen = request.GET.get("organisation", "") or (str(mine[0].pk) if len(mine) == 1 else "")
    form = StartForm(parsing.sent(request), organisations=mine, initial={"organisation": chosen})
    if request.method == "POST" and edition is not None and form.is_valid():
        organisation = people.organisation_for(request.user, int(form.cleaned_data["organisation"]))
        try:
            case = services.start(
                request.user, edition, organisation, came_through=unit.code if unit else "",
                title=form.cleaned_data["title"], language=_language(edition),
            )  # fmt: skip
        except Invalid as invalid:
            kit.put_errors(form, invalid)
        else:
            messages.success(request, _("The case has been begun. Everything you write is kept; submit when ready."))
            return kit.see_other(frames.section_url(case, "basics"))
    found = f"{reverse('applicant:organisation_new')}?{urlencode({'then': 'start', **tail})}"
    status_code = 422 if form.errors else 200
    return render(
        request,
        "applicant/start.html",
        {
            "desk": frames.desk(), "form": form, "edition": edition, "unit": unit, "found_url": found,
            "now": clock.now(), "call": pick(edition.names) if edition else "",
        },
        status=status_code,
    )  # fmt: skip


def _language(edition: Edition) -> str:
    language = get_language() or ""
    return language if language in edition.settings.edition.languages else ""


def _edition_and_unit(request: HttpRequest) -> tuple[Edition | None, Unit | None]:
    """The open edition asked for, else the one that closes first; and the unit whose page led here."""
    editions = _open_editions(clock.now())
    asked = request.GET.get("edition", "")
    edition = next((row for row in editions if str(row.pk) == asked), editions[0] if editions else None)
    code = request.GET.get("unit", "")
    if edition is None or not code:
        return edition, None
    try:
        return edition, units.public_unit(edition, code[:40])
    except Missing:
        return edition, None


def _tail(edition: Edition | None, unit: Unit | None) -> dict[str, Any]:
    return {**({"edition": edition.pk} if edition else {}), **({"unit": unit.code} if unit else {})}

"""Who reads what: plans of the engine, the list of assignments, one assignment, assigning by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import frames
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.reviewing import rounds
from praxis.desks.secretariat.reviewing.committee import keep, name_of
from praxis.desks.secretariat.reviewing.forms import AssignForm
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Edition, Round
from praxis.lifecycle.reviews import selectors, services
from praxis.lifecycle.reviews.models import Assignment, AssignmentPlan, Expert
from praxis.lifecycle.reviews.states import ASSIGNMENT_STATES
from praxis.ui.charts import Datum, rank_chart, with_table
from praxis.ui.parts.actions import status
from praxis.ui.values import Choice, Column, Link, Row, Stat, Table

TONES = {"open": "neutral", "draft": "amber", "submitted": "jade", "conflicted": "alarm", "released": "neutral"}


@require_POST
@frames.at_edition
def plan(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """Have the engine make a plan; a large one is made by a job."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    made: list[AssignmentPlan] = []
    problems, status_code = attempt(lambda: made.append(services.request_plan(request.user, round_)))
    if problems:
        return rounds.page(request, edition, round_, problems, status_code)
    return kit.see_other(rounds.url("plan_page", edition, round_, plan_id=made[0].pk))


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def plan_page(request: HttpRequest, edition: Edition, round: str, plan_id: int) -> HttpResponse:
    """What a plan would do; posting applies it."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    found = selectors.plan(request.user, round_, plan_id)
    problems: list[str] = []
    status_code = 200
    if request.method == "POST":
        counted: list[int] = []
        problems, status_code = attempt(lambda: counted.append(services.apply_plan(request.user, found)))
        if not problems:
            messages.success(request, _("%(count)d assignments are made.") % {"count": counted[0]})
            return kit.see_other(rounds.url("round", edition, round_))
        found = selectors.plan(request.user, round_, plan_id)
    report = found.report
    return render(
        request,
        "secretariat/reviews/plan.html",
        frames.context(
            request, edition, "reviews", round=round_, plan=found, report=report, why=pick(report.get("why")),
            state=status(rounds.plan_states()[found.state], rounds.PLAN_TONES[found.state]), stats=_stats(report),
            loads=_loads(request, edition, report), problems=[("", text) for text in problems],
            crumbs=rounds.crumbs(edition, round_, Link(_("Plan %(number)d") % {"number": found.pk})),
        ),
        status=status_code,
    )  # fmt: skip


def _stats(report: dict[str, Any]) -> list[Stat]:
    if "pairs" not in report:
        return []
    return [
        Stat(_("Reviews"), report["pairs"], note=_("of which %(kept)d stand already") % {"kept": report["kept"]}),
        Stat(_("Load"), f"{report['load_least']}–{report['load_most']}", note=_("cases an expert")),
        Stat(_("Outside their fields"), report["outside_field"]),
        Stat(_("Fit in total"), f"{report['total']:,.1f}"),
    ]


def _loads(request: HttpRequest, edition: Edition, report: dict[str, Any]) -> object:
    """The loads as bars, the greatest first, with the numbers as a table."""
    loads = report.get("loads")
    if not loads:
        return ""
    names = {str(row.pk): name_of(row) for row in selectors.active_experts(request.user, edition)}
    rows = sorted(((names.get(pk, f"#{pk}"), load) for pk, load in loads.items()), key=lambda row: -row[1])[:100]
    title = _("Cases by expert")
    chart = rank_chart([Datum(name, load) for name, load in rows], title)
    return with_table(chart, (_("Expert"), _("Cases")), rows, title)


def _filters(state: str) -> list[Choice]:
    named = [("", _("All")), ("missing", _("Not handed in")), *ASSIGNMENT_STATES.items()]
    return [Choice(code, label, selected=code == state) for code, label in named]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


@require_safe
@frames.at_edition
def assignments(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """The assignments of a round, by state, expert or case."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    get = request.GET
    state, number, chosen = get.get("state", ""), get.get("number", ""), _number(get.get("expert", ""))
    page = selectors.assignments_page(
        request.user, round_, state=state, expert_id=chosen, number=number, cursor=get.get("cursor", "")
    )
    columns = [
        Column(_("Case")), Column(_("Number")), Column(_("Expert")), Column(_("State")), Column(_("Mark"), numeric=True),
    ]  # fmt: skip
    rows = [_row(edition, round_, row) for row in page.rows]
    who = selectors.expert(request.user, edition, chosen) if chosen is not None else None
    return render(
        request,
        "secretariat/reviews/assignments.html",
        frames.context(
            request, edition, "reviews", round=round_, states=_filters(state), number=number, expert=who,
            expert_name=name_of(who) if who else "",
            table=Table(columns, rows, caption=_("Assignments"), empty=_("No assignment here."),
        empty_hint=_("Choose another state above, or apply a plan in the round.")),
            pager=kit.pager(request, page), crumbs=rounds.crumbs(edition, round_, Link(_("Assignments"))),
        ),
    )  # fmt: skip


def _row(edition: Edition, round_: Round, row: Assignment) -> Row:
    total = getattr(getattr(row, "sheet", None), "total", None)
    return Row(
        (
            pick(row.case.titles) or row.case.number, keep(row.case.number), name_of(row.expert),
            status(ASSIGNMENT_STATES[row.state], TONES[row.state]), None if total is None else f"{total:.2f}",
        ),
        url=rounds.url("assignment", edition, round_, assignment_id=row.pk),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def assignment(request: HttpRequest, edition: Edition, round: str, assignment_id: int) -> HttpResponse:
    """One assignment with its sheet; it can be taken back, or its sheet opened again, with a reason."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    row = selectors.assignment_for_desk(request.user, round_, assignment_id)
    problems: list[str] = []
    status_code = 200
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        actions = {
            "release": lambda: services.release(request.user, row, reason=reason),
            "reopen": lambda: services.reopen_sheet(request.user, row, reason=reason),
        }
        change = actions.get(request.POST.get("action", ""))
        if change is None:
            raise Missing()
        problems, status_code = attempt(change)
        if not problems:
            messages.success(request, _("Done."))
            return kit.see_other(rounds.url("assignment", edition, round_, assignment_id=row.pk))
        row = selectors.assignment_for_desk(request.user, round_, assignment_id)
    sheet, marks = selectors.sheet_of(row)
    criteria = edition.settings.criteria_of(round_.code)
    return render(
        request,
        "secretariat/reviews/assignment.html",
        frames.context(
            request, edition, "reviews", round=round_, assignment=row, sheet=sheet, title=pick(row.case.titles),
            expert_name=name_of(row.expert), state=status(ASSIGNMENT_STATES[row.state], TONES[row.state]),
            marks=[(pick(item.label), marks.get(item.code)) for item in criteria], reason=reason,
            problems=[("id_reason", text) for text in problems], errors=problems,
            may_release=row.state in ("open", "draft"), may_reopen=row.state == "submitted" and round_.state == "open",
            crumbs=rounds.crumbs(edition, round_, Link(row.case.number)),
        ),
        status=status_code,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def assign(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """Give one case to one expert by hand."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    active: list[Expert] = selectors.active_experts(request.user, edition)
    initial = {"number": request.GET.get("number", "")[:20]}
    form = AssignForm(request.POST or None, experts=active, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        case = selectors.round_case(round_, said["number"])
        expert = next((row for row in active if row.pk == said["expert"]), None)
        try:
            if case is None:
                raise Invalid({"number": _("This round does not look at a case of this number.")})
            if expert is None:
                raise Invalid({"expert": _("Choose an expert.")})
            full = selectors.expert(request.user, edition, expert.pk)
            services.assign_one(request.user, round_, full, case, reason=said["reason"])
        except Invalid as invalid:
            kit.put_errors(form, invalid, {"case": "number"})
        except Conflict as conflict:
            form.add_error(None, str(conflict))
        else:
            messages.success(request, _("Case %(number)s is assigned.") % {"number": case.number})
            return kit.see_other(rounds.url("round", edition, round_))
    return render(
        request,
        "secretariat/reviews/assign.html",
        frames.context(
            request, edition, "reviews", round=round_, form=form,
            crumbs=rounds.crumbs(edition, round_, Link(_("Assign by hand"))),
        ),
        status=422 if form.errors else 200,
    )  # fmt: skip

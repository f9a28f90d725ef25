"""My editions, and where one stands: its stage and next step, the funnel, the daily curve, what needs doing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import frames, navigation
from praxis.desks.secretariat.forms import OptionalReasonForm, UntilForm
from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.notices import selectors as notices
from praxis.foundation.programmes import background
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes import services as programme_services
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.states import EDITION
from praxis.lifecycle.casebook import selectors as casebook
from praxis.lifecycle.cases import office, selectors
from praxis.lifecycle.cases.states import STATES
from praxis.ui import charts
from praxis.ui.charts import Datum
from praxis.ui.parts import actions
from praxis.ui.values import Column, Link, Row, Stat, Step, Table

# What this page itself does; later steps are taken where their stage has its page.
OWN_STEPS = {"draft": "open", "open": "close", "screening": "start_review"}
ELSEWHERE = {"reviewing": "selection", "decided": "telling", "told": "release", "released": "casebook"}
IN = ("submitted", "returned", "admitted", "ineligible")


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The editions I am named on; for administrators all of them, and presets to load."""
    mine = programmes.for_desk(request.user)
    every = programmes.for_administrator(request.user)
    if not mine and not every and not request.user.is_superuser:
        raise Missing()
    named = {edition.pk for edition in mine}
    others = [edition for edition in every if edition.pk not in named]
    return render(
        request,
        "secretariat/overview/home.html",
        {
            "mine": _editions(mine, "overview"),
            "others": _editions(others, "people"),
            "administers": request.user.is_superuser,
        },
    )


def _editions(rows: list[Edition], page: str) -> Table:
    return Table(
        [Column(_("Edition")), Column(_("Programme")), Column(_("Year"), numeric=True), Column(_("State")),
         Column(_("Closes at"))],
        [
            Row(
                [str(row), str(row.programme), str(row.year), EDITION.states[row.state],
                 frames.written(row.closes_at, row.zone)],
                url=navigation.address(page, edition_id=row.pk),
            )
            for row in rows
        ],
        caption=_("Editions"),
    )  # fmt: skip


@require_safe
@frames.at_edition
def overview(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Where the edition stands."""
    return _page(request, edition, form=None, status=200)


def _page(request: HttpRequest, edition: Edition, *, form: Any, status: int) -> HttpResponse:
    counts = selectors.counts(edition)
    needs = office.needs(request.user, edition)
    return render(
        request,
        "secretariat/overview/overview.html",
        frames.context(
            request, edition, "overview",
            steps=_steps(edition),
            next=_next(edition, counts, casebook.counts(request.user, edition) if edition.state == "told" else {}),
            step_form=form or OptionalReasonForm(),
            form=form,
            todo=_todo(request, edition, needs),
            funnel=_funnel(counts),
            fields=_fields(edition, counts),
            daily=_daily(request, edition),
            begun=sum(counts.values()),
        ),
        status=status,
    )  # fmt: skip


def _steps(edition: Edition) -> list[Step]:
    order = list(EDITION.states)
    place = order.index(edition.state)
    return [
        Step(EDITION.states[state], "done" if n < place else "current" if n == place else "todo")
        for n, state in enumerate(order)
    ]


def _next(edition: Edition, counts: dict[tuple[str, str], int], entries: dict[str, int]) -> dict[str, Any]:
    """The next step: what it is called, what stands in its way or should be known, and where or how it is taken."""
    undecided = sum(n for (_code, state), n in counts.items() if state in ("submitted", "returned"))
    early = clock.now() < edition.closes_at
    known: dict[str, dict[str, Any]] = {
        "draft": {
            "title": _("Open the call"),
            "lead": _("The call becomes public, and applicants can begin cases from the opening date on."),
            "check": _("The preset has been checked and the dates are right."),
            "note": "" if early else _("The deadline lies in the past. Move it before you open the call."),
        },
        "open": {
            "title": _("Close the call"),
            "lead": _("No more cases are taken, apart from extensions and corrections. Screening goes on."),
            "check": _("Close the call now."),
            "note": _("The deadline has not passed. Say why the call closes early.") if early else "",
            "reason": early,
        },
        "screening": {
            "title": _("Start the review"),
            "lead": _("Admitted cases can be given to experts. The call cannot be opened again after this."),
            "check": _("Screening has gone far enough to start."),
            "note": _undecided(undecided),
        },
        "reviewing": {
            "title": _("Review and choose"),
            "lead": _("When the rounds are closed, choose the tiers and seal the decisions."),
        },
        "decided": {
            "title": _("Tell the applicants"),
            "lead": _("The decisions are sealed. Tell those who were chosen, in confidence."),
        },
        "told": _after_telling(entries),
        "released": {"title": _("Casebook"), "lead": _("The results are public.")},
    }
    elsewhere = known[edition.state].get("page") or ELSEWHERE.get(edition.state, "")
    return {
        "action": OWN_STEPS.get(edition.state, ""),
        "url": navigation.address(elsewhere, edition_id=edition.pk) if elsewhere else "",
        **known[edition.state],
    }


def _after_telling(entries: dict[str, int]) -> dict[str, Any]:
    """From telling to the release: entries, proofs, and only then the release. `entries` are those in each state."""
    drafted, approved = entries.get("drafted", 0), entries.get("approved", 0)
    printed = sum(entries.values()) - entries.get("dropped", 0)
    if not printed:
        lead = _("The chosen read their result. Make an entry of each case: it becomes the page in the book.")
        return {"title": _("Make the Casebook"), "lead": lead, "page": "casebook"}
    if drafted:
        lead = ngettext(
            "%(count)d entry is not with its applicant. Look at it, then send its proof.",
            "%(count)d entries are not with their applicants. Look at them, then send the proofs.", drafted,
        ) % {"count": drafted}  # fmt: skip
        return {"title": _("Send the proofs"), "lead": lead, "page": "casebook"}
    if asked := entries.get("changes_asked", 0):
        lead = ngettext("%(count)d applicant asks for changes.", "%(count)d applicants ask for changes.", asked) % {"count": asked}
        return {"title": _("Make the changes asked for"), "lead": lead, "page": "casebook"}
    if approved < printed:
        lead = _("%(approved)s of %(entries)s proofs are approved. Meanwhile collect display material, make the books to look at them, and plan the stage.")
        return {"title": _("Wait for the proofs"), "lead": lead % {"approved": approved, "entries": printed}, "page": "casebook"}
    return {"title": _("Release"), "lead": _("Every proof is approved. Make the books once more; then two people release the results.")}


def _undecided(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)s case is not decided yet. It stays out of the review until it is admitted.",
        "%(count)s cases are not decided yet. They stay out of the review until they are admitted.",
        count,
    ) % {"count": f"{count:,}"}


def _todo(request: HttpRequest, edition: Edition, needs: office.Needs) -> list[Stat]:
    cases = navigation.address("cases", edition_id=edition.pk)
    mail = notices.counts(request.user, edition.pk)
    stuck = mail["delayed"] + mail["dead"]
    failed = background.failed(request.user, edition)
    notices_url = navigation.address("notices", edition_id=edition.pk) + f"?state={'dead' if mail['dead'] else 'delayed'}"

    def stat(label: str, value: int, url: str, tone: str = "amber", note: str = "") -> Stat:
        return Stat(label, value, url=url if value else "", tone=tone if value else "", note=note)

    return [
        stat(_("Unread questions"), needs.unread, f"{cases}?waiting=unread"),
        stat(_("Cases to screen"), needs.to_screen, navigation.address("screening", edition_id=edition.pk), "water"),
        stat(_("Returned and overdue"), needs.overdue, f"{cases}?waiting=overdue"),
        stat(_("Drafts near the deadline"), needs.drafts, f"{cases}?waiting=drafts", "water"),
        stat(_("Failed jobs"), failed, navigation.address("jobs", edition_id=edition.pk) + "?state=dead", "alarm"),
        stat(_("Mail delayed or not sent"), stuck, notices_url, "alarm"),
    ]


def _funnel(counts: dict[tuple[str, str], int]) -> SafeString:
    """Begun, submitted, admitted over all fields."""

    def total(*states: str) -> int:
        return sum(n for (_field, state), n in counts.items() if state in states)

    data = [
        Datum(_("Cases begun"), total(*STATES)), Datum(_("Submitted"), total(*IN)), Datum(_("Admitted"), total("admitted")),
    ]  # fmt: skip
    title = _("From draft to admission")
    chart = charts.funnel_chart(data, title)
    return charts.with_table(chart, [_("Step"), _("Cases")], [[one.label, one.value] for one in data], title)


def _fields(edition: Edition, counts: dict[tuple[str, str], int]) -> Table:
    """How many cases of each field are in each state, and together."""
    codes = [(row.code, actions.category(str(row), row.code)) for row in programmes.categories(edition)]
    lines: list[tuple[str, object]] = [*codes, *([("", _("No field chosen yet"))] if _without(counts) else [])]

    def row(label: object, code: str | None) -> Row:
        numbers = [
            sum(n for (field, one), n in counts.items() if one == state and code in (None, field)) for state in STATES
        ]
        return Row([label, *numbers, sum(numbers)], tone="water" if code is None else "")

    return Table(
        [Column(_("Field")), *(Column(label, numeric=True) for label in STATES.values()),
         Column(_("Total"), numeric=True)],
        [*(row(label, code) for code, label in lines), row(_("Total"), None)],
        caption=_("Cases by field and state"),
        caption_visible=True,
    )  # fmt: skip


def _without(counts: dict[tuple[str, str], int]) -> bool:
    return any(not field for field, _state in counts)


def _daily(request: HttpRequest, edition: Edition) -> SafeString | None:
    """First submissions by day, from the opening to the deadline or today."""
    found = office.daily(request.user, edition)
    if not found:
        return None
    zone = ZoneInfo(edition.zone)
    last_day = (edition.closes_at - timedelta(microseconds=1)).astimezone(zone).date()
    first = min(edition.opens_at.astimezone(zone).date(), *found)
    last = max(min(clock.now().astimezone(zone).date(), last_day), *found)
    # Not more than a year and a half, whatever dates a preset has.
    shown = list(frames.days(max(first, last - timedelta(days=550)), last))
    data = [Datum(f"{day:%m-%d}", found.get(day, 0)) for day in shown]
    mark = shown.index(last_day) if last_day in shown else None
    title = _("Submissions by day")
    chart = charts.line_chart(data, title, mark=mark, mark_label=_("Deadline") if mark is not None else "")
    rows = [[f"{day:%Y-%m-%d}", found[day]] for day in shown if day in found]
    return charts.with_table(chart, [_("Day"), _("Submissions")], rows, title)


@require_POST
@frames.at_edition
def step(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Open or close the call, or start the review."""
    action = request.POST.get("action", "")
    form = OptionalReasonForm(request.POST)
    if action != OWN_STEPS.get(edition.state):
        form.add_error(None, _("The edition has moved on meanwhile. This is where it stands now."))
        return _page(request, edition, form=form, status=409)
    if request.POST.get("confirmed") != "1":
        form.add_error(None, _("Tick the box to confirm."))
    if form.is_valid():
        try:
            programme_services.advance(request.user, edition, action, reason=form.cleaned_data["reason"])
        except Invalid as invalid:
            kit.put_errors(form, invalid)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            return _page(request, edition, form=form, status=409)
        else:
            state = {"state": EDITION.states[edition.state]}
            messages.success(request, _("Done. The edition is now: %(state)s.") % state)
            return kit.see_other("secretariat:overview", edition_id=edition.pk)
    return _page(request, edition, form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def deadline(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Move the deadline of the whole call, or open a closed call again until a new one; with a reason."""
    reopens = edition.state == "screening"
    form = UntilForm(
        request.POST or None, zone=edition.zone, initial={"until": frames.written(edition.closes_at, edition.zone)}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            change = programme_services.reopen if reopens else programme_services.move_deadline
            try:
                change(request.user, edition, form.cleaned_data["until"], reason=form.cleaned_data["reason"])
            except Invalid as invalid:
                kit.put_errors(form, invalid, {"closes_at": "until"})
            except Conflict as conflict:
                form.add_error(None, str(conflict))
                status = 409
            else:
                messages.success(request, _("The call is open again.") if reopens else _("The deadline has been moved."))
                return kit.see_other("secretariat:overview", edition_id=edition.pk)
    title = _("Open the call again") if reopens else _("Move the deadline")
    return render(
        request,
        "secretariat/overview/deadline.html",
        frames.context(
            request, edition, "overview", form=form, title=title, reopens=reopens,
            movable=edition.state in ("draft", "open", "screening"), crumbs=frames.crumbs(edition, Link(title)),
        ),
        status=status,
    )  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("", overview, name="overview"),
    path("step/", step, name="step"),
    path("deadline/", deadline, name="deadline"),
]
office_patterns: list[URLPattern] = [path("", home, name="home")]

"""Standings: ranks with their uncertainty, the raw mean always beside, and what the marks say about the marking."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import frames
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.reviewing import rounds
from praxis.desks.secretariat.reviewing.committee import keep, name_of
from praxis.foundation.errors import Missing
from praxis.foundation.files.responses import stream
from praxis.foundation.jobs.models import Job
from praxis.foundation.locale import pick
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.models import Edition, Round
from praxis.lifecycle.reviews import selectors, services
from praxis.lifecycle.reviews.models import Standing, StandingRun
from praxis.ui.charts import Interval, interval_chart, with_table
from praxis.ui.parts.actions import category
from praxis.ui.parts.data import query, sortable
from praxis.ui.values import Choice, Column, Link, Row, Stat, Table

VIEWS = ("", "intervals", "marking")


def _round(request: HttpRequest, edition: Edition, listed: list[Round]) -> Round:
    """The round asked for, else the last that has begun, else the first."""
    wanted = request.GET.get("round", "")
    begun = [row for row in listed if row.state != "planned"]
    found = next((row for row in listed if row.code == wanted), None) or (begun[-1] if begun else None)
    if found is None and not listed:
        raise Missing()
    chosen = found or listed[0]
    chosen.edition = edition
    return chosen


@require_safe
@frames.at_edition
def standings(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The standings of a round: as a table, as intervals, or what they say about the marking."""
    listed = programmes.rounds(edition)
    round_ = _round(request, edition, listed)
    run = selectors.latest_run(round_)
    shown = request.GET.get("view", "")
    shown = shown if shown in VIEWS else ""
    context: dict[str, Any] = {
        "round": round_, "run": run, "view": shown, "computing": run is None and selectors.is_computing(round_),
        "rounds": _tabs(request, listed, round_), "views": _views(request, shown),
        "crumbs": frames.crumbs(edition, Link(_("Standings"))),
    }  # fmt: skip
    if run is not None:
        run.round = round_
        context |= _marking(edition, run) if shown == "marking" else _listed(request, edition, run, shown)
        context |= {"advice": advice(run), "exports": _exports(request, edition, run)}
    return render(
        request, "secretariat/reviews/standings.html", frames.context(request, edition, "standings", **context)
    )


def _tabs(request: HttpRequest, listed: list[Round], chosen: Round) -> list[Link]:
    if len(listed) < 2:
        return []
    return [Link(str(row), f"?round={row.code}", current=row.pk == chosen.pk) for row in listed]


def _views(request: HttpRequest, shown: str) -> list[Link]:
    labels = {"": _("Ranks"), "intervals": _("Intervals"), "marking": _("How it was marked")}
    dropped: dict[str, object] = {"cursor": "", "sort": "", "category": "", "show": ""}
    return [
        Link(label, query(request.GET, **{**dropped, "view": code}), current=code == shown)
        for code, label in labels.items()
    ]


def advice(run: StandingRun) -> tuple[str, str]:
    """What the engine advises and why, in words."""
    reason = run.reason
    figures = {
        "median": f"{reason.get('median') or 0:g}", "mean": _figure(reason.get("error_mean"), 3),
        "calibrated": _figure(reason.get("error_calibrated"), 3),
    }  # fmt: skip
    if run.advice == "calibrated":
        why = _(
            "Calibrated marks predict each review better from the others: error %(calibrated)s against %(mean)s by the "
            "mean."
        )
        return _("Rank by the calibrated mark."), why % figures
    if reason.get("code") == "few_reviews":
        why = _(
            "The median expert has handed in %(median)s sheets; with fewer than eight, leniency cannot be told from the "
            "cases."
        )
        return _("Rank by the plain mean."), why % figures
    why = _(
        "Calibrated marks do not predict reviews better from the others: error %(calibrated)s against %(mean)s by the mean."
    )
    return _("Rank by the plain mean."), why % figures


def _figure(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _listed(request: HttpRequest, edition: Edition, run: StandingRun, shown: str) -> dict[str, Any]:
    get = request.GET
    field, only = get.get("category", ""), get.get("show", "")
    order = get.get("sort", "rank") if not shown else "rank"
    page = selectors.standings_page(
        request.user, run, order=order, cursor=get.get("cursor", ""), category=field, show=only
    )
    common = {
        "pager": kit.pager(request, page),
        "fields": [
            Choice(code, label, selected=code == field)
            for code, label in [("", _("All")), *((item.code, pick(item.label)) for item in edition.settings.categories)]
        ],
        "only": [Choice("", _("All"), selected=not only), Choice("borderline", _("In doubt"), selected=bool(only))],
        "partial": order.lstrip("-") in ("mean", "quality", "p"),
    }
    if shown == "intervals":
        return {**common, "chart": _chart(page.rows)}
    return {**common, "table": _table(request, edition, page.rows)}


def _table(request: HttpRequest, edition: Edition, rows: list[Standing]) -> Table:
    columns = sortable(
        [
            Column(_("Case")), Column(_("Rank"), numeric=True, sort="rank"), Column(_("Rank, 90 %"), numeric=True),
            Column(_("Number"), sort="number"), Column(_("Field")), Column(_("Reviews"), numeric=True),
            Column(_("Mean"), numeric=True, sort="mean"), Column(_("Calibrated"), numeric=True, sort="quality"),
            Column(_("90 % interval"), numeric=True), Column(_("P (in)"), numeric=True, sort="p"),
        ],
        request.GET, default="rank",
    )  # fmt: skip
    base = reverse("secretariat:case", kwargs={"edition_id": edition.pk, "key": "0"})
    return Table(columns, [_row(row, base) for row in rows], caption=_("Standings"), empty=_("No case here."))


def _row(row: Standing, base: str) -> Row:
    case = row.case
    doubt = row.p_top is not None and selectors.LIKELY_OUT < row.p_top < selectors.LIKELY_IN
    return Row(
        (
            pick(case.titles) or case.number, row.rank, keep(f"{row.rank_low}–{row.rank_high}"), keep(case.number),
            category(pick(case.category.labels), case.category.code) if case.category else None, row.reviews,
            _figure(row.mean), _figure(row.quality), keep(f"{_figure(row.low)}–{_figure(row.high)}"),
            None if row.p_top is None else f"{row.p_top:.0%}",
        ),
        tone="amber" if doubt else "",
        url=base.replace("/0/", f"/{case.key}/"),
    )  # fmt: skip


def _chart(rows: list[Standing]) -> object:
    known = [row for row in rows if row.quality is not None and row.low is not None and row.high is not None]
    title = _("Calibrated marks with their 90 % intervals")
    chart = interval_chart(
        [
            Interval(
                f"{row.rank} · {row.case.number} {pick(row.case.titles)}", row.low or 0, row.quality or 0, row.high or 0,
                row.case.category.code if row.case.category else "", (row.p_top or 0) >= 0.5,
            )
            for row in known
        ],
        title, _("Filled: more likely in than out."),
    )  # fmt: skip
    numbers = [(row.case.number, _figure(row.low), _figure(row.quality), _figure(row.high)) for row in known]
    return with_table(chart, (_("Case"), _("From"), _("Calibrated"), _("To")), numbers, title)


def _marking(edition: Edition, run: StandingRun) -> dict[str, Any]:
    """What the marks say about the marking: shares of variance, leniency of experts, surprising sheets."""
    shares = run.shares
    return {
        "stats": [
            Stat(_("Quality of the case"), _share(shares.get("quality"))),
            Stat(_("Leniency of the expert"), _share(shares.get("bias"))),
            Stat(_("Chance"), _share(shares.get("noise"))),
        ],
        "experts": Table(
            [
                Column(_("Expert")), Column(_("Reviews"), numeric=True), Column(_("Leniency"), numeric=True),
                Column(_("Reliability"), numeric=True),
            ],
            [
                Row(
                    (
                        name_of(row), figures.get("reviews"),
                        None if figures["bias"] is None else f"{figures['bias']:+.2f}", _figure(figures["reliability"]),
                    ),
                    url=reverse("secretariat:expert", kwargs={"edition_id": edition.pk, "expert_id": row.pk}),
                )
                for row, figures in selectors.experts_of(run)
            ],
            caption=_("How each expert marks"),
        ),
        "surprises": Table(
            [
                Column(_("Case")), Column(_("Expert")), Column(_("Mark"), numeric=True),
                Column(_("Standard deviations"), numeric=True),
            ],
            [
                Row(
                    (
                        f"{row.case.number} {pick(row.case.titles)}", name_of(row.expert), _figure(row.sheet.total),
                        f"{how_far:+.1f}",
                    ),
                    url=rounds.url("assignment", edition, run.round, assignment_id=row.pk),
                )
                for row, how_far in selectors.surprising(run)
            ],
            caption=_("Sheets far from what the others predict"), empty=_("No sheet stands out."),
        ),
    }  # fmt: skip


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.0%}"


def _exports(request: HttpRequest, edition: Edition, run: StandingRun) -> list[Link]:
    """My latest exports of this run: a link where the file is there, else the state of the job."""
    return [
        Link(
            Job.State(job.state).label,
            rounds.url("standings_file", edition, run.round, handle=job.handle) if job.state == Job.State.DONE else "",
            note=frames.written(job.created_at, edition.zone, ends=False),
        )
        for job in selectors.exports_of(request.user, run)
    ]


def _back(edition: Edition, round_: Round) -> HttpResponse:
    where = reverse("secretariat:standings", kwargs={"edition_id": edition.pk})
    return kit.see_other(f"{where}?round={round_.code}")


@require_POST
@frames.at_edition
def compute(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """Compute the standings from the sheets handed in so far."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    made: list[StandingRun | None] = []
    problems, status_code = attempt(lambda: made.append(services.request_standings(request.user, round_)))
    if problems:
        return rounds.page(request, edition, round_, problems, status_code)
    messages.success(
        request, _("The standings are new.") if made[0] is not None else _("The standings are being computed.")
    )
    return _back(edition, round_)


@require_POST
@frames.at_edition
def export(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """Have a spreadsheet of the standings made."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    run = selectors.latest_run(round_)
    if run is None:
        raise Missing()
    run.round = round_
    services.request_export(request.user, run, get_language() or "en")  # type: ignore[arg-type]
    messages.success(request, _("The spreadsheet is being made. It appears here when it is ready."))
    return _back(edition, round_)


@require_safe
@frames.at_edition
def exported(request: HttpRequest, edition: Edition, round: str, handle: str) -> HttpResponseBase:
    """A spreadsheet that was made for me."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    return stream(request, selectors.export_file(request.user, round_, handle))

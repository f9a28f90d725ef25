"""The rounds of an edition: opening and closing them, and how far the reviews are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import frames
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.reviewing import committee
from praxis.foundation.errors import Missing
from praxis.foundation.locale import pick
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.models import Edition, Round
from praxis.foundation.programmes.states import ROUND
from praxis.lifecycle.reviews import selectors, services
from praxis.ui.html import EMPTY
from praxis.ui.parts.actions import link_button, status
from praxis.ui.values import Column, Link, Row, Stat, Table

TONES = {"planned": "neutral", "open": "water", "closed": "jade"}
PLAN_TONES = {"running": "amber", "proposed": "water", "applied": "jade", "failed": "alarm"}


def url(name: str, edition: Edition, round_: Round, **more: object) -> str:
    return reverse(f"secretariat:{name}", kwargs={"edition_id": edition.pk, "round": round_.code, **more})


def crumbs(edition: Edition, round_: Round, *trail: Link) -> list[Link]:
    """The way to a page of a round."""
    here = [
        Link(_("Rounds and reviews"), reverse("secretariat:reviews", kwargs={"edition_id": edition.pk})),
        Link(str(round_), url("round", edition, round_)),
    ]
    return frames.crumbs(edition, *here, *trail)


def plan_states() -> dict[str, str]:
    return {
        "running": _("Being computed"), "proposed": _("Proposed"), "applied": _("Applied"), "failed": _("Failed"),
    }  # fmt: skip


@require_safe
@frames.at_edition
def reviews(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Every round with its state and progress."""
    rounds = programmes.rounds(edition)
    progress, runs = selectors.progress_of(rounds), selectors.runs_of(rounds)
    columns = [
        Column(_("Round")), Column(_("State")), Column(_("Cases"), numeric=True), Column(_("Handed in")),
        Column(_("Due")), Column(_("Standings")),
    ]  # fmt: skip
    rows = []
    for row in rounds:
        far = progress[row.pk]
        standings = EMPTY
        if row.pk in runs:
            where = reverse("secretariat:standings", kwargs={"edition_id": edition.pk}) + f"?round={row.code}"
            standings = link_button(_("Standings"), where, "quiet")
        rows.append(
            Row(
                (
                    str(row), status(ROUND.states[row.state], TONES[row.state]), far.cases,
                    committee.bar(far.handed_in, far.assigned) if far.assigned else None, _due(row, edition), standings,
                ),
                url=url("round", edition, row),
            )
        )  # fmt: skip
    return render(
        request,
        "secretariat/reviews/reviews.html",
        frames.context(
            request, edition, "reviews", table=Table(columns, rows, caption=_("Rounds")),
            crumbs=frames.crumbs(edition, Link(_("Rounds and reviews"))),
        ),
    )  # fmt: skip


def _due(round_: Round, edition: Edition) -> str | None:
    return frames.written(round_.due_at, edition.zone) or None


@require_safe
@frames.at_edition
def round_page(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """One round: what can be done now, and how far each expert is."""
    return page(request, edition, selectors.round_for_desk(request.user, edition, round))


def page(
    request: HttpRequest, edition: Edition, round_: Round, problems: list[str] | None = None, status_code: int = 200,
    **typed: Any,
) -> HttpResponse:  # fmt: skip
    """The page of a round, with what could not be done."""
    far = selectors.progress(round_)
    experts = selectors.experts_page(
        request.user, edition, state="active", round_=round_, cursor=request.GET.get("cursor", "")
    )
    config = edition.settings.round(round_.code)
    needed = 0 if config.kind == "pitch" else config.reviews_per_case
    return render(
        request,
        "secretariat/reviews/round.html",
        frames.context(
            request, edition, "reviews",
            **{
                "round": round_, "config": config, "state": status(ROUND.states[round_.state], TONES[round_.state]),
                "stats": _stats(far, edition, round_), "far": far, "missing": far.assigned - far.handed_in,
                "experts": _experts(request, edition, round_, experts.rows), "pager": kit.pager(request, experts),
                "plans": _plans(request, edition, round_), "short": selectors.short_of_reviews(round_, needed, 50) if "short" in request.GET else None,
                "lacking": max(0, far.cases * needed - far.assigned),
                "problems": [("", text) for text in problems or []], "is_pitch": round_.kind == "pitch",
                "takes_all": config.takes_from is None, "crumbs": crumbs(edition, round_)[:-1], "reason": "", **typed,
            },
        ),
        status=status_code,
    )  # fmt: skip


def _stats(far: selectors.Progress, edition: Edition, round_: Round) -> list[Stat]:
    base = url("assignments", edition, round_)
    return [
        Stat(_("Cases"), far.cases),
        Stat(_("Assigned"), far.assigned, url=base),
        Stat(_("Handed in"), far.handed_in, url=f"{base}?state=submitted"),
        Stat(_("Begun"), far.begun, url=f"{base}?state=draft"),
        Stat(_("Conflicts"), far.conflicted, url=f"{base}?state=conflicted"),
    ]


def _experts(request: HttpRequest, edition: Edition, round_: Round, rows: list[Any]) -> Table:
    columns = [
        Column(_("Expert")), Column(_("Load"), numeric=True), Column(_("Begun"), numeric=True), Column(_("Handed in")),
        Column(_("Missing"), numeric=True),
    ]  # fmt: skip
    base = url("assignments", edition, round_)
    drawn = [
        Row(
            (
                committee.name_of(row), committee.keep(f"{row.load_min}–{row.load_max}"), row.begun, committee.progress(row),
                row.assigned - row.handed_in,
            ),
            url=f"{base}?expert={row.pk}",
        )
        for row in rows
    ]  # fmt: skip
    return Table(columns, drawn, caption=_("Progress by expert"), empty=_("No expert is active yet."))


def _plans(request: HttpRequest, edition: Edition, round_: Round) -> Table:
    words = plan_states()
    rows = [
        Row(
            (
                _("Plan %(number)d") % {"number": row.pk}, status(words[row.state], PLAN_TONES[row.state]),
                row.report.get("pairs"), row.report.get("outside_field"), frames.written(row.created_at, edition.zone, ends=False),
            ),
            url=url("plan_page", edition, round_, plan_id=row.pk),
        )
        for row in selectors.plans(request.user, round_)
    ]  # fmt: skip
    columns = [
        Column(_("Plan")), Column(_("State")), Column(_("Reviews"), numeric=True),
        Column(_("Outside their fields"), numeric=True), Column(_("Made")),
    ]  # fmt: skip
    return Table(columns, rows, caption=_("Plans"), empty=_("No plan has been made yet."),
        empty_hint=_("Have a plan made above. Nobody is assigned before you apply it."))


def _steps(request: HttpRequest, round_: Round, reason: str) -> dict[str, tuple[Callable[[], object], str]]:
    actor = request.user
    return {
        "take": (lambda: services.take_admitted(actor, round_), _("The round looks at every admitted case.")),
        "open": (lambda: services.open_round(actor, round_), _("The round is open.")),
        "close": (lambda: services.finish_round(actor, round_, reason=reason), _("The round is closed.")),
        "reopen": (lambda: services.reopen_round(actor, round_, reason=reason), _("The round is open again.")),
    }


@require_POST
@frames.at_edition
def step(request: HttpRequest, edition: Edition, round: str, action: str) -> HttpResponse:
    """Take the admitted cases, open, close, or open a round again."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    reason = request.POST.get("reason", "")
    steps = _steps(request, round_, reason)
    if action not in steps:
        raise Missing()
    change, said = steps[action]
    problems, status_code = attempt(change)
    if problems:
        round_ = selectors.round_for_desk(request.user, edition, round)
        return page(request, edition, round_, problems, status_code, reason=reason)
    messages.success(request, said)
    return kit.see_other(url("round", edition, round_))


@require_POST
@frames.at_edition
def remind(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """Write to everyone with sheets missing, or to one of them."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    counted: list[int | None] = []
    one = request.POST.get("expert", "")

    def change() -> object:
        if one.isascii() and one.isdigit():
            counted.append(services.remind(request.user, round_, [int(one[:12])]))
        else:
            counted.append(services.remind_all(request.user, round_))
        return None

    problems, status_code = attempt(change)
    if problems:
        return page(request, edition, round_, problems, status_code)
    count = counted[0]
    if count is None:
        messages.success(request, _("The reminders are being written."))
    else:
        said = ngettext("%(count)d expert is reminded.", "%(count)d experts are reminded.", count)
        messages.success(request, said % {"count": count})
    return kit.see_other(url("round", edition, round_))


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def order(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """The running order of live pitches: one number a line."""
    round_ = selectors.round_for_desk(request.user, edition, round)
    if round_.kind != "pitch":
        raise Missing()
    problems: list[str] = []
    status_code = 200
    listed = selectors.running_order(round_)
    typed = "\n".join(case.number for case in listed)
    if request.method == "POST":
        typed = request.POST.get("order", "")[:20_000]
        problems, status_code = attempt(lambda: services.set_running_order(request.user, round_, typed.split()))
        if not problems:
            messages.success(request, _("The running order is kept."))
            return kit.see_other(url("round", edition, round_))
    return render(
        request,
        "secretariat/reviews/order.html",
        frames.context(
            request, edition, "reviews", round=round_, typed=typed, errors=problems,
            cases=[(case.number, pick(case.titles)) for case in listed],
            problems=[("id_order", text) for text in problems],
            crumbs=crumbs(edition, round_, Link(_("Running order"))),
        ),
        status=status_code,
    )  # fmt: skip

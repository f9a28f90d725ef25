"""The overview of the decision, sealing, telling the chosen in confidence, and who moves up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks.kit import put_errors, see_other
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.deciding.forms import ReasonForm
from praxis.desks.secretariat.frames import at_edition, context, crumbs
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files.responses import stream
from praxis.foundation.programmes.models import Edition, Tier
from praxis.foundation.programmes.policies import is_chair
from praxis.lifecycle.reviews import selectors as reviews
from praxis.lifecycle.selection import selectors, services
from praxis.lifecycle.selection.models import Decision, Selection
from praxis.lifecycle.selection.states import SELECTION
from praxis.ui.dates import moment
from praxis.ui.html import EMPTY, fill
from praxis.ui.parts.actions import status
from praxis.ui.values import Check, Column, Link, Row, Stat, Table

STATE_TONES = {"open": "neutral", "sealed": "amber", "told": "water", "released": "jade"}


def state_of(selection: Selection | None) -> str:
    return selection.state if selection is not None else "open"


# Overview and sealing


@require_safe
@at_edition
def overview(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Every tier, how far its choosing is, and the seal."""
    return _overview(request, edition)


def _overview(request: HttpRequest, edition: Edition, problems: list[str] | None = None, code: int = 200) -> HttpResponse:
    selection = selectors.selection_of(request.user, edition)
    tiers = selectors.overview(request.user, edition)
    state = state_of(selection)
    stands_in_the_way = services.seal_problems(selection) if selection is not None and state == "open" else []
    rounds = [row for row in edition.rounds.all() if row.state != "closed"]
    stands_in_the_way += [_("%(round)s is not closed yet.") % {"round": row} for row in rounds]
    return render(
        request,
        "secretariat/selection/overview.html",
        context(
            request, edition, "selection", selection=selection, state=state, state_label=SELECTION.states[state],
            state_tone=STATE_TONES[state], tiers=[_tier(edition, item) for item in tiers],
            forward=_forward(edition) if state == "open" else [],
            checks=[Check(text, "no") for text in stands_in_the_way], chair=is_chair(request.user, edition),
            may_seal=state == "open" and not stands_in_the_way and selection is not None, problems=[("", text) for text in problems or []],
            reason_form=ReasonForm(), crumbs=crumbs(edition, Link(_("Selection"))),
        ),
        status=code,
    )  # fmt: skip


def _tier(edition: Edition, item: selectors.TierState) -> dict[str, Any]:
    tier = item.tier
    wanted = _("about %(about)s (%(low)s to %(high)s)") % {
        "about": tier.size_about, "low": tier.size_low, "high": tier.size_high,
    }  # fmt: skip
    fits = tier.size_low <= item.chosen <= tier.size_high
    return {
        "tier": tier,
        "round": tier.round,
        "url": reverse("secretariat:selection_tier", args=[edition.pk, tier.code]),
        "decide_url": reverse("secretariat:decide", args=[edition.pk, tier.code]),
        "stats": [
            Stat(_("Ranked"), item.ranked if item.run else None, _("in %(round)s") % {"round": tier.round}),
            Stat(_("Proposals"), item.proposals),
            Stat(_("Chosen"), item.chosen, wanted, tone="" if fits or not item.chosen else "amber"),
            Stat(_("Reserve"), item.reserve),
        ],
        "run": item.run,
        "advice": {"calibrated": _("calibrated scores"), "mean": _("plain means")}.get(item.run.advice, item.run.advice)
        if item.run
        else "",
    }


def _forward(edition: Edition) -> list[dict[str, Any]]:
    """The rounds that take the chosen of a tier and are still to open."""
    found = []
    tiers = {tier.code: tier for tier in edition.tiers.all()}
    for row in edition.rounds.all():
        source = edition.settings.round(row.code).takes_from
        if row.state == "planned" and source in tiers:
            found.append({"round": row, "tier": tiers[source]})
    return found


@require_POST
@at_edition
def put_forward(request: HttpRequest, edition: Edition, round: str) -> HttpResponse:
    """Let a later round look at the chosen of the tier before."""
    row = reviews.round_for_desk(request.user, edition, round)
    done: list[int] = []
    problems, code = attempt(lambda: done.append(services.put_forward(request.user, row)))
    if problems:
        return _overview(request, edition, problems, code)
    messages.success(
        request,
        ngettext("%(count)d case goes to %(round)s.", "%(count)d cases go to %(round)s.", done[0])
        % {"count": done[0], "round": row},
    )
    return see_other("secretariat:selection", edition_id=edition.pk)


@require_POST
@at_edition
def seal(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Seal the decisions, after a tick."""
    if request.POST.get("confirmed") != "1":
        return _overview(request, edition, [_("Tick that the list is final.")], 422)
    problems, code = attempt(lambda: services.seal(request.user, edition))
    if problems:
        return _overview(request, edition, problems, code)
    messages.success(request, _("Sealed. The list for approval is being made."))
    return see_other("secretariat:selection", edition_id=edition.pk)


@require_POST
@at_edition
def unseal(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Open sealed decisions again, with a reason."""
    problems, code = attempt(
        lambda: services.unseal(request.user, edition, reason=request.POST.get("reason", "")[:4000])
    )  # fmt: skip
    if problems:
        return _overview(request, edition, problems, code)
    messages.success(request, _("The decisions are open again."))
    return see_other("secretariat:selection", edition_id=edition.pk)


@require_safe
@at_edition
def approved_list(request: HttpRequest, edition: Edition, format: str) -> HttpResponseBase:
    """The list for approval, as a document or a table."""
    return stream(request, selectors.approved_list(request.user, edition, format))


# Telling


@require_safe
@at_edition
def telling(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Who is told, who has accepted confidentiality, who has declined."""
    return _telling(request, edition)


def _telling(request: HttpRequest, edition: Edition, problems: list[str] | None = None, code: int = 200) -> HttpResponse:
    selection = selectors.selection_of(request.user, edition)
    decided = selectors.decisions(request.user, edition)
    rows = selectors.tellings(request.user, edition)
    chosen = {row.case_id for row in decided if row.reserve is None}
    told = [row for row in rows if row.case_id in chosen]
    chair = is_chair(request.user, edition)
    return render(
        request,
        "secretariat/selection/telling.html",
        context(
            request, edition, "telling", selection=selection, state=state_of(selection), count=len(chosen),
            stats=[
                Stat(_("Chosen"), len(chosen)), Stat(_("Told"), len(told)),
                Stat(_("Have accepted"), sum(1 for row in told if row.accepted_at)),
                Stat(_("Have declined"), sum(1 for row in told if row.declined_at), tone="amber" if any(row.declined_at for row in told) else ""),
            ],
            table=_told_table(edition, rows, decided, chair), reserve=_reserve_table(decided), chair=chair,
            problems=[("", text) for text in problems or []], crumbs=crumbs(edition, Link(_("Telling applicants"))),
        ),
        status=code,
    )  # fmt: skip


def _told_table(edition: Edition, rows: list[Any], decided: list[Decision], chair: bool) -> Table:
    tiers: dict[int, list[Tier]] = {}
    for decision in decided:
        if decision.reserve is None:
            tiers.setdefault(decision.case_id, []).append(decision.tier)
    drawn = []
    for row in rows:
        held = tiers.get(row.case_id, [])
        if not held:
            answer = status(_("Place given to another case"), "neutral")
        elif row.declined_at:
            answer = status(_("Declined"), "alarm")
        elif row.accepted_at:
            answer = status(_("Accepted"), "jade")
        else:
            answer = status(_("Waiting"), "amber")
        href = reverse("secretariat:replace", args=[edition.pk, row.case.key])
        link = fill('<a href="{}">{}</a>', href, _("Replace")) if held and chair and edition.state == "told" else EMPTY
        drawn.append(
            Row([
                row.case.number, f"{row.case} · {row.case.organisation}", _(", ").join(str(tier) for tier in held) or None,
                moment(row.told_at, edition.zone), answer, moment(row.accepted_at or row.declined_at, edition.zone) or None, link,
            ], tone="" if held else "muted")
        )  # fmt: skip
    columns = [
        Column(_("Number")), Column(_("Case")), Column(_("Chosen for")), Column(_("Told")), Column(_("Answer")),
        Column(_("Answered")), Column(_("Actions"), quiet=True),
    ]  # fmt: skip
    return Table(columns, drawn, caption=_("Who has been told"), empty=_("Nobody has been told yet."),
        empty_hint=_("Seal the decisions first; then the chosen applicants can be told in confidence."))


def _reserve_table(decided: list[Decision]) -> Table:
    rows = [
        Row([row.reserve, row.case.number, f"{row.case} · {row.case.organisation}", str(row.tier)])
        for row in decided if row.reserve is not None
    ]  # fmt: skip
    columns = [Column(_("Order"), numeric=True), Column(_("Number")), Column(_("Case")), Column(_("Tier"))]
    return Table(columns, rows, caption=_("Reserve list"), empty=_("The reserve list is empty."), row_header=1)


@require_POST
@at_edition
def tell(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Tell the applicants of the chosen cases, after a tick."""
    if request.POST.get("confirmed") != "1":
        return _telling(request, edition, [_("Tick that the chosen may be told now.")], 422)
    done: list[int] = []
    problems, code = attempt(lambda: done.append(len(services.tell(request.user, edition))))
    if problems:
        return _telling(request, edition, problems, code)
    messages.success(
        request,
        ngettext("%(count)d applicant is being told.", "%(count)d applicants are being told.", done[0]) % {"count": done[0]},
    )
    return see_other("secretariat:telling", edition_id=edition.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def replace(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """Give the place of a chosen case to the first of the reserve, with a reason."""
    row = selectors.telling_of(request.user, edition, key)
    held = [item for item in selectors.decisions(request.user, edition) if item.case_id == row.case_id and item.reserve is None]
    if not held:
        raise Missing()
    waiting = {
        item.tier.pk: next((x for x in selectors.decisions(request.user, edition, item.tier) if x.reserve is not None), None)
        for item in held
    }
    form = ReasonForm(request.POST or None)
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        leaving = next((item for item in held if item.tier.code == request.POST.get("tier", held[0].tier.code)), held[0])
        if form.is_valid():
            try:
                mover = services.replace(request.user, leaving, reason=form.cleaned_data["reason"])
            except Invalid as invalid:
                put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("%(number)s has moved up and is being told.") % {"number": mover.case.number})
                return see_other("secretariat:telling", edition_id=edition.pk)
    return render(
        request,
        "secretariat/selection/replace.html",
        context(
            request, edition, "telling", case=row.case, form=form, problems=[form, *problems],
            held=[{"tier": item.tier, "next": waiting[item.tier.pk]} for item in held],
            crumbs=crumbs(
                edition, Link(_("Telling applicants"), reverse("secretariat:telling", args=[edition.pk])),
                Link(_("Replace %(number)s") % {"number": row.case.number}),
            ),
        ),
        status=code,
    )  # fmt: skip

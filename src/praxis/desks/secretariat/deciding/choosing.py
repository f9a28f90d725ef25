"""Choosing the tiers: standings, wishes, the engine's proposal, and the decision of people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from praxis.desks.kit import put_errors, see_other
from praxis.desks.secretariat.deciding.forms import DecideForm, WishesForm
from praxis.desks.secretariat.frames import at_edition, context, crumbs
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.programmes.models import Edition, Tier
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.selection import proposals, selectors, services
from praxis.lifecycle.selection.models import Proposal
from praxis.lifecycle.selection.selectors import Candidate
from praxis.ui.dates import moment
from praxis.ui.html import attributes, fill, join
from praxis.ui.parts.actions import category as category_tag
from praxis.ui.parts.actions import status
from praxis.ui.parts.data import query
from praxis.ui.values import Column, Link, Row, Table

# How many of the standings a page shows to tick; the rest is named by number.
SHOWN = 300


def _trail(edition: Edition, *trail: Link) -> list[Link]:
    return crumbs(edition, Link(_("Selection"), reverse("secretariat:selection", args=[edition.pk])), *trail)


def _tier_link(edition: Edition, tier: Tier) -> Link:
    return Link(str(tier), reverse("secretariat:selection_tier", args=[edition.pk, tier.code]))


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.0%}"


def _points(value: float | None) -> str | None:
    return None if value is None else number_format(value, 2)


def _span(low: float | None, high: float | None) -> object:
    return None if low is None or high is None else fill('<span class="keep">{}–{}</span>', _points(low), _points(high))


def standing_columns(*first: Column, last: tuple[Column, ...] = ()) -> list[Column]:
    """The columns of a table of candidates, between `first` and `last`."""
    return [
        *first, Column(_("Number")), Column(_("Case")), Column(_("Field")), Column(_("Rank"), numeric=True),
        Column(_("Score"), numeric=True), Column(_("90 % interval"), numeric=True),
        Column(_("Chance of the top"), numeric=True), *last,
    ]  # fmt: skip


def standing_cells(item: Candidate) -> list[object]:
    """What the table says of a candidate: number, case, field, rank, score, interval, probability."""
    row, case = item.standing, item.case
    score = row.mean if row.quality is None else row.quality
    field = category_tag(str(case.category), case.category.code) if case.category else None
    return [
        case.number, f"{case} · {case.organisation}", field, row.rank, _points(score), _span(row.low, row.high),
        _share(row.p_top),
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def tier(request: HttpRequest, edition: Edition, tier: str) -> HttpResponse:
    """The wishes of a tier, with which the engine proposes a set; what was proposed before."""
    row = selectors.tier_for_desk(request.user, edition, tier)
    categories = list(edition.categories.all())
    earlier = selectors.proposals(request.user, row)
    wishes = _wishes_of(earlier[0]) if earlier else proposals.usual(row)
    form = WishesForm(
        request.POST or None, tier=row, categories=categories, initial={**WishesForm.initial_of(wishes), "seed": 0}
    )
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                made = services.propose(request.user, row, form.wishes(), seed=form.cleaned_data["seed"] or 0)
            except Invalid as invalid:
                put_errors(form, invalid, {f"category_{item.code}": f"high_{item.code}" for item in categories})
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                return see_other("secretariat:proposal", edition_id=edition.pk, tier=row.code, proposal_id=made.pk)
    selection = selectors.selection_of(request.user, edition)
    return render(
        request,
        "secretariat/selection/tier.html",
        context(
            request, edition, "selection", tier=row, form=form, problems=[form, *problems], earlier=_earlier(edition, row, earlier),
            state=next(item for item in selectors.overview(request.user, edition) if item.tier.pk == row.pk),
            is_open=selection is None or selection.state == "open", crumbs=_trail(edition, Link(str(row))),
        ),
        status=code,
    )  # fmt: skip


def _wishes_of(proposal: Proposal) -> proposals.Wishes:
    kept = dict(proposal.settings)
    for name in ("force_in", "force_out"):
        kept[name] = tuple(kept.get(name) or ())
    kept["categories"] = {code: (low, high) for code, (low, high) in (kept.get("categories") or {}).items()}
    return proposals.Wishes(**kept)


def _earlier(edition: Edition, tier: Tier, rows: list[Proposal]) -> Table:
    columns = [Column(_("Proposal")), Column(_("Made")), Column(_("Made by")), Column(_("Chosen"), numeric=True)]
    return Table(
        columns,
        [
            Row(
                [f"{row.pk}", moment(row.at, edition.zone), str(row.made_by or "—"), len(row.chosen)],
                url=reverse("secretariat:proposal", args=[edition.pk, tier.code, row.pk]),
            )
            for row in rows
        ],
        caption=_("Earlier proposals"),
        empty=_("Nothing has been proposed yet."),
        empty_hint=_("Say what you wish above. What is proposed is kept here, so that several can be compared."),
    )


def _numbers(numbers: list[str]) -> SafeString:
    """Numbers of cases, none of them broken at its hyphen."""
    return format_html_join(_(", "), '<span class="keep">{}</span>', ((number,) for number in numbers))


@require_safe
@at_edition
def proposal(request: HttpRequest, edition: Edition, tier: str, proposal_id: int) -> HttpResponse:
    """What the engine proposes: the set, what each wish costs, where a lottery decided, who was close."""
    row = selectors.tier_for_desk(request.user, edition, tier)
    made = selectors.proposal(request.user, row, proposal_id)
    near = {item["number"]: item for item in made.report.get("near", [])}
    named = {*made.chosen, *near, *(number for item in near.values() for number in item["leavers"])}
    found = {
        item.case.number: item
        for item in selectors.candidates(request.user, row, most=1, always=named)
        if item.case.number in named
    }
    lottery = set(made.report.get("lottery", []))
    selection = selectors.selection_of(request.user, edition)
    return render(
        request,
        "secretariat/selection/proposal.html",
        context(
            request, edition, "selection", tier=row, proposal=made, chosen=_chosen_table(made, found, lottery),
            near=_near_table(near, found), prices=selectors.prices(made, edition), lottery=sorted(lottery),
            total=made.report.get("total"), advice=made.report.get("advice"), is_open=selection is None or selection.state == "open",
            decide_url=reverse("secretariat:decide", args=[edition.pk, row.code]) + f"?proposal={made.pk}",
            tier_url=_tier_link(edition, row).url,
            crumbs=_trail(edition, _tier_link(edition, row), Link(_("Proposal %(number)s") % {"number": made.pk})),
        ),
    )  # fmt: skip


def _chosen_table(made: Proposal, found: dict[str, Candidate], lottery: set[str]) -> Table:
    drawn = Column(_("By lot"))
    rows = []
    for number in made.chosen:
        mark = status(_("By lot"), "amber") if number in lottery else ""
        if number in found:
            rows.append(Row([*standing_cells(found[number]), mark]))
        else:
            rows.append(Row([number, _("No longer in the standings"), *[None] * 5, mark], tone="muted"))
    return Table(standing_columns(last=(drawn,)), rows, caption=_("In the proposal"), row_header=0)


def _near_table(near: dict[str, Any], found: dict[str, Candidate]) -> Table:
    columns = standing_columns(last=(Column(_("Costs"), numeric=True), Column(_("Would take the place of"))))
    rows = [
        Row([
            *(standing_cells(found[number]) if number in found else [number, None, None, None, None, None, None]),
            _("not possible") if item["cost"] is None else number_format(item["cost"], 3), _numbers(item["leavers"]) or None,
        ])
        for number, item in near.items()
    ]  # fmt: skip
    return Table(columns, rows, caption=_("Who was close"), empty=_("Nobody was close."), row_header=0)


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def decide(request: HttpRequest, edition: Edition, tier: str) -> HttpResponse:
    """The decision on a tier: a proposal as it is, or changed by ticks and with a reason."""
    row = selectors.tier_for_desk(request.user, edition, tier)
    made = _proposal_of(request, row)
    ticked = set(request.POST.getlist("chosen")[:5000]) if request.method == "POST" else None
    listed = selectors.candidates(request.user, row, most=SHOWN, always=made.chosen if made else ())
    form = DecideForm(request.POST or None, initial={"reserve": _usual_reserve(made, listed)})
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if form.is_valid() and (cases := _named(request, edition, form, ticked or set())) is not None:
            try:
                services.decide(
                    request.user, row, cases[0], cases[1], reason=form.cleaned_data["reason"], proposal=made
                )  # fmt: skip
            except Invalid as invalid:
                put_errors(form, invalid, {"chosen": "others"})
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Decided. Nobody outside has been told."))
                return see_other("secretariat:selection", edition_id=edition.pk)
    shown = ticked if ticked is not None else set(made.chosen) if made else {x.case.number for x in listed if x.chosen}
    return render(
        request,
        "secretariat/selection/decide.html",
        context(
            request, edition, "selection", tier=row, proposal=made, form=form, problems=[form, *problems],
            table=_ticks(listed, shown, set(made.chosen) if made else None), count=len(shown),
            crumbs=_trail(edition, _tier_link(edition, row), Link(_("Decide"))),
        ),
        status=code,
    )  # fmt: skip


def _proposal_of(request: HttpRequest, tier: Tier) -> Proposal | None:
    """The proposal named in the address or the form, if there is one."""
    text = request.POST.get("proposal", request.GET.get("proposal", ""))
    return selectors.proposal(request.user, tier, int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _usual_reserve(made: Proposal | None, listed: list[Candidate]) -> str:
    held = [item.case.number for item in sorted(listed, key=lambda item: item.reserve or 0) if item.reserve]
    if held or made is None:
        return " ".join(str(number) for number in held)
    return " ".join(item["number"] for item in made.report.get("near", [])[:5])


def _named(
    request: HttpRequest, edition: Edition, form: DecideForm, ticked: set[str]
) -> tuple[list[Case], list[Case]] | None:
    """The cases ticked or named, and the reserve in order; None with an error at the field where there is no such case."""
    chosen = [*sorted(ticked), *(number for number in form.cleaned_data["others"] if number not in ticked)]
    reserve = form.cleaned_data["reserve"]
    cases = selectors.cases_by_number(request.user, edition, {*chosen, *reserve})
    for name, numbers in (("others", chosen), ("reserve", reserve)):
        if strange := [number for number in numbers if number not in cases]:
            form.add_error(name, _("There is no case of this number: %(numbers)s.") % {"numbers": ", ".join(strange[:20])})
    if form.errors:
        return None
    return [cases[number] for number in chosen], [cases[number] for number in reserve]


def _tick(number: str, is_ticked: bool, title: str) -> object:
    ticked = attributes({"checked": is_ticked, "aria-label": f"{number} {title}"})
    return fill('<input type="checkbox" name="chosen" value="{}"{}>', number, ticked)


def _ticks(listed: list[Candidate], shown: set[Any], proposed: set[str] | None) -> Table:
    rows = []
    for item in listed:
        number = item.case.number or ""
        marks = [status(_("In the proposal"), "water")] if proposed and number in proposed else []
        if item.reserve:
            marks.append(status(_("Reserve %(place)s") % {"place": item.reserve}, "amber"))
        cells = standing_cells(item)
        rows.append(Row([_tick(number, number in shown, str(item.case)), *cells, join(marks)], tone="water" if number in shown else ""))
    columns = standing_columns(Column(_("Chosen"), quiet=True), last=(Column(_("Note")),))
    return Table(columns, rows, caption=_("Cases to choose from"), empty=_("There are no standings yet."), row_header=1)


@require_safe
@at_edition
def compare(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Every case that is chosen or in reserve, with what it is in each tier."""
    tiers = selectors.tiers(request.user, edition)
    found: dict[int, dict[int, Any]] = {}
    cases: dict[int, Case] = {}
    for row in selectors.decisions(request.user, edition):
        found.setdefault(row.case_id, {})[row.tier_id] = row
        cases[row.case_id] = row.case
    wanted = request.GET.get("only", "")
    rows = []
    for pk, held in sorted(found.items(), key=lambda item: cases[item[0]].number or ""):
        if wanted and not any(tier.code == wanted and tier.pk in held and held[tier.pk].reserve is None for tier in tiers):
            continue
        marks = [_mark(tier, held.get(tier.pk)) for tier in tiers]
        rows.append(Row([cases[pk].number, f"{cases[pk]} · {cases[pk].organisation}", *marks]))
    table = Table(
        [Column(_("Number")), Column(_("Case")), *(Column(str(tier)) for tier in tiers)], rows,
        caption=_("Chosen by tier"), empty=_("Nothing has been decided yet."),
    )  # fmt: skip
    links = [Link(_("All"), query(request.GET, only=""), current=not wanted)]
    links += [Link(str(tier), query(request.GET, only=tier.code), current=wanted == tier.code) for tier in tiers]
    return render(
        request,
        "secretariat/selection/compare.html",
        context(request, edition, "selection", table=table, links=links, crumbs=_trail(edition, Link(_("Compare tiers")))),
    )


def _mark(tier: Tier, decision: Any) -> object:
    if decision is None:
        return None
    if decision.reserve is None:
        return status(_("Chosen"), "seal" if tier.on_stage else "jade")
    return status(_("Reserve %(place)s") % {"place": decision.reserve}, "amber")

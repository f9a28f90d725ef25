"""My committees: the invitation, the undertaking, and what I have to read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.expert import frames
from praxis.desks.kit import see_other
from praxis.foundation import clock
from praxis.foundation.locale import pick
from praxis.lifecycle.reviews import selectors, services
from praxis.lifecycle.reviews.models import Assignment, Expert
from praxis.lifecycle.reviews.undertaking import UNDERTAKING
from praxis.ui.parts.actions import category, status
from praxis.ui.values import Column, Link, Row, Table

STATES = ("open", "draft", "submitted")


def _states() -> dict[str, tuple[str, str]]:
    return {
        "invited": (_("Invited: please answer"), "amber"),
        "active": (_("Member"), "jade"),
        "declined": (_("Declined"), "neutral"),
        "withdrawn": (_("No longer a member"), "neutral"),
    }


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The committees the reader is or was invited to."""
    words = _states()
    mine: list[Any] = selectors.my_places(request.user)
    rows = [
        Row(
            (
                str(row.edition), status(*words[row.state]),
                f"{row.handed_in}/{row.assigned}" if row.state == "active" else None,
            ),
            url=frames.expert_url(row.pk),
        )
        for row in mine
    ]  # fmt: skip
    table = Table(
        [Column(_("Edition")), Column(_("You are")), Column(_("Handed in"), numeric=True)], rows,
        caption=_("My committees"), empty=_("You are on no review committee."),
    )  # fmt: skip
    return render(request, "expert/home.html", {"desk": frames.desk(current="home"), "table": table})


@require_safe
@login_required
def expert(request: HttpRequest, expert_id: int) -> HttpResponse:
    """One committee: the invitation, or the cases of a round with how far one is."""
    me = selectors.my_place(request.user, expert_id)
    rounds = selectors.my_rounds(me)
    wanted = request.GET.get("round", "")
    mine = next((row for row in rounds if row.round.code == wanted), None)
    if mine is None:
        mine = next((row for row in rounds if row.round.state == "open"), rounds[0] if rounds else None)
    context: dict[str, object] = {
        "me": me, "edition": me.edition, "mine": mine, "zone": me.edition.zone, "now": clock.now(),
        "desk": frames.desk(me, rounds, mine.round.code if mine else "expert"),
        "crumbs": frames.crumbs(me)[:1], "state_words": _states()[me.state],
    }  # fmt: skip
    if me.state == Expert.State.INVITED:
        context["fields"] = [str(row) for row in me.categories.all()]
    if mine is not None:
        state = request.GET.get("show", "")
        state = state if state in STATES else ""
        page = selectors.my_assignments(me, mine.round, state=state, cursor=request.GET.get("cursor", ""))
        context |= {
            "table": _table(page.rows),
            "pager": kit.pager(request, page),
            "filters": _filters(me, mine, state),
            "next_key": selectors.next_key(me, mine.round),
            "own_time": frames.own_time(request.user, mine.round.due_at, me.edition.zone),
        }
    return render(request, "expert/expert.html", context)


def _filters(me: Expert, mine: selectors.MyRound, state: str) -> list[Link]:
    base = frames.expert_url(me.pk, mine.round.code)
    todo = mine.assigned - mine.begun - mine.handed_in
    counts = (
        ("", _("All"), mine.assigned), ("open", _("To do"), todo), ("draft", _("Begun"), mine.begun),
        ("submitted", _("Handed in"), mine.handed_in),
    )  # fmt: skip
    return [
        Link(label, f"{base}&show={code}" if code else base, current=code == state, note=str(count))
        for code, label, count in counts
    ]


def _table(rows: list[Assignment]) -> Table:
    columns = [
        Column(_("Case")), Column(_("Number")), Column(_("Field")), Column(_("State")),
        Column(_("Your mark"), numeric=True),
    ]  # fmt: skip
    return Table(columns, [_row(row) for row in rows], caption=_("My cases"), empty=_("No case here."))


def _row(row: Assignment) -> Row:
    titles = row.titles  # type: ignore[attr-defined]
    kept = getattr(row, "sheet", None)
    field = category(str(row.case.category), row.case.category.code) if row.case.category else None
    return Row(
        (pick(titles) or row.case.number, row.case.number, field, frames.state_of(row.state), _mark(kept)),
        url=reverse("expert:case", kwargs={"key": row.key}),
    )


def _mark(kept: object) -> str | None:
    total = getattr(kept, "total", None)
    return None if total is None else f"{total:.2f}"


@require_POST
@login_required
def accept(request: HttpRequest, expert_id: int) -> HttpResponse:
    """Accept the invitation; the undertaking comes next."""
    me = selectors.my_place(request.user, expert_id)
    services.accept(request.user, me)
    if me.undertaking_at is None:
        return see_other("expert:undertaking", expert_id=me.pk)
    return see_other("expert:expert", expert_id=me.pk)


@require_POST
@login_required
def decline(request: HttpRequest, expert_id: int) -> HttpResponse:
    """Decline the invitation."""
    me = selectors.my_place(request.user, expert_id)
    services.decline(request.user, me)
    messages.success(request, _("You have declined. Thank you for answering."))
    return see_other("expert:expert", expert_id=me.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def undertaking(request: HttpRequest, expert_id: int) -> HttpResponse:
    """Read and give the undertaking of confidentiality."""
    me = selectors.my_place(request.user, expert_id)
    if request.method == "POST":
        services.sign_undertaking(request.user, me)
        messages.success(request, _("Thank you. Your undertaking is on record."))
        return see_other("expert:expert", expert_id=me.pk)
    label = _("Undertaking of confidentiality")
    return render(
        request,
        "expert/undertaking.html",
        {
            "me": me, "desk": frames.desk(me, selectors.my_rounds(me), "undertaking"), "zone": me.edition.zone,
            "crumbs": frames.crumbs(me, Link(label)), "text": pick(UNDERTAKING),
        },
    )  # fmt: skip

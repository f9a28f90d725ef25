"""The stage: where and when, the running order, who speaks, rehearsals, trophies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from praxis.desks.kit import put_errors, see_other
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.frames import at_edition, context, crumbs
from praxis.desks.secretariat.stage.forms import ROLES, TROPHIES, PresenterForm, RehearsalForm, SlotForm, StageForm
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.showcase import selectors, services
from praxis.lifecycle.showcase.models import Slot
from praxis.ui.dates import moment
from praxis.ui.parts.actions import status
from praxis.ui.values import Column, Link, Row, Table


def stage_link(edition: Edition) -> Link:
    return Link(_("On stage"), reverse("secretariat:showcase", args=[edition.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def showcase(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The running order and the stage; POST sets venue, start and live stream, or plans the slots."""
    row = selectors.showcase_of(request.user, edition)
    form = StageForm(request.POST or None, edition=edition, initial=StageForm.initial_of(row, edition) if row else {})
    problems: list[Any] = []
    code = 200
    if request.method == "POST" and request.POST.get("do") == "plan":
        told, code = attempt(lambda: services.plan(request.user, edition))
        if not told:
            messages.success(request, _("The running order has a slot for each Outstanding Case."))
            return see_other("secretariat:showcase", edition_id=edition.pk)
        problems = [("", text) for text in told]
    elif request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                services.set_stage(request.user, edition, **form.values())
            except Invalid as invalid:
                put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved."))
                return see_other("secretariat:showcase", edition_id=edition.pk)
        problems = [form, *problems]
    slots = selectors.slots(request.user, edition)
    return render(
        request,
        "secretariat/showcase/stage.html",
        context(
            request, edition, "showcase", showcase=row, form=form, problems=problems, table=_order(edition, slots),
            minutes=sum(slot.minutes for slot in slots), may_plan=edition.state in ("decided", "told", "released"),
            crumbs=crumbs(edition, Link(_("On stage"))),
        ),
        status=code,
    )  # fmt: skip


def _order(edition: Edition, slots: list[Slot]) -> Table:
    rows = []
    for slot in slots:
        people = selectors.presenters(slot)
        speaker, assistant = people.get("presenter"), people.get("assistant")
        held = [item for item in slot.rehearsals.all() if item.held]
        planned = [item for item in slot.rehearsals.all() if not item.held]
        if held:
            rehearsed: object = status(_("Held"), "jade")
        else:
            rehearsed = moment(planned[0].at, edition.zone) if planned else status(_("None"), "amber")
        rows.append(
            Row([
                slot.position, f"{slot.entry.case.number} {pick(slot.entry.titles)}", slot.minutes,
                speaker.name if speaker else status(_("Not named"), "amber"), assistant.name if assistant else None, rehearsed,
                str(TROPHIES.get(slot.trophy, slot.trophy)),
            ], url=reverse("secretariat:slot", args=[edition.pk, slot.pk]))
        )  # fmt: skip
    columns = [
        Column(_("Order"), numeric=True), Column(_("Case")), Column(_("Minutes"), numeric=True), Column(_("Presenter")),
        Column(_("Assistant")), Column(_("Rehearsal")), Column(_("Trophy")),
    ]  # fmt: skip
    return Table(columns, rows, caption=_("Running order"), empty=_("There are no slots yet."),
        empty_hint=_("Bring the stage up to date with the Casebook: each Outstanding Case gets a slot."), row_header=1)


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def slot(request: HttpRequest, edition: Edition, slot_id: int) -> HttpResponse:
    """One slot: its place, minutes and trophy, who comes for it, its rehearsals."""
    row = selectors.slot(request.user, edition, slot_id)
    wanted = request.POST.get("do", "") if request.method == "POST" else ""
    people = selectors.presenters(row)
    forms: dict[str, Any] = {
        "slot": SlotForm(request.POST if wanted == "slot" else None, initial=SlotForm.initial_of(row)),
        "rehearsal": RehearsalForm(request.POST if wanted == "rehearsal" else None, edition=edition),
    }
    for role in ROLES:
        data = request.POST if wanted == role else None
        forms[role] = PresenterForm(data, initial=PresenterForm.initial_of(people.get(role)), auto_id=f"id_{role}_%s")
    problems, code = [], 200
    if request.method == "POST":
        if wanted not in forms:
            raise Missing()
        form, code = forms[wanted], 422
        if form.is_valid():
            try:
                _change(request, row, wanted, form)
            except Invalid as invalid:
                put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved."))
                return see_other("secretariat:slot", edition_id=edition.pk, slot_id=row.pk)
    return render(
        request,
        "secretariat/showcase/slot.html",
        context(
            request, edition, "showcase", slot=row, title=pick(row.entry.titles), forms=forms, problems=[*forms.values(), *problems],
            roles=[(role, label, forms[role]) for role, label in ROLES.items()], rehearsals=row.rehearsals.order_by("at"),
            has_assistant="assistant" in people, crumbs=crumbs(edition, stage_link(edition), Link(row.entry.case.number or "")),
        ),
        status=code,
    )  # fmt: skip


def _change(request: HttpRequest, row: Slot, wanted: str, form: Any) -> None:
    said = form.cleaned_data
    if wanted == "slot":
        services.set_slot(request.user, row, minutes=said["minutes"], trophy=said["trophy"], note=said["note"])
        if said["position"] != row.position:
            services.move_slot(request.user, row, said["position"])
    elif wanted == "rehearsal":
        services.schedule_rehearsal(request.user, row, at=said["at"], place=said["place"], note=said["note"])
    elif wanted == "assistant" and not said["name"].strip():
        services.drop_assistant(request.user, row)
    else:
        services.name_presenter(request.user, row, wanted, **said)


@require_POST
@at_edition
def rehearsal(request: HttpRequest, edition: Edition, rehearsal_id: int) -> HttpResponse:
    """Note that a rehearsal was held, or not."""
    row = selectors.rehearsal(request.user, edition, rehearsal_id)
    services.mark_rehearsal(request.user, row, held=request.POST.get("held") == "1", note=request.POST.get("note", "")[:2000])
    messages.success(request, _("Saved."))
    return see_other("secretariat:slot", edition_id=edition.pk, slot_id=row.slot_id)

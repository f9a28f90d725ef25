"""The experts of an edition: the list, inviting, and one expert with fields, load, conflicts and progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import frames
from praxis.desks.secretariat.forms import ReasonForm
from praxis.desks.secretariat.reviewing.forms import ConflictForm, InviteForm, ReadsForm
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.reviews import selectors, services
from praxis.lifecycle.reviews.models import Expert
from praxis.ui.html import fill
from praxis.ui.parts.actions import category, status
from praxis.ui.parts.entry import LANGUAGE_NAMES
from praxis.ui.values import Choice, Column, Link, Row, Table

TONES = {"invited": "amber", "active": "jade", "declined": "neutral", "withdrawn": "neutral"}


def states() -> dict[str, str]:
    return {
        "invited": _("Invited"), "active": _("Active"), "declined": _("Declined"), "withdrawn": pgettext("expert", "Withdrawn"),
    }  # fmt: skip


def name_of(expert: Expert) -> str:
    """The name, or the number where a person's data was erased."""
    return pick(expert.names) or f"#{expert.pk}"


def url_of(edition: Edition, expert: Expert) -> str:
    return reverse("secretariat:expert", kwargs={"edition_id": edition.pk, "expert_id": expert.pk})


def progress(expert: Any) -> SafeString | None:
    """How much of what an expert was given is handed in, as a bar; nothing where nothing was given."""
    if not expert.assigned:
        return None
    return bar(expert.handed_in, expert.assigned)


def bar(done: int, whole: int) -> SafeString:
    """A bar for a table's cell, whose label is the column's."""
    said = _("%(done)d of %(all)d") % {"done": done, "all": whole}
    return fill(
        '<div class="meter"><span class="meter__text keep">{0}</span>'
        '<progress value="{1}" max="{2}" aria-label="{3}">{0}</progress></div>',
        said, done, whole, _("Handed in"),
    )  # fmt: skip


def keep(text: str) -> SafeString:
    """Figures that stay on one line."""
    return fill('<span class="keep">{}</span>', text)


def _fields_of(row: Expert, count: int) -> SafeString | str:
    held = list(row.categories.all())
    if len(held) == count:
        return _("All fields")
    return SafeString("<br>".join(category(str(item), item.code) for item in held))


@require_safe
@frames.at_edition
def experts(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The committee with fields, languages, loads and progress."""
    state, field = request.GET.get("state", ""), request.GET.get("category", "")
    page = selectors.experts_page(
        request.user, edition, state=state, category=field, cursor=request.GET.get("cursor", "")
    )
    words, count = states(), len(edition.settings.categories)
    columns = [
        Column(_("Expert")), Column(_("Fields")), Column(_("Languages")), Column(_("Load"), numeric=True),
        Column(_("State")), Column(_("Handed in")),
    ]  # fmt: skip
    rows = [
        Row(
            (
                name_of(row), _fields_of(row, count),
                _(", ").join(LANGUAGE_NAMES.get(code, code) for code in row.languages),
                keep(f"{row.load_min}–{row.load_max}"), _state(row, words), progress(row),
            ),
            url=url_of(edition, row),
        )
        for row in page.rows
    ]  # fmt: skip
    return render(
        request,
        "secretariat/experts/experts.html",
        frames.context(
            request, edition, "experts",
            table=Table(columns, rows, caption=_("Experts"), empty=_("No expert here yet."),
        empty_hint=_("Invite an expert: they get a letter with a link to the undertaking of confidentiality.")),
            pager=kit.pager(request, page),
            states=[Choice("", _("All"), selected=not state), *_choices(words, state)],
            fields=[Choice("", _("All"), selected=not field), *_fields(edition, field)],
            crumbs=frames.crumbs(edition, Link(_("Experts"))),
        ),
    )  # fmt: skip


def _choices(words: dict[str, str], chosen: str) -> list[Choice]:
    return [Choice(code, label, selected=code == chosen) for code, label in words.items()]


def _fields(edition: Edition, chosen: str) -> list[Choice]:
    return _choices({item.code: pick(item.label) for item in edition.settings.categories}, chosen)


def _state(expert: Expert, words: dict[str, str]) -> SafeString:
    if expert.state == Expert.State.ACTIVE and expert.undertaking_at is None:
        return status(_("Undertaking missing"), "amber")
    return status(words[expert.state], TONES[expert.state])


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def invite(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Invite a person; the letter goes out at once."""
    form = InviteForm(request.POST or None, config=edition.settings)
    if request.method == "POST" and form.is_valid():
        try:
            expert = services.invite_expert(request.user, edition, **form.invitation())
        except Invalid as invalid:
            kit.put_errors(form, invalid, {"names": "name_en"})
        else:
            messages.success(request, _("%(name)s is invited.") % {"name": name_of(expert)})
            return kit.see_other("secretariat:experts", edition_id=edition.pk)
    trail = Link(_("Experts"), reverse("secretariat:experts", kwargs={"edition_id": edition.pk}))
    return render(
        request,
        "secretariat/experts/invite.html",
        frames.context(
            request, edition, "experts", form=form, crumbs=frames.crumbs(edition, trail, Link(_("Invite an expert")))
        ),
        status=422 if form.errors else 200,
    )


def _page(request: HttpRequest, edition: Edition, expert: Expert, status_code: int = 200, **forms_: Any) -> HttpResponse:
    """One expert; `forms_` are bound forms with what was refused."""
    chosen = list(Expert.categories.through.objects.filter(expert=expert).order_by("id").values_list(
        "category__code", flat=True
    ))  # fmt: skip
    reads = ReadsForm(
        config=edition.settings,
        initial={
            "categories": chosen, "first": chosen[0] if chosen else "", "languages": expert.languages,
            "load_min": expert.load_min, "load_max": expert.load_max,
        },
    )  # fmt: skip
    bound = [form for form in forms_.values() if isinstance(form, forms.Form)]
    trail = Link(_("Experts"), reverse("secretariat:experts", kwargs={"edition_id": edition.pk}))
    return render(
        request,
        "secretariat/experts/expert.html",
        frames.context(
            request, edition, "experts",
            **{
                "expert": expert, "name": name_of(expert), "facts": _facts(expert), "state": _state(expert, states()),
                "reads": reads, "conflict_form": ConflictForm(prefix="conflict"),
                "withdraw_form": ReasonForm(prefix="leave"), "drop_form": ReasonForm(prefix="drop"), "bound": bound,
                "conflicts": selectors.conflicts_of(expert), "progress": _by_round(edition, expert),
                "may_leave": expert.state in (Expert.State.INVITED, Expert.State.ACTIVE),
                "crumbs": frames.crumbs(edition, trail, Link(name_of(expert))), "problems": [], **forms_,
            },
        ),
        status=status_code,
    )  # fmt: skip


def _facts(expert: Expert) -> list[tuple[str, object]]:
    return [
        (_("E-mail address"), expert.user.email),
        (_("Institution"), expert.affiliation or (str(expert.organisation) if expert.organisation else None)),
        (_("Country or region"), places.name(expert.place_id) if expert.place_id else None),
    ]


def _by_round(edition: Edition, expert: Expert) -> list[dict[str, Any]]:
    found = selectors.rounds_of(expert)
    return [
        {
            "label": str(row), "done": row.handed_in, "all": row.assigned,
            "url": reverse("secretariat:assignments", kwargs={"edition_id": edition.pk, "round": row.code})
            + f"?expert={expert.pk}",
        }
        for row in found
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def expert(request: HttpRequest, edition: Edition, expert_id: int) -> HttpResponse:
    """One expert; posting changes fields, languages and load."""
    row = selectors.expert(request.user, edition, expert_id)
    if request.method != "POST":
        return _page(request, edition, row)
    form = ReadsForm(request.POST, config=edition.settings)
    if form.is_valid():
        try:
            services.change_expert(request.user, row, **form.reads())
        except Invalid as invalid:
            kit.put_errors(form, invalid)
        else:
            messages.success(request, _("Saved."))
            return kit.see_other(url_of(edition, row))
    return _page(request, edition, row, 422, reads=form)


def _act(
    request: HttpRequest, edition: Edition, row: Expert, form: forms.Form, name: str, change: Callable[[], object],
    said: str,
) -> HttpResponse:  # fmt: skip
    """Do a change of one expert, or show the page with what was refused."""
    if form.is_valid():
        try:
            change()
        except Invalid as invalid:
            kit.put_errors(form, invalid)
        except Conflict as conflict:
            return _page(request, edition, row, 409, problems=[("", str(conflict))])
        else:
            messages.success(request, said)
            return kit.see_other(url_of(edition, row))
    return _page(request, edition, row, 422, **{name: form})


@require_POST
@frames.at_edition
def withdraw(request: HttpRequest, edition: Edition, expert_id: int) -> HttpResponse:
    """An expert leaves the committee."""
    row = selectors.expert(request.user, edition, expert_id)
    form = ReasonForm(request.POST, prefix="leave")

    def change() -> object:
        return services.withdraw_expert(request.user, row, reason=form.cleaned_data["reason"])

    said = _("%(name)s has left the committee. What was handed in counts; the rest can be assigned anew.")
    return _act(request, edition, row, form, "withdraw_form", change, said % {"name": name_of(row)})


@require_POST
@frames.at_edition
def add_conflict(request: HttpRequest, edition: Edition, expert_id: int) -> HttpResponse:
    """Enter a conflict of an expert with a case or its applicant."""
    row = selectors.expert(request.user, edition, expert_id)
    form = ConflictForm(request.POST, prefix="conflict")

    def change() -> object:
        said = form.cleaned_data
        case = selectors.case_by_number(request.user, edition, said["number"])
        if case is None:
            raise Invalid({"number": _("There is no case of this number.")})
        of = {"organisation": case.organisation} if said["whole"] else {"case": case}
        return services.declare_conflict(request.user, row, reason=said["reason"], **of)

    return _act(request, edition, row, form, "conflict_form", change, _("The conflict is entered."))


@require_POST
@frames.at_edition
def drop_conflict(request: HttpRequest, edition: Edition, expert_id: int, conflict_id: int) -> HttpResponse:
    """Take out a conflict that was entered by mistake."""
    row = selectors.expert(request.user, edition, expert_id)
    found = selectors.conflict(request.user, row, conflict_id)
    form = ReasonForm(request.POST, prefix="drop")

    def change() -> object:
        return services.drop_conflict(request.user, found, reason=form.cleaned_data["reason"])

    return _act(request, edition, row, form, "drop_form", change, _("The conflict is taken out."))

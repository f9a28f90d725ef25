"""An organisation, its particulars and its colleagues."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing
from praxis.desks.applicant.forms import InviteForm, OrganisationForm
from praxis.foundation.errors import Invalid, Missing
from praxis.foundation.locale import pick
from praxis.foundation.people import policies, selectors, services
from praxis.foundation.people.models import Organisation
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.config import CodedLabel
from praxis.lifecycle.cases import colleagues
from praxis.ui.values import Link

AT = {"names": "name_en"}


def _kinds() -> tuple[CodedLabel, ...]:
    edition = programmes.current()
    return edition.settings.applicant_kinds if edition else ()


def _crumbs(*trail: Link) -> list[Link]:
    return [Link(_("My cases"), reverse("applicant:home")), *trail]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def found(request: HttpRequest) -> HttpResponse:
    """Enter an organisation; I become its owner."""
    form = OrganisationForm(parsing.sent(request), kinds=_kinds())
    if request.method == "POST" and form.is_valid():
        try:
            row = services.found_organisation(request.user, **form.values())  # type: ignore[arg-type]
        except Invalid as invalid:
            kit.put_errors(form, invalid, AT)
        else:
            messages.success(request, _("The organisation has been entered."))
            return kit.see_other(_after(request, row))
    return render(
        request,
        "applicant/organisation_new.html",
        {
            "desk": frames.desk(), "form": form, "crumbs": _crumbs(Link(_("A new organisation"))),
            "cancel_url": reverse("applicant:home"),
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _after(request: HttpRequest, row: Organisation) -> str:
    if request.GET.get("then") != "start":
        return reverse("applicant:organisation", args=[row.pk])
    kept = {name: request.GET[name] for name in ("edition", "unit") if name in request.GET}
    return f"{reverse('applicant:start')}?{urlencode({'organisation': row.pk, **kept})}"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """An organisation of mine; its owners change it."""
    row = selectors.organisation_for(request.user, organisation_id)
    form = OrganisationForm(parsing.sent(request), kinds=_kinds(), initial=OrganisationForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_organisation(request.user, row, **form.values(row.names))  # type: ignore[arg-type]
        except Invalid as invalid:
            kit.put_errors(form, invalid, AT)
        else:
            messages.success(request, _("Saved."))
            return kit.see_other("applicant:organisation", organisation_id=row.pk)
    return _page(request, row, form, InviteForm())


def _page(
    request: HttpRequest, row: Organisation, form: OrganisationForm, invite_form: InviteForm
) -> HttpResponse:
    verdict = policies.may_manage(request.user, row)
    kinds = {item.code: pick(item.label) for item in _kinds()}
    facts = [
        (_("Name in Chinese"), row.names.get("zh-hans")), (_("Name in English"), row.names.get("en")),
        (_("Kind of organisation"), kinds.get(row.kind)),
        (_("Country or region"), places.name(row.place_id) if row.place_id else None),
        (_("Website"), row.website or None),
    ]  # fmt: skip
    return render(
        request,
        "applicant/organisation.html",
        {
            "desk": frames.desk(),
            "crumbs": _crumbs(Link(str(row))),
            "organisation": row,
            "form": form,
            "invite_form": invite_form,
            "may_manage": verdict.allowed,
            "facts": facts,
            "colleagues": selectors.colleagues(row),
            "invitations": selectors.open_invitations(row) if verdict else [],
        },
        status=422 if form.errors or invite_form.errors else 200,
    )


@require_POST
@login_required
def invite(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Send a colleague a link to join."""
    row = selectors.organisation_for(request.user, organisation_id)
    invite_form = InviteForm(request.POST)
    if invite_form.is_valid():
        try:
            sent = colleagues.invite(request.user, row, invite_form.cleaned_data["email"])  # type: ignore[arg-type]
        except Invalid as invalid:
            kit.put_errors(invite_form, invalid)
        else:
            messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": sent.email})
            return kit.see_other("applicant:organisation", organisation_id=row.pk)
    form = OrganisationForm(kinds=_kinds(), initial=OrganisationForm.initial_of(row))
    return _page(request, row, form, invite_form)


@require_POST
@login_required
def colleague_change(request: HttpRequest, organisation_id: int, membership_id: int) -> HttpResponse:
    """Make a colleague an owner or not, or remove them."""
    row = selectors.organisation_for(request.user, organisation_id)
    membership = next((found for found in selectors.colleagues(row) if found.pk == membership_id), None)
    if membership is None:
        raise Missing()
    user: Any = request.user
    try:
        match request.POST.get("action"):
            case "remove":
                services.remove_colleague(user, row, membership)
                messages.success(request, _("%(name)s has been removed.") % {"name": membership.user})
            case "owner" | "ordinary" as action:
                services.set_owner(user, row, membership, action == "owner")
                messages.success(request, _("Saved."))
    except Invalid as invalid:
        messages.error(request, str(invalid))
    if membership.user_id == user.pk and not policies.is_member(user, row.pk):
        return kit.see_other("applicant:home")
    return kit.see_other("applicant:organisation", organisation_id=row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def colleague(request: HttpRequest, token: str) -> HttpResponse:
    """The link in an invitation: join, signed in with the address it was sent to."""
    row = selectors.invitation(token)
    user: Any = request.user
    fits = user.email.lower() == row.email.lower()
    if request.method == "POST" and fits:
        services.accept_invitation(user, row)
        messages.success(request, _("You have joined %(organisation)s.") % {"organisation": row.organisation})
        return kit.see_other("applicant:organisation", organisation_id=row.organisation_id)
    return render(
        request,
        "applicant/colleague.html",
        {"desk": frames.desk(), "invitation": row, "fits": fits, "crumbs": _crumbs(Link(_("Invitation")))},
        status=403 if request.method == "POST" else 200,
    )

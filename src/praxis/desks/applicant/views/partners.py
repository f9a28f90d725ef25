"""Partners of a case, and the page on which a partner answers by its link."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing, reading
from praxis.desks.applicant.forms import PartnerForm
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.lifecycle.cases import materials, policies, selectors
from praxis.lifecycle.cases.models import Case
from praxis.ui.values import Link


def state_labels() -> dict[str, str]:
    """How a partner stands."""
    return {
        "named": pgettext("partner", "Not asked yet"), "asked": pgettext("partner", "Asked, no answer yet"),
        "confirmed": pgettext("partner", "Confirmed"), "declined": pgettext("partner", "Says it does not take part"),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def partners(request: HttpRequest, key: str) -> HttpResponse:
    """The partners, and a form for one more."""
    case = selectors.case_for_applicant(request.user, key)
    form = PartnerForm(parsing.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            materials.add_partner(request.user, case, **form.values())
        except Invalid as invalid:
            kit.put_errors(form, invalid, PartnerForm.errors_at)
        else:
            messages.success(request, _("The partner has been added."))
            return kit.see_other(frames.section_url(case, "partners"))
    framed = frames.frame(request.user, case)
    labels = state_labels()
    rows = [
        {
            "row": row, "name": pick(row.names), "place": places.name(row.place_id) if row.place_id else "",
            "role": pick(row.roles), "state": labels[row.state], "tone": reading.PARTNER_STATES[row.state],
        }
        for row in selectors.partners_of(case)
    ]  # fmt: skip
    return render(
        request,
        "applicant/partners.html",
        frames.context(request, framed, "partners", rows=rows, form=form),
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, key: str, partner_id: int) -> HttpResponse:
    """Change a partner."""
    case = selectors.case_for_applicant(request.user, key)
    partner = selectors.partner(case, partner_id)
    form = PartnerForm(parsing.sent(request), initial=PartnerForm.initial_of(partner))
    if request.method == "POST" and form.is_valid():
        try:
            materials.change_partner(request.user, partner, **form.values())
        except Invalid as invalid:
            kit.put_errors(form, invalid, PartnerForm.errors_at)
        else:
            messages.success(request, _("Saved."))
            return kit.see_other(frames.section_url(case, "partners"))
    framed = frames.frame(request.user, case)
    trail = [Link(_("Partners"), frames.section_url(case, "partners")), Link(pick(partner.names))]
    return render(
        request,
        "applicant/partner_change.html",
        frames.context(request, framed, "partners", partner=partner, form=form, crumbs=frames.crumbs(case, *trail)),
        status=422 if form.errors else 200,
    )


@require_POST
@login_required
def remove(request: HttpRequest, key: str, partner_id: int) -> HttpResponse:
    """Take a partner out of the case."""
    case = selectors.case_for_applicant(request.user, key)
    materials.remove_partner(request.user, selectors.partner(case, partner_id))
    messages.success(request, _("The partner has been removed."))
    return kit.see_other(frames.section_url(case, "partners"))


@require_POST
@login_required
def ask(request: HttpRequest, key: str, partner_id: int) -> HttpResponse:
    """Ask a partner by mail to confirm."""
    case = selectors.case_for_applicant(request.user, key)
    try:
        partner = materials.ask_partner(request.user, selectors.partner(case, partner_id))
    except (Invalid, Conflict) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("A letter is on its way to %(email)s.") % {"email": partner.email})
    return kit.see_other(frames.section_url(case, "partners"))


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The partner's own page, reached by its link without signing in."""
    partner = selectors.partner_by_token(token)
    case: Case = partner.case
    status = 200
    if request.method == "POST":
        said = request.POST.get("answer")
        if said in ("yes", "no"):
            try:
                materials.answer_partner(partner, confirmed=said == "yes")
            except Conflict as conflict:
                messages.error(request, str(conflict))
            else:
                messages.success(request, _("Thank you. Your answer has been noted."))
            return kit.see_other("applicant:partner", token=token)
        status = 422
    return render(
        request,
        "applicant/partner_answer.html",
        {
            "partner": partner, "case": case, "title": pick(case.titles), "name": pick(partner.names),
            "role": pick(partner.roles), "applicant": str(case.organisation), "call": pick(case.edition.names),
            "open": case.state in policies.EDITABLE, "state": state_labels()[partner.state],
            "tone": reading.PARTNER_STATES[partner.state], "answered": partner.answered_at is not None,
        },
        status=status,
    )  # fmt: skip

"""The particulars of a case: field, kinds of content, start, countries or regions, contact."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing, reading
from praxis.desks.applicant.forms import BasicsForm
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.locale import pick
from praxis.lifecycle.cases import selectors, services
from praxis.lifecycle.cases.models import Case


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def basics(request: HttpRequest, key: str) -> HttpResponse:
    """Show and save the particulars."""
    case = selectors.case_for_applicant(request.user, key)
    status = 200
    form = BasicsForm(parsing.sent(request), config=case.edition.settings, initial=BasicsForm.initial_of(case))
    version = request.POST.get("version", "")
    if request.method == "POST":
        try:
            if form.is_valid():
                services.save_basics(request.user, case, expected=version, **form.values())
                messages.success(request, _("Saved."))
                return kit.see_other(_onward(request, case))
            status = 422
        except Invalid as invalid:
            kit.put_errors(form, invalid)
            status = 422
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            status = 409
            case = selectors.case_for_applicant(request.user, key)
    return _page(request, case, form, status)


def _onward(request: HttpRequest, case: Case) -> str:
    return frames.section_url(case, "texts" if "onward" in request.POST else "basics")


def _page(request: HttpRequest, case: Case, form: BasicsForm, status: int) -> HttpResponse:
    framed = frames.frame(request.user, case)
    config = case.edition.settings
    examples = [
        (item.code, pick(item.label), [pick(example) for example in item.examples]) for item in config.categories
    ]  # fmt: skip
    return render(
        request,
        "applicant/basics.html",
        frames.context(
            request, framed, "basics", form=form, version=selectors.basics_version(case), examples=examples,
            facts=[] if framed.may_edit else reading.basics(framed.said, config),
        ),
        status=status,
    )  # fmt: skip


@require_POST
@login_required
def save(request: HttpRequest, key: str) -> JsonResponse:
    """Autosave of the particulars."""
    case = selectors.case_for_applicant(request.user, key)
    form = BasicsForm(request.POST, config=case.edition.settings)
    if not form.is_valid():
        return parsing.not_saved({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    try:
        services.save_basics(request.user, case, expected=request.POST.get("version", ""), **form.values())
    except Invalid as invalid:
        return parsing.not_saved(parsing.as_errors(invalid))
    return parsing.saved(version=selectors.basics_version(case))

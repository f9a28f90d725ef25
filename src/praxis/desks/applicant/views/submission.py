"""Commitments, the check of every rule, submitting and the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing, submitting
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.locale import pick
from praxis.foundation.randomness import uuid_hex
from praxis.lifecycle.cases import checks, selectors, services
from praxis.lifecycle.cases.models import Case
from praxis.ui.values import Check, Link


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def consents(request: HttpRequest, key: str) -> HttpResponse:
    """The commitments the applicant makes."""
    case = selectors.case_for_applicant(request.user, key)
    config = case.edition.settings
    if request.method == "POST":
        given = _given(request, case)
        if submitting.is_asked(request):
            return submitting.answer(request, case, consents=given)
        services.give_consents(request.user, case, given)
        messages.success(request, _("Saved."))
        return kit.see_other(submitting.onward(request, case, "consents"))
    framed = frames.frame(request.user, case)
    items = [
        {"code": item.code, "label": pick(item.label), "text": pick(item.text), "required": item.required,
         "given": bool(case.consents.get(item.code))}
        for item in config.consents
    ]  # fmt: skip
    offered = submitting.offered(framed, "consents")
    return render(request, "applicant/consents.html", frames.context(request, framed, "consents", items=items, **offered))


def _given(request: HttpRequest, case: Case) -> dict[str, bool]:
    return {item.code: f"consent_{item.code}" in request.POST for item in case.edition.settings.consents}


@require_POST
@login_required
def consents_save(request: HttpRequest, key: str) -> JsonResponse:
    """Autosave of the commitments."""
    case = selectors.case_for_applicant(request.user, key)
    services.give_consents(request.user, case, _given(request, case))
    return parsing.saved()


def check_lines(case: Case, answers: list[checks.Check]) -> list[Check]:
    """Every rule with its answer, why, and where to mend it."""
    called = frames.names()
    between = "" if (get_language() or "").startswith("zh") else " "

    def line(answer: checks.Check) -> Check:
        mend = answer.answer != "yes" and answer.section != "submit"
        return Check(
            pick(answer.label), answer.answer, between.join(pick(reason) for reason in answer.reasons),
            url=frames.section_url(case, answer.section) if mend else "",
            url_label=_("Mend it in “%(section)s”") % {"section": called[answer.section]},
        )  # fmt: skip

    return [line(answer) for answer in answers]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def submit(request: HttpRequest, key: str) -> HttpResponse:
    """Every rule with yes, no or a warning, and the button that submits.

    The hidden key of the form makes that the same form sent twice, or gone back to, makes one submission.
    """
    case = selectors.case_for_applicant(request.user, key)
    status, problems = 200, []
    submission_key = request.POST.get("submission_key", "")[:64] or uuid_hex()
    if request.method == "POST":
        try:
            revision = services.submit(request.user, case, submission_key=submission_key)
        except Invalid as invalid:
            status = 422
            problems = [("", text) for texts in parsing.as_errors(invalid).values() for text in texts]
        except Conflict as conflict:
            status, problems = 409, [("", str(conflict))]
        else:
            return kit.see_other(frames.receipt_url(case, revision.number))
    framed = frames.frame(request.user, case)
    more: dict[str, Any] = {
        "checklist": check_lines(case, framed.checks),
        "walls": len(checks.walls(framed.checks)),
        "warnings": sum(answer.answer == "warning" for answer in framed.checks),
        "submission_key": submission_key,
        "problems": problems,
        "unchanged": case.state == "submitted" and framed.is_in,
        "again": case.revision is not None,
    }
    return render(request, "applicant/submit.html", frames.context(request, framed, "submit", **more), status=status)


def _notes(framed: frames.Frame) -> int:
    """How many rules say something that does not stand in the way and can still be followed."""
    return sum(answer.answer == "warning" for answer in framed.checks) if framed.may_edit else 0


@require_safe
@login_required
def receipt(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The receipt of one submission."""
    case = selectors.case_for_applicant(request.user, key)
    revision = selectors.receipt(case, number)
    framed = frames.frame(request.user, case)
    return render(
        request,
        "applicant/receipt.html",
        frames.context(
            request, framed, "receipt", revision=revision,
            crumbs=frames.crumbs(case, Link(_("Receipt"))), notes=_notes(framed), letters=[to for to, _l in selectors.letters_to(case)],
        ),
    )  # fmt: skip

"""A case at a glance; the print view; withdrawing and opening again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing, reading, result
from praxis.foundation.errors import Conflict
from praxis.lifecycle.cases import policies, selectors, services
from praxis.lifecycle.cases.models import Case


@require_safe
@login_required
def case(request: HttpRequest, key: str) -> HttpResponse:
    """Where the case stands, what to do next and until when."""
    row = selectors.case_for_applicant(request.user, key)
    framed = frames.frame(request.user, row)
    following = frames.next_section(framed)
    return render(
        request,
        "applicant/case.html",
        frames.context(
            request, framed, "case",
            steps=frames.steps(framed), panel=result.panel(request, row),
            next_url=frames.section_url(row, following), next_label=frames.names()[following],
            unsubmitted=framed.has_changed, unread=selectors.has_unread(row),
            last_word=_last_word(row), may_withdraw=policies.may_withdraw(request.user, row).allowed
            and row.state != "withdrawn", may_reopen=row.state == "withdrawn"
            and policies.may_reopen(request.user, row).allowed,
        ),
    )  # fmt: skip


def _last_word(row: Case) -> str:
    """What the secretariat wrote last, where the case was returned or found not eligible."""
    if row.state not in ("returned", "ineligible"):
        return ""
    found = [message for message in selectors.messages_of(row) if message.from_secretariat]
    return found[-1].body if found else ""


@require_safe
@login_required
def printed(request: HttpRequest, key: str) -> HttpResponse:
    """The whole case on one page, to read or to print."""
    row = selectors.case_for_applicant(request.user, key)
    framed = frames.frame(request.user, row)
    return render(
        request,
        "applicant/print.html",
        frames.context(
            request, framed, "print", content=reading.readable(framed.said, row.edition.settings, key=row.key)
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take the case out of the call, after a second look."""
    row = selectors.case_for_applicant(request.user, key)
    if request.method == "POST" and request.POST.get("confirmed") == "1":
        try:
            services.withdraw(request.user, row, reason=parsing.text(request, "reason", 1000))
        except Conflict as conflict:
            messages.error(request, str(conflict))
        else:
            messages.success(request, _("The case has been withdrawn."))
        return kit.see_other(frames.section_url(row, "case"))
    framed = frames.frame(request.user, row)
    return render(
        request,
        "applicant/withdraw.html",
        frames.context(
            request, framed, "withdraw", may_withdraw=policies.may_withdraw(request.user, row),
            may_reopen_later=policies.may_reopen(request.user, row).allowed,
        ),
        status=422 if request.method == "POST" else 200,
    )  # fmt: skip


@require_POST
@login_required
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    """Open a withdrawn case again."""
    row = selectors.case_for_applicant(request.user, key)
    try:
        services.reopen(request.user, row)
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, _("The case is open again, with everything in it. Submit it when it is ready."))
    return kit.see_other(frames.section_url(row, "case"))

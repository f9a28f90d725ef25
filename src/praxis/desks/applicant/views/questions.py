"""The thread between an applicant and the secretariat."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing
from praxis.desks.applicant.forms import MessageForm
from praxis.foundation.errors import Invalid
from praxis.lifecycle.cases import selectors, services
from praxis.ui.values import Link, Post


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def questions(request: HttpRequest, key: str) -> HttpResponse:
    """Read what was written, and write."""
    case = selectors.case_for_applicant(request.user, key)
    user: Any = request.user
    form = MessageForm(parsing.sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.write(user, case, form.cleaned_data["body"])
        except Invalid as invalid:
            kit.put_errors(form, invalid)
        else:
            messages.success(request, _("Your message is with the secretariat."))
            return kit.see_other(frames.section_url(case, "questions"))
    if request.method == "GET" and selectors.has_unread(case):
        services.mark_read(user, case)
    posts = [
        Post(
            author=_("Secretariat") if row.from_secretariat else str(row.author or case.organisation), text=row.body,
            at=row.at, role="" if row.from_secretariat else str(case.organisation), mine=row.author_id == user.pk,
        )
        for row in selectors.messages_of(case)
    ]  # fmt: skip
    framed = frames.frame(user, case)
    return render(
        request,
        "applicant/questions.html",
        frames.context(
            request, framed, "questions", posts=posts, form=form,
            crumbs=frames.crumbs(case, Link(_("Questions to the secretariat"))),
        ),
        status=422 if form.errors else 200,
    )  # fmt: skip

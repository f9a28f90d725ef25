"""Answering an invitation to the release, by the link in the letter."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from praxis.foundation.locale import pick
from praxis.lifecycle.showcase import selectors, services
from praxis.lifecycle.showcase.models import Invitation, Showcase

ANSWERS = {"yes": True, "no": False}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation, and whether one comes; the answer can be changed."""
    row = selectors.invitation_by_token(token)
    status = 200
    if request.method == "POST":
        comes = ANSWERS.get(request.POST.get("answer", ""))
        if comes is not None:
            services.answer_invitation(row, comes=comes)
            messages.success(request, _("Thank you. Your answer has been noted."))
            response = redirect("public:invitation", token=token)
            response.status_code = 303
            return response
        status = 422
    stage = Showcase.objects.filter(edition=row.edition).first()
    return render(
        request,
        "public/invitation.html",
        {
            "invitation": row, "edition": row.edition, "zone": row.edition.zone,
            "venue": pick(stage.venue) if stage else "", "starts_at": stage.starts_at if stage else None,
            "stream": stage.stream if stage else "", "missing": status == 422,
            "online": row.mode == Invitation.Mode.ONLINE, "released": row.edition.state == "released",
        },
        status=status,
    )  # fmt: skip

"""Signing in by a link, and the demo's sent mail."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from praxis.desks.account.forms import PasswordForm
from praxis.foundation.errors import Missing
from praxis.foundation.notices import selectors as notices
from praxis.foundation.people import selectors, services
from praxis.foundation.veil import unveiled, veiled
from praxis.ui.parts.data import query
from praxis.ui.values import Pager

LIMIT = 25


class PasswordView(LoginView):
    """Signing in with a password: the second way, beside the code."""

    template_name = "account/login_password.html"

    def get_form_class(self) -> Any:
        return PasswordForm


password = PasswordView.as_view()


def safe_next(request: HttpRequest) -> str:
    """The page to go on to, where it is one of this site; else the account's own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed and wanted.startswith("/") else reverse("account:home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """A page with one button: a mail scanner that opens the address must not use it up."""
    link = selectors.user_of_link(secret)
    if link is None:
        return render(request, "account/link_used.html", status=404)
    if request.method != "POST":
        return render(request, "account/link.html", {"person": link.user, "next": safe_next(request)})
    try:
        user = services.use_sign_in_link(link)
    except Missing:
        return render(request, "account/link_used.html", status=404)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    response = HttpResponseRedirect(safe_next(request))
    response.status_code = 303
    return response


@never_cache
@require_safe
def sent_mail(request: HttpRequest) -> HttpResponse:
    """Everything the demo would have sent; there is no such page anywhere else."""
    rows = notices.sink(after=after_of(request), limit=LIMIT + 1)
    return render(
        request,
        "account/sent_mail.html",
        {"rows": rows[:LIMIT], "pager": pager(request, [row.id for row in rows]), "heading": _("Mail that was written")},
    )


def after_of(request: HttpRequest) -> int | None:
    """The id a list goes on after; None for the first page and for what was not written here."""
    return unveiled(request.GET.get("after", ""))


def pager(request: HttpRequest, ids: list[int]) -> Pager:
    """Links to the first page and the next, for a list read one row beyond its page."""
    return Pager(
        first_url=query(request.GET, after="") if after_of(request) else "",
        next_url=query(request.GET, after=veiled(ids[LIMIT - 1])) if len(ids) > LIMIT else "",
    )

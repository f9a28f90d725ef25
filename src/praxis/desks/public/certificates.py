"""Checking a certificate by the code printed on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from praxis.foundation.locale import pick
from praxis.lifecycle.showcase import selectors

MOST = 40


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Whether a certificate with this code was given, and to whom. Before a release there is none."""
    code = request.GET.get("code", "").strip()[:MOST]
    found = selectors.certificate_by_code(code) if code else None
    context = {"code": code, "asked": bool(code), "found": found}
    if found is not None:
        context["holder"] = pick(found.names)
        context["title_of_case"] = pick(found.entry.titles) if found.entry else ""
        context["edition"] = found.edition
    return render(request, "public/certificates.html", context)

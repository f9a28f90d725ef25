"""What an applicant learns in confidence once told: the part of the desk that the later stages fill."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern

from praxis.lifecycle.cases.models import Case

urlpatterns: list[URLPattern] = []


def panel(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """The variables of `applicant/result/panel.html` on the page of a case; None while there is nothing to tell."""
    return None

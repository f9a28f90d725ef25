"""The component page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from praxis.ui.gallery import samples


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component, in both languages side by side."""
    return render(request, "ui/components.html", {"samples": list(samples())})

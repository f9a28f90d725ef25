"""The addresses of the house, and two pages of the harness."""

from __future__ import annotations

import os

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from praxis.config.urls import handler400, handler403, handler404, handler500
from praxis.config.urls import urlpatterns as house
from praxis.foundation.programmes.models import Programme

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_TINY = Engine().from_string(
    "<!doctype html><html lang=en><title>{{ programme }}</title><p>{{ reader }} reads {{ programme }}</p></html>"
)


def bare(request: HttpRequest) -> HttpResponse:
    """A page that reads the session, the user and one row, and draws a tiny template: the measure of all others."""
    programme = Programme.objects.order_by("pk").first()
    return HttpResponse(_TINY.render(Context({"reader": str(request.user), "programme": str(programme)})))


def process(request: HttpRequest) -> HttpResponse:
    """The process that answers, so that the harness can hold a connection to each."""
    return HttpResponse(str(os.getpid()))


urlpatterns = [path("-/bare/", bare), path("-/process/", process), *house]

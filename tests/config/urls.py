"""Addresses of the tests of what stands around every request: views that refuse in each way."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import translation
from django.views.decorators.http import require_POST

from praxis.config.urls import handler400, handler403, handler404, handler500, urlpatterns
from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Forbidden, Invalid, Missing
from praxis.foundation.people.models import User

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

REFUSALS = {
    "forbidden": Forbidden("Only an owner may do this."),
    "conflict": Conflict("It was submitted meanwhile."),
    "invalid": Invalid({"title": "A title is needed.", "summary": ["It is too long."]}),
    "missing": Missing("A secret reason."),
    "missing-otherwise": Http404("Another secret reason."),
}


def refuse(request: HttpRequest, how: str) -> HttpResponse:
    raise REFUSALS[how]


def now(request: HttpRequest) -> HttpResponse:
    return HttpResponse(clock.now().isoformat())


def keep(request: HttpRequest) -> HttpResponse:
    request.session["preview_at"] = request.GET["at"]
    return HttpResponse("kept")


def look_up(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("name", request.GET.get("name", ""))
    return HttpResponse(str(User.objects.filter(name=name).count()) + translation.get_language())


def insert(request: HttpRequest) -> HttpResponse:
    return HttpResponse(User.objects.create_user(request.POST["email"], name=request.POST["name"]).name)


urlpatterns = [
    path("en/test/refuse/<how>/", refuse),
    path("zh-hans/test/refuse/<how>/", refuse),
    path("uploads/refuse/<how>/", refuse),
    path("en/test/now/", now),
    path("en/test/keep/", keep),
    path("en/test/look-up/", look_up),
    path("en/test/insert/", insert),
    path("en/test/only-post/", require_POST(now)),
    path("en/test/end/", now, name="preview_end"),
    *urlpatterns,
]

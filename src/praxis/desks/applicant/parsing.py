"""Reading what was sent: plain strings whatever came, and errors of the services put where a page shows them."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import Invalid


def saved(**more: object) -> JsonResponse:
    """The answer to an autosave that was taken."""
    return JsonResponse({"saved_at": clock.now().isoformat(), **more})


def not_saved(fields: Mapping[str, list[str]]) -> JsonResponse:
    """The answer to an autosave in which something is wrong, by the names of the controls."""
    return JsonResponse({"errors": dict(fields), "message": _("Not saved: see the message at the field.")}, status=422)


def as_errors(invalid: Invalid) -> dict[str, list[str]]:
    return {name: [str(message) for message in messages] for name, messages in invalid.fields.items()}


def text(request: HttpRequest, name: str, limit: int = 4000) -> str:
    """One value of the form, or "" where it was not sent."""
    return request.POST.get(name, "")[:limit]


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: what was posted, however little, or nothing."""
    return request.POST if request.method == "POST" else None

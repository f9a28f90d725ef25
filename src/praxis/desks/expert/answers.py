"""Answers to a browser: where to look after something was done, and what an autosave is told."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import Invalid


class SeeOther(HttpResponseRedirect):
    """The address is fetched anew, so that going back sends nothing twice."""

    status_code = 303


def see_other(to: str, **arguments: object) -> SeeOther:
    """An answer that leads to the page of a name, or to an address."""
    return SeeOther(resolve_url(to, **arguments))


def saved(**more: object) -> JsonResponse:
    """The answer to an autosave that was taken."""
    return JsonResponse({"saved_at": clock.now().isoformat(), **more})


def not_saved(fields: Mapping[str, list[str]]) -> JsonResponse:
    """The answer to an autosave in which something is wrong, by the names of the controls."""
    words = _("Not saved: see the message at the field.")
    return JsonResponse({"errors": dict(fields), "message": words}, status=422)


def texts_of(invalid: Invalid) -> dict[str, list[str]]:
    """The messages of a refusal, by field."""
    return {name: [str(message) for message in messages] for name, messages in invalid.fields.items()}

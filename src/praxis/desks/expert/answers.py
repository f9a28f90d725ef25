"""Answers to a browser: where to look after something was done, and what an autosave is told."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import JsonResponse
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import Invalid


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

"""The tus 1.0 protocol (core, creation, termination, expiration): headers in, headers out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from praxis.foundation.errors import Conflict, DomainError, Invalid, Missing

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration"
MEDIA_TYPE = "application/offset+octet-stream"
MOST_METADATA = 4096

# What a client does next depends on the status: it waits at 423 and 429, asks for the offset at 409.
_STATUS = {"busy": 423, "quota": 429, "room": 507}

View = Callable[..., HttpResponse]


class Refused(Exception):
    """A request that the protocol does not allow."""

    def __init__(self, status: int, message: str, code: str = "protocol") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


def resumable(view: View) -> View:
    """Speak tus: check the version and who asks, and turn every refusal into an answer a program can read."""

    @wraps(view)
    def speaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method != "OPTIONS":
                _check_version(request)
                if not request.user.is_authenticated:
                    raise Refused(401, _("Sign in to upload files."), "sign_in")
            response = view(request, *args, **kwargs)
        except Refused as refusal:
            response = _answer(refusal.status, refusal.code, refusal.message)
        except DomainError as error:
            response = _of(error)
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        if response.status_code == 412:
            response["Tus-Version"] = VERSION
        return response

    return speaking


def number(request: HttpRequest, header: str, *, missing: int = 400) -> int:
    """A whole number of at least 0 from a header; refused with `missing` when it is not there."""
    text = request.headers.get(header, "")
    if not text:
        raise Refused(missing, _("The header {name} is missing.").format(name=header))
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Refused(400, _("The header {name} is not a number.").format(name=header))
    return int(text)


def metadata(request: HttpRequest) -> dict[str, str]:
    """Names and values of Upload-Metadata: `name base64,name base64`."""
    text = request.headers.get("Upload-Metadata", "")
    if len(text) > MOST_METADATA:
        raise Refused(400, _("The description of the upload is too long."))
    values: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _space, encoded = pair.partition(" ")
        try:
            values[name] = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            raise Refused(400, _("The description of the upload cannot be read.")) from None
    return values


def expires(instant: datetime) -> str:
    """An instant as the header Upload-Expires has it."""
    return http_date(instant.astimezone(UTC).timestamp())


def _check_version(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise Refused(412, _("This server speaks version {version} of tus.").format(version=VERSION))


def _of(error: DomainError) -> HttpResponse:
    if isinstance(error, Missing):
        return HttpResponse(status=404)
    if isinstance(error, Invalid):
        status = 413 if error.code == "too_large" else 422
        fields = {name: [str(text) for text in texts] for name, texts in error.fields.items()}
        return _answer(status, error.code, str(error), fields)
    if isinstance(error, Conflict):
        return _answer(_STATUS.get(error.code, 409), error.code, str(error))
    return _answer(403, error.code, str(error))


def _answer(status: int, code: str, message: str, fields: dict[str, list[str]] | None = None) -> HttpResponse:
    return JsonResponse({"code": code, "message": message, "fields": fields or {}}, status=status)

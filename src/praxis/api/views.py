"""Resumable uploads over tus. The finished upload is named by its key in a desk's form; the stage takes it there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from praxis.api import tus
from praxis.foundation.files import selectors, services
from praxis.foundation.files.limits import CEILINGS, MB
from praxis.foundation.files.models import UploadSession

MOST_PER_REQUEST = 16 * MB


@tus.resumable
def uploads(request: HttpRequest) -> HttpResponse:
    """OPTIONS: what this server can do. POST: open an upload; the metadata holds `filename` and `purpose`."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response["Tus-Version"] = tus.VERSION
        response["Tus-Extension"] = tus.EXTENSIONS
        response["Tus-Max-Size"] = str(max(limits.max_bytes for limits in CEILINGS.values()))
        return response
    if request.method != "POST":
        raise _not_allowed()
    described = tus.metadata(request)
    session = services.start_upload(
        _user_id(request),
        described.get("purpose", ""),
        name=described.get("filename", ""),
        size=tus.number(request, "Upload-Length"),
    )
    response = HttpResponse(status=201)
    response["Location"] = request.build_absolute_uri(reverse("api:upload", args=[session.key]))
    return _with_state(response, session)


@tus.resumable
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """HEAD: how far it is. PATCH: add bytes. DELETE: drop it. Somebody else's upload does not exist."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    if request.method not in {"HEAD", "PATCH", "DELETE"}:
        raise _not_allowed()
    session = selectors.upload_of(_user_id(request), key)
    if request.method == "HEAD":
        response = _with_state(HttpResponse(status=200), session)
        response["Upload-Length"] = str(session.size)
        return response
    if request.method == "DELETE":
        services.abandon(session)
        return HttpResponse(status=204)
    return _append(request, session)


def _append(request: HttpRequest, session: UploadSession) -> HttpResponse:
    if request.content_type != tus.MEDIA_TYPE:
        raise tus.Refused(415, _("The body must be of the type {type}.").format(type=tus.MEDIA_TYPE))
    offset = tus.number(request, "Upload-Offset")
    length = tus.number(request, "Content-Length", missing=411)
    if length > MOST_PER_REQUEST or offset + length > session.size:
        raise tus.Refused(413, _("This is more than one request, or the upload, may bring."), "too_large")
    services.append(session, offset, request)
    session.refresh_from_db()
    return _with_state(HttpResponse(status=204), session)


def _with_state(response: HttpResponse, session: UploadSession) -> HttpResponse:
    response["Upload-Offset"] = str(session.received)
    response["Upload-Expires"] = tus.expires(session.expires_at)
    return response


def _user_id(request: HttpRequest) -> int:
    user_id = request.user.pk
    if user_id is None:
        raise tus.Refused(401, _("Sign in to upload files."), "sign_in")
    return int(user_id)


def _not_allowed() -> tus.Refused:
    return tus.Refused(405, _("This address does not take such a request."))

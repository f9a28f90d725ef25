"""What stands around every request: the log, limits, the preview clock, and refusals as pages."""

from __future__ import annotations

import time
from binascii import a2b_qp
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from prometheus_client import Counter, Histogram

from praxis.config import limits, views
from praxis.config.given_back import give_back
from praxis.foundation import clock, errors

Handler = Callable[[HttpRequest], HttpResponse]

REQUESTS = Counter("praxis_requests", "Requests answered.", ["method", "view", "status"])
SECONDS = Histogram("praxis_request_seconds", "Seconds to the first byte.", ["view"])
PREVIEW = "preview_at"


class RequestLog:
    """One line for each request: method, route, status, milliseconds; no query, address or name."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.log = structlog.get_logger("praxis.request")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - begun
        match = request.resolver_match
        view = match.view_name if match and match.view_name else "none"
        method = request.method if request.method in {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"} else "other"
        REQUESTS.labels(method, view, response.status_code).inc()
        SECONDS.labels(view).observe(seconds)
        level = 40 if response.status_code >= 500 else 20
        if self.log.isEnabledFor(level):
            self._line(level, request, response, method, view, seconds)
        return response

    def _line(
        self, level: int, request: HttpRequest, response: HttpResponse, method: str, view: str, seconds: float
    ) -> None:
        match = request.resolver_match
        user = getattr(request, "_cached_user", None)
        self.log.log(
            level,
            "request",
            method=method,
            view=view,
            # The route's pattern and not the address, which may hold a secret link.
            route=match.route if match else "",
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
            user=limits.hashed(f"user:{user.pk}") if user is not None and user.pk else None,
        )


class ContentPolicy(CSPMiddleware):
    """The content security policy: one header for every page, put together once.

    A response that asks for a policy of its own gets it from django-csp as ever.
    """

    OWN = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt", "_csp_config_ro", "_csp_update_ro", "_csp_replace_ro")

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.header = build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """No page of the house takes a nonce: inline scripts and styles are forbidden."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        own = response.__dict__
        if settings.DEBUG or HEADER in response or any(name in own for name in self.OWN):
            return super().process_response(request, response)
        response[HEADER] = self.header
        return response


class LongForms:
    """Reads what a long form brings, in Chinese above all, in a fraction of the time.

    A browser writes a Chinese sign as nine characters, and Python's reading of them (`urllib.parse.unquote`) goes one by
    one: half of what a long form in Chinese costs. Here they are put in place all at once before Django reads on. When a
    form is read, and how much of it, is Django's own doing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.content_type == "application/x-www-form-urlencoded":
            request._load_post_and_files = partial(self._read, request)  # type: ignore[method-assign]
        return self.get_response(request)

    @classmethod
    def _read(cls, request: Any) -> None:
        read = partial(type(request)._load_post_and_files, request)
        if request._read_started and not hasattr(request, "_body"):
            # Somebody has read of it already: Django knows what to do.
            return read()
        brought = request.body
        try:
            request._body = put_in_place(brought)
            return read()
        finally:
            request._body = brought


# The signs that part the fields (&, =, +) and the one that begins an escape stay as they are written.
_KEPT = (b"25", b"26", b"2B", b"2b", b"3D", b"3d")
_ESCAPE, _EQUALS = b"\x02", b"\x01"
_STRANGE = (_ESCAPE, _EQUALS, b"%01", b"%02", b"%\r", b"%\n")


def put_in_place(body: bytes) -> bytes:
    """An urlencoded body with its escapes put in place, but for those that would change how it is read.

    By the decoder of quoted-printable, which knows the same escapes under another sign (=E4 for %E4). A body that is
    odd in any way (a bare %, bytes that are no text in UTF-8) is given back as it came.
    """
    if b"%" not in body or body.endswith(b"%") or any(sign in body for sign in _STRANGE):
        return body
    turned = body.replace(b"=", _EQUALS)
    for kept in _KEPT:
        turned = turned.replace(b"%" + kept, _ESCAPE + kept)
    plain = a2b_qp(turned.replace(b"%", b"="))
    if b"=" in plain:
        return body
    try:
        plain.decode()
    except UnicodeDecodeError:
        return body
    return plain.replace(_ESCAPE, b"%").replace(_EQUALS, b"=")


class RateLimit:
    """Slows down who signs in, registers, uploads or searches too often: 429 with the seconds to wait."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        bucket = limits.bucket_of(request) if settings.RATE_LIMITS_ENABLED else None
        if bucket is not None:
            wait = limits.take(bucket, limits.client_of(request))
            if wait:
                response = views.refusal(request, 429, wait_seconds=wait)
                response["Retry-After"] = str(wait)
                return response
        return self.get_response(request)


class PreviewClock:
    """Shows pages as they will look at the instant kept in the session; while it is on, nothing can be changed."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        instant = self._instant(request)
        if instant is None:
            return self.get_response(request)
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            with clock.at(instant):
                return self.get_response(request)
        if self._ends_preview(request):
            return self.get_response(request)
        return views.refusal(
            request,
            409,
            reason=_("You are looking at the pages of another day. End the preview first, then try again."),
        )

    @staticmethod
    def _instant(request: HttpRequest) -> datetime | None:
        # Without a session's cookie there is nothing to ask the database for.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        kept = request.session.get(PREVIEW)
        if not kept:
            return None
        try:
            instant = datetime.fromisoformat(kept)
        except (TypeError, ValueError):
            instant = None
        if instant is None or instant.tzinfo is None:
            del request.session[PREVIEW]
            return None
        return instant

    @staticmethod
    def _ends_preview(request: HttpRequest) -> bool:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return False
        return match.view_name == "account_logout" or (match.url_name or "").startswith("preview")


class DomainErrors:
    """Turns refusals of the services, and input no database takes, into pages in the reader's language, without
    losing what was typed."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return refused(request, 400, reason=_("The address holds a character that no text has."))
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = refused(request, 405, code="method")
            page["Allow"] = response["Allow"]
            return page
        return give_back(request, response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, errors.Missing):
            return refused(request, 404, code="missing")
        if isinstance(exception, errors.Invalid):
            fields = {name: [str(text) for text in texts] for name, texts in exception.fields.items()}
            return refused(request, 422, reason=str(exception), code=exception.code, fields=fields)
        if isinstance(exception, errors.Conflict):
            return refused(request, 409, reason=str(exception), code=exception.code)
        if isinstance(exception, errors.DomainError):
            return refused(request, 403, reason=str(exception), code=exception.code)
        if isinstance(exception, RequestDataTooBig):
            views.drain(request)
            return refused(request, 400, reason=_("What you sent is too long for one page."), code="too_big")
        if _no_text(exception):
            return refused(request, 400, reason=_("A text holds a character, or a number a size, that cannot be kept."))
        return None


def _no_text(exception: Exception) -> bool:
    """Whether the database refused a value that is no text or a number out of range."""
    if isinstance(exception, (DataError, UnicodeEncodeError)):
        return True
    if isinstance(exception, OverflowError):
        return "SQLite INTEGER" in str(exception)
    return isinstance(exception, ValueError) and "NUL (0x00)" in str(exception)


def refused(
    request: HttpRequest,
    status: int,
    *,
    reason: str = "",
    code: str = "invalid",
    fields: dict[str, list[str]] | None = None,
) -> HttpResponse:
    """A refusal as a page; to a program (an upload, or who asks for JSON) as JSON."""
    if request.path_info.startswith("/uploads/") or request.headers.get("Accept", "") == "application/json":
        return JsonResponse({"code": code, "message": reason, "fields": fields or {}}, status=status)
    return views.refusal(request, status, reason=reason, fields=fields)

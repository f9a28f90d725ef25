"""Pages that belong to no desk: the choice of language, what machines ask for, and the pages of refusal."""

from __future__ import annotations

import ipaddress
import os

import prometheus_client
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.request import RawPostDataException
from django.template import loader
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import multiprocess

# Read and thrown away when a request is too long: else the sender sees a broken connection and not the page.
DRAINED = 64 * 1024 * 1024


@require_safe
def language_choice(request: HttpRequest) -> HttpResponse:
    """Lead from `/` to the front page in the reader's language: cookie first, then Accept-Language."""
    language = translation.get_language_from_request(request)
    response = HttpResponseRedirect(f"{get_script_prefix()}{language}/")
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether this process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether this process can serve: the database answers and every migration is applied; else 503."""
    try:
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return JsonResponse({"ready": False, "database": False}, status=503)
    return JsonResponse(
        {"ready": not pending, "database": True, "migrations_pending": pending}, status=503 if pending else 200
    )


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus: for this machine, or with `Authorization: Bearer` and the token of the settings."""
    if not _may_read_metrics(request):
        return not_found(request)
    registry = prometheus_client.REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = prometheus_client.CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return HttpResponse(prometheus_client.generate_latest(registry), content_type=prometheus_client.CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}")
    if request.headers.get("X-Forwarded-For"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def refusal(
    request: HttpRequest,
    status: int,
    *,
    reason: object = "",
    fields: dict[str, list[str]] | None = None,
    wait_seconds: int = 0,
) -> HttpResponse:
    """The page for `status` in the reader's language, with the reason and, for 422, each field's messages."""
    template = loader.select_template([f"{status}.html", "refusal.html"])
    context = {"status": status, "reason": str(reason), "fields": fields or {}, "wait_seconds": wait_seconds}
    return HttpResponse(template.render(context, request), status=status)


def drain(request: HttpRequest) -> None:
    """Read what the client still sends, up to a limit: else it sees a broken connection and not the page."""
    left = DRAINED
    try:
        while left > 0 and (block := request.read(min(65536, left))):
            left -= len(block)
    except (OSError, RawPostDataException):
        return


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what came could not be read."""
    if isinstance(exception, RequestDataTooBig):
        drain(request)
    return refusal(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known to be there, not allowed."""
    return refusal(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token: a page opened long ago, or in another session."""
    drain(request)
    return refusal(
        request,
        403,
        reason=_(
            "This page was opened before you signed in or out, or too long ago. "
            "Copy what you typed, load the page anew, and send it again."
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same page whether an address is unknown or a thing may not be known of."""
    return refusal(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: from a template that asks nothing of the database or the session."""
    return HttpResponse(loader.render_to_string("500.html"), status=500)

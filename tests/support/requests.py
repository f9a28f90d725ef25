"""One request as a role, answered by the whole application, with everything that could be seen from outside.

Chance, clock and the connection are fixed for each request, and what it changed is rolled back: requests do not
disturb one another, and two databases that a person may not tell apart give equal answers, byte for byte.
"""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import set_urlconf
from django.utils import crypto, translation

from praxis.foundation import clock
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.randomness import seeded
from tests.support.small_edition import Facts

ANONYMOUS = "anonymous"
# Somebody outside: what is for this machine alone (the metrics) is not theirs.
OUTSIDE = "203.0.113.9"
CSRF_SECRET = "C" * 32
Data = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Ask:
    """A request: `data` is what a form sends (None for a GET); a value (name, bytes) is a file."""

    role: str
    method: str
    path: str
    data: Data | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.role}: {self.method} {self.path}" + (f" {dict(self.data)}" if self.data else "")


@dataclass(frozen=True)
class Answer:
    """What came back, and what was set going: letters and jobs; `statements` of SQL were made for it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    statements: int
    letters: tuple[tuple[str, ...], ...] = ()
    jobs: tuple[str, ...] = ()
    sql: tuple[str, ...] = field(default=(), compare=False)
    problem: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        return dict(self.headers).get(name.lower(), "")


class _Chance:
    """Stands in for `secrets` where the framework draws its tokens."""

    def __init__(self, seed: str) -> None:
        stream = random.Random(seed)
        self.choice = stream.choice
        self.randbelow = stream.randrange
        self.token_bytes = lambda count=32: stream.randbytes(count)
        self.token_hex = lambda count=32: stream.randbytes(count).hex()
        self.compare_digest = crypto.secrets.compare_digest


@lru_cache(maxsize=1)
def _application() -> Callable[[HttpRequest], Any]:
    handler = BaseHandler()
    handler.load_middleware()
    return handler.get_response


@contextmanager
def _fixed(facts: Facts, days: float, seed: str) -> Iterator[list[str]]:
    """Hold the clock and chance, count statements, and undo at the end what was changed."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    instant = facts.instant(days)
    with ExitStack() as stack:
        stack.enter_context(clock.at(instant))
        stack.enter_context(seeded(seed))
        stack.enter_context(mock.patch.object(crypto, "secrets", _Chance(seed)))
        stack.enter_context(mock.patch.object(time, "time", instant.timestamp))
        stack.enter_context(transaction.atomic())
        stack.callback(transaction.set_rollback, True)
        stack.enter_context(connection.execute_wrapper(note))
        yield statements


def request_of(facts: Facts, ask: Ask, *, csrf: bool = False) -> HttpRequest:
    """The request as the application gets it. With `csrf`, a form without its token is refused."""
    extra: dict[str, Any] = {"REMOTE_ADDR": OUTSIDE, **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in ask.headers}}
    factory = RequestFactory()
    if ask.data is None:
        request = factory.generic(ask.method, ask.path, **extra)
    elif any(isinstance(value, tuple) for _name, value in ask.data):
        parts: dict[str, list[Any]] = {}
        for name, value in ask.data:
            parts.setdefault(name, []).append(SimpleUploadedFile(*value) if isinstance(value, tuple) else value)
        request = factory.generic(ask.method, ask.path, encode_multipart(BOUNDARY, parts), MULTIPART_CONTENT, **extra)
    else:
        kind = "application/x-www-form-urlencoded"
        request = factory.generic(ask.method, ask.path, urlencode(list(ask.data)), kind, **extra)
    request.COOKIES[settings.CSRF_COOKIE_NAME] = CSRF_SECRET
    if ask.role != ANONYMOUS:
        request.COOKIES[settings.SESSION_COOKIE_NAME] = facts.people[ask.role][1]
    request._dont_enforce_csrf_checks = not csrf  # type: ignore[attr-defined]
    return request


def answer(facts: Facts, ask: Ask, days: float, *, csrf: bool = False) -> Answer:
    """The answer to one request at `days` after the close of the call."""
    cache.clear()
    set_urlconf(None)
    translation.activate(settings.LANGUAGE_CODE)
    request = request_of(facts, ask, csrf=csrf)
    with ExitStack() as stack:
        statements = stack.enter_context(_fixed(facts, days, str(ask)))
        before = _last(Notice), _last(Job)
        problems: list[str] = []
        stack.enter_context(_listening(problems))
        del statements[:]
        response = _application()(request)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        made = tuple(statements)
        letters = tuple(
            Notice.objects.filter(pk__gt=before[0]).order_by("pk").values_list("kind", "to", "language", "subject", "body")
        )
        # Their arguments are ids of rows, which nobody outside sees.
        jobs = tuple(Job.objects.filter(pk__gt=before[1]).order_by("pk").values_list("task", flat=True))
        response.close()
    headers = [(name.lower(), value) for name, value in response.items()]
    headers += [("set-cookie", morsel.OutputString()) for morsel in response.cookies.values()]
    return Answer(response.status_code, tuple(sorted(headers)), body, len(made), letters, jobs, made, "".join(problems))


@contextmanager
def _listening(problems: list[str]) -> Iterator[None]:
    """Keep the traceback of what a view did not expect."""

    def note(**_more: Any) -> None:
        problems.append(traceback.format_exc())

    got_request_exception.connect(note)
    try:
        yield
    finally:
        got_request_exception.disconnect(note)


def _last(model: Any) -> int:
    return int(model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)

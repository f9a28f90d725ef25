"""One request as a role, answered by the whole application, with everything that could be seen from outside.

Chance, clock and the connection are fixed for each request, and what it changed is rolled back: requests do not
disturb one another, and two databases that a person may not tell apart give equal answers, byte for byte.
"""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from unittest import mock
from urllib.parse import urlencode

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.files.storage import default_storage
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
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.randomness import seeded
from tests.support.small_edition import Facts

ANONYMOUS = "anonymous"
# Somebody outside: what is for this machine alone (the metrics) is not theirs.
OUTSIDE = "203.0.113.9"
CSRF_SECRET = "C" * 32
Data = tuple[tuple[str, Any], ...]
# A statement as it was sent: its text, its values, and whether it was sent once for each of many rows of values.
Statement = tuple[str, Any, bool]


@dataclass(frozen=True)
class Ask:
    """A request: `data` is what a form sends (None for a GET); a value (name, bytes, type) is a file.

    `body` is what a program sends instead of a form, with its type in `headers`.
    """

    role: str
    method: str
    path: str
    data: Data | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        sent = "".join(f" {dict(part)}" for part in (self.data, self.headers) if part)
        return f"{self.role}: {self.method} {self.path}{sent}"


@dataclass(frozen=True)
class Answer:
    """What came back, and what was set going: letters and jobs; `statements` of SQL were made for it.

    `mails` left the house when the jobs ran; `then` is the status and the body of the page that a form led to, and how
    many statements it took. `trace` is every statement, and `touched_files` says whether it looked at
    stored files.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    statements: int
    letters: tuple[tuple[str, ...], ...] = ()
    jobs: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    then: tuple[int, bytes, int] | None = None
    trace: tuple[Statement, ...] = field(default=(), compare=False)
    touched_files: bool = field(default=False, compare=False)
    problem: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def sql(self) -> tuple[str, ...]:
        return tuple(statement[0] for statement in self.trace)

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
def _fixed(facts: Facts, days: float, seed: str) -> Iterator[list[Statement]]:
    """Hold the clock and chance, note the statements, and undo at the end what was changed."""
    statements: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params, many))
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
        kind = dict(ask.headers).get("Content-Type", "application/octet-stream")
        request = factory.generic(ask.method, ask.path, ask.body, kind, **extra)
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


def answer(facts: Facts, ask: Ask, days: float, *, csrf: bool = False, follow: bool = False) -> Answer:
    """The answer to one request at `days` after the close of the call.

    With `follow`, the jobs it left are run, and then the page is asked for to which a form has led.
    """
    cache.clear()
    set_urlconf(None)
    translation.activate(settings.LANGUAGE_CODE)
    request = request_of(facts, ask, csrf=csrf)
    with ExitStack() as stack:
        statements = stack.enter_context(_fixed(facts, days, str(ask)))
        before = _last(Notice), _last(Job)
        problems: list[str] = []
        stack.enter_context(_listening(problems))
        touched = stack.enter_context(_watching_files())
        mail.outbox = []
        del statements[:]
        response = _application()(request)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        response.close()
        made = len(statements)
        # Their arguments are ids of rows, which nobody outside sees.
        left = tuple(name for (name,) in _after(Job, ("task",), before[1]))
        # That was the test's own question.
        del statements[made:]
        if left and follow:
            jobs.drain(ignore_delay=True)
        then = None
        if follow and response.status_code == 303 and response["Location"].startswith("/"):
            then = _next(facts, ask, response, statements)
        trace, looked = tuple(statements), bool(touched)
        letters = _after(Notice, ("kind", '"to"', "language", "subject", "body"), before[0])
        mails = tuple(sorted(message.message().as_string() for message in mail.outbox))
    headers = [(name.lower(), value) for name, value in response.items()]
    headers += [("set-cookie", morsel.OutputString()) for morsel in response.cookies.values()]
    return Answer(
        response.status_code, tuple(sorted(headers)), body, made, letters, left, mails, then, trace, looked,
        "".join(problems),
    )  # fmt: skip


def _next(facts: Facts, ask: Ask, response: Any, statements: list[Statement]) -> tuple[int, bytes, int]:
    request = request_of(facts, Ask(ask.role, "GET", response["Location"]))
    for name, morsel in response.cookies.items():
        request.COOKIES[name] = morsel.value
    before = len(statements)
    page = _application()(request)
    body = b"".join(page.streaming_content) if page.streaming else page.content
    page.close()
    return page.status_code, body, len(statements) - before


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


@contextmanager
def _watching_files() -> Iterator[list[str]]:
    """Note each stored file that is looked at in any way."""
    seen: list[str] = []
    storage = default_storage._wrapped  # type: ignore[attr-defined]
    plain = storage.path

    def noted(name: str) -> str:
        seen.append(name)
        return str(plain(name))

    with mock.patch.object(storage, "path", noted):
        yield seen


def _last(model: Any) -> int:
    """The highest id; asked without the query builder, which would cost more than many an answer."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {model._meta.db_table}")
        return int(cursor.fetchone()[0] or 0)


def _after(model: Any, columns: Sequence[str], last: int) -> tuple[tuple[str, ...], ...]:
    """These columns of the rows that came after the one with the id `last`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE id > %s ORDER BY id", [last])
        return tuple(tuple(row) for row in cursor.fetchall())

"""Asks every address as everyone and says who got in, judged by what stands in the answer and by what was changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client

from praxis.foundation import clock
from praxis.foundation.people.models import User
from tests.permissions.house import House
from tests.permissions.marks import Mark, content_of
from tests.support import page_forms
from tests.support.requests import Data

ANONYMOUS = "anonymous"
_WRITES = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "([a-z_]+)"', re.IGNORECASE)
# Who is signed in is written here at any request; it is no row of the house.
_SESSION = "django_session"
# What opens an upload: ten bytes of a picture.
UPLOAD = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": "purpose cGljdHVyZQ==,filename YS5qcGc="}
REFUSALS = {401, 403, 404, 405}


@dataclass(frozen=True)
class Answer:
    """What came back: whose marks stand in it, in which tables rows were written, and what could be sent from it."""

    status: int
    location: str
    kind: str
    marks: frozenset[Mark]
    written: frozenset[str]
    forms: tuple[tuple[str, Data], ...] = ()

    @property
    def refused(self) -> bool:
        """Not let in: no such page, not allowed, or sent to sign in."""
        return self.status in REFUSALS or (self.status == 302 and "/account/login/?next=" in self.location)


@dataclass
class Inspection:
    """One house at one instant; `ask` sends a request as a role."""

    house: House
    asked: int = 0
    _clients: dict[str, tuple[Client, str]] = field(default_factory=dict)

    def ask(self, role: str, method: str, path: str, data: Data | None = None, *, keep: bool = False) -> Answer:
        """The answer; what was changed is undone, unless `keep` asks for it."""
        self.asked += 1
        cache.clear()
        client = self.client(role)
        written: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            found = _WRITES.match(sql)
            if found and found[1] != _SESSION:
                written.append(found[1])
            return execute(sql, params, many, context)

        with clock.at(self.house.now), transaction.atomic():  # type: ignore[arg-type]
            with connection.execute_wrapper(note):
                response = getattr(client, method.lower())(path, **_arguments(method, data))
                body = content_of(response)
            refused = response.status_code in REFUSALS
            if not (keep and refused):
                transaction.set_rollback(True)
        return self._read(path, method, response, body, written)

    def forms(self, role: str, path: str) -> list[tuple[str, page_forms.Form]]:
        """The forms of a page that post, with where they lead."""
        client = self.client(role)
        with clock.at(self.house.now), transaction.atomic():  # type: ignore[arg-type]
            response = client.get(path)
            transaction.set_rollback(True)
        if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
            return []
        forms = page_forms.read(response.content.decode()).forms
        return [(urlsplit(urljoin(path, form.action)).path, form) for form in forms if form.method == "post"]

    def post(self, role: str, path: str, data: Data) -> tuple[int, str]:
        """The status and the text of the answer; what was changed is undone."""
        cache.clear()
        client = self.client(role)
        with clock.at(self.house.now), transaction.atomic():  # type: ignore[arg-type]
            response = client.post(path, **_arguments("POST", data))
            transaction.set_rollback(True)
        return response.status_code, content_of(response).decode("utf-8", "replace")

    def _read(self, path: str, method: str, response: Any, body: bytes, written: list[str]) -> Answer:
        kind = response.headers.get("Content-Type", "")
        marks = self.house.marks.within(response.headers.items(), body, kind)
        forms: tuple[tuple[str, Data], ...] = ()
        if method == "GET" and response.status_code == 200 and kind.startswith("text/html"):
            forms = tuple(page_forms.filled(path, body.decode()))
        location = response.headers.get("Location", "")
        return Answer(response.status_code, location, kind, frozenset(marks), frozenset(written), forms)

    def client(self, role: str) -> Client:
        """A session of its own for each role, begun outside of what is undone."""
        if role not in self._clients:
            key = "" if role == ANONYMOUS else signed_in(self.house.people[role])
            self._clients[role] = Client(raise_request_exception=False), key
        client, key = self._clients[role]
        client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: key} if key else {})
        return client


def signed_in(user: User) -> str:
    """The key of a session of somebody."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _arguments(method: str, data: Data | None) -> dict[str, Any]:
    if method in {"PATCH", "HEAD", "DELETE"}:
        more = {"data": b"x", "content_type": "application/offset+octet-stream"} if method == "PATCH" else {}
        return {**more, "headers": {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}}
    sent: dict[str, list[Any]] = {}
    for name, value in data or ():
        sent.setdefault(name, []).append(SimpleUploadedFile(*value) if isinstance(value, tuple) else value)
    return {"data": sent, "headers": UPLOAD} if method == "POST" else {}

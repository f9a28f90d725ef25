"""Requests that another site makes a reader's browser send: refused at every address, before anything is looked up."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from praxis.foundation.people.models import User
from praxis.foundation.veil import veiled
from tests.support import addresses

VALUES = {"SlugConverter": "a", "IntConverter": "1", "StringConverter": "a", "Converter": veiled(1)}
# Written with a regular expression: what stands for its groups.
WRITTEN = {"^(?P<key>[0-9a-f]{32})$": "0" * 32}


def paths(patterns: Any = None, before: str = "/") -> list[str]:
    """One path for every address, each under its first language."""
    found = []
    for item in get_resolver().url_patterns if patterns is None else patterns:
        here = str(item.pattern)
        if here in WRITTEN:
            here = WRITTEN[here]
        for name, converter in getattr(item.pattern, "converters", {}).items():
            kind = type(converter).__name__
            here = here.replace(f"<{_written(here, name)}>", VALUES[kind])
        if isinstance(item, URLResolver):
            found += paths(item.url_patterns, before + here)
        elif isinstance(item, URLPattern):
            found.append(before + here)
    return found


def _written(pattern: str, name: str) -> str:
    return next(part.split(">")[0] for part in pattern.split("<")[1:] if part.split(">")[0].split(":")[-1] == name)


def test_no_view_is_let_off() -> None:
    let_off = [route.name for route in addresses.routes() if getattr(route.view, "csrf_exempt", False)]
    assert let_off == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_change_without_the_forms_token_is_refused_everywhere(method: str, caplog: pytest.LogCaptureFixture) -> None:
    # Each refusal would be a line of the log.
    caplog.set_level(logging.CRITICAL, logger="django.security.csrf")
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user(email="reader@example.org"))
    found = paths()
    assert len(found) >= len(addresses.routes())
    answers = {path: getattr(client, method)(path, headers={"origin": "https://elsewhere.example"}) for path in found}
    assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 403} == {}
    assert [
        path for path, answer in answers.items() if b"This page was opened before you signed in" not in answer.content
    ] == []

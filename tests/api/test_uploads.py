"""Resumable uploads over tus: cut, gone on with, foreign, too large, too many."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from praxis.foundation.files import services, storage, uploads
from praxis.foundation.files.limits import MB, Limits
from praxis.foundation.files.models import UploadSession
from praxis.foundation.people.models import User
from tests.foundation.files import making

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    backend = "django.core.files.storage.FileSystemStorage"
    default = {"BACKEND": backend, "OPTIONS": {"location": tmp_path / "files", "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    settings.UPLOADS_DIR = tmp_path / "uploads"


def signed_in(email: str, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(User.objects.create_user(email), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def client() -> Client:
    return signed_in("applicant@example.org")


def described(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def create(client: Client, size: int, **values: str) -> Any:
    values = {"filename": "港口.jpg", "purpose": "picture"} | values
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": described(**values)}
    return client.post("/uploads/", headers=headers)


def opened(client: Client, size: int, **values: str) -> str:
    response = create(client, size, **values)
    assert response.status_code == 201
    return response["Location"].removeprefix("http://testserver")


def patch(client: Client, address: str, offset: int, data: bytes, **options: Any) -> Any:
    kind = options.pop("content_type", "application/offset+octet-stream")
    headers = TUS | {"Upload-Offset": str(offset)} | options.pop("headers", {})
    return client.generic("PATCH", address, data, content_type=kind, headers=headers, **options)


def test_a_server_says_what_it_can_do() -> None:
    response = Client().options("/uploads/")
    assert (response.status_code, response["Tus-Version"]) == (204, "1.0.0")
    assert set(response["Tus-Extension"].split(",")) == {"creation", "termination", "expiration"}
    assert int(response["Tus-Max-Size"]) == 4096 * MB


def test_a_file_sent_in_pieces_arrives_byte_for_byte(client: Client) -> None:
    data = making.jpeg(1200, 900)
    address = opened(client, len(data))
    for start in range(0, len(data), 50_000):
        response = patch(client, address, start, data[start : start + 50_000])
        assert (response.status_code, response["Upload-Offset"]) == (204, str(min(start + 50_000, len(data))))
        assert response["Upload-Expires"].endswith("GMT")
    session = UploadSession.objects.get()
    assert (session.name, session.is_complete) == ("港口.jpg", True)
    assert storage.part_of_upload(session.key).read_bytes() == data
    limits = Limits(("jpeg",), 10 * MB)
    assert services.claim(session.owner_id, address.rsplit("/", 1)[-1], "picture", limits).size == len(data)


@contextmanager
def connection_kept() -> Iterator[None]:
    """A server in the test's own thread must not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_after_a_cut_connection_the_server_tells_where_to_go_on(client: Client) -> None:
    data = making.jpeg(1600, 1200)
    address = opened(client, len(data))
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    head = (
        f"PATCH {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}; csrftoken={'x' * 32}\r\n"
        f"X-CSRFToken: {'x' * 32}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    with WSGIServer(("127.0.0.1", 0), Quiet) as server:
        server.set_app(WSGIHandler())
        # The client sends a part of what it announced and is gone before the server has read it.
        with socket.create_connection(server.server_address) as connection:
            connection.sendall(head.encode() + data[:60_000])
        with connection_kept():
            server.handle_request()
    state = client.head(address, headers=TUS)
    assert (state.status_code, state["Upload-Offset"], state["Upload-Length"]) == (200, "60000", str(len(data)))
    assert state["Cache-Control"] == "no-store"
    assert patch(client, address, 60_000, data[60_000:]).status_code == 204
    assert storage.part_of_upload(address.rsplit("/", 1)[-1]).read_bytes() == data


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


def test_another_offset_is_409_and_changes_nothing(client: Client) -> None:
    address = opened(client, 100)
    assert patch(client, address, 0, b"x" * 40).status_code == 204
    for offset in (0, 41):
        assert patch(client, address, offset, b"y" * 10).status_code == 409
    assert client.head(address, headers=TUS)["Upload-Offset"] == "40"


def test_somebody_elses_upload_does_not_exist(client: Client) -> None:
    address = opened(client, 100)
    other = signed_in("other@example.org")
    missing = "/uploads/" + "0" * 32
    for ask in (
        lambda at: other.head(at, headers=TUS),
        lambda at: other.delete(at, headers=TUS),
        lambda at: patch(other, at, 0, b"x"),
    ):
        foreign, none = ask(address), ask(missing)
        assert foreign.status_code == none.status_code == 404
        assert foreign.content == none.content
        assert dict(foreign.headers) == dict(none.headers)
    assert client.head(address, headers=TUS)["Upload-Offset"] == "0"


def test_who_is_not_signed_in_is_told_so_whether_it_exists_or_not(client: Client) -> None:
    address = opened(client, 100)
    assert Client().head(address, headers=TUS).status_code == 401
    assert Client().head("/uploads/" + "0" * 32, headers=TUS).status_code == 401
    assert create(Client(), 100).status_code == 401


def test_no_change_without_the_token_against_forged_requests() -> None:
    strict = signed_in("strict@example.org", enforce_csrf_checks=True)
    assert create(strict, 100).status_code == 403
    assert not UploadSession.objects.exists()
    strict.cookies["csrftoken"] = "x" * 32
    strict.defaults["HTTP_X_CSRFTOKEN"] = "x" * 32
    address = opened(strict, 100)
    assert patch(strict, address, 0, b"x").status_code == 204
    del strict.defaults["HTTP_X_CSRFTOKEN"]
    assert patch(strict, address, 1, b"x").status_code == 403
    assert strict.delete(address, headers=TUS).status_code == 403


def test_an_upload_can_be_dropped(client: Client) -> None:
    address = opened(client, 100)
    assert client.delete(address, headers=TUS).status_code == 204
    assert client.head(address, headers=TUS).status_code == 404


@pytest.mark.parametrize(
    ("size", "values", "status", "code"),
    [
        (51 * MB, {}, 413, "too_large"),
        (4097 * MB, {"purpose": "video"}, 413, "too_large"),
        (0, {}, 422, "empty"),
        (10, {"purpose": "product"}, 422, "purpose"),
        (10, {"purpose": ""}, 422, "purpose"),
    ],
)
def test_ceilings_and_purposes_are_checked_first(
    client: Client, size: int, values: dict[str, str], status: int, code: str
) -> None:
    response = create(client, size, **values)
    assert (response.status_code, json.loads(response.content)["code"]) == (status, code)


def test_too_many_open_uploads_are_429(client: Client) -> None:
    for _ in range(uploads.MOST_OPEN):
        opened(client, 10)
    response = create(client, 10)
    assert (response.status_code, json.loads(response.content)["code"]) == (429, "quota")


def test_one_request_brings_no_more_than_it_may(client: Client) -> None:
    address = opened(client, 100)
    assert patch(client, address, 0, b"x" * 101).status_code == 413
    large = opened(client, 40 * MB)
    assert patch(client, large, 0, b"x", CONTENT_LENGTH=str(16 * MB + 1)).status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": ""}, 412),
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "٣"}, 400),
        ({"Upload-Length": "9" * 40}, 400),
        ({"Upload-Metadata": "filename ***"}, 400),
        ({"Upload-Metadata": "filename /w=="}, 400),
        ({"Upload-Metadata": "x" * 5000}, 400),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused(client: Client, headers: dict[str, str], status: int) -> None:
    whole = {**TUS, "Upload-Length": "10", "Upload-Metadata": described(purpose="picture", filename="a.jpg")}
    response = client.post("/uploads/", headers=whole | headers)
    assert (response.status_code, response["Tus-Resumable"]) == (status, "1.0.0")
    assert response.has_header("Tus-Version") == (status == 412)
    assert json.loads(response.content)["message"]


def test_a_body_of_another_type_or_to_another_address_is_refused(client: Client) -> None:
    address = opened(client, 10)
    assert patch(client, address, 0, b"x", content_type="text/plain").status_code == 415
    assert patch(client, address, 0, b"x", headers={"Upload-Offset": "one"}).status_code == 400
    assert client.get(address, headers=TUS).status_code == 405
    assert client.put("/uploads/", headers=TUS).status_code == 405
    assert patch(client, address, 0, b"x", CONTENT_LENGTH="").status_code == 411


def test_a_name_with_control_signs_is_kept_without_them(client: Client) -> None:
    opened(client, 10, filename="../a\r\nb\0\u202e.jpg")
    assert UploadSession.objects.get().name == "a b.jpg"

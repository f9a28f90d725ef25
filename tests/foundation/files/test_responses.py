"""What a browser is sent: headers, ranges, and nothing to compare by."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.http import FileResponse
from django.test import RequestFactory

from praxis.foundation.errors import Missing
from praxis.foundation.files import services
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.responses import stream
from praxis.foundation.jobs import services as jobs
from tests.foundation.files import making

pytestmark = pytest.mark.django_db


def ask(file: StoredFile, headers: dict[str, str] | None = None, **options: Any) -> Any:
    return stream(RequestFactory().get("/", headers=headers or {}), file, **options)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


@pytest.fixture
def picture() -> StoredFile:
    data = making.jpeg(900, 600)
    file = services.take(7, "picture", io.BytesIO(data), name="港口.jpg", size=len(data), limits=making.PICTURES)
    jobs.drain(strict=True)
    file.refresh_from_db()
    return file


@pytest.fixture
def film(tmp_path: Path) -> StoredFile:
    data = making.video(tmp_path / "in").read_bytes()
    file = services.take(7, "video", io.BytesIO(data), name="film.mp4", size=len(data), limits=making.VIDEOS)
    jobs.drain(strict=True)
    file.refresh_from_db()
    return file


def test_a_file_is_an_attachment_that_no_cache_keeps_and_no_browser_guesses_at(picture: StoredFile) -> None:
    response = ask(picture)
    assert body(response) == services.read(picture)
    assert response["Content-Type"] == "image/jpeg"
    assert int(response["Content-Length"]) == picture.size
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E6%B8%AF%E5%8F%A3.jpg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert not response.has_header("ETag")
    assert not response.has_header("Last-Modified")


def test_only_pictures_and_videos_are_ever_shown_inline(picture: StoredFile, film: StoredFile) -> None:
    assert ask(picture, inline=True)["Content-Disposition"].startswith("inline")
    assert ask(film, inline=True)["Content-Disposition"].startswith("inline")
    for media_type in ("text/html", "application/pdf", "image/svg+xml"):
        product = services.store_product("book", media_type, b"<script>")
        assert ask(product, inline=True)["Content-Disposition"] == 'attachment; filename="book"'


def test_a_smaller_picture_has_its_own_name_length_and_type(picture: StoredFile) -> None:
    response = ask(picture, derived="thumb", inline=True)
    data = body(response)
    assert data == services.read(picture, "thumb")
    assert int(response["Content-Length"]) == len(data)
    assert response["Content-Disposition"].endswith("-thumb.jpg")
    with pytest.raises(Missing):
        ask(picture, derived="poster")


def test_what_is_not_ready_is_missing() -> None:
    data = making.jpeg(20, 20)
    file = services.take(7, "picture", io.BytesIO(data), name="x.jpg", size=len(data), limits=making.PICTURES)
    for public in (False, True):
        with pytest.raises(Missing):
            ask(file, public=public)


def test_public_files_may_be_kept_and_asked_for_again(picture: StoredFile) -> None:
    response = ask(picture, public=True)
    assert response["Cache-Control"] == "public, max-age=3600"
    again = ask(picture, {"If-None-Match": response["ETag"]}, public=True)
    assert (again.status_code, body(again)) == (304, b"")
    assert ask(picture, {"If-None-Match": response["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=100-", 100, None), ("bytes=-7", -7, None), ("bytes=5-99999999", 5, None)],
)
def test_a_video_is_sent_by_range(film: StoredFile, asked: str, start: int, end: int | None) -> None:
    whole = services.read(film)
    response = ask(film, {"Range": asked})
    part = body(response)
    assert (response.status_code, part) == (206, whole[start:end])
    first = start % len(whole)
    assert response["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert int(response["Content-Length"]) == len(part)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=9-3", "bytes=-0", "bytes=" + "9" * 30 + "-"])
def test_a_range_the_video_does_not_have_is_416(film: StoredFile, asked: str) -> None:
    response = ask(film, {"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{film.size}")


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=-", "lines=1-2", "bytes=a-b", ""])
def test_a_range_that_makes_no_sense_gives_the_whole(film: StoredFile, asked: str) -> None:
    response = ask(film, {"Range": asked})
    assert isinstance(response, FileResponse)
    assert (response.status_code, response["Accept-Ranges"]) == (200, "bytes")
    assert len(body(response)) == film.size


def test_a_range_of_another_version_gives_the_whole(film: StoredFile) -> None:
    assert ask(film, {"Range": "bytes=0-9", "If-Range": '"older"'}, public=True).status_code == 200

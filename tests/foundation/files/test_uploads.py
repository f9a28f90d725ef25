"""Resumable uploads: nothing that arrived is lost, nothing is taken twice."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files import selectors, services, storage, tasks, uploads
from praxis.foundation.files.limits import Limits
from praxis.foundation.files.models import StoredFile, UploadSession
from praxis.foundation.jobs import services as jobs
from tests.foundation.files import making
from tests.foundation.files.making import DOCUMENTS, PICTURES

pytestmark = pytest.mark.django_db


class Cut(io.BytesIO):
    """A connection that breaks after `limit` bytes."""

    def __init__(self, data: bytes, limit: int) -> None:
        super().__init__(data[:limit])

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ConnectionResetError
        return piece


def start(data: bytes, purpose: str = "picture", owner_id: int = 7) -> UploadSession:
    return services.start_upload(owner_id, purpose, name="harbour.jpg", size=len(data))


def sent(data: bytes, purpose: str = "picture") -> UploadSession:
    session = start(data, purpose)
    assert services.append(session, 0, io.BytesIO(data)) == len(data)
    return session


def test_what_came_before_a_cut_is_kept_and_the_rest_follows() -> None:
    data = making.jpeg(2400, 1600)
    assert len(data) > 300_000
    session = start(data)
    assert services.append(session, 0, Cut(data, 300_000)) == 300_000
    session = UploadSession.objects.get()
    assert (session.received, session.is_complete) == (300_000, False)
    assert services.append(session, 300_000, io.BytesIO(data[300_000:])) == len(data)
    assert storage.part_of_upload(session.key).read_bytes() == data
    file = services.finish(session)
    jobs.drain(strict=True)
    file.refresh_from_db()
    assert (file.state, file.width) == ("ready", 2400)


def test_another_offset_is_a_conflict_and_writes_nothing() -> None:
    session = start(b"x" * 100)
    services.append(session, 0, io.BytesIO(b"x" * 40))
    for offset in (0, 39, 41, 100):
        with pytest.raises(Conflict):
            services.append(session, offset, io.BytesIO(b"y" * 10))
    assert storage.part_of_upload(session.key).read_bytes() == b"x" * 40


def test_bytes_written_but_never_counted_before_a_crash_are_written_again() -> None:
    session = start(b"abcdef")
    services.append(session, 0, io.BytesIO(b"abc"))
    with storage.part_of_upload(session.key).open("ab") as part:
        part.write(b"garbage of a process that died")
    services.append(session, 3, io.BytesIO(b"def"))
    assert storage.part_of_upload(session.key).read_bytes() == b"abcdef"


def test_no_more_is_taken_than_was_announced() -> None:
    session = start(b"abc")
    assert services.append(session, 0, io.BytesIO(b"abcdef")) == 3


def test_a_second_request_for_the_same_upload_is_turned_away() -> None:
    session = start(b"abcdef")

    class Meanwhile(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with pytest.raises(Conflict) as caught:
                services.append(UploadSession.objects.get(), 0, io.BytesIO(b"other"))
            assert caught.value.code == "busy"
            return super().read(size)

    assert services.append(session, 0, Meanwhile(b"abcdef")) == 6


def test_the_count_follows_the_disk_while_a_chunk_comes_in() -> None:
    data = b"z" * (uploads._STEP + storage.PIECE)
    session = start(data, "video")
    counts: list[int] = []

    class Watching(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            counts.append(UploadSession.objects.get().received)
            return super().read(size)

    services.append(session, 0, Watching(data))
    assert {0, uploads._STEP} <= set(counts)


def test_finishing_twice_gives_the_same_file() -> None:
    session = sent(making.jpeg(20, 20))
    file = services.finish(session)
    assert services.finish(session) == services.claim(7, session.key, "picture", PICTURES) == file
    assert StoredFile.objects.count() == 1
    with pytest.raises(Conflict):
        services.append(session, session.received, io.BytesIO(b"more"))


def test_an_upload_that_is_not_whole_cannot_be_finished() -> None:
    session = start(b"abcdef")
    services.append(session, 0, io.BytesIO(b"abc"))
    with pytest.raises(Conflict):
        services.finish(session)


def test_the_limits_of_the_stage_hold_when_it_takes_the_upload() -> None:
    session = sent(making.jpeg(800, 600))
    with pytest.raises(Invalid) as caught:
        services.finish(session, limits=Limits(("jpeg",), 10**7, min_long_side=1200))
    assert caught.value.code == "too_few_pixels"
    assert not StoredFile.objects.exists()
    assert services.finish(session, limits=PICTURES).pk


def test_a_transaction_that_fails_after_the_upload_was_taken_loses_nothing() -> None:
    data = making.jpeg(20, 20)
    session = sent(data)

    def take_and_fail() -> None:
        with transaction.atomic():
            services.finish(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take_and_fail()
    session.refresh_from_db()
    assert session.finished_at is None
    assert services.finish(session).size == len(data)


def test_the_bytes_under_way_go_once_the_file_stands(django_capture_on_commit_callbacks: Any) -> None:
    session = sent(making.pdf(), "document")
    with django_capture_on_commit_callbacks(execute=True):
        file = services.finish(session, limits=DOCUMENTS)
    assert not storage.part_of_upload(session.key).exists()
    assert services.read(file) == making.pdf()


def test_only_the_owner_finds_an_upload_and_only_for_its_purpose() -> None:
    session = sent(making.jpeg(20, 20))
    assert selectors.upload_of(7, session.key) == session
    for owner_id, key, purpose in ((8, session.key, "picture"), (7, "0" * 32, "picture"), (7, session.key, "video")):
        with pytest.raises(Missing):
            services.claim(owner_id, key, purpose, PICTURES)


@pytest.mark.parametrize(("purpose", "size"), [("product", 10), ("picture", 0), ("picture", 10**9), ("document", -1)])
def test_purpose_and_size_are_checked_before_a_byte_is_sent(purpose: str, size: int) -> None:
    with pytest.raises(Invalid):
        services.start_upload(7, purpose, name="x", size=size)
    assert not UploadSession.objects.exists()


def test_nobody_may_have_too_many_uploads_open(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(uploads.MOST_OPEN):
        session = start(b"abc")
    with pytest.raises(Conflict):
        start(b"abc")
    assert start(b"abc", owner_id=8)
    services.abandon(session)
    assert start(b"abc")
    monkeypatch.setattr(uploads, "MOST_OPEN_BYTES", 3 * uploads.MOST_OPEN + 2)
    monkeypatch.setattr(uploads, "MOST_OPEN", 100)
    with pytest.raises(Conflict) as caught:
        start(b"abc")
    assert caught.value.code == "quota"


def test_a_full_disk_is_told_before_a_byte_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_RESERVE", 10**18)
    with pytest.raises(Conflict) as caught:
        start(b"abc")
    assert caught.value.code == "room"


def test_an_abandoned_upload_leaves_nothing(tmp_path: Path) -> None:
    services.abandon(sent(b"abc"))
    assert list((tmp_path / "uploads").iterdir()) == []
    assert not UploadSession.objects.exists()


def test_an_upload_nobody_goes_on_with_expires(tmp_path: Path) -> None:
    old, young = start(b"abc"), start(b"abc")
    (tmp_path / "uploads" / "left-over").touch()
    with clock.at(clock.now() + uploads.LIFETIME - timedelta(hours=1)):
        services.append(young, 0, io.BytesIO(b"a"))
    with clock.at(clock.now() + uploads.LIFETIME + timedelta(minutes=1)):
        with pytest.raises(Missing):
            selectors.upload_of(7, old.key)
        tasks.tidy.func()
    assert list(UploadSession.objects.all()) == [young]
    assert list((tmp_path / "uploads").iterdir()) == [storage.part_of_upload(young.key)]

"""From a form to a file that is ready, rejected or deleted."""

from __future__ import annotations

import io
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from praxis.foundation import clock, randomness
from praxis.foundation.errors import Invalid, Missing
from praxis.foundation.files import services, tasks
from praxis.foundation.files.limits import Limits
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.problems import _MESSAGES
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from tests.foundation.files import making
from tests.foundation.files.making import DOCUMENTS, PICTURES, VIDEOS

pytestmark = pytest.mark.django_db


def take(data: bytes, purpose: str = "picture", *, name: str = "harbour.jpg", limits: Limits = PICTURES) -> StoredFile:
    return services.take(7, purpose, io.BytesIO(data), name=name, size=len(data), limits=limits)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def work(file: StoredFile) -> StoredFile:
    jobs.drain(strict=True)
    file.refresh_from_db()
    return file


def refusal(data: bytes, purpose: str = "picture", limits: Limits = PICTURES) -> Invalid:
    with pytest.raises(Invalid) as caught:
        take(data, purpose, limits=limits)
    return caught.value


def test_a_picture_is_processed_by_a_job_and_its_original_is_not_kept(storage_folder: Path) -> None:
    sent = making.jpeg(2000, 1500, exif=making.exif())
    file = take(sent, name="C:\\photos\\港口.HEIC")
    assert (file.state, file.name, file.media_type, file.owner_id) == ("processing", "港口.HEIC", "image/jpeg", 7)
    with pytest.raises(Missing):
        services.read(file)
    file = work(file)
    assert (file.state, file.name, file.problem) == ("ready", "港口.jpg", "")
    assert (file.width, file.height) == (2000, 1500)
    data = services.read(file)
    assert (len(data), data[:2]) == (file.size, b"\xff\xd8")
    assert b"MAKER-OF-PHONES" not in data
    assert services.read(file, "thumb") != services.read(file, "page")
    assert kept(storage_folder) == ["main", "page", "thumb"]
    with pytest.raises(Missing):
        services.read(file, "poster")


def test_the_path_says_nothing_of_the_content() -> None:
    with randomness.seeded(1):
        file = take(making.jpeg(20, 20), name="secret-name.jpg")
    assert file.path == f"{file.key[:2]}/{file.key}/original"


def test_a_file_that_only_shows_its_damage_when_decoded_is_rejected_later(storage_folder: Path) -> None:
    whole = making.jpeg(1600, 1000)
    file = work(take(whole[: len(whole) // 2]))
    assert (file.state, file.problem) == ("rejected", "picture_broken")
    with translation.override("zh-hans"):
        assert str(file.problem_message) == "图片已损坏，无法打开。请重新导出后再选择。"
    assert kept(storage_folder) == []
    with pytest.raises(Missing):
        services.read(file)


def test_processing_twice_changes_nothing(storage_folder: Path) -> None:
    file = take(making.jpeg(400, 300))
    arguments = Job.objects.get().arguments
    before = work(file).sha256
    tasks.process.func(**arguments)
    assert work(file).sha256 == before
    assert kept(storage_folder) == ["main", "thumb"]


def test_a_file_deleted_while_it_is_processed_leaves_nothing(
    storage_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = take(making.jpeg(400, 300))
    process = tasks.processing.process

    def deleted_meanwhile(*arguments: Any) -> Any:
        outcome = process(*arguments)
        StoredFile.objects.all().delete()
        return outcome

    monkeypatch.setattr(tasks.processing, "process", deleted_meanwhile)
    jobs.drain(strict=True)
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert kept(storage_folder) == []


def test_deleting_removes_the_row_now_and_the_bytes_by_a_job(storage_folder: Path) -> None:
    file = work(take(making.jpeg(400, 300)))
    services.delete(file)
    assert not StoredFile.objects.exists()
    assert kept(storage_folder) == ["main", "thumb"]
    jobs.drain(strict=True)
    assert list(storage_folder.rglob("main")) == []
    assert not (storage_folder / file.key[:2] / file.key).exists()


def test_an_obvious_mistake_is_told_at_once(storage_folder: Path) -> None:
    assert refusal(b"words, not a picture").code == "not_a_picture"
    assert refusal(b"").code == "empty"
    assert refusal(making.bomb_png()).code == "too_many_pixels"
    assert refusal(making.jpeg(200, 100), limits=Limits(("jpeg",), 1000)).code == "too_large"
    assert refusal(b"words", "video", VIDEOS).code == "not_a_video"
    small = refusal(making.jpeg(800, 600), limits=Limits(("jpeg", "png"), 10**7, min_long_side=1200))
    assert "800 × 600" in str(small)
    assert (StoredFile.objects.count(), Job.objects.count(), kept(storage_folder)) == (0, 0, [])


def test_a_refusal_stands_at_the_field_asked_for() -> None:
    with pytest.raises(Invalid) as caught:
        services.take(7, "picture", io.BytesIO(b"x"), name="x", size=1, limits=PICTURES, field="file")
    assert list(caught.value.fields) == ["file"]


def test_fewer_bytes_than_announced_are_refused() -> None:
    with pytest.raises(Invalid) as caught:
        services.take(7, "picture", io.BytesIO(making.jpeg(20, 20)), name="x", size=10_000, limits=PICTURES)
    assert caught.value.code == "incomplete"


def test_the_ceilings_of_the_house_hold_above_any_edition() -> None:
    assert refusal(making.jpeg(20, 20), limits=Limits(("exe", "tiff"), 10**12)).code == "format"
    with pytest.raises(Invalid) as caught:
        services.take(7, "picture", io.BytesIO(b""), name="x", size=10**9, limits=Limits(("jpeg",), 10**12))
    assert caught.value.code == "too_large"


def test_a_document_is_ready_at_once_and_keeps_its_bytes() -> None:
    file = take(making.pdf(), "document", name="letter", limits=DOCUMENTS)
    assert (file.state, file.name, file.media_type) == ("ready", "letter.pdf", "application/pdf")
    assert services.read(file) == making.pdf()
    assert not Job.objects.exists()


def test_a_video_gets_its_length_and_poster(tmp_path: Path, storage_folder: Path) -> None:
    data = making.video(tmp_path / "in", format="mov").read_bytes()
    file = work(take(data, "video", name="film.mov", limits=VIDEOS))
    assert (file.state, file.name, file.media_type, file.width) == ("ready", "film.mp4", "video/mp4", 320)
    assert file.seconds == pytest.approx(2, abs=0.1)
    assert services.read(file, "poster")[:2] == b"\xff\xd8"
    assert len(services.read(file)) == file.size
    assert kept(storage_folder) == ["main", "poster", "thumb"]


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie x=1.jpg"),
        ("photo\u202egpj.exe", "photo gpj.exe"),
        ("\0\ud800", "file"),
        ("", "file"),
        ("...", "file"),
        ("港口 照片.jpeg", "港口 照片.jpeg"),
        ("x" * 300 + ".jpeg", "x" * 115 + ".jpeg"),
    ],
)
def test_names_are_made_safe(given: str, kept_as: str) -> None:
    assert take(making.jpeg(20, 20), name=given).name == kept_as


def test_a_product_is_kept_as_it_is() -> None:
    file = services.store_product("Casebook 2026.pdf", "application/pdf", b"%PDF", owner_id=3)
    assert (file.state, file.purpose, file.size, services.read(file)) == ("ready", "product", 4, b"%PDF")
    with services.open_file(file) as opened:
        assert opened.read(2) == b"%P"


def test_what_no_worker_made_ready_is_rejected_in_the_end(storage_folder: Path) -> None:
    file = take(making.jpeg(20, 20))
    Job.objects.all().delete()
    tasks.tidy.func()
    assert StoredFile.objects.get().state == "processing"
    with clock.at(clock.now() + timedelta(days=3)):
        tasks.tidy.func()
        jobs.drain(strict=True)
    file.refresh_from_db()
    assert (file.state, file.problem, kept(storage_folder)) == ("rejected", "not_processed", [])


def test_every_message_can_be_shown_in_both_languages() -> None:
    sizes = ["megabytes", "megapixels", "width", "height", "min_long_side", "seconds", "max_seconds"]
    facts = dict.fromkeys([*sizes, "format", "formats", "codec"], "7")
    for code, message in _MESSAGES.items():
        with translation.override("en"):
            english = str(message).format(**facts)
        with translation.override("zh-hans"):
            chinese = str(message).format(**facts)
        assert english.isascii() or "×" in english, code
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese), code


@pytest.fixture
def clamd(settings: Any) -> Any:
    """A stand-in for clamd that finds EICAR-LIKE and takes the stream apart as the protocol says."""
    server = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                data = b""
                while length := int.from_bytes(stream.read(4), "big"):
                    data += stream.read(length)
                seen.append(data)
                connection.sendall(b"stream: Test FOUND\0" if b"EICAR-LIKE" in data else b"stream: OK\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.CLAMD = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    yield seen
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def test_where_a_scanner_is_named_every_file_passes_it(clamd: list[bytes], storage_folder: Path) -> None:
    clean, bad = making.pdf(b"harmless\n"), making.pdf(b"EICAR-LIKE\n")
    good_file, bad_file = take(clean, "document", limits=DOCUMENTS), take(bad, "document", limits=DOCUMENTS)
    assert good_file.state == "processing"
    assert work(good_file).state == "ready"
    assert (work(bad_file).state, bad_file.problem) == ("rejected", "virus")
    assert clamd == [clean, bad]
    assert kept(storage_folder) == ["original"]


def test_a_scanner_that_does_not_answer_lets_nothing_through(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.CLAMD = f"tcp://127.0.0.1:{port}"
    file = take(making.pdf(), "document", limits=DOCUMENTS)
    with pytest.raises(RuntimeError):
        jobs.drain(strict=True)
    file.refresh_from_db()
    assert file.state == "processing"

"""Files in a bucket: an S3 service on this machine stands for the one outside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.test import RequestFactory
from moto.server import ThreadedMotoServer

from praxis.config import settings as house
from praxis.foundation.files import responses, services, storage
from praxis.foundation.files.models import StoredFile
from praxis.foundation.jobs import services as jobs
from tests.foundation.files import making
from tests.support.processes import new_place

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of the service; a bucket `praxis` is there."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def address(service: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What PRAXIS_FILES reads; the keys are in the environment, as an operator gives them."""
    for name, value in (("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("NO_PROXY", "127.0.0.1")):
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=service, region_name="us-east-1").create_bucket(Bucket="praxis")
    return f"s3://praxis/files?endpoint={service}&region=us-east-1"


@pytest.fixture
def bucket(address: str, settings: Any) -> Any:
    """The storage that files go to during a test."""
    settings.STORAGES = {**settings.STORAGES, "default": house._files(address)}
    return default_storage


def test_an_uploaded_picture_lies_in_the_bucket_with_its_smaller_ones_until_it_is_deleted(bucket: Any) -> None:
    data = making.jpeg(2400, 1600)
    session = services.start_upload(7, "picture", name="harbour.jpg", size=len(data))
    services.append(session, 0, io.BytesIO(data))
    file = services.finish(session)
    jobs.drain(strict=True)
    file.refresh_from_db()
    assert (file.state, file.width) == ("ready", 2400)
    assert services.read(file)[:2] == services.read(file, "thumb")[:2] == b"\xff\xd8"
    assert storage.digest(services.read(file)) == file.sha256
    assert bucket.bucket_name == "praxis"
    assert {"main", "thumb"} <= set(bucket.listdir(f"{file.key[:2]}/{file.key}")[1])
    services.delete(file)
    jobs.drain(strict=True)
    assert bucket.listdir(f"{file.key[:2]}/{file.key}") == ([], [])


def test_a_film_is_sent_by_range_from_the_bucket(bucket: Any) -> None:
    film = bytes(range(256)) * 4000
    file = services.store_product("film.mp4", "video/mp4", film)
    StoredFile.objects.filter(pk=file.pk).update(purpose="video")
    for asked, start, end in (("bytes=1000-1999", 1000, 2000), ("bytes=-5", len(film) - 5, len(film)), ("bytes=9-", 9, len(film))):
        answer: Any = responses.stream(RequestFactory().get("/", headers={"Range": asked}), file, inline=True)
        assert answer.status_code == 206
        assert b"".join(answer.streaming_content) == film[start:end]
    whole: Any = responses.stream(RequestFactory().get("/"), file)
    assert b"".join(whole.streaming_content) == film


def test_reading_from_the_bucket_is_reading_a_file(bucket: Any) -> None:
    data = bytes(range(251)) * 3000
    storage.put_bytes("ab/key/main", data)
    storage.put_bytes("ab/key/main", data)
    with default_storage.open("ab/key/main") as opened:
        assert opened.size == len(data)
        for at in (0, 700_000, 5, len(data), len(data) - 3):
            opened.seek(at)
            assert opened.tell() == at
            assert opened.read(10) == data[at : at + 10]
    with storage.on_disk("ab/key/main") as copy:
        assert copy.read_bytes() == data
    with pytest.raises(FileNotFoundError):
        default_storage.open("ab/nothing/main")
    with pytest.raises(ValueError, match="as a whole"):
        default_storage.open("ab/key/main", "wb")


@pytest.mark.slow
def test_a_backup_of_a_bucket_is_restored_into_another(address: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "backup.tar"
    monkeypatch.setenv("PRAXIS_FILES", address.replace("/files", "/source"))
    with new_place(tmp_path / "source") as source:
        source.prepare()
        writer = source.python("tests.support.writers", "1", str(tmp_path / "not-yet"))
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n", writer.communicate()
        (tmp_path / "not-yet").touch()
        assert writer.wait(timeout=60) == 0, writer.communicate()
        source.praxis("backup", "--out", str(archive))
        assert not (source.folder / "files").exists(), "a file lies beside the bucket"
    monkeypatch.setenv("PRAXIS_FILES", address.replace("/files", "/target"))
    with new_place(tmp_path / "target") as target:
        assert "restored and equal to the manifest" in target.praxis("restore", str(archive)).stdout


@pytest.mark.parametrize("address", ["ftp://praxis", "s3://", "s3://praxis?secret=1", "/srv/files"])
def test_an_address_that_names_no_bucket_is_refused(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="s3://BUCKET/PREFIX"):
        house._files(address)

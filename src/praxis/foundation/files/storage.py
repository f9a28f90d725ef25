"""Where bytes lie: Django's default storage, under random keys that say nothing of the content."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

PIECE = 256 * 1024
_PARTS = ("original", "main", "thumb", "page", "poster")


def path_for(key: str, part: str) -> str:
    """The path of one part (original, main, thumb, page, poster) of a file."""
    return f"{key[:2]}/{key}/{part}"


def parts_of(key: str) -> list[str]:
    """Every path that file `key` may have bytes under."""
    return [path_for(key, part) for part in _PARTS]


def folder_of_uploads() -> Path:
    """Where uploads under way lie: on this machine (or a folder all web processes share), not in the storage."""
    named = getattr(settings, "UPLOADS_DIR", None)
    folder = Path(named) if named else Path(getattr(settings, "DATA_DIR", ".")) / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def part_of_upload(key: str) -> Path:
    """Where the bytes of an upload under way lie."""
    return folder_of_uploads() / f"{key}.part"


def sweep_uploads(open_keys: set[str], older_than: datetime) -> None:
    """Remove what was left in the folder of uploads: of no open upload, and not written to since `older_than`."""
    for entry in folder_of_uploads().iterdir():
        stale = entry.stat().st_mtime < older_than.timestamp()
        if entry.is_file() and stale and entry.name.removesuffix(".part") not in open_keys:
            entry.unlink(missing_ok=True)


class _OnDisk(File):  # type: ignore[type-arg]
    """A file that the file system storage may move into place instead of copying it."""

    def __init__(self, path: Path, opened: IO[bytes]) -> None:
        super().__init__(opened, name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)


def put_bytes(path: str, data: bytes) -> None:
    """Write `data` under exactly `path`; a job that runs again overwrites what it wrote before."""
    _put(path, ContentFile(data))


def put_file(path: str, source: Path) -> None:
    """Put the file on disk under exactly `path`; `source` may be gone afterwards."""
    with source.open("rb") as opened:
        _put(path, _OnDisk(source, opened))


def _put(path: str, content: File[Any]) -> None:
    default_storage.delete(path)
    saved = default_storage.save(path, content)
    if saved != path:
        default_storage.delete(saved)
        raise OSError(f"the storage did not keep the path {path!r}")


def remove(path: str) -> None:
    """Delete the bytes under `path`, if they are there, and the folder when it was the last."""
    default_storage.delete(path)
    local = _local(path)
    if local is not None:
        with suppress(OSError):  # other parts of the file are still there
            local.parent.rmdir()


@contextmanager
def on_disk(path: str) -> Iterator[Path]:
    """The stored file as a file on this machine: itself, or a copy where the storage is elsewhere."""
    local = _local(path)
    if local is not None:
        yield local
        return
    with scratch_file() as copy:
        with default_storage.open(path, "rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, PIECE)
        yield copy


@contextmanager
def scratch_file(suffix: str = "") -> Iterator[Path]:
    """An empty file beside the uploads, removed afterwards if it is still there."""
    handle, name = tempfile.mkstemp(suffix=suffix, prefix="scratch-", dir=folder_of_uploads())
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _local(path: str) -> Path | None:
    try:
        return Path(default_storage.path(path))
    except NotImplementedError:
        return None


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for the same bytes, or a copy where the file system has no links."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def digest_of(path: Path) -> str:
    """SHA-256 of a file on disk, as hexadecimal."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def digest(data: bytes) -> str:
    """SHA-256 as hexadecimal."""
    return hashlib.sha256(data).hexdigest()

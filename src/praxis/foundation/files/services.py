"""Every change to files: taken from a form or a finished upload, made by the house, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import transaction

from praxis.foundation.errors import Missing
from praxis.foundation.files import intake, names, storage
from praxis.foundation.files.limits import Limits, check_size
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.problems import Problem
from praxis.foundation.files.uploads import Readable, abandon, append, claim, finish, start_upload
from praxis.foundation.jobs import services as jobs
from praxis.foundation.randomness import uuid_hex

__all__ = [
    "Limits",
    "Readable",
    "abandon",
    "append",
    "claim",
    "delete",
    "finish",
    "open_file",
    "read",
    "start_upload",
    "store_product",
    "take",
]


REMOVE_BYTES = "praxis.foundation.files.tasks.remove_bytes"


def take(
    owner_id: int | None, purpose: str, stream: Readable, *, name: str, size: int, limits: Limits, field: str = ""
) -> StoredFile:
    """Keep a file that came with a form and enqueue its processing; `purpose` is picture, video or document.

    An obvious mistake (size, format, pixels, a broken document) raises Invalid on `field` at once; what only shows
    when the file is decoded turns its state to rejected later.
    """
    try:
        check_size(size, limits.within(purpose))
        with storage.scratch_file() as scratch:
            with scratch.open("wb") as target:
                _copy(stream, target, size)
            return intake.accept(owner_id, purpose, name, scratch, limits)
    except Problem as problem:
        raise problem.as_invalid(field) from problem


def store_product(name: str, media_type: str, data: bytes | Path, *, owner_id: int | None = None) -> StoredFile:
    """Keep what the house itself has made (a book, an export, a certificate); ready at once.

    A file on this machine may be gone afterwards: it is moved where that can be done.
    """
    key = uuid_hex()
    path = storage.path_for(key, "main")
    if isinstance(data, Path):
        size, digest = data.stat().st_size, storage.digest_of(data)
        storage.put_file(path, data)
    else:
        size, digest = len(data), storage.digest(data)
        storage.put_bytes(path, data)
    return StoredFile.objects.create(
        key=key,
        purpose="product",
        path=path,
        name=names.cleaned(name),
        media_type=media_type,
        size=size,
        sha256=digest,
        state=StoredFile.State.READY,
        owner_id=owner_id,
    )


def open_file(file: StoredFile, derived: str | None = None) -> IO[bytes]:
    """The bytes of a file that is ready, or of one of its smaller pictures, to be read and closed; else Missing."""
    path = file.path if derived is None else file.derived.get(derived)
    if file.state != StoredFile.State.READY or not path:
        raise Missing
    opened: Any = default_storage.open(path, "rb")
    return opened  # type: ignore[no-any-return]


def read(file: StoredFile, derived: str | None = None) -> bytes:
    """All bytes of a file that is ready, or of one of its smaller pictures; raises Missing."""
    with open_file(file, derived) as opened:
        return opened.read()


def delete(file: StoredFile) -> None:
    """Delete the row now, and its bytes by a job once the caller's transaction has come about."""
    with transaction.atomic():
        key = file.key
        file.delete()
        jobs.enqueue(REMOVE_BYTES, paths=storage.parts_of(key))


def _copy(stream: Readable, target: IO[bytes], size: int) -> None:
    """Copy exactly `size` bytes; raises Problem when they are fewer."""
    left = size
    while left > 0 and (piece := stream.read(min(storage.PIECE, left))):
        target.write(piece)
        left -= len(piece)
    if left:
        raise Problem("incomplete")

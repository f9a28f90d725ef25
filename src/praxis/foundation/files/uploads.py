"""Resumable uploads: a session row, a file on disk that grows, and the stage that takes it when it is whole."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files import intake, names, selectors, storage
from praxis.foundation.files.limits import CEILINGS, MB, Limits, check_size
from praxis.foundation.files.models import StoredFile, UploadSession
from praxis.foundation.files.problems import Problem, message
from praxis.foundation.randomness import uuid_hex

# An upload that grows by nothing for so long is dropped.
LIFETIME = timedelta(days=2)
MOST_OPEN = 20
MOST_OPEN_BYTES = 16 * 1024 * MB
# What must stay free on the disk, whatever people send.
_RESERVE = 512 * MB
# The row follows the disk at these steps, so that a machine that dies loses no more.
_STEP = 4 * MB


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


def start_upload(owner_id: int, purpose: str, *, name: str, size: int) -> UploadSession:
    """Open an upload of `size` bytes; raises Invalid (purpose, size) and Conflict (too many open, no room)."""
    if purpose not in CEILINGS:
        raise Invalid({"purpose": _("Nothing can be uploaded for this purpose.")}, code="purpose")
    try:
        check_size(size, CEILINGS[purpose])
    except Problem as problem:
        raise problem.as_invalid("size") from problem
    if shutil.disk_usage(storage.folder_of_uploads()).free < size + _RESERVE:
        raise Conflict(_("There is no room for this file at the moment. Try again later."), code="room")
    with transaction.atomic():
        waiting, pending = selectors.open_uploads(owner_id).count(), selectors.open_bytes(owner_id)
        if waiting >= MOST_OPEN or pending + size > MOST_OPEN_BYTES:
            raise Conflict(_("You have too many uploads under way. Finish or cancel some of them first."), code="quota")
        session = UploadSession.objects.create(
            key=uuid_hex(),
            owner_id=owner_id,
            purpose=purpose,
            name=names.cleaned(name),
            size=size,
            expires_at=clock.now() + LIFETIME,
        )
    storage.part_of_upload(session.key).touch()
    return session


def append(session: UploadSession, offset: int, stream: Readable) -> int:
    """Add what `stream` gives from byte `offset` on, and return how many bytes are there now.

    What arrived before a cut is kept. Raises Conflict when `offset` is not where the upload stands, or when another
    request is adding to it. Not to be called within a transaction: the row follows the disk step by step.
    """
    with _held(session) as part:
        session.refresh_from_db()
        if session.finished_at or offset != session.received:
            raise Conflict(_("The upload stands at another place. Ask where, and go on from there."), code="offset")
        # Bytes beyond the row's count were written before a crash and never acknowledged.
        part.truncate(offset)
        part.seek(offset)
        recorded = offset
        try:
            while piece := stream.read(min(storage.PIECE, session.size - part.tell())):
                part.write(piece)
                if part.tell() - recorded >= _STEP:
                    recorded = _record(session, part)
        except OSError:  # the connection was cut: what came before it counts
            pass
        if part.tell() > recorded:
            recorded = _record(session, part)
    return recorded


def finish(session: UploadSession, *, limits: Limits | None = None) -> StoredFile:
    """Make the complete upload a stored file, once; a second call returns the same one.

    `limits` are the stage's; those of the house hold anyway. Raises Conflict when bytes are missing and Invalid when
    it is not what may be uploaded; the bytes stay until the transaction around this has come about.
    """
    with transaction.atomic():
        locked = UploadSession.objects.select_for_update().filter(pk=session.pk).first()
        if locked is None:
            raise Missing
        if locked.file is not None:
            return locked.file
        part = storage.part_of_upload(locked.key)
        if not locked.is_complete or not part.exists() or part.stat().st_size != locked.size:
            raise Conflict(message("incomplete", {}), code="incomplete")
        with storage.scratch_file() as copy:
            storage.link_or_copy(part, copy)
            try:
                file = intake.accept(
                    locked.owner_id, locked.purpose, locked.name, copy, limits or CEILINGS[locked.purpose]
                )
            except Problem as problem:
                raise problem.as_invalid() from problem
        locked.file, locked.finished_at = file, clock.now()
        locked.save(update_fields=["file", "finished_at"])
        transaction.on_commit(lambda: part.unlink(missing_ok=True))
    session.refresh_from_db()
    return file


def claim(owner_id: int, key: str, purpose: str, limits: Limits) -> StoredFile:
    """What a desk's form calls with the key of a finished upload: the owner's own, for this purpose; else Missing."""
    session = selectors.upload_of(owner_id, key)
    if session.purpose != purpose:
        raise Missing
    return finish(session, limits=limits)


def abandon(session: UploadSession) -> None:
    """Drop the upload and its bytes; a file already made of it stays."""
    session.delete()
    storage.part_of_upload(session.key).unlink(missing_ok=True)


@contextmanager
def _held(session: UploadSession) -> Iterator[IO[bytes]]:
    """The file on disk, locked against a second request for the same upload."""
    path = storage.part_of_upload(session.key)
    try:
        part = path.open("r+b")
    except FileNotFoundError:
        raise Missing from None
    with part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(_("Another request is adding to this upload."), code="busy") from None
        yield part


def _record(session: UploadSession, part: IO[bytes]) -> int:
    """First the bytes to the disk, then their count to the row."""
    part.flush()
    os.fsync(part.fileno())
    received = part.tell()
    UploadSession.objects.filter(pk=session.pk).update(received=received, expires_at=clock.now() + LIFETIME)
    session.received = received
    return received


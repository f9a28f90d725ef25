"""The one way in for bytes a person sent: looked at, named anew, kept, and given to a job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from praxis.foundation.files import documents, names, scan, storage
from praxis.foundation.files.limits import Limits, check_size
from praxis.foundation.files.models import StoredFile
from praxis.foundation.jobs import services as jobs
from praxis.foundation.loading import on_use
from praxis.foundation.randomness import uuid_hex

if TYPE_CHECKING:
    from praxis.foundation.files import processing
else:
    processing = on_use("praxis.foundation.files.processing")

# By name: it loads what decodes pictures and videos.
PROCESS = "praxis.foundation.files.tasks.process"

_ENDINGS = {documents.MEDIA_TYPES["pdf"]: ".pdf", documents.MEDIA_TYPES["docx"]: ".docx"}


def accept(owner_id: int | None, purpose: str, name: str, path: Path, limits: Limits) -> StoredFile:
    """Keep the file at `path` (which may be gone afterwards) and enqueue its processing; raises Problem.

    A document needs no work unless it is to be scanned, and is ready at once.
    """
    limits = limits.within(purpose)
    size = path.stat().st_size
    check_size(size, limits)
    media_type = processing.sniff(purpose, path, limits)
    name = names.cleaned(name)
    if media_type in _ENDINGS:
        name = names.with_ending(name, _ENDINGS[media_type])
    ready = purpose == "document" and not scan.address()
    key = uuid_hex()
    file = StoredFile(
        key=key,
        purpose=purpose,
        path=storage.path_for(key, "original"),
        name=name,
        media_type=media_type,
        size=size,
        sha256=storage.digest_of(path) if ready else "",
        state=StoredFile.State.READY if ready else StoredFile.State.PROCESSING,
        owner_id=owner_id,
    )
    storage.put_file(file.path, path)
    with transaction.atomic():
        file.save(force_insert=True)
        if not ready:
            jobs.enqueue(PROCESS, file_id=file.pk, limits=limits.as_json(), owner_id=owner_id, max_attempts=3)
    return file

"""Reads of upload sessions. Files are found through the stage that owns them."""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from praxis.foundation import clock
from praxis.foundation.errors import Missing
from praxis.foundation.files.models import UploadSession


def upload_of(owner_id: int, key: str) -> UploadSession:
    """The owner's own upload that has not expired; raises Missing for anybody else's, as for none."""
    session = UploadSession.objects.filter(owner_id=owner_id, key=key, expires_at__gt=clock.now()).first()
    if session is None:
        raise Missing
    return session


def open_uploads(owner_id: int) -> QuerySet[UploadSession]:
    """The owner's uploads that no stage has taken yet, oldest first."""
    return UploadSession.objects.filter(
        owner_id=owner_id, finished_at__isnull=True, expires_at__gt=clock.now()
    ).order_by("id")


def open_bytes(owner_id: int) -> int:
    """How many bytes the owner's open uploads will take when they are complete."""
    return int(open_uploads(owner_id).aggregate(total=Sum("size"))["total"] or 0)

"""Files and upload sessions. A file has no read URL of its own: a desk asks its stage whether, then streams."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock


class StoredFile(models.Model):
    """A file kept in storage under `path`. `purpose` is picture, video, document, product or archive."""

    class State(models.TextChoices):
        PROCESSING = "processing"
        READY = "ready"
        REJECTED = "rejected"

    key = models.CharField(max_length=32, unique=True)
    purpose = models.CharField(max_length=20)
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROCESSING)
    problem = models.CharField(max_length=300, blank=True)
    # Pictures and videos: pixels; videos: seconds.
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    # Smaller pictures of it (thumbnail, poster), by name: {"thumb": "<path>", ...}.
    derived = models.JSONField(default=dict)
    owner_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)


class UploadSession(models.Model):
    """One upload under way; the transport (tus, multipart) appends, the stage takes the finished file."""

    key = models.CharField(max_length=32, unique=True)
    owner_id = models.BigIntegerField()
    purpose = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    file = models.OneToOneField(StoredFile, on_delete=models.SET_NULL, null=True, related_name="upload")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

"""Files and upload sessions. A file has no read URL of its own: a desk asks its stage whether, then streams."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock
from praxis.foundation.errors import Text
from praxis.foundation.files import problems


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
    # Bytes and SHA-256 of what lies under `path`; the hash comes with state ready.
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROCESSING)
    # Why it was rejected: a code of `problems` and what its message names.
    problem = models.CharField(max_length=40, blank=True)
    problem_facts = models.JSONField(default=dict, blank=True)
    # Pictures and videos: pixels; videos: seconds.
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    # Smaller pictures of it, always JPEG, by name (thumb, page, poster): {"thumb": "<path>", ...}.
    derived = models.JSONField(default=dict)
    owner_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="rejected") & ~models.Q(problem="")
                | ~models.Q(state="rejected") & models.Q(problem=""),
                name="files_problem_says_why_rejected",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def problem_message(self) -> Text:
        """Why it was rejected, in the reader's language; "" when it was not."""
        return problems.message(self.problem, self.problem_facts) if self.problem else ""


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

    class Meta:
        indexes = [
            models.Index(fields=["owner_id", "finished_at"], name="files_upload_open"),
            models.Index(fields=["expires_at"], name="files_upload_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received__lte=models.F("size")), name="files_upload_within_its_size"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.received}/{self.size})"

    @property
    def is_complete(self) -> bool:
        return self.received == self.size

"""Long text in several languages: one row per language and field, with its state, author and history."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock


class TextState(models.TextChoices):
    MISSING = "missing"
    MACHINE = "machine"
    HUMAN = "human"
    REVIEWED = "reviewed"


class Text(models.Model):
    """Abstract row of one language of one field. `source_digest` is the hash of the text it was translated from."""

    language = models.CharField(max_length=12)
    field = models.CharField(max_length=60)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=TextState.choices, default=TextState.MISSING)
    author_id = models.BigIntegerField(null=True)
    source_language = models.CharField(max_length=12, blank=True)
    source_digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True


class TextHistory(models.Model):
    """What an autosave replaced: `owner` is "<app>.<model>:<id of the owning object>"."""

    owner = models.CharField(max_length=60)
    language = models.CharField(max_length=12)
    field = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    body = models.TextField(blank=True)
    author_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "language", "field", "version"], name="texts_history_version")
        ]

"""The search table: one row per thing and language; the full-text index over it is made per database."""

from __future__ import annotations

from django.db import models


class SearchRow(models.Model):
    """`kind` and `object_id` say what is found; `audience` says who may find it ("public", "edition:<id>")."""

    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    audience = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=500)
    text = models.TextField(blank=True)
    tokens = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audience", "kind", "object_id", "language"], name="search_row_once")
        ]

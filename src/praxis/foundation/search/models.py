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
    # What the index holds, made by `tokens`: the title's tokens, and those of title and text together.
    # The triggers of migration 0002 keep SQLite's index in step; they hang on this table and on these two columns.
    title_tokens = models.TextField(blank=True)
    tokens = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["audience", "kind", "object_id", "language"], name="search_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} ({self.audience}, {self.language})"

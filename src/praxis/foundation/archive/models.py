"""What earlier Casebooks held. Unknown is unknown: empty, never zero."""

from __future__ import annotations

from django.db import models

from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Programme


class PastCase(models.Model):
    """A case of an earlier year. `year` is null where only a span is known (`year_note` says which)."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="past_cases")
    key = models.CharField(max_length=32, unique=True)
    year = models.PositiveSmallIntegerField(null=True)
    year_note = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=20, blank=True)
    names = models.JSONField(default=dict)
    category = models.CharField(max_length=40, blank=True)
    category_note = models.CharField(max_length=60, blank=True)
    applicant = models.CharField(max_length=200, blank=True)
    applicant_note = models.CharField(max_length=60, blank=True)
    places = models.JSONField(default=list)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-year", "id"]

    def __str__(self) -> str:
        return pick(self.names)

"""Countries and regions: an editable table, seeded once."""

from __future__ import annotations

from django.db import models

from praxis.foundation.locale import pick


class Place(models.Model):
    """A country or region. The code is ISO 3166-1 alpha-2 where there is one."""

    code = models.CharField(max_length=8, primary_key=True)
    names = models.JSONField(default=dict)
    shown = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return pick(self.names) or self.code

"""Recommending units (推荐单位), their tables and their recommendations."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock
from praxis.foundation.people.models import Organisation
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.models import Case


class Unit(models.Model):
    """An organisation that spreads the call and collects cases of its members, with its own earlier deadline."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="units")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="units")
    code = models.SlugField(max_length=40)
    welcome = models.JSONField(default=dict)
    mailbox = models.EmailField(blank=True)
    closes_at = models.DateTimeField(null=True)
    # How many it may endorse; null is no limit.
    quota = models.PositiveSmallIntegerField(null=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["edition", "id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="recommendations_unit_code"),
            models.UniqueConstraint(fields=["edition", "organisation"], name="recommendations_unit_organisation"),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class Recommendation(models.Model):
    """A row of a unit's table (Annex 2): a project it collected, tied to a case once there is one."""

    class State(models.TextChoices):
        LISTED = "listed"
        LINKED = "linked"
        ENDORSED = "endorsed"
        DROPPED = "dropped"

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="recommendations")
    position = models.PositiveIntegerField(default=0)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="recommendations")
    # As the unit's table gave them.
    project = models.CharField(max_length=300, blank=True)
    applicant = models.CharField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    contact = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LISTED)
    opinion = models.TextField(blank=True)
    endorsed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["unit", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "case"], condition=models.Q(case__isnull=False), name="recommendations_case_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["linked", "endorsed"]) | models.Q(case__isnull=False),
                name="recommendations_linked_has_case",
            ),
        ]

"""Screening (形式审查): findings against the rules, and cases found similar."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock
from praxis.foundation.archive.models import PastCase
from praxis.foundation.people.models import User
from praxis.lifecycle.cases.models import Case, Revision


class Screening(models.Model):
    """Where the screening of a case stands: which revision was looked at, by whom, with what outcome."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        CHECKED = "checked"
        DECIDED = "decided"

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="screening")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    # How many findings say no, how many warn; the worst match. For the queue's order.
    noes = models.PositiveSmallIntegerField(default=0)
    warnings = models.PositiveSmallIntegerField(default=0)
    best_match = models.FloatField(null=True)
    checked_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)


class Finding(models.Model):
    """One rule held against one revision: yes, no or a warning, and why."""

    class Answer(models.TextChoices):
        YES = "yes"
        NO = "no"
        WARNING = "warning"

    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=40)
    answer = models.CharField(max_length=8, choices=Answer.choices)
    reasons = models.JSONField(default=dict)
    # A person's word stands over the machine's.
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["screening", "rule"], name="screening_finding_once")]


class Match(models.Model):
    """A case found similar to another of this edition or to a past one."""

    class Verdict(models.TextChoices):
        OPEN = "open"
        SAME = "same"
        DIFFERENT = "different"

    screening = models.ForeignKey(Screening, on_delete=models.CASCADE, related_name="matches")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="+")
    past = models.ForeignKey(PastCase, on_delete=models.CASCADE, null=True, related_name="+")
    score = models.FloatField()
    channel = models.CharField(max_length=20)
    passages = models.JSONField(default=list)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["screening", "-score", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(other__isnull=False, past__isnull=True)
                | models.Q(other__isnull=True, past__isnull=False),
                name="screening_match_one_other",
            )
        ]

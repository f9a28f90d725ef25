"""Selection: decisions under embargo, their sealing, telling and release. Nothing here changes an earlier stage."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock
from praxis.foundation.files.models import StoredFile
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition, Tier
from praxis.lifecycle.cases.models import Case, Revision


class Selection(models.Model):
    """The choosing of one edition: open, sealed, told, released. `digest` seals the list of decisions."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="selection")
    state = models.CharField(max_length=10, default="open")
    digest = models.CharField(max_length=64, blank=True)
    sealed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    list_docx = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    list_xlsx = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "sealed", "told", "released"]), name="selection_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(sealed_at__isnull=False), name="selection_sealed_at"
            ),
        ]


class Proposal(models.Model):
    """A run of the selection engine for one tier: its set, the prices of its quotas, who was close."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="proposals")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    settings = models.JSONField(default=dict)
    chosen = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    seed = models.PositiveBigIntegerField(default=0)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)


class Decision(models.Model):
    """What a case was chosen for. `reserve` is a place on the reserve list (1 is the first to move up)."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="decisions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="decisions")
    reserve = models.PositiveSmallIntegerField(null=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["selection", "tier__position", "reserve", "id"]
        constraints = [models.UniqueConstraint(fields=["selection", "case", "tier"], name="selection_decision_once")]


class Telling(models.Model):
    """A chosen applicant told in confidence; it learns its own result once it has accepted confidentiality."""

    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="tellings")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="telling")
    told_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)


class ReleaseApproval(models.Model):
    """One of the two people who release."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="approvals")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["selection", "user"], name="selection_approval_once")]

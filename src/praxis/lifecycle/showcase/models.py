"""The showcase: the stage, who speaks, who is invited, certificates, stories and the unit award."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock
from praxis.foundation.files.models import StoredFile
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.recommendations.models import Unit


class Showcase(models.Model):
    """The release on stage of one edition."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="showcase")
    venue = models.JSONField(default=dict)
    starts_at = models.DateTimeField(null=True)
    stream = models.URLField(blank=True)


class Slot(models.Model):
    """An Outstanding Case's minutes on stage."""

    showcase = models.ForeignKey(Showcase, on_delete=models.CASCADE, related_name="slots")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="slot")
    position = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(default=6)
    trophy = models.CharField(max_length=12, default="ordered")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["showcase", "position", "id"]


class Presenter(models.Model):
    """Who comes for a slot: the presenter or the one assistant."""

    class Role(models.TextChoices):
        PRESENTER = "presenter"
        ASSISTANT = "assistant"

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="presenters")
    role = models.CharField(max_length=10, choices=Role.choices)
    name = models.CharField(max_length=120)
    position = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=12, default="en")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "role"], name="showcase_presenter_role")]


class StageRehearsal(models.Model):
    """A rehearsal on stage or online of one slot."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="rehearsals")
    at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    held = models.BooleanField(default=False)


class Invitation(models.Model):
    """An invitation to the summit, on site or online, for one person of a chosen case or a unit."""

    class Mode(models.TextChoices):
        ONSITE = "onsite"
        ONLINE = "online"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="invitations")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="invitations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="invitations")
    mode = models.CharField(max_length=8, choices=Mode.choices)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=12, default="en")
    state = models.CharField(max_length=10, default="draft")
    token = models.CharField(max_length=64, unique=True)
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)


class Certificate(models.Model):
    """A certificate as PDF. Anyone who holds it can check it by its code."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=16)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="certificates")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="certificates")
    names = models.JSONField(default=dict)
    code = models.CharField(max_length=24, unique=True)
    file = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)


class Story(models.Model):
    """A text for publicity in one language (走进精品案例)."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="stories")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=300)
    body = models.TextField()
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "language"], name="showcase_story_language")]


class UnitAward(models.Model):
    """A unit's points for the Excellent Organisation Award (卓越组织奖), with how they came about."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="unit_awards")
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="award")
    points = models.FloatField()
    rank = models.PositiveSmallIntegerField()
    derivation = models.JSONField(default=dict)
    awarded = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["edition", "rank", "id"]

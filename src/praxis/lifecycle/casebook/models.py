"""The Casebook: entries that start as copies of revisions, proofs, builds and errata."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock
from praxis.foundation.files.models import StoredFile
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Category, Edition
from praxis.foundation.texts.models import Text
from praxis.lifecycle.casebook.states import ENTRY
from praxis.lifecycle.cases.models import Case, Revision


class Casebook(models.Model):
    """The book of an edition. `front` holds foreword and imprint by language."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="casebook")
    front = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)


class Entry(models.Model):
    """A case in the Casebook: a copy of a revision; every later difference is shown and approved."""

    casebook = models.ForeignKey(Casebook, on_delete=models.CASCADE, related_name="entries")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="entry")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=32, unique=True)
    outstanding = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    titles = models.JSONField(default=dict)
    applicants = models.JSONField(default=dict)
    # Names and countries of partners as printed: [{"names": {...}, "place": "KE"}, ...].
    partners = models.JSONField(default=list)
    places = models.JSONField(default=list)
    kinds = models.JSONField(default=list)
    state = models.CharField(max_length=14, default="drafted")
    approved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["casebook", "category__position", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(ENTRY.states)), name="casebook_entry_state"),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(approved_at__isnull=False),
                name="casebook_entry_approved_at",
            ),
        ]


class EntryText(Text):
    """One language of one field of an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="texts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "language", "field"], name="casebook_text_once")]


class EntryPicture(models.Model):
    """A picture or video of an entry. `origin` says whether the revision had it or it came as display material."""

    class Origin(models.TextChoices):
        REVISION = "revision"
        DISPLAY = "display"

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="pictures")
    key = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10, default="picture")
    position = models.PositiveSmallIntegerField(default=0)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    captions = models.JSONField(default=dict)
    alts = models.JSONField(default=dict)
    credit = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    printed = models.BooleanField(default=True)

    class Meta:
        ordering = ["entry", "position", "id"]


class Proof(models.Model):
    """A proof sent to the applicant: the entry as it stood, by its digest."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="proofs")
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    answer = models.CharField(max_length=10, blank=True)
    message = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["entry", "number"]
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="casebook_proof_number")]


class Build(models.Model):
    """One book made: a language, a format, the file. `digest` is of what went in."""

    class State(models.TextChoices):
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"

    casebook = models.ForeignKey(Casebook, on_delete=models.CASCADE, related_name="builds")
    language = models.CharField(max_length=12)
    format = models.CharField(max_length=4)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    findings = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    published = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=clock.now)


class Erratum(models.Model):
    """A correction after the release; the published text stays as it was, the erratum says what is right."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="errata")
    texts = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

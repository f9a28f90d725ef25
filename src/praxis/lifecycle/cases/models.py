"""Cases: what applicants write, what they submitted, and what is said between them and the secretariat."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock
from praxis.foundation.files.models import StoredFile
from praxis.foundation.locale import pick
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.places.models import Place
from praxis.foundation.programmes.models import Category, Edition
from praxis.foundation.texts.models import Text
from praxis.lifecycle.cases.states import STATES


class Case(models.Model):
    """A practice case. Its own state ends at admitted, ineligible or withdrawn; decisions are not here."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="cases")
    # Names the case in addresses; tells nothing.
    key = models.CharField(max_length=32, unique=True)
    # What people quote ("2026-0042"); given at the first submission.
    number = models.CharField(max_length=20, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    kinds = models.JSONField(default=list)
    started_on = models.DateField(null=True, blank=True)
    uses_internet = models.BooleanField(null=True)
    # Titles by language, kept beside the texts so that lists need not read long text.
    titles = models.JSONField(default=dict)
    # Codes of countries or regions, in the order given; `CasePlace` rows mirror them for filters.
    places = models.JSONField(default=list)
    consents = models.JSONField(default=dict)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=12, default="draft")
    # The unit's code through whose page the case came; recommendations tie it to the unit.
    came_through = models.CharField(max_length=40, blank=True)
    revision = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    # One later deadline for this case alone, with its reason in `Extension`.
    extended_to = models.DateTimeField(null=True)
    return_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    on_behalf = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["edition", "state", "id"], name="cases_case_state"),
            models.Index(fields=["edition", "category", "id"], name="cases_case_category"),
            models.Index(fields=["edition", "number"], name="cases_case_number"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"], condition=~models.Q(number=""), name="cases_case_number_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=list(STATES)), name="cases_case_state_known"),
            # What was submitted has a number, a revision and an instant; a draft may have none.
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "withdrawn"])
                | (~models.Q(number="") & models.Q(revision__isnull=False, submitted_at__isnull=False)),
                name="cases_case_submitted_whole",
            ),
        ]

    def __str__(self) -> str:
        return pick(self.titles) or self.number or "—"


class CaseText(Text):
    """One language of one field of a case. Headings are fields of their own ("background.heading")."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="texts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "language", "field"], name="cases_text_once")]


class CasePlace(models.Model):
    """A country or region in which a case is carried out."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="case_places")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "place"], name="cases_place_once")]


class Partner(models.Model):
    """Another institution that takes part (其他参与机构). It may confirm by a link sent to it."""

    class State(models.TextChoices):
        NAMED = "named"
        ASKED = "asked"
        CONFIRMED = "confirmed"
        DECLINED = "declined"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="partners")
    position = models.PositiveSmallIntegerField(default=0)
    names = models.JSONField(default=dict)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    roles = models.JSONField(default=dict)
    email = models.EmailField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NAMED)
    token = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["case", "position", "id"]


class Attachment(models.Model):
    """A picture, video or document of a case, with what must be said of it."""

    class Kind(models.TextChoices):
        PICTURE = "picture"
        VIDEO = "video"
        DOCUMENT = "document"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(default=0)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    captions = models.JSONField(default=dict)
    alts = models.JSONField(default=dict)
    credit = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=60, blank=True)
    consent = models.BooleanField(default=False)
    # Taken out by the applicant; kept while a revision holds it.
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["case", "kind", "position", "id"]


class Revision(models.Model):
    """What was submitted, frozen. `digest` is the SHA-256 of the canonical JSON of `content`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=20, unique=True)
    # The key of the form it came from: the same form sent twice makes one revision.
    submission_key = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_revision_number"),
            models.UniqueConstraint(fields=["case", "submission_key"], name="cases_revision_key"),
        ]


class Extension(models.Model):
    """A later deadline for one case, with its reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="extensions")
    until = models.DateTimeField()
    reason = models.TextField()
    granted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)


class Message(models.Model):
    """A line of the thread between an applicant and the secretariat."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    from_secretariat = models.BooleanField()
    body = models.TextField()
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["case", "id"]

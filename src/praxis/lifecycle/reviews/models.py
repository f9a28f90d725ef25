"""Reviews: experts, conflicts, assignments, score sheets and the standings they give."""

from __future__ import annotations

from django.db import models

from praxis.foundation import clock
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.places.models import Place
from praxis.foundation.programmes.models import Category, Criterion, Edition, Round
from praxis.lifecycle.cases.models import Case, Revision
from praxis.lifecycle.reviews.states import ASSIGNMENT_STATES


class Expert(models.Model):
    """A member of the review committee of one edition."""

    class State(models.TextChoices):
        INVITED = "invited"
        ACTIVE = "active"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="experts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="expert_on")
    names = models.JSONField(default=dict)
    affiliation = models.CharField(max_length=300, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    categories = models.ManyToManyField(Category, related_name="experts")
    languages = models.JSONField(default=list)
    load_min = models.PositiveSmallIntegerField(default=0)
    load_max = models.PositiveSmallIntegerField(default=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    undertaking_at = models.DateTimeField(null=True)
    undertaking_text = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["edition", "id"]
        constraints = [models.UniqueConstraint(fields=["edition", "user"], name="reviews_expert_once")]


class Conflict(models.Model):
    """Why an expert must not judge a case, or any case of an organisation."""

    class Source(models.TextChoices):
        DECLARED = "declared"
        SECRETARIAT = "secretariat"
        ORGANISATION = "organisation"

    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="conflicts")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="+")
    source = models.CharField(max_length=12, choices=Source.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(case__isnull=False) | models.Q(organisation__isnull=False),
                name="reviews_conflict_of_something",
            )
        ]


class RoundCase(models.Model):
    """A case a round looks at, with the revision that is read. A round refuses every other."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="round_cases")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="round_cases")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    # The running order of a round of live pitches; all 0 where nobody has set one.
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "case"], name="reviews_round_case_once")]


class AssignmentPlan(models.Model):
    """A run of the assignment engine: its report, and the certificate that it is the optimum."""

    class State(models.TextChoices):
        RUNNING = "running"
        PROPOSED = "proposed"
        APPLIED = "applied"
        FAILED = "failed"

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="plans")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    pairs = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    seed = models.PositiveBigIntegerField(default=0)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    applied_at = models.DateTimeField(null=True)


class Assignment(models.Model):
    """An expert is to read a revision of a case in a round."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assignments")
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="assignments")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, default="open")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["expert", "round", "id"], name="reviews_assignment_expert"),
            models.Index(fields=["round", "case"], name="reviews_assignment_case"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "expert", "case"],
                condition=~models.Q(state__in=["released", "conflicted"]),
                name="reviews_assignment_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=list(ASSIGNMENT_STATES)), name="reviews_assignment_state"
            ),
        ]


class ScoreSheet(models.Model):
    """An expert's scores and comments on an assigned case."""

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="sheet")
    comment = models.TextField(blank=True)
    confidential = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    # Weighted mean of the scores, on the scale; null until every criterion has one.
    total = models.FloatField(null=True)
    submitted_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=clock.now)


class Score(models.Model):
    """The value given on one criterion."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "criterion"], name="reviews_score_once")]


class StandingRun(models.Model):
    """One computation of a round's standings: which sheets it used, what it advises."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="runs")
    reviews = models.PositiveIntegerField()
    advice = models.CharField(max_length=12)
    # Why: {"code", "median", "error_mean", "error_calibrated"} as the engine gives it, for a page to say in words.
    reason = models.JSONField(default=dict)
    shares = models.JSONField(default=dict)
    experts = models.JSONField(default=list)
    surprises = models.JSONField(default=list)
    seed = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)


class Standing(models.Model):
    """A case's result in a round, as of one run."""

    run = models.ForeignKey(StandingRun, on_delete=models.CASCADE, related_name="standings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="standings")
    rank = models.PositiveIntegerField()
    reviews = models.PositiveSmallIntegerField()
    mean = models.FloatField(null=True)
    quality = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    # Probability of being among the about-N of the round's tier.
    p_top = models.FloatField(null=True)

    class Meta:
        ordering = ["run", "rank"]
        constraints = [models.UniqueConstraint(fields=["run", "case"], name="reviews_standing_once")]
        # One for each order of the standings page, so that a page is read and not the whole run.
        indexes = [
            models.Index(fields=["run", "rank", "id"], name="reviews_standing_rank"),
            models.Index(fields=["run", "mean", "id"], name="reviews_standing_mean"),
            models.Index(fields=["run", "quality", "id"], name="reviews_standing_quality"),
            models.Index(fields=["run", "p_top", "id"], name="reviews_standing_p_top"),
        ]

"""Programmes, their editions, and who does what on an edition."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, ClassVar

from django.db import models

from praxis.foundation import clock
from praxis.foundation.locale import pick
from praxis.foundation.people.models import User
from praxis.foundation.programmes.config import EditionConfig


class Programme(models.Model):
    """A call that comes back each year."""

    code = models.SlugField(max_length=60, unique=True)
    names = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return pick(self.names) or self.code


_settings: dict[str, EditionConfig] = {}


@lru_cache(8)
def _parsed(text: str) -> Any:
    return json.loads(text)


class KeptJSON(models.JSONField):
    """JSON that hardly ever changes and comes along with many rows: the same text is read once, into one object.

    Nobody alters what is in it; a change assigns another value. To migrations it is a JSON field as any other.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The value, the same object for the same text."""
        if isinstance(value, str):
            return _parsed(value)
        return super().from_db_value(value, expression, connection)

    def deconstruct(self) -> Any:
        """As the field it is made from."""
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.JSONField", arguments, options


class EditionManager(models.Manager["Edition"]):
    """Reads editions without their configuration, which is large and kept by its digest."""

    def get_queryset(self) -> models.QuerySet[Edition]:
        return super().get_queryset().defer("config")


class Edition(models.Model):
    """A programme's year. `config` is the preset it was loaded from, whole; `states.py` says how it moves."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="editions")
    code = models.SlugField(max_length=60)
    year = models.PositiveSmallIntegerField()
    names = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="draft")
    zone = models.CharField(max_length=60, default="UTC")
    opens_at = models.DateTimeField()
    # Exclusive: the first instant at which nothing more is taken.
    closes_at = models.DateTimeField()
    # Left out of every read of the row (see `EditionManager`): `settings` keeps one copy for each digest.
    config = KeptJSON(default=dict)
    config_digest = models.CharField(max_length=64, blank=True)
    # A rehearsal: every page says that its organisations and cases are invented.
    rehearsal = models.BooleanField(default=False)
    # Used for the numbers that people quote; taken under a row lock.
    last_case_number = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[EditionManager] = EditionManager()

    class Meta:
        ordering = ["-year", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="programmes_edition_code"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="programmes_edition_closes_after"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["draft", "open", "screening", "reviewing", "decided", "told", "released"]
                ),
                name="programmes_edition_state",
            ),
        ]

    def __str__(self) -> str:
        return pick(self.names) or self.code

    @property
    def settings(self) -> EditionConfig:
        """The typed configuration; read from the database once a process for each digest."""
        kept = _settings.get(self.config_digest)
        if kept is None:
            kept = EditionConfig.from_json(self.config)
            if len(_settings) >= 64:
                _settings.clear()
            if self.config_digest:
                _settings[self.config_digest] = kept
        return kept


class Category(models.Model):
    """One of the fields a case is in. Labels change between years: the code stays."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="categories")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    labels = models.JSONField(default=dict)
    hue = models.CharField(max_length=7)

    class Meta:
        ordering = ["edition", "position"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="programmes_category_code")]

    def __str__(self) -> str:
        return pick(self.labels) or self.code


class Round(models.Model):
    """A round of review. `kind` is scores or pitch."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rounds")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    labels = models.JSONField(default=dict)
    kind = models.CharField(max_length=10, default="scores")
    state = models.CharField(max_length=10, default="planned")
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="programmes_round_code"),
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "open", "closed"]), name="programmes_round_state"
            ),
        ]

    def __str__(self) -> str:
        return pick(self.labels) or self.code


class Criterion(models.Model):
    """What a case is scored on in a round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    labels = models.JSONField(default=dict)
    weight = models.FloatField(default=1)

    class Meta:
        ordering = ["round", "position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "code"], name="programmes_criterion_code"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="programmes_criterion_weight"),
        ]


class Tier(models.Model):
    """What a case can be chosen for. Positions grow with the honour: a later tier is chosen out of the one before."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="tiers")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="tiers")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    labels = models.JSONField(default=dict)
    size_low = models.PositiveIntegerField()
    size_about = models.PositiveIntegerField()
    size_high = models.PositiveIntegerField()
    on_stage = models.BooleanField(default=False)

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="programmes_tier_code"),
            models.CheckConstraint(
                condition=models.Q(size_low__lte=models.F("size_about"), size_about__lte=models.F("size_high")),
                name="programmes_tier_sizes",
            ),
        ]

    def __str__(self) -> str:
        return pick(self.labels) or self.code


class EditionRole(models.Model):
    """A person named on an edition. `secretariat` runs it; `chair` also seals and releases."""

    class Role(models.TextChoices):
        SECRETARIAT = "secretariat"
        CHAIR = "chair"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="edition_roles")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "user", "role"], name="programmes_role_once")]

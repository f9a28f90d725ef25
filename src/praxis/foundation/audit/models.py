"""The audit log: one chain of events per edition (and one for the platform), hash over salted digests.

The chain holds digests; the bodies lie beside, so that a person's data in them can be erased without breaking it.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models


class InsertOnly(models.QuerySet[Any]):
    """Refuses what would alter the log by way of the ORM; sealing and erasing go through `services` alone."""

    def update(self, **changes: Any) -> int:
        raise TypeError("the audit log is only added to")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("the audit log is only added to")

    def bulk_update(self, *rows: Any, **options: Any) -> int:
        raise TypeError("the audit log is only added to")


class Row(models.Model):
    """A row that is written once."""

    objects = InsertOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError("the audit log is only added to")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("the audit log is only added to")

    @classmethod
    def rows(cls) -> models.QuerySet[Self]:
        """The rows without the guard, for `services` alone."""
        return models.QuerySet(cls)


class AuditEvent(Row):
    """One thing done by one actor. `chain` is "edition:<id>" or "platform".

    `number` counts from 1 without a gap and is given, with `link`, when the event is sealed. `digest` covers the event
    and the salted digests of its parts; `link` is the digest chained to the link before.
    """

    chain = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    actor_digest = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    link = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="audit_event_number"),
            models.CheckConstraint(
                condition=models.Q(number__isnull=True, link="") | (models.Q(number__gte=1) & ~models.Q(link="")),
                name="audit_event_numbered_when_linked",
            ),
        ]
        indexes = [
            models.Index(fields=["chain", "-id"], name="audit_event_newest"),
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_event_object"),
            models.Index(fields=["actor_id", "-id"], name="audit_event_actor"),
            models.Index(
                fields=["chain", "id"], name="audit_event_unsealed", condition=models.Q(number__isnull=True)
            ),
        ]


class AuditBody(Row):
    """What of an event may be erased: before and after, and the salts without which its digests tell nothing.

    `erased_at`: when before, after, reason and object label were erased; `actor_erased_at`: when the actor's name was.
    """

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="body")
    salt = models.CharField(max_length=32, blank=True)
    actor_salt = models.CharField(max_length=32, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)
    actor_erased_at = models.DateTimeField(null=True)


class AuditSeal(Row):
    """A sealed batch: the head after event `last`, chained to the head of the seal before."""

    chain = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="audit_seal_number")]

"""The audit log: one chain of events per edition (and one for the platform), hash over salted digests.

The chain holds digests; the bodies lie beside, so that a person's data in them can be erased without breaking it.
"""

from __future__ import annotations

from django.db import models


class AuditEvent(models.Model):
    """One thing done by one actor. `chain` is "edition:<id>" or "platform"; `number` counts from 1 without a gap."""

    chain = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    object_label = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["chain", "number"]
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="audit_event_number")]
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_event_object")]


class AuditBody(models.Model):
    """Before and after of an event, with the salt of its digest; may be erased (`erased_at`), the digest stays."""

    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, primary_key=True, related_name="body")
    salt = models.CharField(max_length=32)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)


class AuditSeal(models.Model):
    """A sealed batch: the head after event `last`, chained to the seal before."""

    chain = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="audit_seal_number")]

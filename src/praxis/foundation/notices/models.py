"""Notices: every mail is a row with a state before it leaves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.foundation import clock
from praxis.foundation.people.models import User


class Notice(models.Model):
    """One mail to one address, rendered when written; a repeat keeps its Message-ID.

    `error` says why the last attempt failed, without an address; `retry_until` is set when the first one fails.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        DELAYED = "delayed", _("Delayed; it will be tried again")
        DEAD = "dead", _("Could not be sent")

    edition_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True, null=True)  # noqa: DJ001  many have none, which is unique
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="notices")
    to = models.EmailField()
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    message_id = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # Carries a sign-in code or link: shown to nobody but in the demo's sink, and its body goes once it is sent.
    secret = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["waiting", "delayed"]),
                name="notices_notice_unsent",
            ),
            models.Index(fields=["-id"], condition=models.Q(state="dead"), name="notices_notice_dead"),
            models.Index(fields=["user", "-id"], name="notices_notice_user"),
            models.Index(fields=["edition_id", "-id"], name="notices_notice_edition"),
        ]

"""Handing one notice to the mail server, and what becomes of it when the server does not take it."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F

from praxis.foundation import clock
from praxis.foundation.jobs import services as jobs
from praxis.foundation.notices.models import Notice
from praxis.foundation.programmes.models import Edition

log = structlog.get_logger("praxis.notices")

TRIED_FOR: Final = timedelta(days=3)
FIRST_DELAY: Final = timedelta(seconds=30)
LONGEST_DELAY: Final = timedelta(hours=1)


def deliver(notice_id: int) -> None:
    """Send a notice that waits and mark it sent; raises `Postpone` when the server fails, `GiveUp` after three days."""
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None or notice.state in {Notice.State.SENT, Notice.State.DEAD}:
        return
    if not stays_here(notice):
        try:
            _post(notice)
        except (smtplib.SMTPException, OSError) as error:
            _delay(notice, describe(error))
        except ValueError as error:
            # An address or header no server could take: a repeat would not help.
            _bury(notice, describe(error))
    with jobs.fence():
        changes = {"body": ""} if notice.secret and not settings.DEMO else {}
        Notice.objects.filter(pk=notice.pk).update(
            state=Notice.State.SENT, sent_at=clock.now(), attempts=F("attempts") + 1, error="", **changes
        )


def stays_here(notice: Notice) -> bool:
    """Whether the notice may not leave this machine: in a demo, and in the rehearsal of an edition."""
    if settings.DEMO:
        return True
    return notice.edition_id is not None and Edition.objects.filter(pk=notice.edition_id, rehearsal=True).exists()


def message(notice: Notice) -> EmailMessage:
    """The mail of a notice: plain text, the same Message-ID at every repeat, marked as sent by a machine."""
    return EmailMessage(
        subject=notice.subject,
        body=notice.body,
        to=[notice.to],
        headers={
            "Message-ID": notice.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": notice.language,
        },
    )


def describe(error: Exception) -> str:
    """What went wrong, without the address that a server's answer may quote."""
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({answer[0] for answer in error.recipients.values()})
        return f"{name} {' '.join(str(code) for code in codes)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{name} {error.smtp_code}"
    if isinstance(error, OSError) and error.strerror and not isinstance(error, smtplib.SMTPException):
        return f"{name}: {error.strerror}"[:300]
    return name


def _post(notice: Notice) -> None:
    message(notice).send()


def _delay(notice: Notice, error: str) -> None:
    until = notice.retry_until or clock.now() + TRIED_FOR
    if clock.now() >= until:
        _bury(notice, error)
    Notice.objects.filter(pk=notice.pk).update(
        state=Notice.State.DELAYED, attempts=F("attempts") + 1, retry_until=until, error=error
    )
    log.warning("notice_delayed", notice=notice.pk, kind=notice.kind, error=error)
    raise jobs.Postpone(min(LONGEST_DELAY, FIRST_DELAY * (1 << min(notice.attempts, 16))), error)


def _bury(notice: Notice, error: str) -> None:
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.DEAD, attempts=F("attempts") + 1, error=error)
    log.error("notice_dead", notice=notice.pk, kind=notice.kind, error=error)
    raise jobs.GiveUp(error)

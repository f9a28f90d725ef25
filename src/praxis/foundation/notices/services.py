"""Writing notices: the row and the job that delivers it, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction

from praxis.foundation import clock, randomness, records
from praxis.foundation.audit import services as audit
from praxis.foundation.audit.services import Actor
from praxis.foundation.errors import Missing, require
from praxis.foundation.notices import kinds, policies, tasks
from praxis.foundation.notices.kinds import Kind
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.statements import Statement

log = structlog.get_logger("praxis.notices")

# Someone sits and waits for a code.
SECRET_PRIORITY: Final = 10

_BY_KEY: Statement[Notice] = Statement(lambda key: Notice.objects.filter(key=key), key=str)
_AT_ADDRESS: Statement[User] = Statement(User.objects.at_address, email=str)
_EDITION: Statement[Edition] = Statement(lambda pk: Edition.objects.filter(pk=pk), pk=int)


def send(
    kind: str | Kind,
    *,
    to: User | str,
    context: Mapping[str, Any],
    language: str | None = None,
    edition_id: int | None = None,
    edition: Edition | None = None,
    key: str | None = None,
    fresh: bool = False,
) -> Notice:
    """Write one notice to a person or an address, in the given language or the person's own.

    `edition` is the one of `edition_id`, where the caller has it. The same `key` is never sent twice: the first notice
    is returned; `fresh` says that nobody can well have sent it yet, so that it is looked for only where writing fails.
    Raises LookupError for an unknown kind and ValueError when `context` lacks a value.
    """
    found = kinds.get(kind) if isinstance(kind, str) else kind
    earlier = _BY_KEY.first(key=key) if key and not fresh else None
    if earlier is not None:
        return earlier
    user = to if isinstance(to, User) else _AT_ADDRESS.first(email=to.strip().lower())
    spoken = _language(language or (user.language if user else "en"))
    if edition is None and edition_id is not None:
        edition = _EDITION.first(pk=edition_id)
    subject, body = _words(found, spoken, context, edition)
    notice = Notice(
        edition_id=edition_id,
        kind=found.code,
        key=key or None,
        user=user,
        to=to.email if isinstance(to, User) else to.strip(),
        language=spoken,
        subject=subject,
        body=body,
        message_id=f"<{randomness.uuid_hex()}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>",
        secret=found.secret,
    )
    if settings.DEMO or (edition is not None and edition.rehearsal and not found.secret):
        # Nothing leaves the machine: there is nobody to wait for and no job to make.
        notice.state, notice.sent_at = Notice.State.SENT, clock.now()
    with transaction.atomic(savepoint=False):
        if not records.insert(notice, or_nothing=bool(key)):
            # Someone else sent the same key at the same moment.
            return Notice.objects.get(key=key)
        if notice.state != Notice.State.SENT:
            tasks.enqueue(notice.pk, priority=SECRET_PRIORITY if found.secret else 0, fresh=True)
    return notice


def words(kind: str, *, language: str, context: Mapping[str, Any], edition: Edition | None = None) -> tuple[str, str]:
    """Subject and body of a notice as `send` would write it now; nothing is sent."""
    return _words(kinds.get(kind), _language(language), context, edition)


def resend(actor: Actor, notice: Notice) -> Notice:
    """Send a notice again under its old Message-ID; raises `Missing`, or `Conflict` when there is nothing to send."""
    with transaction.atomic():
        row = Notice.objects.select_for_update().filter(pk=notice.pk).first()
        if row is None:
            raise Missing
        require(policies.may_resend(actor, row))
        before = row.state
        row.state, row.retry_until, row.attempts = Notice.State.WAITING, None, 0
        row.save(update_fields=["state", "retry_until", "attempts"])
        tasks.enqueue(row.pk)
        audit.append(
            actor,
            edition_id=row.edition_id,
            action="notice.resend",
            obj=row,
            label=row.kind,
            before={"state": before},
            after={"state": row.state},
        )
    return row


def _language(wanted: str) -> str:
    return wanted if wanted in kinds.LANGUAGES else "zh-hans" if wanted.lower().startswith("zh") else "en"


def _words(kind: Kind, language: str, context: Mapping[str, Any], edition: Edition | None) -> tuple[str, str]:
    own = None
    if edition is not None and not kind.secret:
        own = next((words for words in edition.settings.notices if words.kind == kind.code), None)
    if own is not None:
        try:
            return kinds.render(kind, language, context, subject=own.subject, body=own.body)
        except (ValueError, LookupError, AttributeError):
            # The letter must go all the same.
            log.warning("notice_words_of_the_edition_unusable", kind=kind.code, edition=edition.pk if edition else None)
    return kinds.render(kind, language, context)


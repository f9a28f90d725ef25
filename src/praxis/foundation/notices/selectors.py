"""Reading notices: what was sent to me, what was sent in an edition, and the demo's sink."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, QuerySet

from praxis.foundation.audit.services import Actor
from praxis.foundation.errors import Missing, require
from praxis.foundation.locale import Label
from praxis.foundation.notices import kinds, policies
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import User


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as it may be shown: a secret one without its words."""

    id: int
    kind: str
    label: Label
    edition_id: int | None
    to: str
    language: str
    subject: str
    body: str
    state: str
    error: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    message_id: str
    secret: bool


def for_user(user: User, *, after: int | None = None, limit: int = 50) -> list[Shown]:
    """One page of what was sent to a person, newest first; `after` is the last id seen."""
    return _page(Notice.objects.filter(user_id=user.pk), after, limit)


def for_edition(
    actor: Actor,
    edition_id: int | None,
    *,
    after: int | None = None,
    limit: int = 50,
    state: str | None = None,
    kind: str | None = None,
) -> list[Shown]:
    """One page of what was sent in an edition (outside of all, when None), newest first; raises `Missing`."""
    require(policies.may_see_sent(actor, edition_id))
    rows = Notice.objects.filter(edition_id=edition_id)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    return _page(rows, after, limit)


def counts(actor: Actor, edition_id: int | None) -> dict[str, int]:
    """How many notices of an edition are in each state; raises `Missing`."""
    require(policies.may_see_sent(actor, edition_id))
    rows = Notice.objects.filter(edition_id=edition_id).order_by().values("state").annotate(n=Count("id"))
    return dict.fromkeys(Notice.State.values, 0) | {row["state"]: row["n"] for row in rows}


def get(actor: Actor, notice_id: int) -> Notice:
    """One notice to act on; raises `Missing` for whoever may not see it."""
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None:
        raise Missing
    require(policies.may_see_sent(actor, notice.edition_id))
    return notice


def sink(*, after: int | None = None, limit: int = 50) -> list[Shown]:
    """One page of everything the demo sent, secrets and all; raises `Missing` anywhere but in a demo."""
    if not settings.DEMO:
        raise Missing
    return _page(Notice.objects.all(), after, limit, secrets=True)


def _page(rows: QuerySet[Notice], after: int | None, limit: int, *, secrets: bool = False) -> list[Shown]:
    if after is not None:
        rows = rows.filter(id__lt=after)
    return [_shown(row, secrets) for row in rows.order_by("-id")[:limit]]


def _shown(row: Notice, secrets: bool) -> Shown:
    label = _label(row.kind)
    open_ = secrets or not row.secret
    return Shown(
        id=row.pk,
        kind=row.kind,
        label=label,
        edition_id=row.edition_id,
        to=row.to,
        language=row.language,
        subject=row.subject if open_ else label.get(row.language, row.kind),
        body=row.body if open_ else "",
        state=row.state,
        error=row.error,
        attempts=row.attempts,
        created_at=row.created_at,
        sent_at=row.sent_at,
        message_id=row.message_id,
        secret=row.secret,
    )


def _label(code: str) -> Label:
    try:
        return kinds.get(code).label
    except LookupError:
        # Written by a room of an earlier version.
        return dict.fromkeys(kinds.LANGUAGES, code)

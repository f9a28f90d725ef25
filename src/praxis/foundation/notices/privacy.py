"""A person's part in the notices: what was sent to them."""

from __future__ import annotations

from typing import Any

from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import User


def collect(user: User) -> list[dict[str, Any]]:
    """Every notice to the person, secrets without their words."""
    return [
        {
            "kind": row.kind,
            "to": row.to,
            "language": row.language,
            "subject": "" if row.secret else row.subject,
            "body": "" if row.secret else row.body,
            "sent": row.sent_at.isoformat() if row.sent_at else None,
        }
        for row in Notice.objects.filter(user=user).order_by("id").iterator()
    ]


def erase(user: User) -> list[str]:
    """Take address and words out of every notice to the person; what has not been sent is not sent any more."""
    own = Notice.objects.filter(user=user)
    own.filter(state__in=[Notice.State.WAITING, Notice.State.DELAYED]).update(state=Notice.State.DEAD)
    own.update(to="erased@erased.invalid", subject="", body="", error="")
    return []

"""What the services of the showcase share."""

from __future__ import annotations

from typing import Any

from praxis.foundation.audit import services as audit
from praxis.foundation.people.models import User
from praxis.foundation.programmes.models import Edition


def user_of(actor: Any) -> User | None:
    """The person behind an actor; None for the house."""
    return actor if isinstance(actor, User) else None


def record(actor: Any, edition: Edition, action: str, obj: Any, after: Any = None, reason: str = "", label: str = "") -> None:
    """Append what was done around the stage to the audit log."""
    audit.append(
        actor, edition_id=edition.pk, action=f"showcase.{action}", obj=obj, label=label, after=after, reason=reason
    )

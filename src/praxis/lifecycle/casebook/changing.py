"""What the services of the Casebook share: the lock, the step, the note in the audit log."""

from __future__ import annotations

from typing import Any

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.people.models import User
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.casebook.states import ENTRY


def user_of(actor: Any) -> User | None:
    """The person behind an actor; None for the house."""
    return actor if isinstance(actor, User) else None


def note(actor: Any, entry: Entry, action: str, after: Any = None, reason: str = "", before: Any = None) -> None:
    """Append what was done to an entry to the audit log."""
    audit.append(
        actor, edition_id=entry.casebook.edition_id, action=f"entry.{action}", obj=entry, label=entry.case.number or "",
        before=before, after=after, reason=reason,
    )


def lock(entry: Entry) -> None:
    """Lock the row of an entry and take its state as it now is."""
    entry.state = Entry.objects.select_for_update().values_list("state", flat=True).get(pk=entry.pk)


def step(entry: Entry, action: str, **values: Any) -> None:
    """Move an entry by its table and save it with `values`; raises Conflict."""
    entry.state = ENTRY.step(entry.state, action)
    for field, value in values.items():
        setattr(entry, field, value)
    entry.updated_at = clock.now()
    entry.save(update_fields=["state", "updated_at", *values])

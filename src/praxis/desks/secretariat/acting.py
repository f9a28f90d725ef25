"""Doing what a button asks for, and saying on the page why it could not be done."""

from __future__ import annotations

from collections.abc import Callable

from praxis.foundation.errors import Conflict, Invalid


def attempt(change: Callable[[], object]) -> tuple[list[str], int]:
    """Do a change of a service; what it refuses comes back as sentences with the status of the page (422, 409)."""
    try:
        change()
    except Invalid as invalid:
        return [str(text) for texts in invalid.fields.values() for text in texts], 422
    except Conflict as conflict:
        return [str(conflict)], 409
    return [], 200

"""A case's contact, written so that two can be held against each other."""

from __future__ import annotations

from praxis.lifecycle.cases.models import Case


def contacts(case: Case) -> tuple[str, ...]:
    """Phone and address of a case's contact, written one way: digits alone, lower case."""
    phone = "".join(sign for sign in case.contact_phone if sign.isdigit())
    return tuple(value for value in (phone, case.contact_email.strip().casefold()) if value)

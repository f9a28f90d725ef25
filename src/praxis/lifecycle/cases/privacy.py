"""A person's data in cases: what they wrote, where they are the contact."""

from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from praxis.foundation.people.models import User
from praxis.foundation.people.privacy import Part, register
from praxis.lifecycle.cases.models import Case, Message


def collect(user: User) -> dict[str, Any]:
    return {
        "contact_of": [
            {"number": case.number, "titles": case.titles, "name": case.contact_name, "phone": case.contact_phone}
            for case in Case.objects.filter(contact_email__iexact=user.email)
        ],
        "messages": [
            {"case": case, "at": at.isoformat(), "body": body}
            for case, at, body in Message.objects.filter(author=user).values_list("case__number", "at", "body")
        ],
    }


def erase(user: User) -> list[str]:
    Case.objects.filter(contact_email__iexact=user.email).update(contact_name="", contact_email="", contact_phone="")
    kept = Message.objects.filter(author=user).count()
    if not kept:
        return []
    said = ngettext(
        "%(count)d message to the secretariat stays with its case, without your name.",
        "%(count)d messages to the secretariat stay with their cases, without your name.",
        kept,
    )
    return [said % {"count": kept}]


def register_all() -> None:
    register(Part("cases", {"zh-hans": "案例", "en": "Cases"}, collect, erase))

"""A person's data around the stage: where they speak or come along, and what they were invited to."""

from __future__ import annotations

from typing import Any

from praxis.foundation.people.models import User
from praxis.foundation.people.privacy import Part, register
from praxis.lifecycle.showcase.models import Invitation, Presenter


def collect(user: User) -> dict[str, Any]:
    """What is known of the person; of an edition that is not released only what they were sent themselves."""
    speaking = Presenter.objects.filter(email__iexact=user.email, slot__showcase__edition__state="released")
    invited = Invitation.objects.filter(email__iexact=user.email).exclude(state="draft")
    return {
        "on_stage": list(speaking.order_by("id").values("role", "name", "position", "phone", "language")),
        "invitations": list(invited.order_by("id").values("mode", "name", "state", "language")),
    }


def erase(user: User) -> list[str]:
    """Take name and address out; the slot and the invitation stay without them."""
    Presenter.objects.filter(email__iexact=user.email).update(name="—", position="", email="", phone="")
    Invitation.objects.filter(email__iexact=user.email).update(name="—", email="")
    return []


def register_all() -> None:
    register(Part("showcase", {"zh-hans": "发布展示", "en": "Showcase"}, collect, erase))

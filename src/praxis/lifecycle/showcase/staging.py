"""The running order on stage, who speaks, rehearsals, trophies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.locale import Label
from praxis.foundation.people.services import cleaned_email
from praxis.foundation.programmes.models import Edition
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.casebook.selectors import all_entries
from praxis.lifecycle.showcase import policies
from praxis.lifecycle.showcase.changing import record
from praxis.lifecycle.showcase.models import (
    Presenter,
    Showcase,
    Slot,
    StageRehearsal,
)

TROPHIES = ("to_order", "ordered", "engraved", "delivered", "handed_over")


@transaction.atomic
def plan(actor: Any, edition: Edition) -> Showcase:
    """The showcase of an edition with a slot for each Outstanding Case; slots that are there keep their place."""
    require(policies.may_stage(actor, edition))
    if edition.state not in ("decided", "told", "released"):
        raise Conflict(_("The decisions are not sealed yet."), code="state")
    config = edition.settings.showcase
    showcase, _made = Showcase.objects.get_or_create(
        edition=edition, defaults={"venue": config.venue if config else {}, "starts_at": edition.settings.dates.summit_opens}
    )
    showcase.edition = edition
    wanted = [entry for entry in all_entries(edition) if entry.outstanding]
    Slot.objects.filter(showcase=showcase).exclude(entry__in=wanted).delete()
    there = set(Slot.objects.filter(showcase=showcase).values_list("entry_id", flat=True))
    last = Slot.objects.filter(showcase=showcase).count()
    for entry in wanted:
        if entry.pk not in there:
            last += 1
            minutes = config.slot_minutes if config else 6
            Slot.objects.create(showcase=showcase, entry=entry, position=last, minutes=minutes, trophy=TROPHIES[0])
    record(actor, edition, "plan", showcase, {"slots": last})
    return showcase


@transaction.atomic
def set_stage(actor: Any, edition: Edition, *, venue: Label, starts_at: datetime | None, stream: str) -> Showcase:
    """Set where and when the release on stage is, and the link of the live stream."""
    showcase = plan(actor, edition)
    stream = stream.strip()
    if stream and not stream.startswith(("https://", "http://")):
        raise Invalid({"stream": _("Enter an address such as https://example.org/live.")})
    if len(stream) > 200:
        raise Invalid({"stream": _("At most %(limit)s characters.") % {"limit": 200}})
    showcase.venue = {language: _line(text, 200) for language, text in venue.items() if _line(text, 200)}
    showcase.starts_at, showcase.stream = starts_at, stream
    showcase.save(update_fields=["venue", "starts_at", "stream"])
    record(actor, edition, "set_stage", showcase, {"stream": showcase.stream})
    return showcase


@transaction.atomic
def move_slot(actor: Any, slot: Slot, position: int) -> None:
    """Put a slot at another place in the running order (1 is first)."""
    edition = slot.showcase.edition
    require(policies.may_stage(actor, edition))
    order = list(Slot.objects.select_for_update().filter(showcase=slot.showcase).exclude(pk=slot.pk).order_by("position", "id"))
    order.insert(max(0, min(position - 1, len(order))), slot)
    for place, row in enumerate(order, start=1):
        row.position = place
    Slot.objects.bulk_update(order, ["position"])
    record(actor, edition, "move_slot", slot, {"position": slot.position})


@transaction.atomic
def set_slot(actor: Any, slot: Slot, *, minutes: int, trophy: str, note: str) -> Slot:
    """Set the minutes of a slot, how far its trophy is, and a note."""
    require(policies.may_stage(actor, slot.showcase.edition))
    if not 1 <= minutes <= 60:
        raise Invalid({"minutes": _("Enter 1 to 60 minutes.")})
    if trophy not in TROPHIES:
        raise Invalid({"trophy": _("Choose from the list.")})
    slot.minutes, slot.trophy, slot.note = minutes, trophy, cleaned(note)[:2000]
    slot.save(update_fields=["minutes", "trophy", "note"])
    record(actor, slot.showcase.edition, "set_slot", slot, {"minutes": minutes, "trophy": trophy})
    return slot


def _line(text: str, limit: int) -> str:
    return " ".join(cleaned(text).split())[:limit]


@transaction.atomic
def name_presenter(
    actor: Any, slot: Slot, role: str, *, name: str, position: str = "", email: str = "", phone: str = "", language: str = "en"
) -> Presenter:
    """Name the presenter of a slot, or the one assistant; naming another replaces them."""
    require(policies.may_name(actor, slot))
    if role not in Presenter.Role.values:
        raise Invalid({"role": _("Choose presenter or assistant.")})
    if not cleaned(name):
        raise Invalid({"name": _("Enter the name.")})
    if slot.showcase.edition.state == "released" and not policies.may_stage(actor, slot.showcase.edition):
        raise Conflict(_("The results have been released; write to the secretariat."), code="state")
    if language not in dict(settings.LANGUAGES):
        raise Invalid({"language": _("Choose a language.")})
    row, _made = Presenter.objects.update_or_create(
        slot=slot, role=role,
        defaults={
            "name": _line(name, 120), "position": _line(position, 200), "phone": _line(phone, 40), "language": language,
            "email": cleaned_email(email) if email.strip() else "",
        },
    )
    record(actor, slot.showcase.edition, "name_presenter", slot, {"role": role})
    return row


@transaction.atomic
def drop_assistant(actor: Any, slot: Slot) -> None:
    """No assistant comes after all."""
    require(policies.may_name(actor, slot))
    Presenter.objects.filter(slot=slot, role=Presenter.Role.ASSISTANT).delete()
    record(actor, slot.showcase.edition, "drop_assistant", slot)


@transaction.atomic
def schedule_rehearsal(actor: Any, slot: Slot, *, at: datetime, place: str, note: str = "") -> StageRehearsal:
    """Set a rehearsal for a slot."""
    require(policies.may_stage(actor, slot.showcase.edition))
    row = StageRehearsal.objects.create(slot=slot, at=at, place=place.strip()[:200], note=cleaned(note)[:2000])
    record(actor, slot.showcase.edition, "schedule_rehearsal", slot, {"at": at.isoformat()})
    return row


@transaction.atomic
def mark_rehearsal(actor: Any, rehearsal: StageRehearsal, *, held: bool, note: str = "") -> StageRehearsal:
    """Note that a rehearsal was held, or not."""
    require(policies.may_stage(actor, rehearsal.slot.showcase.edition))
    rehearsal.held, rehearsal.note = held, cleaned(note)[:2000] or rehearsal.note
    rehearsal.save(update_fields=["held", "note"])
    record(actor, rehearsal.slot.showcase.edition, "mark_rehearsal", rehearsal.slot, {"held": held})
    return rehearsal

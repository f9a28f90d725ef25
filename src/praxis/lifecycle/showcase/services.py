"""The stage and what belongs to it. Everything here is under embargo until the release."""

from __future__ import annotations


from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.jobs import services as jobs
from praxis.foundation.links import absolute
from praxis.foundation.locale import Label, pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import User
from praxis.foundation.people.services import cleaned_email
from praxis.foundation.programmes.models import Edition
from praxis.foundation.randomness import token
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.casebook.selectors import all_entries
from praxis.lifecycle.cases.selectors import instant_in_zone
from praxis.lifecycle.recommendations.models import Unit
from praxis.lifecycle.selection.selectors import has_accepted
from praxis.lifecycle.showcase import award, policies, tasks
from praxis.lifecycle.showcase.models import (
    Certificate,
    Invitation,
    Presenter,
    Showcase,
    Slot,
    StageRehearsal,
    Story,
    UnitAward,
)

TROPHIES = ("ordered", "engraved", "delivered", "handed_over")


def _user(actor: Any) -> User | None:
    return actor if isinstance(actor, User) else None


def _note(actor: Any, edition: Edition, action: str, obj: Any, after: Any = None, reason: str = "", label: str = "") -> None:
    audit.append(actor, edition_id=edition.pk, action=f"showcase.{action}", obj=obj, label=label, after=after, reason=reason)


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
            Slot.objects.create(showcase=showcase, entry=entry, position=last, minutes=config.slot_minutes if config else 6)
    _note(actor, edition, "plan", showcase, {"slots": last})
    return showcase


@transaction.atomic
def set_stage(actor: Any, edition: Edition, *, venue: Label, starts_at: datetime | None, stream: str) -> Showcase:
    """Set where and when the release on stage is, and the link of the live stream."""
    showcase = plan(actor, edition)
    stream = stream.strip()
    if stream and not stream.startswith(("https://", "http://")):
        raise Invalid({"stream": _("Enter an address such as https://example.org/live.")})
    showcase.venue = {language: text.strip()[:200] for language, text in venue.items() if text.strip()}
    showcase.starts_at, showcase.stream = starts_at, stream[:200]
    showcase.save(update_fields=["venue", "starts_at", "stream"])
    _note(actor, edition, "set_stage", showcase, {"stream": showcase.stream})
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
    _note(actor, edition, "move_slot", slot, {"position": slot.position})


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
    _note(actor, slot.showcase.edition, "set_slot", slot, {"minutes": minutes, "trophy": trophy})
    return slot


@transaction.atomic
def name_presenter(
    actor: Any, slot: Slot, role: str, *, name: str, position: str = "", email: str = "", phone: str = "", language: str = "en"
) -> Presenter:
    """Name the presenter of a slot, or the one assistant; naming another replaces them."""
    require(policies.may_name(actor, slot))
    if role not in Presenter.Role.values:
        raise Invalid({"role": _("Choose presenter or assistant.")})
    if not name.strip():
        raise Invalid({"name": _("Enter the name.")})
    row, _made = Presenter.objects.update_or_create(
        slot=slot, role=role,
        defaults={
            "name": name.strip()[:120], "position": position.strip()[:200], "phone": phone.strip()[:40], "language": language[:12],
            "email": cleaned_email(email) if email.strip() else "",
        },
    )
    _note(actor, slot.showcase.edition, "name_presenter", slot, {"role": role})
    return row


@transaction.atomic
def schedule_rehearsal(actor: Any, slot: Slot, *, at: datetime, place: str, note: str = "") -> StageRehearsal:
    """Set a rehearsal for a slot."""
    require(policies.may_stage(actor, slot.showcase.edition))
    row = StageRehearsal.objects.create(slot=slot, at=at, place=place.strip()[:200], note=cleaned(note)[:2000])
    _note(actor, slot.showcase.edition, "schedule_rehearsal", slot, {"at": at.isoformat()})
    return row


@transaction.atomic
def mark_rehearsal(actor: Any, rehearsal: StageRehearsal, *, held: bool, note: str = "") -> StageRehearsal:
    """Note that a rehearsal was held, or not."""
    require(policies.may_stage(actor, rehearsal.slot.showcase.edition))
    rehearsal.held, rehearsal.note = held, cleaned(note)[:2000] or rehearsal.note
    rehearsal.save(update_fields=["held", "note"])
    return rehearsal


def _invite(edition: Edition, *, mode: str, name: str, email: str, language: str, entry: Entry | None = None, unit: Unit | None = None) -> bool:
    if Invitation.objects.filter(edition=edition, entry=entry, unit=unit, mode=mode, name=name).exists():
        return False
    Invitation.objects.create(
        edition=edition, entry=entry, unit=unit, mode=mode, name=name[:120], email=email, language=language, token=token(24)
    )
    return True


@transaction.atomic
def make_invitations(actor: Any, edition: Edition) -> int:
    """Draft invitations: on site for presenters and assistants and awarded units, online for the other entries.

    Only those are invited who have accepted confidentiality (everyone after the release). Returns how many are new.
    """
    require(policies.may_stage(actor, edition))
    made = 0
    for entry in all_entries(edition):
        if edition.state != "released" and not has_accepted(entry.case):
            continue
        slot = Slot.objects.filter(entry=entry).prefetch_related("presenters").first()
        people = list(slot.presenters.all()) if slot else []
        for person in people:
            made += _invite(edition, mode="onsite", name=person.name, email=person.email, language=person.language, entry=entry)
        if not people:
            case = entry.case
            made += _invite(
                edition, mode="online", name=case.contact_name or pick(entry.applicants), email=case.contact_email,
                language=case.created_by.language if case.created_by else "en", entry=entry,
            )
    for row in UnitAward.objects.filter(edition=edition, awarded=True).select_related("unit__organisation"):
        made += _invite(edition, mode="onsite", name=str(row.unit.organisation)[:120], email=row.unit.mailbox, language="zh-hans", unit=row.unit)
    audit.append(actor, edition_id=edition.pk, action="showcase.make_invitations", obj=edition, after={"made": made})
    return made


@transaction.atomic
def send_invitation(actor: Any, invitation: Invitation) -> Invitation:
    """Send an invitation by letter. Before the release only to those who have accepted confidentiality."""
    edition = invitation.edition
    require(policies.may_stage(actor, edition))
    if invitation.entry is not None and edition.state != "released" and not has_accepted(invitation.entry.case):
        raise Conflict(_("The applicant has not accepted confidentiality yet."), code="state")
    if invitation.unit is not None and edition.state != "released":
        raise Conflict(_("Units are told of the award on stage: send this after the release."), code="state")
    if not invitation.email:
        raise Invalid({"email": _("There is no e-mail address for this invitation.")})
    showcase = Showcase.objects.filter(edition=edition).first()
    notices.send(
        f"showcase.invited_{invitation.mode}", to=invitation.email, language=invitation.language, edition_id=edition.pk,
        key=f"showcase.invited:{invitation.pk}",
        context={
            "name": invitation.name, "edition": pick(edition.names, invitation.language),
            "venue": pick(showcase.venue, invitation.language) if showcase else "—",
            "starts": instant_in_zone(showcase.starts_at, edition.zone) if showcase and showcase.starts_at else "—",
            "stream": showcase.stream if showcase and showcase.stream else "—",
            "link": absolute("invitation", invitation.language, token=invitation.token),
        },
    )
    if invitation.state == "draft":
        invitation.state, invitation.sent_at = "sent", clock.now()
        invitation.save(update_fields=["state", "sent_at"])
    _note(actor, edition, "send_invitation", invitation, {"mode": invitation.mode})
    return invitation


@transaction.atomic
def send_all_invitations(actor: Any, edition: Edition) -> int:
    """Send every draft that can be sent now; returns how many."""
    require(policies.may_stage(actor, edition))
    sent = 0
    drafts = Invitation.objects.filter(edition=edition, state="draft").exclude(email="")
    for row in drafts.select_related("entry__case", "unit", "edition").order_by("id"):
        if edition.state == "released" or (row.entry is not None and has_accepted(row.entry.case)):
            send_invitation(actor, row)
            sent += 1
    return sent


@transaction.atomic
def answer_invitation(invitation: Invitation, *, comes: bool) -> Invitation:
    """An invited person's answer through the link."""
    if invitation.state == "draft":
        raise Missing()
    invitation.state, invitation.answered_at = "accepted" if comes else "declined", clock.now()
    invitation.save(update_fields=["state", "answered_at"])
    _note(audit.SYSTEM, invitation.edition, "answer_invitation", invitation, {"comes": comes})
    return invitation


@transaction.atomic
def compute_unit_award(actor: Any, edition: Edition) -> list[UnitAward]:
    """Compute every unit's points; ties share a rank. The first `size_about` with points are put forward."""
    require(policies.may_stage(actor, edition))
    config = edition.settings.unit_award
    if config is None:
        raise Conflict(_("This edition gives no award to units."), code="state")
    UnitAward.objects.filter(edition=edition).delete()
    rows, rank = [], 0
    derived = award.derive(edition, config)
    for place, item in enumerate(derived, start=1):
        if place == 1 or item.points != derived[place - 2].points:
            rank = place
        rows.append(
            UnitAward(
                edition=edition, unit=item.unit, points=item.points, rank=rank, derivation=item.to_json(),
                awarded=rank <= config.size_about and item.points > 0, at=clock.now(),
            )
        )
    UnitAward.objects.bulk_create(rows)
    audit.append(actor, edition_id=edition.pk, action="showcase.compute_unit_award", obj=edition, after={"units": len(rows)})
    return rows


@transaction.atomic
def grant_award(actor: Any, row: UnitAward, *, awarded: bool, reason: str) -> UnitAward:
    """Give or take the award against the computed order; needs a reason."""
    require(policies.may_stage(actor, row.edition))
    if row.edition.state == "released":
        raise Conflict(_("The award has been handed over."), code="state")
    if not cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    row.awarded = awarded
    row.derivation = {**row.derivation, "override": cleaned(reason)[:1000]}
    row.save(update_fields=["awarded", "derivation"])
    _note(actor, row.edition, "grant_award", row, {"awarded": awarded}, cleaned(reason), row.unit.code)
    return row


@transaction.atomic
def make_certificates(actor: Any, edition: Edition) -> int:
    """Write certificates for every entry and awarded unit that has none, and have them set by a job."""
    require(policies.may_stage(actor, edition))
    wanted: list[tuple[str, Entry | None, Unit | None, Label]] = []
    for entry in all_entries(edition):
        wanted.append(("casebook", entry, None, entry.applicants))
        if entry.outstanding:
            wanted.append(("outstanding", entry, None, entry.applicants))
    for row in UnitAward.objects.filter(edition=edition, awarded=True).select_related("unit__organisation").order_by("rank", "id"):
        wanted.append(("unit", None, row.unit, row.unit.organisation.names))
    there = set(Certificate.objects.filter(edition=edition).values_list("kind", "entry_id", "unit_id"))
    fresh = [
        Certificate(
            edition=edition, kind=kind, entry=entry, unit=unit, names=names, code=f"{edition.year}-{token(6).upper()}", made_at=clock.now()
        )
        for kind, entry, unit, names in wanted
        if (kind, entry.pk if entry else None, unit.pk if unit else None) not in there
    ]
    Certificate.objects.bulk_create(fresh)
    jobs.enqueue(tasks.set_certificates, key=f"showcase.certificates:{edition.pk}", again=True, edition_id=edition.pk)
    audit.append(actor, edition_id=edition.pk, action="showcase.make_certificates", obj=edition, after={"made": len(fresh)})
    return len(fresh)


@transaction.atomic
def write_story(actor: Any, entry: Entry, language: str, *, title: str, body: str) -> Story:
    """Write the text for publicity of an entry in one language."""
    require(policies.may_stage(actor, entry.casebook.edition))
    if not cleaned(title) or not cleaned(body):
        raise Invalid({"title": _("A story needs a title and a text.")})
    row, _made = Story.objects.update_or_create(
        entry=entry, language=language,
        defaults={"title": cleaned(title)[:300], "body": cleaned(body), "author": _user(actor), "updated_at": clock.now()},
    )
    _note(actor, entry.casebook.edition, "write_story", row, {"language": language}, label=entry.case.number)
    return row


@transaction.atomic
def publish_story(actor: Any, story: Story, *, publish: bool = True) -> Story:
    """Publish a story, after the release only, or take it back."""
    edition = story.entry.casebook.edition
    require(policies.may_stage(actor, edition))
    if publish and edition.state != "released":
        raise Conflict(_("Stories can be published after the release."), code="state")
    story.published_at = clock.now() if publish else None
    story.save(update_fields=["published_at"])
    _note(actor, edition, "publish_story", story, {"published": publish}, label=story.entry.case.number)
    return story


@transaction.atomic
def export_everything(actor: Any, edition: Edition) -> Any:
    """Have everything of an edition written into one archive by a job; returns the job."""
    require(policies.may_stage(actor, edition))
    audit.append(actor, edition_id=edition.pk, action="edition.export", obj=edition)
    return jobs.enqueue(tasks.export_edition, key=f"showcase.export:{edition.pk}", owner_id=actor.pk, again=True, edition_id=edition.pk)



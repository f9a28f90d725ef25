"""Invitations to the release, on site and online."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.links import absolute
from praxis.foundation.locale import pick
from praxis.foundation.notices import services as notices
from praxis.foundation.programmes.models import Edition
from praxis.foundation.randomness import token
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.casebook.selectors import all_entries
from praxis.lifecycle.cases.selectors import instant_in_zone
from praxis.lifecycle.recommendations.models import Unit
from praxis.lifecycle.selection.selectors import accepted_cases, has_accepted
from praxis.lifecycle.showcase import policies
from praxis.lifecycle.showcase.changing import record
from praxis.lifecycle.showcase.models import (
    Invitation,
    Showcase,
    Slot,
    UnitAward,
)


@transaction.atomic
def make_invitations(actor: Any, edition: Edition) -> int:
    """Draft invitations: on site for presenters and assistants and awarded units, online for the other entries.

    Only those are invited who have accepted confidentiality (everyone after the release). Drafts that nobody needs any
    longer go. Returns how many are new.
    """
    require(policies.may_stage(actor, edition))
    wanted = {(row.entry_id, row.unit_id, row.mode, row.name): row for row in (*_for_entries(edition), *_for_units(edition))}
    there = set(Invitation.objects.filter(edition=edition).values_list("entry_id", "unit_id", "mode", "name", "id", "state"))
    known = {row[:4] for row in there}
    gone = [pk for *key, pk, state in there if state == "draft" and tuple(key) not in wanted]
    Invitation.objects.filter(pk__in=gone).delete()
    fresh = [row for key, row in wanted.items() if key not in known]
    Invitation.objects.bulk_create(fresh)
    audit.append(
        actor, edition_id=edition.pk, action="showcase.make_invitations", obj=edition, after={"made": len(fresh)}
    )
    return len(fresh)


def _for_entries(edition: Edition) -> list[Invitation]:
    accepted = accepted_cases(edition)
    slots = Slot.objects.filter(showcase__edition=edition).prefetch_related("presenters")
    people = {slot.entry_id: sorted(slot.presenters.all(), key=lambda row: row.role, reverse=True) for slot in slots}
    rows = []
    for entry in all_entries(edition):
        if edition.state != "released" and entry.case_id not in accepted:
            continue
        case = entry.case
        rows += [
            _invitation(edition, "onsite", person.name, person.email, person.language, entry=entry)
            for person in people.get(entry.pk, [])
        ]
        if not people.get(entry.pk):
            language = case.created_by.language if case.created_by else "en"
            name = case.contact_name or pick(entry.applicants, language)
            rows.append(_invitation(edition, "online", name, case.contact_email, language, entry=entry))
    return rows


def _for_units(edition: Edition) -> list[Invitation]:
    rows = UnitAward.objects.filter(edition=edition, awarded=True).select_related("unit__organisation").order_by("id")
    return [
        _invitation(edition, "onsite", str(row.unit.organisation), row.unit.mailbox, "zh-hans", unit=row.unit) for row in rows
    ]


def _invitation(
    edition: Edition, mode: str, name: str, email: str, language: str, *, entry: Entry | None = None, unit: Unit | None = None
) -> Invitation:
    return Invitation(
        edition=edition, entry=entry, unit=unit, mode=mode, name=name[:120], email=email, language=language, token=token(24)
    )


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
    notices.send(
        f"showcase.invited_{invitation.mode}", to=invitation.email, language=invitation.language, edition_id=edition.pk,
        key=f"showcase.invited:{invitation.pk}",
        context=_said(invitation, absolute("invitation", invitation.language, token=invitation.token)),
    )
    if invitation.state == "draft":
        invitation.state, invitation.sent_at = "sent", clock.now()
        invitation.save(update_fields=["state", "sent_at"])
    record(actor, edition, "send_invitation", invitation, {"mode": invitation.mode})
    return invitation


def _said(invitation: Invitation, link: str) -> dict[str, str]:
    edition, showcase = invitation.edition, Showcase.objects.filter(edition=invitation.edition).first()
    return {
        "name": invitation.name, "edition": pick(edition.names, invitation.language),
        "venue": (pick(showcase.venue, invitation.language) if showcase else "") or "—",
        "starts": instant_in_zone(showcase.starts_at, edition.zone) if showcase and showcase.starts_at else "—",
        "stream": showcase.stream if showcase and showcase.stream else "—",
        "link": link,
    }  # fmt: skip


def letter_of(actor: Any, invitation: Invitation) -> tuple[str, str]:
    """Subject and body of the letter as it would go out now; the link in it is the invited person's alone."""
    require(policies.may_stage(actor, invitation.edition))
    kind = f"showcase.invited_{invitation.mode}"
    return notices.words(kind, language=invitation.language, context=_said(invitation, "…"), edition=invitation.edition)


@transaction.atomic
def send_all_invitations(actor: Any, edition: Edition) -> int:
    """Send every draft that can be sent now; returns how many."""
    require(policies.may_stage(actor, edition))
    sent, accepted = 0, accepted_cases(edition)
    drafts = Invitation.objects.filter(edition=edition, state="draft").exclude(email="")
    for row in drafts.select_related("entry__case", "unit", "edition").order_by("id"):
        if edition.state == "released" or (row.entry is not None and row.entry.case_id in accepted):
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
    record(audit.SYSTEM, invitation.edition, "answer_invitation", invitation, {"comes": comes})
    return invitation

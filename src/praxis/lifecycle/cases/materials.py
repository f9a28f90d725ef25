"""Services for what goes with a case: pictures, videos, documents and partners."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.files import services as files
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.services import Limits, Readable
from praxis.foundation.links import absolute
from praxis.foundation.locale import Label, pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.services import cleaned_email
from praxis.foundation.places import selectors as places_table
from praxis.foundation.programmes.config import EditionConfig
from praxis.foundation.randomness import token, uuid_hex
from praxis.foundation.texts.services import cleaned
from praxis.lifecycle.cases import policies
from praxis.lifecycle.cases.models import Attachment, Case, Partner
from praxis.lifecycle.cases.writing import lock

MAX_PARTNERS = 30
ASK_AGAIN = timedelta(days=1)


def limits_for(config: EditionConfig, kind: str) -> Limits:
    """What the edition takes of one kind of material (picture, video, document)."""
    if kind == Attachment.Kind.PICTURE:
        pictures = config.materials.pictures
        # Presets call the family heif, files the format heic.
        formats = tuple("heic" if name == "heif" else name for name in pictures.formats)
        return Limits(formats, pictures.max_bytes, min_long_side=pictures.min_long_side)
    if kind == Attachment.Kind.VIDEO:
        videos = config.materials.videos
        return Limits(videos.formats, videos.max_bytes, max_seconds=videos.max_seconds)
    if kind == Attachment.Kind.DOCUMENT:
        documents = config.materials.documents
        return Limits(documents.formats, documents.max_bytes)
    raise Invalid({"kind": _("Choose picture, video or document.")})


def _most(config: EditionConfig, kind: str) -> int:
    held = config.materials
    return {
        "picture": held.pictures.max_count, "video": held.videos.max_count, "document": held.documents.max_count,
    }[kind]  # fmt: skip


def _labels(given: Label, limit: int, field: str) -> Label:
    """The texts without control characters; raises Invalid on "field.language" for one that is too long."""
    kept = {language: cleaned(text) for language, text in given.items() if cleaned(text)}
    _refuse_long({f"{field}.{language}": text for language, text in kept.items()}, limit)
    return kept


def _line(text: str, limit: int, field: str) -> str:
    kept = " ".join(cleaned(text).split())
    _refuse_long({field: kept}, limit)
    return kept


def _refuse_long(texts: dict[str, str], limit: int) -> None:
    message = _("At most %(limit)s characters.") % {"limit": limit}
    if long := {field: message for field, text in texts.items() if len(text) > limit}:
        raise Invalid(long)


@transaction.atomic
def take_in(actor: Any, case: Case, kind: str, stream: Readable, *, name: str, size: int) -> Attachment:
    """Add a file that came with a form; raises Invalid on `file` (size, format, number)."""
    _room_for(actor, case, kind)
    config = case.edition.settings
    file = files.take(actor.pk, kind, stream, name=name, size=size, limits=limits_for(config, kind), field="file")
    return attach(actor, case, kind, file)


@transaction.atomic
def take_upload(actor: Any, case: Case, kind: str, upload: str) -> Attachment:
    """Add a file whose upload in pieces is complete, by the upload's key; raises Missing, Conflict or Invalid."""
    _room_for(actor, case, kind)
    return attach(actor, case, kind, files.claim(actor.pk, upload, kind, limits_for(case.edition.settings, kind)))


def _room_for(actor: Any, case: Case, kind: str) -> None:
    """Refuse before bytes are kept; raises Invalid past the edition's number."""
    require(policies.may_edit(actor, case))
    if kind not in Attachment.Kind.values:
        raise Invalid({"kind": _("Choose picture, video or document.")})
    most = _most(case.edition.settings, kind)
    if Attachment.objects.filter(case=case, kind=kind, removed_at=None).count() >= most:
        raise Invalid({"file": _("There are already %(most)s. Remove one first.") % {"most": most}})


@transaction.atomic
def attach(actor: Any, case: Case, kind: str, file: StoredFile) -> Attachment:
    """Add a file that has been taken in; it must be the actor's own. Raises Invalid past the edition's number."""
    lock(case)
    there = Attachment.objects.filter(case=case, kind=kind, removed_at=None)
    if (same := there.filter(file=file).first()) is not None:
        return same
    _room_for(actor, case, kind)
    if file.owner_id != actor.pk or file.purpose != kind:
        raise Missing()
    last = there.aggregate(last=Max("position"))["last"]
    row = Attachment.objects.create(
        case=case, key=uuid_hex(), kind=kind, position=0 if last is None else last + 1, file=file
    )
    _note(actor, case, "attach", {"attachment": row.key, "kind": kind})
    return row


def _note(actor: Any, case: Case, action: str, after: dict[str, Any]) -> None:
    audit.append(
        actor, edition_id=case.edition_id, action=f"case.{action}", obj=case, label=case.number or case.key, after=after
    )


@transaction.atomic
def describe(
    actor: Any, attachment: Attachment, *, captions: Label, alts: Label, credit: str, licence: str = "",
    consent: bool = False,
) -> Attachment:
    """Say what a picture, video or document shows, whose it is, and that it may be shown."""
    require(policies.may_edit(actor, attachment.case))
    attachment.captions, attachment.alts = _labels(captions, 500, "captions"), _labels(alts, 500, "alts")
    attachment.credit, attachment.licence = _line(credit, 200, "credit"), _line(licence, 60, "licence")
    attachment.consent = consent
    attachment.save(update_fields=["captions", "alts", "credit", "licence", "consent"])
    _note(actor, attachment.case, "describe", {"attachment": attachment.key})
    return attachment


@transaction.atomic
def move(actor: Any, attachment: Attachment, by: int) -> None:
    """Move a file up (-1) or down (1) among those of its kind; at the end it stays."""
    lock(attachment.case)
    require(policies.may_edit(actor, attachment.case))
    rows = list(Attachment.objects.filter(case=attachment.case, kind=attachment.kind, removed_at=None))
    place = next((n for n, row in enumerate(rows) if row.pk == attachment.pk), None)
    if place is None:
        raise Missing()
    rows.insert(max(0, min(len(rows) - 1, place + by)), rows.pop(place))
    for position, row in enumerate(rows):
        row.position = position
    Attachment.objects.bulk_update(rows, ["position"])
    _note(actor, attachment.case, "move_attachment", {"attachment": attachment.key})


@transaction.atomic
def remove(actor: Any, attachment: Attachment) -> None:
    """Take a file out of the case; revisions that hold it keep it."""
    require(policies.may_edit(actor, attachment.case))
    attachment.removed_at = clock.now()
    attachment.save(update_fields=["removed_at"])
    _note(actor, attachment.case, "remove_attachment", {"attachment": attachment.key})


def _partner_values(names: Label, place: str, roles: Label, email: str) -> dict[str, Any]:
    kept = _labels(names, 200, "names")
    if not kept:
        raise Invalid({"names": _("Give the partner's name in at least one language.")})
    if place and not places_table.exists(place):
        raise Invalid({"place": _("Choose a country or region from the list.")})
    address = cleaned(email)
    return {
        "names": kept, "place_id": place or None, "roles": _labels(roles, 500, "roles"),
        "email": cleaned_email(address) if address else "",
    }


@transaction.atomic
def add_partner(
    actor: Any, case: Case, *, names: Label, place: str = "", roles: Label | None = None, email: str = ""
) -> Partner:
    """Name another institution that takes part."""
    require(policies.may_edit(actor, case))
    values = _partner_values(names, place, roles or {}, email)
    count = Partner.objects.filter(case=case).count()
    if count >= MAX_PARTNERS:
        raise Invalid({"names": _("There are already %(most)s partners.") % {"most": MAX_PARTNERS}})
    last = case.partners.aggregate(last=Max("position"))["last"]
    row = Partner.objects.create(case=case, position=0 if last is None else last + 1, token=token(24), **values)
    _note(actor, case, "add_partner", {"names": row.names})
    return row


@transaction.atomic
def change_partner(
    actor: Any, partner: Partner, *, names: Label, place: str = "", roles: Label | None = None, email: str = ""
) -> Partner:
    """Change a partner; another name or address must be confirmed anew."""
    require(policies.may_edit(actor, partner.case))
    values = _partner_values(names, place, roles or {}, email)
    if values["names"] != partner.names or values["email"] != partner.email:
        # Whoever held the link before must not answer for another institution.
        partner.state, partner.asked_at, partner.answered_at = Partner.State.NAMED, None, None
        partner.token = token(24)
    for field, value in values.items():
        setattr(partner, field, value)
    partner.save()
    _note(actor, partner.case, "change_partner", {"names": partner.names})
    return partner


@transaction.atomic
def remove_partner(actor: Any, partner: Partner) -> None:
    """Take a partner out of the case."""
    require(policies.may_edit(actor, partner.case))
    _note(actor, partner.case, "remove_partner", {"names": partner.names})
    partner.delete()


@transaction.atomic
def ask_partner(actor: Any, partner: Partner) -> Partner:
    """Ask a partner to confirm, by a letter with a link."""
    require(policies.may_edit(actor, partner.case))
    if not partner.email:
        raise Invalid({"email": _("Give the partner's e-mail address first.")})
    if partner.state == Partner.State.CONFIRMED:
        raise Conflict(_("The partner has confirmed."), code="state")
    if partner.asked_at and clock.now() - partner.asked_at < ASK_AGAIN:
        raise Conflict(_("The partner was asked less than a day ago."), code="state")
    partner.state, partner.asked_at = Partner.State.ASKED, clock.now()
    partner.save(update_fields=["state", "asked_at"])
    language = "zh-hans" if partner.place_id == "CN" else "en"
    notices.send(
        "partner.asked", to=partner.email, language=language, edition_id=partner.case.edition_id,
        context={
            "title": pick(partner.case.titles, language), "applicant": partner.case.organisation.name_in(language),
            "partner": pick(partner.names, language), "link": absolute("partner", language, token=partner.token),
        },
    )
    _note(actor, partner.case, "ask_partner", {"names": partner.names})
    return partner


@transaction.atomic
def answer_partner(partner: Partner, *, confirmed: bool) -> Partner:
    """A partner's answer through its link; it may be changed until the case is in review."""
    if partner.case.state not in policies.EDITABLE:
        raise Conflict(_("This case can no longer be changed."), code="state")
    partner.state = Partner.State.CONFIRMED if confirmed else Partner.State.DECLINED
    partner.answered_at = clock.now()
    partner.save(update_fields=["state", "answered_at"])
    actor = audit.Outsider(pick(partner.names))
    _note(actor, partner.case, "answer_partner", {"names": partner.names, "confirmed": confirmed})
    return partner

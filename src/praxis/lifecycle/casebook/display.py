"""Display material: pictures and videos of better quality, and which of them are printed."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.files import services as files
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.services import Limits, Readable
from praxis.foundation.locale import Label
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.texts import services as texts
from praxis.lifecycle.casebook import policies
from praxis.lifecycle.casebook.changing import lock, note, step
from praxis.lifecycle.casebook.models import Entry, EntryPicture
from praxis.lifecycle.cases.materials import limits_for

MAX_PICTURES = 12


@transaction.atomic
def add_material(
    actor: Any, entry: Entry, file: StoredFile, *, captions: Label, alts: Label, credit: str, kind: str = "picture"
) -> EntryPicture:
    """Hand in display material: a picture or video of better quality for the Casebook and the stage."""
    require(policies.may_hand_in(actor, entry))
    if file.owner_id != actor.pk or file.purpose != kind or kind not in ("picture", "video"):
        raise Missing()
    lock(entry)
    same = entry.pictures.filter(file=file).first()
    if same is not None:
        return same
    if entry.pictures.count() >= MAX_PICTURES:
        raise Invalid({"file": _("There are already %(most)s. Remove one first.") % {"most": MAX_PICTURES}})
    last = entry.pictures.aggregate(last=Max("position"))["last"]
    row = EntryPicture.objects.create(
        entry=entry, key=uuid_hex(), kind=kind, position=0 if last is None else min(last + 1, 99), file=file,
        captions=_labels(captions), alts=_labels(alts), credit=texts.cleaned(credit)[:200],
        origin=EntryPicture.Origin.DISPLAY, printed=False,
    )
    note(actor, entry, "add_material", {"picture": row.key, "kind": kind})
    return row


def _labels(given: Label) -> Label:
    return {language: texts.cleaned(text)[:500] for language, text in given.items() if texts.cleaned(text)}


@transaction.atomic
def take_material(actor: Any, entry: Entry, kind: str, stream: Readable, *, name: str, size: int) -> EntryPicture:
    """Hand in a file that came with a form; raises Invalid on `file` (size, format, number)."""
    require(policies.may_hand_in(actor, entry))
    limits = _limits(entry, kind)
    file = files.take(actor.pk, kind, stream, name=name, size=size, limits=limits, field="file")
    return add_material(actor, entry, file, captions={}, alts={}, credit="", kind=kind)


@transaction.atomic
def take_upload(actor: Any, entry: Entry, kind: str, upload: str) -> EntryPicture:
    """Hand in a file whose upload in pieces is complete, by the upload's key; raises Missing, Conflict or Invalid."""
    require(policies.may_hand_in(actor, entry))
    file = files.claim(actor.pk, upload, kind, _limits(entry, kind))
    return add_material(actor, entry, file, captions={}, alts={}, credit="", kind=kind)


def _limits(entry: Entry, kind: str) -> Limits:
    if kind not in ("picture", "video"):
        raise Invalid({"kind": _("Choose picture or video.")})
    return limits_for(entry.casebook.edition.settings, kind)


@transaction.atomic
def describe_material(actor: Any, picture: EntryPicture, *, captions: Label, alts: Label, credit: str) -> EntryPicture:
    """Say what a file one has handed in shows and whose it is, while it is not printed."""
    require(policies.may_hand_in(actor, picture.entry))
    _refuse_settled(picture)
    picture.captions, picture.alts, picture.credit = _labels(captions), _labels(alts), texts.cleaned(credit)[:200]
    picture.save(update_fields=["captions", "alts", "credit"])
    note(actor, picture.entry, "describe_material", {"picture": picture.key})
    return picture


@transaction.atomic
def remove_material(actor: Any, picture: EntryPicture) -> None:
    """Take back a file that was handed in as display material, while it is not printed."""
    require(policies.may_hand_in(actor, picture.entry))
    _refuse_settled(picture)
    note(actor, picture.entry, "remove_material", {"picture": picture.key})
    picture.delete()


def _refuse_settled(picture: EntryPicture) -> None:
    if picture.origin != EntryPicture.Origin.DISPLAY:
        raise Conflict(_("This was submitted with the case; ask the secretariat."), code="state")
    if picture.printed:
        raise Conflict(_("This is set in the Casebook; ask the secretariat."), code="state")


@transaction.atomic
def arrange_picture(
    actor: Any, picture: EntryPicture, *, printed: bool, position: int, captions: Label | None = None,
    alts: Label | None = None, credit: str | None = None,
) -> EntryPicture:
    """Say whether and where a picture is printed, and what is said of it."""
    require(policies.may_change(actor, picture.entry))
    lock(picture.entry)
    step(picture.entry, "edit")
    picture.printed, picture.position = printed and picture.kind == "picture", max(0, min(position, 99))
    if captions is not None:
        picture.captions = _labels(captions)
    if alts is not None:
        picture.alts = _labels(alts)
    if credit is not None:
        picture.credit = texts.cleaned(credit)[:200]
    picture.save()
    note(actor, picture.entry, "arrange_picture", {"picture": picture.key, "printed": picture.printed})
    return picture

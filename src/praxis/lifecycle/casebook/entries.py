"""Entries of the Casebook: begun as copies of revisions, edited, taken out and put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.errors import Conflict, Invalid, require
from praxis.foundation.locale import Label
from praxis.foundation.places import selectors as places_table
from praxis.foundation.programmes.models import Edition, Tier
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.texts import services as texts
from praxis.foundation.texts.models import TextState
from praxis.lifecycle.casebook import policies
from praxis.lifecycle.casebook.changing import lock, note, step
from praxis.lifecycle.casebook.models import Casebook, Entry, EntryPicture, EntryText
from praxis.lifecycle.casebook.states import ENTRY
from praxis.lifecycle.selection import selectors as selection
from praxis.lifecycle.selection.models import Decision


@transaction.atomic
def begin(actor: Any, edition: Edition) -> Casebook:
    """The Casebook of an edition with an entry for each case of its first tier, once decisions are sealed.

    Called again it adds who has moved up and takes out who has left; entries that are there stay as they are.
    """
    require(policies.may_edit_book(actor, edition))
    chosen = selection.selection_of(actor, edition)
    if chosen is None or chosen.state == "open":
        raise Conflict(_("The decisions are not sealed yet."), code="state")
    book, _made = Casebook.objects.get_or_create(edition=edition)
    Casebook.objects.select_for_update().get(pk=book.pk)
    book.edition = edition
    first = Tier.objects.filter(edition=edition).order_by("position").first()
    if first is None:
        raise Conflict(_("The edition has no tier."), code="state")
    outstanding = set(
        Decision.objects.filter(selection=chosen, tier__on_stage=True, reserve=None).values_list("case_id", flat=True)
    )
    there = {row.case_id: row for row in Entry.objects.filter(casebook=book)}
    wanted = selection.chosen(edition, first)
    for decision in wanted:
        entry = there.pop(decision.case_id, None)
        if entry is None:
            _copy(book, decision, decision.case_id in outstanding)
        elif entry.outstanding != (decision.case_id in outstanding):
            entry.outstanding = decision.case_id in outstanding
            entry.save(update_fields=["outstanding"])
    for entry in there.values():
        if entry.state != "dropped" and edition.state != "released":
            entry.state = ENTRY.step(entry.state, "drop")
            entry.save(update_fields=["state"])
            entry.casebook = book
            note(actor, entry, "drop", reason=_("No longer chosen."))
    audit.append(actor, edition_id=edition.pk, action="casebook.begin", obj=book, after={"entries": len(wanted)})
    return book


def follow_replacement(actor: Any, edition: Edition) -> None:
    """A case has moved up for another: where there is a Casebook it follows."""
    if Casebook.objects.filter(edition=edition).exists():
        begin(SYSTEM, edition)


def _copy(book: Casebook, decision: Decision, outstanding: bool) -> Entry:
    content, case = decision.revision.content, decision.case
    if case.category is None:
        raise Conflict(_("%(number)s is in no field.") % {"number": case.number}, code="state")
    entry = Entry.objects.create(
        casebook=book, case=case, revision=decision.revision, category=case.category, key=uuid_hex(),
        outstanding=outstanding, position=0, titles=content["titles"], applicants=content["organisation"]["names"],
        partners=[{"names": row["names"], "place": row["place"]} for row in content["partners"]],
        places=content["places"], kinds=content["kinds"], updated_at=clock.now(),
    )
    EntryText.objects.bulk_create(
        [
            EntryText(
                entry=entry, language=language, field=field, body=body, state=TextState.HUMAN, version=1, updated_at=clock.now()
            )
            for language, fields in content["texts"].items()
            for field, body in fields.items()
        ]
    )
    pictures = [row for row in content["attachments"] if row["kind"] in ("picture", "video") and row["state"] != "rejected"]
    EntryPicture.objects.bulk_create(
        [
            EntryPicture(
                entry=entry, key=uuid_hex(), kind=row["kind"], position=position, file_id=row["file"], captions=row["captions"],
                alts=row["alts"], credit=row["credit"], origin=EntryPicture.Origin.REVISION, printed=row["kind"] == "picture",
            )
            for position, row in enumerate(pictures)
        ]
    )
    return entry


@transaction.atomic
def edit_entry(
    actor: Any, entry: Entry, *, bodies: Mapping[texts.Key, str] | None = None, applicants: Label | None = None,
    partners: list[dict[str, Any]] | None = None, places: list[str] | None = None, position: int | None = None,
    expected: Mapping[texts.Key, int] | None = None,
) -> Entry:
    """Change what an entry says; the difference to the revision is shown and goes to the applicant with the proof."""
    lock(entry)
    require(policies.may_change(actor, entry))
    ENTRY.step(entry.state, "edit")
    config = entry.casebook.edition.settings
    known = {field.code for field in config.fields} | {f"{field.code}.heading" for field in config.fields if field.heading}
    wanted = {
        key: texts.as_kept(key[1], body)
        for key, body in (bodies or {}).items()
        if key[0] in config.edition.languages and key[1] in known
    }
    saved = texts.save(actor, EntryText, entry, "entry", wanted, expected=expected)
    titles = {language: texts.cleaned(body) for (language, field), body in wanted.items() if field == "title"}
    values: dict[str, Any] = {"titles": {**entry.titles, **titles}}
    if applicants is not None:
        values["applicants"] = {k: v.strip()[:200] for k, v in applicants.items() if v.strip()}
    if partners is not None:
        values["partners"] = partners
    if places is not None:
        if not all(places_table.exists(code) for code in places):
            raise Invalid({"places": _("Choose countries or regions from the list.")})
        values["places"] = places
    if position is not None:
        values["position"] = max(0, min(position, 9999))
    step(entry, "edit", **values)
    note(
        actor, entry, "edit", before={f"{k[0]}.{k[1]}": was[:2000] for k, was in saved.changed.items()},
        after={f"{k[0]}.{k[1]}": wanted[k][:2000] for k in saved.changed},
    )
    return entry


@transaction.atomic
def reopen_entry(actor: Any, entry: Entry, *, reason: str) -> Entry:
    """Open an approved entry for a change; it must be proofed again."""
    lock(entry)
    require(policies.may_change(actor, entry))
    if not texts.cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    step(entry, "reopen", approved_by=None, approved_at=None)
    note(actor, entry, "reopen", reason=reason)
    return entry


@transaction.atomic
def drop_entry(actor: Any, entry: Entry, *, reason: str) -> Entry:
    """Take an entry out of the book."""
    lock(entry)
    require(policies.may_change(actor, entry))
    if not texts.cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    step(entry, "drop")
    note(actor, entry, "drop", reason=reason)
    return entry


@transaction.atomic
def restore_entry(actor: Any, entry: Entry, *, reason: str) -> Entry:
    """Put an entry back into the book, if its case is chosen."""
    lock(entry)
    require(policies.may_change(actor, entry))
    if not texts.cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    if not Decision.objects.filter(case=entry.case_id, reserve=None).exists():
        raise Conflict(_("This case is not chosen."), code="state")
    step(entry, "restore", approved_by=None, approved_at=None)
    note(actor, entry, "restore", reason=reason)
    return entry

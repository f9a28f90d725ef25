"""Making the Casebook: entries, display material, proofs, builds, errata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.audit import services as audit
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.files.models import StoredFile
from praxis.foundation.jobs import services as jobs
from praxis.foundation.links import absolute
from praxis.foundation.locale import Label, pick
from praxis.foundation.notices import services as notices
from praxis.foundation.people.models import User
from praxis.foundation.places import selectors as places_table
from praxis.foundation.programmes.models import Edition, Tier
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.search import services as search
from praxis.foundation.texts import services as texts
from praxis.foundation.texts.models import TextState
from praxis.lifecycle.casebook import assembly, policies, selectors, tasks
from praxis.lifecycle.casebook.models import Build, Casebook, Entry, EntryPicture, EntryText, Erratum, Proof
from praxis.lifecycle.casebook.states import ENTRY
from praxis.lifecycle.casebook.typesetting.preflight import Finding
from praxis.lifecycle.casebook.typesetting.preflight import preflight as preflight_book
from praxis.lifecycle.cases.selectors import letters_to
from praxis.lifecycle.selection import selectors as selection
from praxis.lifecycle.selection.models import Decision

FORMATS = ("pdf", "epub")
FRONT = ("title", "subtitle", "imprint", "foreword_heading", "foreword", "signature")
MAX_PICTURES = 12


def _user(actor: Any) -> User | None:
    return actor if isinstance(actor, User) else None


def _note(actor: Any, entry: Entry, action: str, after: Any = None, reason: str = "", before: Any = None) -> None:
    audit.append(
        actor, edition_id=entry.casebook.edition_id, action=f"entry.{action}", obj=entry, label=entry.case.number,
        before=before, after=after, reason=reason,
    )


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
    audit.append(actor, edition_id=edition.pk, action="casebook.begin", obj=book, after={"entries": len(wanted)})
    return book


def _copy(book: Casebook, decision: Decision, outstanding: bool) -> Entry:
    content, case = decision.revision.content, decision.case
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


def _locked(entry: Entry) -> None:
    entry.state = Entry.objects.select_for_update().values_list("state", flat=True).get(pk=entry.pk)


def _step(entry: Entry, action: str, **values: Any) -> None:
    entry.state = ENTRY.step(entry.state, action)
    for field, value in values.items():
        setattr(entry, field, value)
    entry.updated_at = clock.now()
    entry.save(update_fields=["state", "updated_at", *values])


@transaction.atomic
def edit_entry(
    actor: Any, entry: Entry, *, bodies: Mapping[texts.Key, str] | None = None, applicants: Label | None = None,
    partners: list[dict[str, Any]] | None = None, places: list[str] | None = None, position: int | None = None,
    expected: Mapping[texts.Key, int] | None = None,
) -> Entry:
    """Change what an entry says; the difference to the revision is shown and goes to the applicant with the proof."""
    _locked(entry)
    require(policies.may_change(actor, entry))
    ENTRY.step(entry.state, "edit")
    config = entry.casebook.edition.settings
    known = {field.code for field in config.fields} | {f"{field.code}.heading" for field in config.fields if field.heading}
    wanted = {key: body for key, body in (bodies or {}).items() if key[0] in config.edition.languages and key[1] in known}
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
    _step(entry, "edit", **values)
    _note(
        actor, entry, "edit", before={f"{k[0]}.{k[1]}": was[:2000] for k, was in saved.changed.items()},
        after={f"{k[0]}.{k[1]}": wanted[k][:2000] for k in saved.changed},
    )
    return entry


@transaction.atomic
def add_material(
    actor: Any, entry: Entry, file: StoredFile, *, captions: Label, alts: Label, credit: str, kind: str = "picture"
) -> EntryPicture:
    """Hand in display material: a picture or video of better quality for the Casebook and the stage."""
    require(policies.may_hand_in(actor, entry))
    if file.owner_id != actor.pk or file.purpose != kind or kind not in ("picture", "video"):
        raise Missing()
    if entry.pictures.count() >= MAX_PICTURES:
        raise Invalid({"file": _("There are already %(most)s. Remove one first.") % {"most": MAX_PICTURES}})
    row = EntryPicture.objects.create(
        entry=entry, key=uuid_hex(), kind=kind, position=entry.pictures.count(), file=file,
        captions={k: v.strip()[:500] for k, v in captions.items() if v.strip()},
        alts={k: v.strip()[:500] for k, v in alts.items() if v.strip()}, credit=credit.strip()[:200],
        origin=EntryPicture.Origin.DISPLAY, printed=False,
    )
    _note(actor, entry, "add_material", {"picture": row.key, "kind": kind})
    return row


@transaction.atomic
def arrange_picture(
    actor: Any, picture: EntryPicture, *, printed: bool, position: int, captions: Label | None = None,
    alts: Label | None = None, credit: str | None = None,
) -> EntryPicture:
    """Say whether and where a picture is printed, and what is said of it."""
    require(policies.may_change(actor, picture.entry))
    _locked(picture.entry)
    _step(picture.entry, "edit")
    picture.printed, picture.position = printed and picture.kind == "picture", max(0, min(position, 99))
    if captions is not None:
        picture.captions = {k: v.strip()[:500] for k, v in captions.items() if v.strip()}
    if alts is not None:
        picture.alts = {k: v.strip()[:500] for k, v in alts.items() if v.strip()}
    if credit is not None:
        picture.credit = credit.strip()[:200]
    picture.save()
    _note(actor, picture.entry, "arrange_picture", {"picture": picture.key, "printed": picture.printed})
    return picture


@transaction.atomic
def send_proof(actor: Any, entry: Entry) -> Proof:
    """Send the entry as it stands to its applicant to approve."""
    _locked(entry)
    require(policies.may_change(actor, entry))
    if not selection.has_accepted(entry.case):
        raise Conflict(_("The applicant has not accepted confidentiality yet."), code="state")
    _step(entry, "send_proof")
    proof = Proof.objects.create(
        entry=entry, number=entry.proofs.count() + 1, digest=selectors.digest_of(entry), sent_at=clock.now()
    )
    for address, language in letters_to(entry.case):
        notices.send(
            "entry.proof", to=address, language=language, edition_id=entry.casebook.edition_id,
            context={
                "title": pick(entry.titles, language), "number": entry.case.number,
                "link": absolute("result", language, key=entry.case.key),
            },
        )
    _note(actor, entry, "send_proof", {"proof": proof.number, "digest": proof.digest})
    return proof


@transaction.atomic
def send_all_proofs(actor: Any, edition: Edition) -> int:
    """Send proofs of every entry that can be sent; returns how many."""
    require(policies.may_edit_book(actor, edition))
    sent = 0
    for entry in selectors.all_entries(edition):
        if ENTRY.find(entry.state, "send_proof") and selection.has_accepted(entry.case):
            send_proof(actor, entry)
            sent += 1
    return sent


def _open_proof(entry: Entry) -> Proof:
    proof = entry.proofs.order_by("-number").first()
    if proof is None:
        raise Missing()
    return proof


@transaction.atomic
def approve_proof(actor: Any, entry: Entry, *, reason: str = "") -> Proof:
    """Approve the proof as sent. The secretariat may do it for an applicant that does not answer, with a reason."""
    _locked(entry)
    require(policies.may_hand_in(actor, entry))
    for_applicant = bool(policies.may_edit_book(actor, entry.casebook.edition))
    if for_applicant and not texts.cleaned(reason):
        raise Invalid({"reason": _("Say why you approve in the applicant's place.")})
    proof = _open_proof(entry)
    if proof.digest != selectors.digest_of(entry):
        raise Conflict(_("The entry has changed since this proof was sent."), code="stale")
    _step(entry, "approve", approved_by=_user(actor), approved_at=clock.now())
    proof.answer, proof.answered_by, proof.answered_at = "approved", _user(actor), clock.now()
    proof.save()
    _note(actor, entry, "approve", {"proof": proof.number, "digest": proof.digest}, reason)
    return proof


@transaction.atomic
def ask_changes(actor: Any, entry: Entry, *, message: str) -> Proof:
    """Ask for changes to a proof."""
    _locked(entry)
    require(policies.may_hand_in(actor, entry))
    if not texts.cleaned(message):
        raise Invalid({"message": _("Say what should be changed.")})
    proof = _open_proof(entry)
    _step(entry, "ask_changes")
    proof.answer, proof.message = "changes", texts.cleaned(message)[:5000]
    proof.answered_by, proof.answered_at = _user(actor), clock.now()
    proof.save()
    _note(actor, entry, "ask_changes", {"proof": proof.number}, proof.message)
    return proof


@transaction.atomic
def reopen_entry(actor: Any, entry: Entry, *, reason: str) -> Entry:
    """Open an approved entry for a change; it must be proofed again."""
    _locked(entry)
    require(policies.may_change(actor, entry))
    if not texts.cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    _step(entry, "reopen", approved_by=None, approved_at=None)
    _note(actor, entry, "reopen", reason=reason)
    return entry


@transaction.atomic
def drop_entry(actor: Any, entry: Entry, *, reason: str) -> Entry:
    """Take an entry out of the book."""
    _locked(entry)
    require(policies.may_change(actor, entry))
    if not texts.cleaned(reason):
        raise Invalid({"reason": _("Say why.")})
    _step(entry, "drop")
    _note(actor, entry, "drop", reason=reason)
    return entry


@transaction.atomic
def set_front(actor: Any, edition: Edition, language: str, values: Mapping[str, str]) -> Casebook:
    """Set title, subtitle, imprint and foreword in one language."""
    require(policies.may_edit_book(actor, edition))
    if edition.state == "released":
        raise Conflict(_("The Casebook is published."), code="state")
    book, _made = Casebook.objects.select_for_update().get_or_create(edition=edition)
    if language not in edition.settings.edition.languages:
        raise Invalid({"language": _("Choose a language of the edition.")})
    book.front = {**book.front, language: {name: texts.cleaned(values.get(name, "")) for name in FRONT}}
    book.save(update_fields=["front"])
    book.edition = edition
    audit.append(actor, edition_id=edition.pk, action="casebook.set_front", obj=book, after={"language": language})
    return book


def preflight(actor: Any, edition: Edition, language: str) -> list[Finding]:
    """What would spoil the book in a language: missing text or translation, glyphs, small pictures, alt text."""
    book = selectors.casebook_of(actor, edition)
    if book is None:
        raise Conflict(_("There is no Casebook yet."), code="state")
    return preflight_book(assembly.book_of(book, language, timestamp=clock.now()))


@transaction.atomic
def build(actor: Any, edition: Edition, language: str, format_: str) -> Build:
    """Have a book made by a job."""
    book = selectors.casebook_of(actor, edition)
    if book is None:
        raise Conflict(_("There is no Casebook yet."), code="state")
    if language not in edition.settings.edition.languages or format_ not in FORMATS:
        raise Invalid({"language": _("Choose a language and PDF or EPUB.")})
    row = Build.objects.create(casebook=book, language=language, format=format_, made_at=clock.now())
    audit.append(actor, edition_id=edition.pk, action="casebook.build", obj=row, after={"language": language, "format": format_})
    jobs.enqueue(tasks.make_book, key=f"casebook.build:{row.pk}", owner_id=actor.pk, build_id=row.pk)
    return row


@transaction.atomic
def build_all(actor: Any, edition: Edition) -> list[Build]:
    """Have every book made: each language as PDF and EPUB."""
    return [build(actor, edition, language, format_) for language in edition.settings.edition.languages for format_ in FORMATS]


@transaction.atomic
def add_erratum(actor: Any, entry: Entry, *, said: Label) -> Erratum:
    """Say after the release what is wrong in an entry and what is right; the published text stays."""
    require(policies.may_edit_book(actor, entry.casebook.edition))
    if entry.casebook.edition.state != "released":
        raise Conflict(_("The Casebook is not published yet: change the entry itself."), code="state")
    kept = {language: texts.cleaned(text)[:2000] for language, text in said.items() if texts.cleaned(text)}
    if set(kept) != set(entry.casebook.edition.settings.edition.languages):
        raise Invalid({"said": _("Write the erratum in every language of the Casebook.")})
    row = Erratum.objects.create(entry=entry, texts=kept, by=_user(actor), at=clock.now())
    _note(actor, entry, "add_erratum", {"erratum": row.pk})
    return row


def publish(actor: Any, edition: Edition) -> None:
    """At the release: the latest book of each language and format is published, entries can be found by search."""
    book = Casebook.objects.filter(edition=edition).first()
    if book is None:
        return
    latest: dict[tuple[str, str], int] = {}
    for pk, language, format_ in Build.objects.filter(casebook=book, state="ready").order_by("id").values_list("id", "language", "format"):
        latest[(language, format_)] = pk
    Build.objects.filter(pk__in=latest.values()).update(published=True)
    summaries: dict[int, dict[str, str]] = {}
    for entry_id, language, body in EntryText.objects.filter(entry__casebook=book, field="summary").values_list("entry_id", "language", "body"):
        summaries.setdefault(entry_id, {})[language] = body
    for entry in selectors.all_entries(edition):
        search.put(
            "entry", entry.key, "public",
            {
                language: (title, " ".join((pick(entry.applicants, language), summaries.get(entry.pk, {}).get(language, ""))))
                for language, title in entry.titles.items()
            },
        )

"""Reads of the Casebook. Everything called public answers only for released editions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from praxis.foundation import keyset
from praxis.foundation.errors import Missing, require
from praxis.foundation.jobs.models import Job
from praxis.foundation.places import selectors as places_table
from praxis.foundation.programmes.models import Edition
from praxis.foundation.search import selectors as search
from praxis.lifecycle.casebook import policies
from praxis.lifecycle.casebook.models import Build, Casebook, Entry, EntryPicture, EntryText, Erratum, Proof
from praxis.lifecycle.cases.models import Case


def _entries() -> QuerySet[Entry]:
    rows = Entry.objects.select_related(
        "casebook__edition__programme", "case__organisation", "case__created_by", "category", "revision"
    )
    # Large, and kept by its digest: `Edition.settings`.
    return rows.defer("casebook__edition__config")


def casebook_of(actor: Any, edition: Edition) -> Casebook | None:
    require(policies.may_edit_book(actor, edition))
    book = Casebook.objects.filter(edition=edition).first()
    if book is not None:
        book.edition = edition
    return book


def entries(actor: Any, edition: Edition, *, state: str = "", category: str = "", cursor: str = "") -> keyset.Page[Entry]:
    """A page of entries for the secretariat, each with its printed pictures counted and its last proof's number."""
    require(policies.may_edit_book(actor, edition))
    rows = (
        Entry.objects.filter(casebook__edition=edition)
        .select_related("category", "case")
        .annotate(
            printed_pictures=Count(
                "pictures", filter=Q(pictures__printed=True, pictures__kind="picture"), distinct=True
            ),
            last_proof=Max("proofs__number"),
        )
    )
    if state:
        rows = rows.filter(state=state)
    if category:
        rows = rows.filter(category__code=category)
    return keyset.page(rows, order=("category__position", "position", "id"), cursor=cursor)


def counts(actor: Any, edition: Edition) -> dict[str, int]:
    """How many entries are in each state."""
    require(policies.may_edit_book(actor, edition))
    rows = Entry.objects.filter(casebook__edition=edition).values_list("state").annotate(n=Count("id"))
    return dict(rows.order_by("state"))


def all_entries(edition: Edition) -> list[Entry]:
    """Every entry that is in the book, in printing order, for builds and exports."""
    rows = _entries().filter(casebook__edition=edition).exclude(state="dropped")
    return list(rows.order_by("category__position", "position", "id"))


def whole_entries(edition: Edition) -> list[Entry]:
    """All entries with their texts and pictures (three statements)."""
    rows = _entries().filter(casebook__edition=edition).exclude(state="dropped").defer("revision__content")
    files = EntryPicture.objects.select_related("file")
    return list(
        rows.prefetch_related("texts", Prefetch("pictures", files)).order_by("category__position", "position", "id")
    )


def entry_for_desk(actor: Any, edition: Edition, key: str) -> Entry:
    """An entry of an edition the actor is named on; raises Missing."""
    require(policies.may_edit_book(actor, edition))
    row = _entries().filter(casebook__edition=edition, key=key).first()
    if row is None:
        raise Missing()
    return row


def entry_for_applicant(actor: Any, case: Case) -> Entry:
    """The entry of the actor's own told case; raises Missing, before it is told and accepted without reading any."""
    require(policies.may_learn(actor, case))
    row = _entries().filter(case=case).exclude(state="dropped").first()
    if row is None:
        raise Missing()
    require(policies.may_see_entry(actor, row))
    return row


def texts_of(entry: Entry) -> dict[tuple[str, str], EntryText]:
    return {(row.language, row.field): row for row in entry.texts.all()}


def pictures_of(entry: Entry) -> list[EntryPicture]:
    """Its pictures and videos in their order, with the files."""
    if "pictures" in getattr(entry, "_prefetched_objects_cache", {}):
        return list(entry.pictures.all())
    return list(entry.pictures.select_related("file"))


def display_material(actor: Any, edition: Edition, *, cursor: str = "") -> keyset.Page[EntryPicture]:
    """A page of what applicants have handed in as display material."""
    require(policies.may_edit_book(actor, edition))
    rows = EntryPicture.objects.filter(entry__casebook__edition=edition, origin=EntryPicture.Origin.DISPLAY)
    rows = rows.exclude(entry__state="dropped").select_related("entry__case", "file")
    return keyset.page(rows.defer("entry__case__consents"), order=("id",), cursor=cursor)


def without_display_material(actor: Any, edition: Edition) -> list[Entry]:
    """Outstanding Cases that have handed in no display material yet."""
    require(policies.may_edit_book(actor, edition))
    rows = Entry.objects.filter(casebook__edition=edition, outstanding=True).exclude(state="dropped")
    rows = rows.exclude(pictures__origin=EntryPicture.Origin.DISPLAY)
    return list(rows.select_related("case").order_by("case__number"))


def picture(entry: Entry, key: str) -> EntryPicture:
    row = entry.pictures.select_related("file").filter(key=key).first()
    if row is None:
        raise Missing()
    row.entry = entry
    return row


def proofs_of(entry: Entry) -> list[Proof]:
    return list(entry.proofs.select_related("answered_by"))


@dataclass(frozen=True, slots=True)
class Difference:
    """A text of an entry that is not as in the revision it was copied from."""

    language: str
    field: str
    before: str
    after: str


def differences(entry: Entry) -> list[Difference]:
    """Everything an entry says otherwise than its revision; names and lists come as lines, in language ""."""
    frozen = entry.revision.content
    found = []
    for (language, field), row in sorted(texts_of(entry).items()):
        before = frozen["texts"].get(language, {}).get(field, "")
        if row.body != before:
            found.append(Difference(language, field, before, row.body))
    for language, name in _either(frozen["organisation"]["names"], entry.applicants):
        before, after = frozen["organisation"]["names"].get(language, ""), entry.applicants.get(language, "")
        if name and before != after:
            found.append(Difference(language, "applicant", before, after))
    lists = (
        ("partners", [_partner(row) for row in frozen["partners"]], [_partner(row) for row in entry.partners]),
        ("places", places_table.names(frozen["places"]), places_table.names(entry.places)),
    )
    found += [
        Difference("", field, "\n".join(before), "\n".join(after)) for field, before, after in lists if before != after
    ]
    return found


def _either(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    return sorted({**before, **after}.items())


def _partner(row: dict[str, Any]) -> str:
    return " / ".join(text for _language, text in sorted(row["names"].items()) if text)


def digest_of(entry: Entry) -> str:
    """SHA-256 of what a proof shows: texts, names, printed pictures."""
    data = [
        entry.titles, entry.applicants, entry.partners, entry.places,
        sorted([language, field, row.body] for (language, field), row in texts_of(entry).items()),
        [[row.file.sha256, row.captions, row.alts, row.credit] for row in pictures_of(entry) if row.printed],
    ]
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def content_digest(book: Casebook, language: str) -> str:
    """SHA-256 of all that goes into the book of a language, so that a book that is behind can be told."""
    data = [
        [entry.outstanding, entry.category_id, entry.position, digest_of(entry)] for entry in whole_entries(book.edition)
    ]
    front = [book.front.get(language, {}), book.front.get("readings", {})]
    return hashlib.sha256(json.dumps([data, front], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def builds(actor: Any, edition: Edition) -> list[Build]:
    """The latest books made, newest first."""
    require(policies.may_edit_book(actor, edition))
    return list(Build.objects.filter(casebook__edition=edition).select_related("file").order_by("-id")[:40])


def build_for_desk(actor: Any, edition: Edition, build_id: int) -> Build:
    require(policies.may_edit_book(actor, edition))
    row = Build.objects.filter(casebook__edition=edition, pk=build_id).select_related("file").first()
    if row is None:
        raise Missing()
    return row


def jobs_of(builds: Collection[Build]) -> dict[int, Job]:
    """The open or latest job of each build that is not ready (one statement)."""
    keys = [f"casebook.build:{row.pk}" for row in builds if row.state == Build.State.RUNNING]
    if not keys:
        return {}
    return {
        pk: job
        for job in Job.objects.filter(key__in=keys).order_by("id")
        for pk in (job.arguments["build_id"], *job.arguments.get("others", ()))
    }


def latest_proof(entry: Entry) -> Proof | None:
    return entry.proofs.order_by("-number").first()


# What everyone may read


def _public() -> QuerySet[Entry]:
    return _entries().filter(casebook__edition__state="released").exclude(state="dropped")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the library can be narrowed by; empty means all."""

    programme: str = ""
    year: int | None = None
    category: str = ""
    place: str = ""
    kind: str = ""
    outstanding: bool = False
    query: str = ""


def public_entries(filters: Filters, cursor: str = "", limit: int = 24) -> keyset.Page[Entry]:
    """A page of the library, newest edition first, Outstanding Cases first within one."""
    rows = _public()
    if filters.programme:
        rows = rows.filter(casebook__edition__programme__code=filters.programme)
    if filters.year:
        rows = rows.filter(casebook__edition__year=filters.year)
    if filters.category:
        rows = rows.filter(category__code=filters.category)
    if filters.place:
        rows = rows.filter(case__case_places__place_id=filters.place)
    if filters.kind:
        rows = rows.filter(pk__in=_of_kind(rows, filters.kind))
    if filters.outstanding:
        rows = rows.filter(outstanding=True)
    if filters.query.strip():
        found = search.find(filters.query, audience="public", kinds=["entry"], limit=500)
        rows = rows.filter(key__in=[hit.object_id for hit in found])
    return keyset.page(
        rows.defer("revision__content"),
        order=("-casebook__edition__year", "-outstanding", "category__position", "position", "id"), cursor=cursor, limit=limit,
    )


def _of_kind(rows: QuerySet[Entry], kind: str) -> list[int]:
    return [pk for pk, kinds in rows.values_list("pk", "kinds") if kind in kinds]


def public_entry(key: str) -> Entry:
    """An entry of a released Casebook; raises Missing."""
    row = _public().filter(key=key).first()
    if row is None:
        raise Missing()
    return row


def errata_of(entry: Entry) -> list[Erratum]:
    return list(entry.errata.order_by("id"))


def public_errata(edition: Edition) -> list[Erratum]:
    if not policies.is_public(edition):
        raise Missing()
    return list(Erratum.objects.filter(entry__casebook__edition=edition).select_related("entry").order_by("-id"))


def published_builds(edition: Edition) -> list[Build]:
    """The books everyone may download, none before the release."""
    if not policies.is_public(edition):
        return []
    rows = Build.objects.filter(casebook__edition=edition, published=True, state="ready").select_related("file")
    return list(rows.order_by("language", "format"))


def published_build(edition: Edition, language: str, format_: str) -> Build:
    row = next((b for b in published_builds(edition) if b.language == language and b.format == format_), None)
    if row is None:
        raise Missing()
    return row


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of a released Casebook: by category code, by country or region, by kind of content."""

    entries: int
    outstanding: int
    categories: dict[str, int]
    places: dict[str, int]
    kinds: dict[str, int]


def statistics(edition: Edition) -> Statistics:
    """Counts over a released Casebook; raises Missing before the release."""
    if not policies.is_public(edition):
        raise Missing()
    rows = list(
        Entry.objects.filter(casebook__edition=edition).exclude(state="dropped")
        .values_list("outstanding", "category__code", "places", "kinds")
    )  # fmt: skip
    by: dict[str, dict[str, int]] = {"categories": {}, "places": {}, "kinds": {}}
    for _outstanding, category, places, kinds in rows:
        by["categories"][category] = by["categories"].get(category, 0) + 1
        for code in places:
            by["places"][code] = by["places"].get(code, 0) + 1
        for code in kinds:
            by["kinds"][code] = by["kinds"].get(code, 0) + 1
    ordered = {name: dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))) for name, found in by.items()}
    return Statistics(len(rows), sum(1 for row in rows if row[0]), ordered["categories"], ordered["places"], ordered["kinds"])

"""What the library's pages read beside the entries themselves, in a constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from praxis.desks.public import presenting
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import selectors as casebook
from praxis.lifecycle.casebook.models import Entry, EntryPicture, EntryText

SUMMARY = "summary"


@dataclass(slots=True)
class Card:
    """An entry as the library lists it."""

    entry: Entry
    title: str
    applicant: str
    summary: str
    category: str
    hue: int
    places: list[str]
    year: int
    url: str
    src: str


def released() -> list[Edition]:
    """The released editions, newest first."""
    return list(programmes.public().filter(state="released").order_by("-year", "-id"))


def publishes(edition: Edition, what: str) -> bool:
    """Whether an edition makes this part of its chosen cases public."""
    return what in edition.settings.settings.publishes


def cards(entries: list[Entry]) -> list[Card]:
    """Entries with a picture and their summary; two statements for any number."""
    shown = EntryPicture.objects.filter(kind="picture", printed=True, file__state="ready").select_related("file")
    summaries = EntryText.objects.filter(field=SUMMARY)
    prefetch_related_objects(
        entries,
        Prefetch("pictures", queryset=shown.order_by("position", "id"), to_attr="shown_pictures"),
        Prefetch("texts", queryset=summaries, to_attr="summaries"),
    )
    library = reverse("public:library")
    return [_card(row, f"{library}{row.key}/") for row in entries]


def _card(entry: Entry, url: str) -> Card:
    edition = entry.casebook.edition
    spoken = presenting.language()
    summaries = {row.language: row.body for row in entry.summaries if row.body}  # type: ignore[attr-defined]
    pictures = entry.shown_pictures if publishes(edition, "pictures") else []  # type: ignore[attr-defined]
    picture = next(iter(pictures), None)
    return Card(
        entry,
        pick(entry.titles),
        pick(entry.applicants),
        (summaries.get(spoken) or next(iter(summaries.values()), "")) if publishes(edition, "texts") else "",
        pick(entry.category.labels),
        entry.category.position + 1,
        places.names(entry.places) if publishes(edition, "places") else [],
        edition.year,
        url,
        file_url(url, picture, "thumb") if picture else "",
    )


def file_url(url: str, picture: EntryPicture, derived: str = "") -> str:
    """The address of a picture of the case at `url`, or of its smaller copy where there is one."""
    return f"{url}{picture.key}/{derived}/" if derived in picture.file.derived else f"{url}{picture.key}/"


@dataclass(frozen=True, slots=True)
class Options:
    """What the library can be narrowed by: (value, label) pairs."""

    years: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    places: list[tuple[str, str]]
    kinds: list[tuple[str, str]]


def options(editions: list[Edition], past_years: list[int]) -> Options:
    """The values that occur; one statement for each released edition."""
    years = sorted({edition.year for edition in editions} | set(past_years), reverse=True)
    categories: dict[str, str] = {}
    kinds: dict[str, str] = {}
    codes: set[str] = set()
    for edition in editions:
        config, spoken = edition.settings, presenting.language()
        for category in config.categories:
            categories.setdefault(category.code, config.label(category.label, spoken))
        for kind in config.content_kinds:
            kinds.setdefault(kind.code, config.label(kind.label, spoken))
        if publishes(edition, "places"):
            codes |= set(casebook.statistics(edition).places)
    named = sorted(
        ((code, places.name(code)) for code in codes), key=lambda row: places.sort_key(row[1], presenting.language())
    )
    return Options([(str(year), str(year)) for year in years], list(categories.items()), named, list(kinds.items()))

"""A case as an expert reads it: what the stage lets through, with labels, in the languages it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from praxis.foundation.files.models import StoredFile
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.config import TITLE, EditionConfig
from praxis.lifecycle.cases.content import Content
from praxis.lifecycle.reviews import selectors
from praxis.lifecycle.reviews.models import Assignment
from praxis.ui.parts.entry import LANGUAGE_NAMES
from praxis.ui.values import Picture


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of the case."""

    label: str
    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class Side:
    """The whole case in one language; both sides have as many passages, so that they stand side by side."""

    language: str
    name: str
    title: str
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class Film:
    """A video with the address of its poster, if it has one."""

    src: str
    title: str
    poster: str
    type: str


@dataclass(frozen=True, slots=True)
class Readable:
    """What the page draws of a case."""

    title: str
    facts: list[tuple[str, object]]
    sides: list[Side]
    partners: list[dict[str, Any]]
    pictures: list[Picture]
    films: list[Film]
    documents: list[tuple[str, str]]
    hidden: bool


def readable(assignment: Assignment) -> Readable:
    """What may be read of the case of an assignment."""
    said = selectors.readable(assignment, answers=True)
    config = assignment.round.edition.settings
    files = selectors.files_of(said)
    hidden = said["organisation"] is None
    return Readable(
        pick(said["titles"]) or assignment.case.number,
        _facts(said, config),
        _sides(said, config),
        [
            {
                "name": pick(row["names"]) or _("Institution not shown"), "role": pick(row["roles"]),
                "place": places.name(row["place"]) if row["place"] else "", "confirmed": row["confirmed"],
            }
            for row in said["partners"]
        ],
        *_materials(said, files, assignment.key),
        hidden,
    )  # fmt: skip


def title_of(assignment: Assignment) -> str:
    """The title of the case of an assignment, as far as the round shows it."""
    return pick(selectors.readable(assignment)["titles"]) or assignment.case.number


def _coded(codes: list[str], items: Any) -> str:
    labels = {item.code: pick(item.label) for item in items}
    return _(", ").join(labels.get(code, code) for code in codes)


def _facts(said: Content, config: EditionConfig) -> list[tuple[str, object]]:
    organisation = said["organisation"]
    facts: list[tuple[str, object]] = []
    if organisation is not None:
        facts = [
            (_("Applicant"), pick(organisation["names"])),
            (_("Kind of applicant"), _coded([organisation["kind"]], config.applicant_kinds) or None),
            (_("Seat"), places.name(organisation["place"]) if organisation["place"] else None),
        ]
    return [
        *facts,
        (_("Kind of content"), _coded(said["kinds"], config.content_kinds) or None),
        (_("Began"), said["started_on"][:7] if said["started_on"] else None),
        (_("Countries or regions involved"), _(", ").join(places.names(said["places"])) or None),
    ]


def _sides(said: Content, config: EditionConfig) -> list[Side]:
    found = []
    for language in config.edition.languages:
        texts = said["texts"].get(language, {})
        if not texts:
            continue
        with translation.override(language):
            passages = [
                Passage(pick(item.label), texts.get(f"{item.code}.heading", ""), texts.get(item.code, ""))
                for item in config.fields
                if item.code != TITLE
            ]
        title = texts.get(TITLE) or said["titles"].get(language, "")
        found.append(Side(language, LANGUAGE_NAMES.get(language, language), title, passages))
    return found


def _materials(
    said: Content, files: dict[int, StoredFile], key: str
) -> tuple[list[Picture], list[Film], list[tuple[str, str]]]:
    pictures, films, documents = [], [], []
    for number, row in enumerate(said["attachments"], start=1):
        stored = files.get(row["file"])
        if stored is None or stored.state != StoredFile.State.READY:
            continue
        arguments = {"key": key, "attachment_key": row["key"]}
        url = reverse("expert:file", kwargs=arguments)
        caption = pick(row["captions"])
        if row["kind"] == "picture":
            small = next((name for name in ("thumb", "page") if name in stored.derived), "")
            src = reverse("expert:derived", kwargs={**arguments, "derived": small}) if small else url
            alt = pick(row["alts"]) or caption or _("Picture %(number)d") % {"number": number}
            pictures.append(Picture(src, alt, caption, row["credit"], url))
        elif row["kind"] == "video":
            poster = "poster" in stored.derived
            films.append(
                Film(
                    url, caption or _("Video %(number)d") % {"number": number},
                    reverse("expert:derived", kwargs={**arguments, "derived": "poster"}) if poster else "",
                    stored.media_type,
                )
            )  # fmt: skip
        else:
            documents.append((caption or stored.name, url))
    return pictures, films, documents

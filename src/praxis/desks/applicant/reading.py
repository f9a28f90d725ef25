"""A case's content to be read: for the print view, a page that can no longer be changed, and what was submitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.config import EditionConfig
from praxis.lifecycle.cases.content import Content
from praxis.lifecycle.cases.differences import Difference

PARTNER_STATES = {"named": "neutral", "asked": "amber", "confirmed": "jade", "declined": "alarm"}


@dataclass(frozen=True, slots=True)
class Passage:
    """One text in one language, with its heading."""

    language: str
    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class Passages:
    """One field of the form in each language in which something is written."""

    label: str
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class Readable:
    """What templates draw of a content."""

    basics: list[tuple[str, str | None]]
    texts: list[Passages]
    partners: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    consents: list[str]


def _coded(codes: Sequence[str], items: Any) -> str:
    labels = {item.code: pick(item.label) for item in items}
    return _(", ").join(labels.get(code, code) for code in codes)


def basics(said: Content, config: EditionConfig) -> list[tuple[str, str | None]]:
    """The particulars as pairs of label and words; None where nothing is given."""
    organisation = said["organisation"]
    uses = {True: _("Yes"), False: _("No")}.get(said["uses_internet"])
    return [
        (_("Applicant"), pick(organisation["names"])),
        (_("Kind of organisation"), _coded([organisation["kind"]], config.applicant_kinds) or None),
        (_("Seat"), places.name(organisation["place"]) if organisation["place"] else None),
        (_("Field"), _coded([said["category"]], config.categories) if said["category"] else None),
        (_("Kind of content"), _coded(said["kinds"], config.content_kinds) or None),
        (_("Month in which it began"), said["started_on"][:7] if said["started_on"] else None),
        (_("Countries or regions involved"), _(", ").join(places.names(said["places"])) or None),
        (_("Uses the internet and related technology"), uses),
    ]


def readable(said: Content, config: EditionConfig, *, key: str) -> Readable:
    """The content with labels in the reader's language; `key` is the case's, for the addresses of its files."""
    return Readable(
        basics(said, config),
        list(_texts(said, config)),
        [
            {
                "name": pick(row["names"]), "place": places.name(row["place"]) if row["place"] else "",
                "role": pick(row["roles"]), "confirmed": row["confirmed"],
            }
            for row in said["partners"]
        ],
        [_attachment(row, key) for row in said["attachments"]],
        [pick(consent.text) for consent in config.consents if said["consents"].get(consent.code)],
    )  # fmt: skip


def _texts(said: Content, config: EditionConfig) -> Iterator[Passages]:
    for field in config.fields:
        found = []
        for language in config.edition.languages:
            own = said["texts"].get(language, {})
            heading, body = own.get(f"{field.code}.heading", ""), own.get(field.code, "")
            if heading or body:
                found.append(Passage(language, heading, body))
        yield Passages(pick(field.label), found)


def _attachment(row: dict[str, Any], key: str) -> dict[str, Any]:
    arguments = {"key": key, "attachment_key": row["key"]}
    return {
        **row,
        "caption": pick(row["captions"]),
        "alt": pick(row["alts"]),
        "url": reverse("applicant:material_file", kwargs=arguments),
        "thumb": reverse("applicant:material_derived", kwargs={**arguments, "derived": "thumb"}),
    }


def field_label(config: EditionConfig, name: str) -> str:
    """What a field of the texts is called; "background.heading" is the heading of Background."""
    code, _dot, rest = name.partition(".")
    label = next((pick(field.label) for field in config.fields if field.code == code), code)
    return _("%(field)s: heading") % {"field": label} if rest else label


def difference(found: Difference, config: EditionConfig) -> tuple[str, str, str, str]:
    """Label, language, and what it was and is, as plain text."""
    if found.part == "texts":
        return field_label(config, found.field), found.language, found.before, found.after
    before, after = _words(found.part, found.before, config), _words(found.part, found.after, config)
    return _labels()[found.part], "", before, after


def _labels() -> dict[str, str]:
    return {
        "organisation": _("Applicant"), "category": _("Field"), "kinds": _("Kind of content"),
        "started_on": _("Month in which it began"), "uses_internet": _("Uses the internet and related technology"),
        "places": _("Countries or regions involved"), "consents": _("Commitments"), "partners": _("Partners"),
        "attachments": _("Pictures, videos, documents"),
    }  # fmt: skip


def _words(part: str, value: Any, config: EditionConfig) -> str:
    if value in (None, "", [], {}):
        return "—"
    if part == "organisation":
        return pick(value["names"])
    if part == "category":
        return _coded([value], config.categories)
    if part == "kinds":
        return _coded(value, config.content_kinds)
    if part == "places":
        return _(", ").join(places.names(value))
    if part == "uses_internet":
        return _("Yes") if value else _("No")
    if part == "consents":
        return _coded([code for code, given in value.items() if given], config.consents)
    if part == "partners":
        return "\n".join(_partner_words(row) for row in value)
    if part == "attachments":
        return "\n".join(_attachment_words(row) for row in value)
    return str(value)[:7]


def _partner_words(row: dict[str, Any]) -> str:
    words = [pick(row["names"]), places.name(row["place"]) if row["place"] else "", pick(row["roles"])]
    words.append(_("confirmed") if row["confirmed"] else "")
    return _(", ").join(word for word in words if word)


def _attachment_words(row: dict[str, Any]) -> str:
    kinds = {"picture": _("Picture"), "video": _("Video"), "document": _("Document")}
    caption = pick(row["captions"]) or row["key"][:8]
    return f"{kinds[row['kind']]}: {caption}" + (f" ({row['credit']})" if row["credit"] else "")

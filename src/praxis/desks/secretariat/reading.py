"""A case's content as pages of this desk show it: particulars, texts side by side, what goes with it, differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from praxis.desks.secretariat import navigation
from praxis.engines.wordcount import count
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes.config import EditionConfig
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.checks import language_name
from praxis.lifecycle.cases.content import Content
from praxis.lifecycle.cases.differences import Difference, between


@dataclass(frozen=True, slots=True)
class Passage:
    """One text in one language with its heading and its length as the programme counts it."""

    language: str
    name: str
    heading: str
    body: str
    length: str


@dataclass(frozen=True, slots=True)
class Passages:
    """One field of the form in each language of the edition."""

    label: str
    passages: Sequence[Passage]


def separated(items: Sequence[str]) -> str:
    """A list as a reader of the language writes it."""
    return pgettext("between the items of a list", ", ").join(items)


def coded(codes: Sequence[str], items: Any) -> str:
    """The names of codes, in the order given."""
    labels = {item.code: pick(item.label) for item in items}
    return separated([labels.get(code) or code for code in codes])


def basics(said: Content, config: EditionConfig) -> list[tuple[str, str | None]]:
    """The particulars as pairs of label and words; None where nothing is given."""
    organisation = said["organisation"]
    uses = {True: _("Yes"), False: _("No")}.get(said["uses_internet"])
    return [
        (_("Applicant"), pick(organisation["names"])),
        (_("Kind of applicant"), coded([organisation["kind"]], config.applicant_kinds) or None),
        (_("Seat"), places.name(organisation["place"]) if organisation["place"] else None),
        (_("Field"), coded([said["category"]], config.categories) if said["category"] else None),
        (_("Kind of content"), coded(said["kinds"], config.content_kinds) or None),
        (_("Began"), said["started_on"][:7] if said["started_on"] else None),
        (_("Countries or regions"), separated(places.names(said["places"])) or None),
        (_("Uses the internet and related technology"), uses),
        (_("Commitments"), coded([code for code, given in said["consents"].items() if given], config.consents) or None),
    ]


def texts(said: Content, config: EditionConfig) -> list[Passages]:
    """Every field with its text in each language of the edition, side by side."""
    return [
        Passages(pick(field.label), [_passage(said, field.code, field.limits, code) for code in config.edition.languages])
        for field in config.fields
    ]


def _passage(said: Content, field: str, limits: dict[str, int], language: str) -> Passage:
    own = said["texts"].get(language, {})
    body = own.get(field, "")
    limit = limits.get(language)
    number = count(body)
    length = f"{number:,} / {limit:,}" if limit else f"{number:,}"
    return Passage(language, pick(language_name(language)), own.get(f"{field}.heading", ""), body, length)


def partners(said: Content) -> list[dict[str, str]]:
    """The partners by name, place and what they do; `state` says whether they have confirmed."""
    return [
        {
            "name": pick(row["names"]),
            "place": places.name(row["place"]) if row["place"] else "",
            "role": pick(row["roles"]),
            "state": _("confirmed") if row["confirmed"] else _("not confirmed"),
            "tone": "jade" if row["confirmed"] else "neutral",
        }
        for row in said["partners"]
    ]


def attachments(said: Content, edition: Edition, key: str) -> list[dict[str, Any]]:
    """Pictures, videos and documents with the addresses at which this desk streams them."""
    return [
        {
            **row,
            "caption": pick(row["captions"]),
            "alt": pick(row["alts"]),
            "url": navigation.address("material", edition_id=edition.pk, key=key, attachment_key=row["key"]),
            "thumb": navigation.address(
                "material_derived", edition_id=edition.pk, key=key, attachment_key=row["key"], derived="thumb"
            ),
        }
        for row in said["attachments"]
    ]


def field_label(config: EditionConfig, name: str) -> str:
    """What a field of the texts is called; "background.heading" is the heading of Background."""
    code, _dot, rest = name.partition(".")
    label = next((pick(field.label) for field in config.fields if field.code == code), code)
    return _("%(field)s: heading") % {"field": label} if rest else label


def differences(before: Content, after: Content, config: EditionConfig) -> list[dict[str, str]]:
    """What a reader sees differ between two contents; that a file has been processed meanwhile is no difference."""
    found = [difference(one, config) for one in between(before, after)]
    return [one for one in found if one["before"] != one["after"]]


def difference(found: Difference, config: EditionConfig) -> dict[str, str]:
    """A difference as label, language, and what it was and is, as plain text."""
    if found.part == "texts":
        label = field_label(config, found.field)
        return {"label": label, "language": found.language, "before": found.before, "after": found.after}
    return {
        "label": _labels()[found.part],
        "language": "",
        "before": _words(found.part, found.before, config),
        "after": _words(found.part, found.after, config),
    }


def _labels() -> dict[str, str]:
    return {
        "organisation": _("Applicant"), "category": _("Field"), "kinds": _("Kind of content"),
        "started_on": _("Began"), "uses_internet": _("Uses the internet and related technology"),
        "places": _("Countries or regions"), "consents": _("Commitments"), "partners": _("Partners"),
        "attachments": _("Pictures, videos, documents"),
    }  # fmt: skip


def _words(part: str, value: Any, config: EditionConfig) -> str:
    if value in (None, "", [], {}):
        return "—"
    if part == "attachments":
        kinds = {"picture": _("Picture"), "video": _("Video"), "document": _("Document")}
        return "\n".join(f"{kinds[row['kind']]}: {pick(row['captions']) or row['key'][:8]}" for row in value)
    plain = {
        "organisation": lambda: pick(value["names"]),
        "category": lambda: coded([value], config.categories),
        "kinds": lambda: coded(value, config.content_kinds),
        "places": lambda: separated(places.names(value)),
        "uses_internet": lambda: _("Yes") if value else _("No"),
        "consents": lambda: coded([code for code, given in value.items() if given], config.consents),
        "partners": lambda: "\n".join(
            f"{pick(row['names'])} ({_('confirmed') if row['confirmed'] else _('not confirmed')})" for row in value
        ),
    }
    return plain[part]() if part in plain else str(value)[:7]

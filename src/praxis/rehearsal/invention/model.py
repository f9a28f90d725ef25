"""What an invented edition consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Labels = Mapping[str, str]

TEXT_FIELDS = (
    "title",
    "summary",
    "background.heading",
    "background",
    "cooperation.heading",
    "cooperation",
    "implementation.heading",
    "implementation",
    "inclusiveness.heading",
    "inclusiveness",
)


@dataclass(frozen=True, slots=True)
class InventedOrganisation:
    key: str
    names: Labels
    kind: str
    place: str
    registration_number: str | None
    contact_name: str
    contact_email: str
    contact_phone: str


@dataclass(frozen=True, slots=True)
class InventedPartner:
    key: str
    names: Labels
    place: str
    role: Labels
    email: str


@dataclass(frozen=True, slots=True)
class InventedCase:
    """One case; `texts` is language -> field code -> text, `words` language -> names used in captions.

    `planted` is None or one of `repeat_of_past`, `repeat_of_case`, `one_country`, `too_early`, `late`;
    `repeat_of` then names the case's key or the past case's id. `quality` lies between 0 and 1.
    """

    key: str
    organisation: str
    category: str
    kinds: tuple[str, ...]
    started: date
    places: tuple[str, ...]
    partners: tuple[InventedPartner, ...]
    texts: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]]
    archetype: str
    quality: float
    planted: str | None
    repeat_of: str | None
    picture_seeds: tuple[int, ...]
    video_seed: int | None
    document_seed: int | None


@dataclass(frozen=True, slots=True)
class InventedExpert:
    """An expert; `leniency` and `noise` are in units of the whole scale (0.1 is a tenth of it)."""

    key: str
    names: Labels
    email: str
    place: str
    organisation_names: Labels
    categories: tuple[str, ...]
    languages: tuple[str, ...]
    leniency: float
    noise: float
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InventedUnit:
    key: str
    names: Labels
    kind: str
    place: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    organisations: tuple[InventedOrganisation, ...]
    cases: tuple[InventedCase, ...]
    experts: tuple[InventedExpert, ...]
    units: tuple[InventedUnit, ...]


@dataclass(frozen=True, slots=True)
class InventedPicture:
    caption: Labels
    alt: Labels
    credit: Labels

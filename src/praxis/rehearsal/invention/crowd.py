"""Invents the organisations, experts and units of an edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from praxis.rehearsal.invention.grammar import EN, ZH
from praxis.rehearsal.invention.model import InventedExpert, InventedOrganisation, InventedUnit
from praxis.rehearsal.invention.naming import organisation_names, person, phone, registration_number, style_of

# From so many cases on each has an applicant of its own.
WHOLE_EDITION = 100
# Applicants come from at most so many countries or regions; their partners from anywhere.
COUNTRIES = 60


def invent_organisations(
    seed: int, cases: int, kinds: Sequence[str], places: Sequence[str], taken: set[str]
) -> tuple[InventedOrganisation, ...]:
    # In a small edition, where each page is looked at, some organisations have two or three cases.
    count = cases if cases >= WHOLE_EDITION else max(1, round(cases * 17 / 24))
    random = Random(f"{seed}/organisations")
    spread = random.sample(list(places), min(len(places), count, max(2, min(COUNTRIES, cases // 4))))
    if "CN" in places and "CN" not in spread:
        spread[0] = "CN"
    found = []
    for index in range(count):
        place = spread[index] if index < len(spread) else some_place(random, spread)
        kind = kinds[index % len(kinds)] if index < 2 * len(kinds) else random.choice(kinds)
        name = person(place, random)
        key = f"org-{index + 1:04d}"
        found.append(
            InventedOrganisation(
                key,
                organisation_names(kind, place, random, taken),
                kind,
                place,
                registration_number(place, random),
                name[0] if place in ("CN", "HK", "MO", "TW") else name[1],
                f"office@{key}.example",
                phone(place, random),
            )
        )
    random.shuffle(found)
    return tuple(found)


def some_place(random: Random, places: Sequence[str]) -> str:
    return "CN" if "CN" in places and random.random() < 0.35 else random.choice(places)


def invent_experts(
    seed: int,
    count: int,
    categories: Sequence[str],
    languages: Sequence[str],
    places: Sequence[str],
    organisations: tuple[InventedOrganisation, ...],
    taken: set[str],
) -> tuple[InventedExpert, ...]:
    random = Random(f"{seed}/experts")
    found = []
    for index in range(count):
        key = f"expert-{index + 1:03d}"
        home = random.choice(organisations) if random.random() < 0.3 else None
        place = home.place if home else some_place(random, places)
        name = person(place, random)
        first = categories[index % len(categories)]
        second = [c for c in categories if c != first]
        own = (first, random.choice(second)) if second and random.random() < 0.45 else (first,)
        conflicts = {home.key} if home else set()
        conflicts |= {random.choice(organisations).key for _ in range(random.choice((0, 0, 1, 2)))}
        kind = random.choice(("university", "research", "think_tank", "social"))
        found.append(
            InventedExpert(
                key,
                {ZH: name[0], EN: name[1]},
                f"{key}@experts.example",
                place,
                home.names if home else organisation_names(kind, place, random, taken),
                own,
                _expert_languages(random, place, languages),
                round(random.gauss(0, 0.07), 3),
                round(random.uniform(0.04, 0.13), 3),
                tuple(sorted(conflicts)),
            )
        )
    return tuple(found)


def _expert_languages(random: Random, place: str, languages: Sequence[str]) -> tuple[str, ...]:
    if len(languages) < 2 or random.random() < 0.6:
        return tuple(languages)
    preferred = ZH if place in ("CN", "MO", "TW") else EN
    return (preferred,) if preferred in languages else (languages[0],)


def invent_units(
    seed: int,
    cases: int,
    kinds: Sequence[str],
    organisations: tuple[InventedOrganisation, ...],
    taken: set[str],
) -> tuple[InventedUnit, ...]:
    random = Random(f"{seed}/units")
    count = max(2, min(60, cases // 20))
    members: list[list[str]] = [[] for _ in range(count)]
    for organisation in organisations:
        if random.random() < 0.65:
            # A few units bring many cases and most bring few.
            members[int(count * random.random() ** 1.8)].append(organisation.key)
    homes = {organisation.key: organisation.place for organisation in organisations}
    found = []
    for index, keys in enumerate(members):
        most = Counter(homes[key] for key in keys).most_common(1)
        place = most[0][0] if most else organisations[0].place
        style = ("government", "social", "enterprise")[index % 3]
        names = organisation_names(f"unit_{style}", place, random, taken)
        kind = next((kind for kind in kinds if style_of(kind) == style), kinds[0])
        found.append(InventedUnit(f"unit-{index + 1:02d}", names, kind, place, tuple(keys)))
    return tuple(found)

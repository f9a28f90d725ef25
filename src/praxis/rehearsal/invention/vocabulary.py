"""The words that the sentences of one case may name, in both languages."""

from __future__ import annotations

from datetime import date
from random import Random

from praxis.rehearsal.invention.grammar import EN, ZH, Archetype, chinese_figure, english_number, slots
from praxis.rehearsal.invention.model import InventedOrganisation, InventedPartner
from praxis.rehearsal.invention.naming import list_places, place_names, running_english, toponym
from praxis.rehearsal.invention.writing import Words

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def kept_words(words: Words) -> Words:
    """Return the words that captions and comments need."""
    keep = ("A", "B", "brand", "name", "thing", "users", "sites", "units", "N", "start")
    return {name: words[name] for name in keep}


def case_words(
    random: Random,
    archetype: Archetype,
    owner: InventedOrganisation,
    partners: tuple[InventedPartner, ...],
    codes: tuple[str, ...],
    started: date,
    brand: tuple[str, str],
    year: int,
    category: str,
) -> dict[str, Words]:
    """Gather what the sentences of a case may name, in both languages."""
    low, high = archetype.units
    count = low + int((high - low) * random.random() ** 1.7)
    people = count * random.randint(18, 260) + random.randint(300, 2900)
    people = round(people, -3) if people >= 10_000 else round(people, -1)
    roles = random.sample(list(slots()["r_common"]), 8)
    used = {partner.role[ZH] for partner in partners}
    own_role = next(role for role in roles if role.zh not in used)
    years = {f"y{n}": str(min(started.year + n, year - 1)) for n in (1, 2, 3)}
    years |= {"y0": str(started.year - 1), "yn": str(year + 2)}
    found: dict[str, Words] = {}
    here = _spots(random, codes)
    for side, language in enumerate((ZH, EN)):
        words: Words = {name: pair[side] for name, pair in archetype.words.items()} | years
        words |= {f"{'ABC'[n]}": spot[side] for n, spot in enumerate(here[:3])}
        words["brand"] = brand[side]
        words["r0"] = own_role.zh if language == ZH else own_role.en
        for number, partner in enumerate(partners[:2], start=1):
            name, role = partner.names[language], partner.role[language]
            words[f"p{number}"] = name if language == ZH else running_english(name)
            words[f"r{number}"] = role if language == ZH else role[0].lower() + role[1:]
        found[language] = words
    if len(here) < 3 or len(partners) < 2:
        for language in (ZH, EN):
            found[language].pop("p2", None)
    elapsed = min(10, year - started.year)
    zh, en = found[ZH], found[EN]
    zh["org"], en["org"] = owner.names[ZH], running_english(owner.names[EN])
    zh["places"] = list_places(codes, chinese=True) if len(codes) > 1 else f"{here[0][0]}和{here[1][0]}"
    en["places"] = list_places(codes, chinese=False) if len(codes) > 1 else f"{here[0][1]} and {here[1][1]}"
    zh["kcr"] = f"{len(codes)}个国家或地区"
    en["kcr"] = f"{english_number(len(codes))} countr{'ies or regions' if len(codes) > 1 else 'y or region'}"
    zh["N"], en["N"] = chinese_figure(count), f"{count:,}"
    zh["people"], en["people"] = chinese_figure(people), f"{people:,}"
    zh["start"], en["start"] = f"{started.year}年{started.month}月", f"{_MONTHS[started.month - 1]} {started.year}"
    zh["years"], en["years"] = str(elapsed), english_number(elapsed)
    zh["usd"], en["usd"] = "", "US$"
    return found


def _spots(random: Random, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return how the text calls its places; a case in one country or region tells of two provinces of it."""
    if len(codes) > 1:
        return [place_names(code) for code in codes]
    zh, en = place_names(codes[0])
    first, second = toponym(codes[0], random), toponym(codes[0], random)
    while second == first:
        second = toponym(codes[0], random)
    return [(f"{zh}{first[0]}省", f"{first[1]} Province in {en}"), (f"{zh}{second[0]}省", f"{second[1]} Province")]

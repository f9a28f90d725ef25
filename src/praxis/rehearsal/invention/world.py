"""Invents a whole edition: organisations, cases, experts and units, from one seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from praxis.rehearsal.invention.crowd import invent_experts, invent_organisations, invent_units
from praxis.rehearsal.invention.grammar import EN, ZH, Archetype, archetypes, name_parts, slots
from praxis.rehearsal.invention.model import InventedCase, InventedOrganisation, InventedPartner, World
from praxis.rehearsal.invention.naming import organisation_names
from praxis.rehearsal.invention.vocabulary import case_words, kept_words
from praxis.rehearsal.invention.writing import DEFAULT_LIMITS, Decks, Draft, Limits, Words, Writer, texts

PLANTED: Mapping[str, float] = {
    "one_country": 0.04,
    "too_early": 0.03,
    "repeat_of_case": 0.04,
    "repeat_of_past": 0.03,
    "late": 0.01,
}
Past = Sequence[tuple[str, Mapping[str, str]]]

_AGAIN = (
    ("{past}（二期）", "{past}: second phase"),
    ("{past}的深化实践——“{brand}”", "{past}, continued: {brand}"),
    ("新阶段的{past}", "{past}: a new stage"),
    ("“{brand}”：{past}", "{brand}: {past}"),
    ("{past}及其推广", "{past} and its extension"),
)


@dataclass(slots=True)
class _Written:
    """A finished case with what is needed to repeat it in other words."""

    case: InventedCase
    draft: Draft
    archetype: Archetype
    brand: tuple[str, str]


def invent(
    seed: int,
    cases: int,
    experts: int,
    categories: Sequence[str],
    *,
    languages: Sequence[str] = (ZH, EN),
    kinds: Sequence[str],
    applicant_kinds: Sequence[str],
    places: Sequence[str],
    past: Past = (),
    limits: Limits = DEFAULT_LIMITS,
    planted: Mapping[str, float] = PLANTED,
    year: int = 2026,
) -> World:
    """Invent an edition in which no two cases read alike.

    `places` are ISO 3166 alpha-2 codes, `past` (id, names by language) of earlier cases, `limits` length limits
    by `summary`, `element` or a field code and language, `planted` the share of cases for each planted fault,
    `year` the edition's. The same arguments give the same world in any process.
    """
    if not (categories and languages and kinds and applicant_kinds) or len(places) < 2:
        raise ValueError("a world needs categories, languages, kinds, applicant kinds and at least two places")
    taken: set[str] = set()
    organisations = invent_organisations(seed, cases, applicant_kinds, places, taken)
    maker = _CaseMaker(seed, organisations, languages, kinds, places, past, limits, year, taken)
    plan = _plant(Random(f"{seed}/plant"), cases, planted, bool(past))
    owners = _owners(Random(f"{seed}/owners"), cases, len(organisations))
    order = _category_order(Random(f"{seed}/categories"), cases, categories)
    for index in range(cases):
        maker.add(index, organisations[owners[index]], order[index], plan.get(index))
    return World(
        organisations,
        tuple(written.case for written in maker.written),
        invent_experts(seed, experts, categories, languages, places, organisations, taken),
        invent_units(seed, cases, applicant_kinds, organisations, taken),
    )


def _owners(random: Random, cases: int, organisations: int) -> list[int]:
    """Give each organisation one case and spread the rest so that none has more than three."""
    owners = list(range(min(cases, organisations)))
    extra = [index for index in range(organisations) for _ in range(2)]
    random.shuffle(extra)
    owners += extra[: cases - len(owners)]
    random.shuffle(owners)
    return owners


def _category_order(random: Random, cases: int, categories: Sequence[str]) -> list[str]:
    order = [categories[index % len(categories)] for index in range(cases)]
    random.shuffle(order)
    return order


def _plant(random: Random, cases: int, shares: Mapping[str, float], has_past: bool) -> dict[int, str]:
    """Choose which cases carry a planted fault; repeats come late enough to have something to repeat."""
    free = list(range(cases // 3, cases))
    random.shuffle(free)
    plan: dict[int, str] = {}
    for fault, share in shares.items():
        if fault == "repeat_of_past" and not has_past:
            continue
        for _ in range(min(len(free), round(share * cases))):
            plan[free.pop()] = fault
    return plan


class _CaseMaker:
    def __init__(
        self,
        seed: int,
        organisations: tuple[InventedOrganisation, ...],
        languages: Sequence[str],
        kinds: Sequence[str],
        places: Sequence[str],
        past: Past,
        limits: Limits,
        year: int,
        taken: set[str],
    ) -> None:
        self.written: list[_Written] = []
        self._seed = seed
        self._organisations = organisations
        self._languages = tuple(languages)
        self._kinds = kinds
        self._places = places
        self._past = [(key, {k: v for k, v in names.items() if v}) for key, names in past]
        self._limits = limits
        self._year = year
        self._names = taken
        self._decks = Decks(seed)
        self._turns: Counter[str] = Counter()
        self._titles: set[str] = set()
        self._brands = [(f, s) for f in name_parts()["brand_first"] for s in name_parts()["brand_second"]]
        Random(f"{seed}/brands").shuffle(self._brands)

    def add(self, index: int, owner: InventedOrganisation, category: str, fault: str | None) -> None:
        """Write the next case."""
        random = Random(f"{self._seed}/case/{index}")
        source = None
        if fault == "repeat_of_case":
            sources = [w for w in self.written if w.case.planted is None]
            source = random.choice(sources) if sources else None
            fault = fault if source else None
        category = source.case.category if source else category
        archetype = source.archetype if source else self._next_archetype(category)
        codes = self._case_places(random, owner.place, fault)
        partners = self._partners(random, index, codes, category)
        started = self._started(random, fault)
        brand = source.brand if source and random.random() < 0.5 else self._brand(index)
        words = case_words(random, archetype, owner, partners, codes, started, brand, self._year, category)
        writer = Writer(self._decks, archetype, self._turns[archetype.key], words, random)
        self._turns[archetype.key] += 1
        quality = round(min(0.98, max(0.05, random.gauss(0.55, 0.2))), 3)
        draft = writer.reworded(source.draft, random.uniform(0.06, 0.18)) if source else writer.draft(quality)
        content = texts(draft, self._languages, self._limits)
        repeat_of = source.case.key if source else None
        if fault == "repeat_of_past":
            repeat_of = self._name_again(random, content, words)
        self._settle_title(content, words)
        case = InventedCase(
            key=f"case-{index + 1:05d}",
            organisation=owner.key,
            category=category,
            kinds=tuple(random.sample(list(self._kinds), min(len(self._kinds), random.choice((1, 1, 2, 2, 3))))),
            started=started,
            places=codes,
            partners=partners,
            texts=content,
            words={language: kept_words(words[language]) for language in (ZH, EN)},
            archetype=archetype.key,
            quality=quality,
            planted=fault,
            repeat_of=repeat_of,
            picture_seeds=tuple(random.randrange(2**31) for _ in range(random.choice((1, 2, 2, 3, 3, 4)))),
            video_seed=random.randrange(2**31) if random.random() < 0.04 else None,
            document_seed=random.randrange(2**31) if random.random() < 0.3 else None,
        )
        self.written.append(_Written(case, draft, archetype, brand))

    def _next_archetype(self, category: str) -> Archetype:
        """Deal the archetypes of a category in turn, in an order of their own each round."""
        known = archetypes(category)
        dealt = self._turns[f"category/{category}"]
        self._turns[f"category/{category}"] += 1
        order = list(range(len(known)))
        Random(f"{self._seed}/{category}/{dealt // len(known)}").shuffle(order)
        return known[order[dealt % len(known)]]

    def _brand(self, index: int) -> tuple[str, str]:
        first, second = self._brands[index % len(self._brands)]
        return first[0] + second[0], f"{first[1]} {second[1]}"

    def _case_places(self, random: Random, home: str, fault: str | None) -> tuple[str, ...]:
        if fault == "one_country":
            return (home,)
        others = [code for code in self._places if code != home]
        return (home, *random.sample(others, min(len(others), random.choice((1, 1, 2, 2, 2, 3, 3, 4, 5)))))

    def _partners(
        self, random: Random, index: int, codes: tuple[str, ...], category: str
    ) -> tuple[InventedPartner, ...]:
        known = slots()
        roles = [*known["r_common"], *known.get(f"r_{category}", ())]
        abroad = codes[1:] or codes
        found = []
        for number in range(min(len(abroad), random.choice((1, 2, 2, 3))) + (random.random() < 0.2)):
            place = abroad[number % len(abroad)]
            role = roles.pop(random.randrange(len(roles)))
            # Few names are ever checked against all others for partners: they may meet again, as in life.
            names = organisation_names(
                random.choice(("university", "research", "social", "government", "enterprise", "community")),
                place,
                random,
                self._names,
            )
            found.append(
                InventedPartner(
                    f"partner-{index + 1:05d}-{number + 1}",
                    names,
                    place,
                    {ZH: role.zh, EN: role.en[0].upper() + role.en[1:]},
                    f"contact@partner-{index + 1:05d}-{number + 1}.example",
                )
            )
        return tuple(found)

    def _started(self, random: Random, fault: str | None) -> date:
        low, high = (2009, 2014) if fault == "too_early" else (2016, max(2016, self._year - 3))
        return date(random.randint(low, high), random.randint(1, 12), random.randint(1, 28))

    def _name_again(self, random: Random, content: dict[str, dict[str, str]], words: Mapping[str, Words]) -> str:
        key, names = random.choice(self._past)
        pattern = random.choice(_AGAIN)
        for language, name in names.items():
            if language in content:
                text = pattern[0 if language == ZH else 1]
                content[language]["title"] = text.format(past=name, brand=words[language]["brand"])
        return key

    def _settle_title(self, content: dict[str, dict[str, str]], words: Mapping[str, Words]) -> None:
        """Add the place or a number to a title that another case already bears."""
        for language in self._languages:
            title = base = content[language]["title"]
            number = 1
            while title in self._titles:
                mark = words[language]["B"] if number == 1 else str(number)
                title = f"{base}（{mark}）" if language == ZH else f"{base} ({mark})"
                number += 1
            self._titles.add(title)
            content[language]["title"] = title

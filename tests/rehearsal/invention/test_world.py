"""An invented edition: varied, within its limits, the same in every process."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from praxis.rehearsal.invention import TEXT_FIELDS, InventedCase, World, invent
from praxis.rehearsal.invention.grammar import KNOWN, archetypes, compile_pattern, english_number, slots
from praxis.rehearsal.invention.writing import ELEMENTS, length

PLACES = (
    "CN KE FR EG TH JP KR BR US DE ID VN ZA NG ET TZ UG RW GH SN MA TN SA AE TR IR PK IN BD NP LK KZ UZ MN RU RS HU "
    "PL ES PT IT GR CH SE FI NO CA MX CU PE CL AR CO EC BO UY AU NZ FJ PG TL MY SG PH KH LA MM HK MO ZM ZW MZ AO CD"
)
KINDS = ("project", "initiative", "plan", "action", "conference", "training", "communication", "product", "service")
APPLICANTS = ("government", "international_organisation", "social_organisation", "technical_community", "university")
PAST = (
    ("past-1", {"zh-hans": "数字敦煌", "en": "Digital Dunhuang"}),
    ("past-2", {"zh-hans": "亚洲直达海缆", "en": ""}),
)
BOTH = ("zh-hans", "en")


def world(seed: int = 1, cases: int = 240, **options: object) -> World:
    settings: dict[str, object] = {
        "kinds": KINDS,
        "applicant_kinds": APPLICANTS,
        "places": tuple(PLACES.split()),
        "past": PAST,
    }
    return invent(seed, cases, 24, KNOWN, **(settings | options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def edition() -> World:
    return world()


def digest(made: World) -> str:
    return hashlib.sha256(repr(made).encode()).hexdigest()


def likeness(sets: list[set[object]]) -> np.ndarray:
    """Jaccard index of each pair, as the upper triangle."""
    numbers: dict[object, int] = {}
    rows = [(row, numbers.setdefault(gram, len(numbers))) for row, grams in enumerate(sets) for gram in sorted(grams)]
    at = np.array(rows).T
    matrix = csr_matrix((np.ones(len(rows), dtype=np.float32), at), shape=(len(sets), len(numbers)))
    shared = (matrix @ matrix.T).toarray()
    sizes = shared.diagonal()
    return (shared / (sizes[:, None] + sizes[None, :] - shared))[np.triu_indices(len(sets), 1)]


def full_text(case: InventedCase, language: str) -> str:
    return "\n".join(case.texts[language][code] for code in TEXT_FIELDS)


def grams(items: Iterable[str], size: int) -> set[object]:
    listed = list(items)
    return {tuple(listed[i : i + size]) for i in range(len(listed) - size + 1)}


def test_no_two_cases_that_are_not_planted_read_alike(edition: World) -> None:
    own = [case for case in edition.cases if case.planted not in ("repeat_of_case", "repeat_of_past")]
    chinese = likeness([grams(full_text(case, "zh-hans"), 5) for case in own])
    english = likeness([grams(re.findall(r"\w+", full_text(case, "en").lower()), 4) for case in own])
    assert chinese.max() < 0.35
    assert english.max() < 0.30
    assert np.percentile(chinese, 99.9) < 0.15
    assert np.percentile(english, 99.9) < 0.15


@pytest.mark.parametrize("language", BOTH)
def test_titles_are_unique(edition: World, language: str) -> None:
    titles = [case.texts[language]["title"] for case in edition.cases]
    assert len(set(titles)) == len(titles)


def test_a_planted_repeat_is_much_more_like_its_source_than_anything_else_is(edition: World) -> None:
    by_key = {case.key: case for case in edition.cases}
    repeats = [case for case in edition.cases if case.planted == "repeat_of_case"]
    assert len(repeats) == 10
    for case in repeats:
        assert case.repeat_of
        source = by_key[case.repeat_of]
        pair = [grams(full_text(one, "zh-hans"), 5) for one in (case, source)]
        assert 0.35 < likeness(pair)[0] < 0.95
        assert case.texts["zh-hans"]["title"] != source.texts["zh-hans"]["title"]


def test_texts_keep_to_the_limits_and_are_several_paragraphs_long(edition: World) -> None:
    for case in edition.cases:
        assert length(case.texts["zh-hans"]["summary"]) <= 300
        assert length(case.texts["en"]["summary"]) <= 200
        for element in ELEMENTS:
            chinese, english = case.texts["zh-hans"][element], case.texts["en"][element]
            assert 250 <= len(chinese) <= 620
            assert 150 <= len(english.split()) <= 380
            assert chinese.count("\n\n") == english.count("\n\n") >= 1
        assert set(case.texts) == set(BOTH)
        assert all(set(fields) == set(TEXT_FIELDS) for fields in case.texts.values())


def test_tighter_limits_are_kept_too() -> None:
    tight = {"summary": {"zh-hans": 120, "en": 60}, "element": {"zh-hans": 200, "en": 120}}
    for case in world(cases=20, limits=tight).cases:
        for language in BOTH:
            assert length(case.texts[language]["summary"]) <= tight["summary"][language]
            assert all(length(case.texts[language][e]) <= tight["element"][language] for e in ELEMENTS)


NUMBER_WORDS = {english_number(n): n for n in range(100)}
DATES = re.compile(r"\d{4}年(\d+月)?")


def chinese_figures(text: str) -> Counter[float]:
    plain = DATES.sub("", text)
    return Counter(
        float(figure) * (10_000 if many else 1) for figure, many in re.findall(r"(\d+(?:\.\d+)?)(万)?", plain)
    )


def english_figures(text: str) -> set[float]:
    text = text.replace("fold ", " ").replace("fold.", ".").replace("fold,", ",")
    digits = {float(f.replace(",", "")) for f in re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r",(?!\d)", " ", text))}
    words = {float(NUMBER_WORDS[w]) for w in re.findall(r"[a-z]+(?:-[a-z]+)?", text.lower()) if w in NUMBER_WORDS}
    parts = {float(NUMBER_WORDS[w]) for w in re.findall(r"[a-z]+", text.lower()) if w in NUMBER_WORDS}
    return digits | words | parts


def test_both_languages_of_a_case_give_the_same_figures(edition: World) -> None:
    for case in edition.cases:
        for code in TEXT_FIELDS:
            if code == "title":
                continue
            missing = set(chinese_figures(case.texts["zh-hans"][code])) - english_figures(case.texts["en"][code])
            assert not missing, (case.key, code, missing)


def test_the_summary_speaks_of_the_figures_of_the_body(edition: World) -> None:
    for case in edition.cases:
        assert case.words["zh-hans"]["N"].replace("万", "")
        if "人次" in case.texts["zh-hans"]["summary"]:
            served = re.search(r"(?:服务|使用|受益)([\d.]+万?)人次", case.texts["zh-hans"]["summary"])
            if not served:
                continue
            body = "".join(case.texts["zh-hans"][e] for e in ELEMENTS)
            others = re.findall(r"(?:服务[^，。]*?|达)([\d.]+万?)人次", body)
            assert all(other == served[1] for other in others), case.key


SLIPS = {
    "zh-hans": re.compile(r"的的|了了|，，|。。|，。|[{}<>|]|  |[A-Za-z]{3,}|[,;?!]"),
    "en": re.compile(
        r"\b(\w+) \1\b|[{}<>|]|  | [,.;]|\b[Aa] (?!one)[aeio]\w|[\u4e00-\u9fff]|[.!?] [a-z]|^[a-z]"
        r"|\b[Oo]ne (?:years|days|weeks|months|hours|people)\b"
    ),
}


@pytest.mark.parametrize("language", BOTH)
def test_texts_are_free_of_slips_of_the_grammar(edition: World, language: str) -> None:
    slip = SLIPS[language]
    for case in edition.cases:
        if case.planted == "repeat_of_past":
            continue
        for code, text in case.texts[language].items():
            found = list(slip.finditer(text))
            assert not found, (case.key, code, [text[max(0, m.start() - 30) : m.end() + 30] for m in found])
        sentences = re.split(r"(?<=[。.])\s*", "".join(case.texts[language][e] for e in ELEMENTS))
        assert max(Counter(s for s in sentences if len(s) > 12).values()) == 1


def test_the_shape_of_an_edition_of_240_cases(edition: World) -> None:
    assert len(edition.organisations) == 240
    assert len({o.place for o in edition.organisations}) == 60
    assert set(Counter(case.organisation for case in edition.cases).values()) == {1}
    planted = Counter(case.planted for case in edition.cases)
    assert planted["one_country"] == 10
    assert planted["too_early"] == 7
    assert planted["repeat_of_past"] == 7
    assert planted["late"] >= 1
    homes = {o.key: o.place for o in edition.organisations}
    for case in edition.cases:
        assert (len(case.places) == 1) == (case.planted == "one_country")
        assert (case.started.year < 2015) == (case.planted == "too_early")
        assert case.places[0] == homes[case.organisation]
        assert case.partners
        assert {p.place for p in case.partners} <= set(case.places)
    names = [o.names[lang] for o in edition.organisations for lang in BOTH]
    assert len(set(names)) == len(names)


def test_in_a_small_edition_some_applicants_have_several_cases() -> None:
    counts = Counter(case.organisation for case in world(cases=24).cases)
    assert len(counts) == 17
    assert set(counts.values()) <= {1, 2, 3}


def test_experts_cover_every_category_and_some_are_in_conflict(edition: World) -> None:
    assert {c for expert in edition.experts for c in expert.categories} == set(KNOWN)
    keys = {o.key for o in edition.organisations}
    assert all(1 <= len(e.categories) <= 2 and e.languages and set(e.conflicts) <= keys for e in edition.experts)
    assert any(e.conflicts for e in edition.experts)
    members = [key for unit in edition.units for key in unit.members]
    assert len(members) == len(set(members))
    assert set(members) <= keys


def test_each_category_has_fourteen_archetypes_and_each_slot_eight_sentences() -> None:
    for category in (*KNOWN, "anything-else"):
        assert len({a.key for a in archetypes(category)}) >= 14
    for slot, patterns in slots().items():
        if not slot.startswith("r_"):
            assert len(patterns) >= 8, slot


def test_unknown_categories_and_one_language_work() -> None:
    made = invent(
        3, 12, 4, ["live-pitch"], languages=["en"], kinds=["idea"], applicant_kinds=["club"], places=["KE", "FR", "CI"]
    )
    assert {case.archetype for case in made.cases} <= {a.key for a in archetypes("general")}
    assert all(set(case.texts) == {"en"} for case in made.cases)


def test_the_same_seed_gives_the_same_world_in_another_process_and_another_seed_does_not(edition: World) -> None:
    code = "from tests.rehearsal.invention.test_world import digest, world; print(digest(world(cases=60)))"
    for hash_seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": ":".join([".", *sys.path]), "PYTHONHASHSEED": hash_seed, "PATH": "/usr/bin:/bin"},
        )
        assert run.stdout.strip() == digest(world(cases=60))
    assert digest(world(seed=2, cases=60)) != digest(world(cases=60))


def test_a_sentence_whose_languages_use_different_figures_is_refused() -> None:
    with pytest.raises(ValueError, match="figures differ"):
        compile_pattern("用了<3-6>天。 | It took a while.")
    with pytest.raises(ValueError, match="no English"):
        compile_pattern("只有中文。")

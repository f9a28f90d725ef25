import re
import subprocess
import sys
import unicodedata
from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxis.engines.similarity import Document, Index
from praxis.engines.similarity.grams import (
    aligned,
    course,
    grams,
    normalise,
    numbers,
    shared_passages,
    word_key,
    words,
)
from praxis.engines.similarity.index import _gaps, _nearest, _said, _together
from praxis.engines.similarity.vectors import slack
from praxis.engines.study.repeats import search

ZH = "网络空间命运共同体数字教育医疗农业港口物流光缆卫星平台合作培训"
ZH += "青年妇女乡村学校医院城市能源气候海洋文化"
ZH += "遗产博物馆语言翻译安全标准治理"
EN = [
    "network",
    "school",
    "harbour",
    "cable",
    "clinic",
    "farm",
    "village",
    "energy",
    "ocean",
    "museum",
    "language",
    "archive",
]
OPENING = {
    "zh-hans": "本项目积极响应构建网络空间命运共同体的倡议。",
    "en": "The project answers the call to cooperate. ",
}


def story(seed: int, id: str | None = None) -> Document:
    random = Random(seed)
    figures = [random.randint(1000, 99999) for _ in range(5)]
    zh = "".join("".join(random.choices(ZH, k=24)) + f"，覆盖{f}人。" for f in figures)
    en = " ".join(" ".join(random.choices(EN, k=14)) + f" reached {f} people." for f in figures)
    texts = {"zh-hans": OPENING["zh-hans"] + zh, "en": OPENING["en"] + en}
    return Document(id or f"d{seed}", texts, f"Organisation {seed}", (f"+86 10 {seed:08d}",))


def shuffled(document: Document, seed: int) -> Document:
    """The same case another year: sentences reordered, a fifth left out, another name and contact."""
    random = Random(seed)
    sentences = [s + "。" for s in document.texts["zh-hans"].split("。") if s]
    kept = random.sample(sentences, len(sentences) * 4 // 5)
    return Document("query", {"zh-hans": "".join(kept)}, "Another", ("+1 000",))


STORIES = [story(seed) for seed in range(60)]
INDEX = Index.build(STORIES)


def test_repeats_are_found_first_and_new_cases_stay_under_the_threshold() -> None:
    threshold = INDEX.threshold(0.05)
    for number, document in enumerate(STORIES):
        hit = INDEX.query(shuffled(document, number))[0]
        assert hit.id == document.id
        assert hit.channel == "text"
        assert hit.score > threshold
    alarms = sum(INDEX.query(story(1000 + n))[0].score >= threshold for n in range(60))
    assert alarms <= 9


def test_a_translation_is_found_by_its_numbers() -> None:
    index = Index.build(Document(d.id, {"zh-hans": d.texts["zh-hans"]}, d.organisation) for d in STORIES)
    for document in STORIES:
        hit = index.query(Document("query", {"en": document.texts["en"]}))[0]
        assert hit.id == document.id
        assert hit.channel == "numbers"
        assert set(hit.passages) == set(numbers(document.texts["en"]))


def test_a_single_shared_number_is_a_weak_sign() -> None:
    index = Index.build([Document("a", {"en": "started 4711"}), Document("b", {"en": "began"})])
    assert index.query(Document("q", {"zh-hans": "4711"}))[0].score < 0.3


def test_contacts_count_as_far_as_the_texts_agree() -> None:
    changed = Document("query", {"en": STORIES[3].texts["en"][:150]}, STORIES[3].organisation, STORIES[3].contacts)
    other = Document("query", {"en": "Quite different words."}, STORIES[3].organisation, STORIES[3].contacts)
    assert INDEX.query(changed)[0].id == "d3"
    assert all(hit.score < 0.1 for hit in INDEX.query(other))
    index = Index.build(
        [
            Document("a", {"en": "same words here"}, "Org", ("1",)),
            Document("b", {"en": "same words here"}),
            Document("c", {"en": "same words everywhere"}),
        ]
    )
    best = index.query(Document("q", {"en": "same words there"}, "Org", ("1",)))[0]
    assert (best.id, best.channel, best.passages) == ("a", "contacts", ("Org", "1"))


def test_passages_stand_in_both_texts() -> None:
    hit = INDEX.query(shuffled(STORIES[5], 1))[0]
    assert hit.passages
    assert all(len(passage) >= 8 for passage in hit.passages)
    for passage in hit.passages:
        assert normalise(passage) in normalise(STORIES[5].texts["zh-hans"])
    text, other = (
        "Alpha: yes. The SAME long passage, again! Omega",
        normalise("x the same long passage again y"),
    )
    assert shared_passages(text, [other, "nothing"]) == [("The SAME long passage, again",), ()]


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(12)), st.integers(1, 6))
def test_adding_and_removing_equals_building_anew(order: list[int], removed: int) -> None:
    grown = Index.build(STORIES[:4])
    for number in order:
        grown.add(story(100 + number))
        grown.query(STORIES[0])
    for number in order[:removed]:
        grown.remove(f"d{100 + number}")
    fresh = Index.build([*STORIES[:4], *(story(100 + number) for number in order[removed:])])
    question = shuffled(STORIES[1], 3)
    first, second = grown.query(question), fresh.query(question)
    assert [(h.id, h.channel, h.passages) for h in first] == [(h.id, h.channel, h.passages) for h in second]
    assert [h.score for h in first] == pytest.approx([h.score for h in second])
    assert grown.threshold(0.2) == pytest.approx(fresh.threshold(0.2))


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_indexed_and_asked_about(first: str, second: str) -> None:
    index = Index.build([Document("a", {"en": first}), Document("b", {"en": second, "zh-hans": first})])
    for hit in index.query(Document("q", {"en": first, "zh-hans": second}), k=5):
        assert 0.0 < hit.score <= 1.0 + 1e-6
    shared_passages(first, [normalise(second)])


@given(st.text(alphabet="ab案例", min_size=2, max_size=40))
def test_grams_are_counted_exactly(text: str) -> None:
    plain = normalise(text)
    expected = {plain[i : i + n] for n in (2, 3, 4) for i in range(len(plain) - n + 1)}
    keys, weights = grams(plain)
    assert len(keys) == len(weights) == len(expected)
    assert (weights >= 1).all()


def test_normalising_folds_forms_and_drops_punctuation() -> None:
    plain, places = aligned("ＡＢＣ，案例。 Two  Words!")
    assert plain == "abc案例two words"
    assert places.tolist() == [0, 1, 2, 4, 5, 8, 9, 10, 11, 13, 14, 15, 16, 17]


@given(st.text(max_size=60) | st.text(alphabet="aé 案，例.が 𠮷-", max_size=30))
def test_each_plain_character_comes_from_its_place(text: str) -> None:
    plain, places = aligned(text)
    composed = unicodedata.normalize("NFC", text)
    assert (np.diff(places) >= 0).all()
    assert len(places) == len(plain)
    for character, place in zip(plain, places, strict=True):
        form = unicodedata.normalize("NFKC", composed[place]).casefold()
        assert character in form or (character == " " and not all(c.isalnum() for c in form))


def test_numbers_are_read_in_every_form() -> None:
    assert numbers("１０,000 people, 3.5 % of 1,234,567; in 2016.") == ("10000", "1234567", "2016", "3.5")


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("投入1.2万元", "12,000 yuan"),
        ("覆盖3.5亿人", "350 million people"),
        ("２百万次", "2 million"),
        ("40万", "400 thousand"),
    ],
)
def test_counts_in_units_are_the_same_number_in_both_languages(chinese: str, english: str) -> None:
    assert numbers(chinese) == numbers(english) != ()


def test_a_text_is_walked_by_ideographs_and_words() -> None:
    keys, there = course("ab网络5g命运共同c")
    assert there.astype(int).T.tolist() == [
        [0, 0, 0, 1],  # ab
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 1],  # 5g
        [1, 1, 1, 0],
        [1, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 1],  # c
    ]
    assert set(keys[:3][there[:3]]) == {key for part in ("网络", "命运共同") for key in grams(part)[0]}
    assert set(keys[3][there[3]]) == {word_key("ab"), word_key("5g"), word_key("c")} == set(words("c ab网5g"))
    assert course("")[0].shape == (4, 0)


def test_a_passage_counts_what_rises_above_the_step_before() -> None:
    assert _said(np.array([[2.0, 3.0, 3.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.5, 0.0]])) == pytest.approx(2 + 1 + 0.5)
    assert _said(np.zeros((4, 0))) == 0.0


def test_nothing_in_common_is_not_near() -> None:
    similar = np.array([[0.9, 0.0, 0.5, 0.4], [0.0, 0.0, 0.2, 0.0], [0.0, 0.0, 0.0, 0.0]])
    assert _nearest(similar, 2).tolist() == [0, 2]


def test_equal_documents_are_equally_alike_however_they_are_numbered() -> None:
    copies = [Document(f"copy {n}", STORIES[3].texts) for n in range(4)]
    first = Index.build([*STORIES[:9], *copies]).query(STORIES[3], 4)
    second = Index.build([*copies, *reversed(STORIES[:9])]).query(STORIES[3], 4)
    assert [hit.id for hit in first] == [hit.id for hit in second] == [copy.id for copy in copies]
    assert {hit.score for hit in first} == {hit.score for hit in second} == {first[0].score}


def test_what_is_shared_can_be_asked_for_afterwards() -> None:
    later = list(INDEX.matches(3, passages=False))
    assert not any(hit.passages for hits in later for hit in hits)
    assert [INDEX.with_passages(d, hits) for d, hits in zip(STORIES, later, strict=True)] == list(INDEX.matches(3))


def test_what_several_channels_say_adds_up() -> None:
    scores = np.array([[0.5, 0.0, 0.2], [0.5, 0.3, 0.0], [0.0, 0.0, 0.1]])
    assert _together(scores) == pytest.approx([0.75, 0.3, 0.28])


def test_repeats_of_each_kind_are_found_among_cases_of_the_same_templates() -> None:
    found = search(160, 24, seed=2)
    assert np.mean(list(found.first.values())) >= 0.95
    assert np.mean(list(found.above.values())) >= 0.85
    assert found.first["translated"] >= 0.95
    assert found.above["numbers"] >= 0.9
    assert found.false_alarms <= 0.05


def test_a_document_is_not_its_own_repeat() -> None:
    assert all(hit.id != "d7" for hit in INDEX.query(STORIES[7]))
    assert INDEX.query(Document("copy", STORIES[7].texts))[0].id == "d7"


def test_the_score_is_the_similarity_less_the_mean_of_the_next_five() -> None:
    gaps = _gaps(np.array([0.1, 0.9, 0.4, 0.2, 0.3, 0.5, 0.6, 0.0]), 20, 8)
    assert gaps[1] == pytest.approx(0.9 - (0.6 + 0.5 + 0.4 + 0.3 + 0.2) / 5)
    assert gaps[3] == pytest.approx(0.2 - (0.1 + 0.0) / 2)
    assert gaps[7] == 0.0
    assert _gaps(np.zeros(0), 20, 0).tolist() == []
    assert _gaps(np.array([0.7]), 20, 1).tolist() == [0.7]
    assert _gaps(np.array([0.7]), 20, 6).tolist() == [0.7]
    assert _gaps(np.array([0.1, 0.9, 0.4, 0.2]), 2, 9) == pytest.approx([0.0, 0.9 - 0.7 / 5, 0.4 - 0.3 / 5, 0.0])


def test_a_lower_rate_of_false_alarms_never_lowers_the_threshold() -> None:
    levels = [INDEX.threshold(rate) for rate in (0.5, 0.2, 0.1, 0.02)]
    assert levels == sorted(levels)
    own = [INDEX.query(document, k=1) for document in STORIES]
    assert sum(bool(hits) and hits[0].score >= levels[1] for hits in own) <= 0.2 * len(STORIES)


def test_bytes_carry_the_whole_index() -> None:
    data = INDEX.to_bytes()
    again = Index.from_bytes(data)
    assert again.to_bytes() == data
    assert len(again) == 60
    question = shuffled(STORIES[9], 2)
    assert again.query(question) == INDEX.query(question)
    for damaged in (b"", b"else", data[:-9], data[:60] + b"\0" * 40):
        with pytest.raises(ValueError):
            Index.from_bytes(damaged)


POOL = [
    *(
        f"{group}在{place}使用{means}。"
        for group in ("渔民", "教师")
        for place in ("青石", "临江")
        for means in ("开放接口", "卫星链路")
    ),
    *(
        f"{group} in Qingshi use {means}."
        for group in ("Fishermen", "Teachers")
        for means in ("open interfaces", "satellites")
    ),
]
TOLD = st.lists(st.integers(0, len(POOL) + 5), max_size=6)
NEAREST = 4
HAN = "[\u3040-\u9fff\U00020000-\U0010ffff]"
WORD = "[^ \u3040-\u9fff\U00020000-\U0010ffff]+"


def told(id: str, sentences: list[int]) -> Document:
    """Sentences of the pool in their languages; further numbers are figures, an organisation or a contact."""
    texts: dict[str, str] = {"en": ""}
    for number in sentences:
        said = POOL[number] if number < len(POOL) else f" {number}00 "
        language = "en" if said.isascii() else "zh-hans"
        texts[language] = texts.get(language, "") + said
    return Document(id, texts, "Org" if 13 in sentences else "", tuple(str(n) for n in sentences if n > 14))


def weighted(document: Document) -> dict[str, dict[object, float]]:
    """What a document counts in each channel, from its texts themselves."""
    channels: dict[str, dict[object, float]] = {}
    for language, text in document.texts.items():
        plain = normalise(text)
        found = [plain[i : i + n] for n in (2, 3, 4) for i in range(len(plain) - n + 1)]
        channels[language] = {gram: float(np.float32(1 + np.log(found.count(gram)))) for gram in set(found)}
    channels["numbers"] = {n: 1.0 for text in document.texts.values() for n in numbers(text)}
    channels["contacts"] = dict.fromkeys(document.contacts + ((1,) if document.organisation else ()), 1.0)
    return channels


def plainly(documents: list[Document], asked: Document) -> dict[str, float]:
    """The scores of all documents, by the definition and nothing else."""
    rows = {document.id: weighted(document) for document in documents}
    alike: dict[str, dict[str, tuple[float, float]]] = {}
    for channel, own in weighted(asked).items():
        filled = [row[channel] for row in rows.values() if row.get(channel)]
        size = len(filled)
        frequency = Counter(term for row in filled for term in row)
        weight = {
            term: 0.0
            if frequency[term] > max(size / 2, 8)
            else np.log((1 + size) / (1 + frequency[term])) + 8 / (8 + size)
            for term in [*frequency, *own]
        }
        alike[channel] = {}
        for name, row in rows.items():
            other = row.get(channel, {})
            product = sum(w * other[t] * weight[t] ** 2 for t, w in own.items() if t in other)
            lengths = [sum((w * weight[t]) ** 2 for t, w in side.items()) for side in (own, other)]
            shared = sum(weight[t] for t in own if t in other)
            alike[channel][name] = (product / np.sqrt(lengths[0] * lengths[1]) if all(lengths) else 0.0, shared)
    names = [document.id for document in documents if document.id != asked.id]
    text = {n: max(alike[c][n][0] for c in asked.texts) for n in names}
    number = {n: alike["numbers"][n][0] * alike["numbers"][n][1] / (alike["numbers"][n][1] + 4) for n in names}
    contact = {n: alike["contacts"][n][0] * text[n] for n in names}
    near = {
        n
        for channel in (text, number, contact)
        for n in sorted(names, key=lambda name: -round(channel[name], 10))[: NEAREST + 5]
        if round(channel[n], 10) > 0
    }
    repeated = explained(documents, asked)
    said = [gapped(text), gapped(number), contact, gapped({n: repeated[n] if n in near else 0.0 for n in names})]
    return {n: 1 - float(np.prod([1 - max(0.0, min(1.0, channel[n])) for channel in said])) for n in names}


def explained(documents: list[Document], asked: Document) -> dict[str, float]:
    """What part of a document each of the others says too, step by step."""
    best = dict.fromkeys((document.id for document in documents), 0.0)
    for language, text in asked.texts.items():
        plains = {document.id: normalise(document.texts.get(language, "")) for document in documents}
        every = [
            {name: {t[i : i + n] for n in (2, 3, 4) for i in range(len(t) - n + 1)} for name, t in plains.items()},
            {name: set(re.findall(WORD, t)) for name, t in plains.items()},
        ]
        steps, plain = [], normalise(text)
        for step in re.finditer(f"{HAN}|{WORD}", plain):
            runs = [plain[step.start() :][:n] for n in (2, 3, 4)] if re.match(HAN, step[0]) else []
            runs = [run for n, run in enumerate(runs) if re.fullmatch(f"{HAN}{{{n + 2}}}", run)]
            steps.append([(0, run) for run in runs] if re.match(HAN, step[0]) else [(1, step[0])])

        def worth(kind: int, term: str, every: list[dict[str, set[str]]] = every) -> float:
            having = [terms for terms in every[kind].values() if terms]
            return max(0.0, float(np.log((1 + len(having)) / (1 + sum(term in terms for terms in having)) / 2)))

        def said(name: str | None, every: list[dict[str, set[str]]] = every, steps: list[Any] = steps) -> float:
            heights = [0.0] + [
                max((worth(kind, t) for kind, t in step if name is None or t in every[kind][name]), default=0.0)
                for step in steps
            ]
            return sum(max(0.0, b - a) for a, b in pairwise(heights))

        for name in best:
            best[name] = max(best[name], said(name) / (said(None) + 4))
    return best


def gapped(similarity: dict[str, float]) -> dict[str, float]:
    """Of the nearest: the greatest of the gaps from here down to the last of them; of others nothing."""
    order = sorted(similarity, key=lambda name: -round(similarity[name], 10))
    gaps = dict.fromkeys(similarity, 0.0)
    greatest = 0.0
    for place in reversed(range(min(NEAREST, len(order)))):
        below = [similarity[name] for name in order[place + 1 : place + 6]]
        greatest = max(greatest, similarity[order[place]] - (sum(below) / len(below) if below else 0.0))
        gaps[order[place]] = greatest
    return gaps


@settings(deadline=None, max_examples=25)
@given(st.lists(TOLD, min_size=1, max_size=40), st.sets(st.integers(0, 39)), TOLD)
def test_every_answer_is_that_of_the_plain_definition(
    stories: list[list[int]], removed: set[int], other: list[int]
) -> None:
    """Copies, empty texts and removals among them; asked one at a time and all at once."""
    documents = [told(f"d{n}", sentences) for n, sentences in enumerate(stories)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("praxis.engines.similarity.index._NEAREST", NEAREST)
        patch.setattr("praxis.engines.similarity.index._BLOCK", 16)
        patch.setattr("praxis.engines.similarity.vectors._MANY", 9)
        patch.setattr("praxis.engines.similarity.vectors._PENDING", 100)
        index = Index.build(documents)
        for number in removed:
            if number < len(documents):
                index.remove(f"d{number}")
        kept = [document for n, document in enumerate(documents) if n not in removed]
        asked = [*kept, told("other", other)]
        answers = [*index.matches(4), index.query(asked[-1], 4)]
        assert answers == list(index.answers(asked, 4))
        best = [0.0]
        for document, hits in zip(asked, answers, strict=True):
            expected = plainly(kept, document)
            assert [hit.score for hit in hits] == pytest.approx([expected[hit.id] for hit in hits], abs=1e-7)
            leading = [score for score in sorted(expected.values(), reverse=True)[:4] if score > 1e-9]
            assert [hit.score for hit in hits if hit.score > 1e-9] == pytest.approx(leading, abs=1e-7)
            best.append(max(expected.values(), default=0.0) if document.id != "other" else 0.0)
        if len(kept) > 1:
            assert index.threshold(0.001) == pytest.approx(max(best), abs=1e-7)


@pytest.mark.parametrize("many", [1, 1000])
def test_rough_figures_are_off_by_less_than_is_allowed_for(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("praxis.engines.similarity.vectors._MANY", many)
    index = Index.build(STORIES)
    asked = [*STORIES[:20], shuffled(STORIES[5], 1), Document("q", STORIES[1].texts, "Organisation 2", ("+86",))]
    questions = [index._question(document) for document in asked]
    rough = dict(zip(("text", "numbers", "contacts"), index._similar(questions), strict=True))
    for row, question in enumerate(questions):
        exact = index._similarities(question, np.arange(60))
        loss = max(slack(own) for own in question.asked.values())
        for channel, similarity in zip(rough, exact, strict=True):
            assert rough[channel][row] == pytest.approx(similarity, rel=2 * loss, abs=1e-9)
    assert all((channel > 0).any() for channel in rough.values())


def test_an_id_is_taken_once_and_missing_ones_are_told() -> None:
    index = Index.build([story(1)])
    with pytest.raises(ValueError):
        index.add(story(1))
    with pytest.raises(KeyError):
        index.remove("nobody")
    index.remove("d1")
    assert index.query(story(2)) == []
    assert index.threshold(0.1) == 1.0


PROGRAM = """
from praxis.engines.similarity import Document, Index
texts = [{"zh-hans": "案例" * n + "平台%d人" % (n * 917), "en": "case %d about ports" % n} for n in range(20)]
documents = [Document(str(n), text) for n, text in enumerate(texts)]
index = Index.build(documents)
print(index.to_bytes().hex(), index.query(Document("q", documents[7].texts), 5), index.threshold(0.1))
"""


def test_another_process_gives_the_same_answer() -> None:
    runs = {subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1

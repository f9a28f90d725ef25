"""Pictures, videos and documents of invented cases open everywhere; experts judge as their nature is."""

from __future__ import annotations

import io
from dataclasses import replace
from statistics import mean

import av
import pypdf
import pytest
from PIL import Image, ImageStat

from praxis.rehearsal.invention import World, comment, document, invent, picture, picture_words, score, video
from praxis.rehearsal.invention.grammar import KNOWN
from praxis.rehearsal.invention.pictures import FAMILIES, family_index


@pytest.fixture(scope="module")
def edition() -> World:
    return invent(
        5, 60, 10, KNOWN, kinds=("project",), applicant_kinds=("university",), places=("CN", "KE", "FR", "PE", "TH")
    )


@pytest.mark.parametrize("family", range(len(FAMILIES)))
def test_each_family_draws_a_picture_of_the_size_asked_for(family: int) -> None:
    seed = next(n for n in range(1000) if family_index(n, 0) == family)
    data = picture(seed, 0, category="culture")
    assert data == picture(seed, 0, category="culture")
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("JPEG", (1600, 1067))
    # Neither blank nor noise: there is contrast, and neighbours are mostly alike.
    assert ImageStat.Stat(image.convert("L")).stddev[0] > 8
    assert 15_000 < len(data) < 900_000
    assert Image.open(io.BytesIO(picture(seed, 0, width=300, height=200, category="x"))).size == (300, 200)


def test_there_are_twelve_families_and_pictures_of_a_case_differ_in_family() -> None:
    assert len(FAMILIES) >= 12
    assert len({family_index(7, index) for index in range(8)}) == 8


def test_every_picture_has_a_caption_and_an_alternative_text_in_both_languages(edition: World) -> None:
    seen = set()
    for case in edition.cases:
        for index in range(len(case.picture_seeds)):
            words = picture_words(case, index)
            for labels in (words.caption, words.alt, words.credit):
                assert set(labels) == {"zh-hans", "en"}
                assert all(labels.values())
            seen.add(words.caption["en"])
    assert len(seen) > 60


def test_a_video_is_two_seconds_of_h264_and_repeats() -> None:
    data = video(3)
    assert {video(3) for _ in range(5)} == {data}
    assert data != video(4)
    with av.open(io.BytesIO(data)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert len(list(container.decode(video=0))) == 24
        assert container.duration == pytest.approx(2_000_000, rel=0.05)


def test_few_cases_carry_a_video(edition: World) -> None:
    assert 0 < sum(case.video_seed is not None for case in edition.cases) < 12


def test_a_document_is_one_page_with_its_title() -> None:
    title = "“远灯”：山村光伏基站共建共享"
    reader = pypdf.PdfReader(io.BytesIO(document(1, title)), strict=True)
    assert len(reader.pages) == 1
    assert reader.metadata
    assert reader.metadata.title == title
    assert title in reader.pages[0].extract_text()
    assert document(1, title) == document(1, title)


def test_scores_stay_on_the_scale_and_follow_quality_and_leniency(edition: World) -> None:
    expert = edition.experts[0]
    given = {c.key: [score(expert, c, n, 1, scale=(0, 5)) for n in range(3)] for c in edition.cases}
    assert all(0 <= s <= 5 for scores in given.values() for s in scores)
    ranked = sorted(edition.cases, key=lambda case: case.quality)
    assert mean(mean(given[c.key]) for c in ranked[-20:]) > mean(mean(given[c.key]) for c in ranked[:20]) + 0.8
    kind, strict = replace(expert, leniency=0.15), replace(expert, leniency=-0.15)
    kindly = mean(score(kind, case, 0, 1) for case in edition.cases)
    assert kindly > mean(score(strict, case, 0, 1) for case in edition.cases) + 1.5
    assert score(expert, edition.cases[0], 0, 1) == score(expert, edition.cases[0], 0, 1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_comments_vary_and_fit_the_language(edition: World, language: str) -> None:
    written = [comment(expert, case, language, 1) for expert in edition.experts for case in edition.cases]
    assert len(set(written)) > 0.9 * len(written)
    assert not any("{" in text for text in written)
    chinese = [any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in written]
    assert all(chinese) if language == "zh-hans" else not any(chinese)

"""What stands where in a Casebook: indexes in order, titles and pictures laid out, short last pages drawn in."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from praxis.lifecycle.casebook.typesetting import glyphs, layout, pdf, pictures
from praxis.lifecycle.casebook.typesetting.book import Book, BookEntry, Part, Picture, TypesettingError
from praxis.lifecycle.casebook.typesetting.ordering import organisations_index, places_index, sort_key
from praxis.lifecycle.casebook.typesetting.preflight import preflight
from praxis.lifecycle.casebook.typesetting.words import WORDS
from tests.casebook.typesetting import sample


def with_places(language: str, *names: str) -> Book:
    entry = replace(sample.entry(1, language, pictures=False), places=names, partners=())
    book = sample.book(language, 1, pictures=False)
    return replace(book, parts=(replace(book.parts[0], entries=(entry,)),))


def placed(book: Book) -> list[tuple[str, list[str]]]:
    return [(group.initial, [heading.name for heading in group.headings]) for group in places_index(book)]


def test_chinese_names_stand_under_their_pinyin() -> None:
    book = with_places("zh-hans", "中国", "埃及", "重庆", "巴西", "5G联盟", "Örebro", "阿根廷", "中非")
    assert placed(book) == [
        ("A", ["阿根廷", "埃及"]),
        ("B", ["巴西"]),
        ("C", ["重庆"]),
        ("O", ["Örebro"]),
        ("Z", ["中非", "中国"]),
        ("#", ["5G联盟"]),
    ]


def test_a_reading_given_by_hand_moves_a_name() -> None:
    book = replace(with_places("zh-hans", "单县"), readings=(("单县", "shan xian"),))
    assert placed(book) == [("S", ["单县"])]


def test_english_names_stand_by_letter_without_marks_and_articles() -> None:
    book = with_places("en", "Peru", "Côte d’Ivoire", "The Gambia", "Åland", "Cuba")
    assert placed(book) == [
        ("A", ["Åland"]),
        ("C", ["Côte d’Ivoire", "Cuba"]),
        ("G", ["The Gambia"]),
        ("P", ["Peru"]),
    ]


def test_sort_keys_tell_names_with_one_sound_apart() -> None:
    assert len({sort_key(name, "zh-hans") for name in ("石家庄", "实家庄", "石家荘")}) == 3


def test_an_applicant_that_is_also_named_as_partner_counts_once() -> None:
    entry = replace(sample.entry(1, "en", pictures=False), applicant="Lake", partners=("Lake", "River"))
    book = sample.book("en", 1, pictures=False)
    groups = organisations_index(replace(book, parts=(replace(book.parts[0], entries=(entry,)),)))
    found = {heading.name: [(r.number, r.main) for r in heading.references] for g in groups for heading in g.headings}
    assert found == {"Lake": [(1, True)], "River": [(1, False)]}


def test_a_long_chinese_title_breaks_at_its_colon() -> None:
    assert layout.title_lines("萨瓦河：沿海渔村低功耗预警网络") == ["萨瓦河：沿海渔村低功耗预警网络"]
    assert layout.title_lines("萨瓦河上游与北辰桥：沿海渔村低功耗预警网络") == ["萨瓦河上游与北辰桥：", "沿海渔村低功耗预警网络"]
    assert layout.title_lines("中国与伯利兹携手：基层卫生站远程诊疗网络（“轻镜”）") == ["中国与伯利兹携手：", "基层卫生站远程诊疗网络", "（“轻镜”）"]
    assert layout.title_lines("国际货运公路连续覆盖走廊——“飞荇”的跨境实践") == ["国际货运公路连续覆盖走廊——", "“飞荇”的跨境实践"]
    assert layout.title_lines("从中国澳门到蒙古的“石路”：离岛海缆分支与共享登陆站", 12) == [
        "从中国澳门到蒙古的", "“石路”：", "离岛海缆分支与共享登陆站",
    ]
    assert layout.title_lines("A long English title: with a colon in it") == ["A long English title: with a colon in it"]


def test_a_running_head_is_cut_at_a_word() -> None:
    title = "Shared fibre for the mountain schools of three neighbouring provinces and their teachers"
    short = layout.shortened(title)
    assert short.endswith("…")
    assert title.startswith(short[:-1])
    assert title[len(short) - 1] == " "
    assert layout.shortened("短标题") == "短标题"


@pytest.mark.parametrize("count", range(1, 9))
def test_no_row_of_pictures_is_wider_than_the_page_and_none_is_left_out(count: int) -> None:
    shown = tuple(sample.picture(n, "en", *((1800, 1200), (1200, 1600), (2000, 900))[n % 3]) for n in range(count))
    entry = replace(sample.entry(1, "en", pictures=False), pictures=shown)
    rows = layout.picture_rows(shown, pictures.prepare_all([entry]), WORDS["en"])
    assert [len(row["items"]) for row in rows] == [1] * pictures.large_count(count) + [2] * ((count - 1) // 2)
    assert sum(len(row["items"]) for row in rows) == count
    for row in rows:
        items = row["items"]
        assert sum(item["width"] for item in items) + layout.GAP * (len(items) - 1) <= layout.GRID_WIDTH + 0.01
        assert len({round(item["width"] / item["ratio"], 1) for item in items}) == 1


def test_a_short_last_page_is_drawn_in_and_a_long_one_is_left() -> None:
    ends = [
        {"number": 1, "pages": 3, "tail": 9.0, "pictures": 0.0},
        {"number": 2, "pages": 3, "tail": 120.0, "pictures": 200.0},
        {"number": 3, "pages": 0, "tail": 20.0, "pictures": 200.0},
        {"number": 4, "pages": 3, "tail": 40.0, "pictures": 160.0},
        {"number": 5, "pages": 3, "tail": 40.0, "pictures": 40.0},
    ]
    fit = pdf.drawn_in(ends, 1.72)
    # The spacing alone; then the pictures as well; not where that would make them too small.
    assert set(fit) == {"1", "4"}
    assert 0 < fit["1"]["tighten"] < pdf.MOST_TIGHTENED
    assert fit["1"]["scale"] == 1
    assert fit["4"]["tighten"] == pdf.MOST_TIGHTENED
    assert pdf.LEAST_PICTURES < fit["4"]["scale"] < 0.95


def encoded(image: Image.Image, form: str, **options: object) -> Picture:
    out = io.BytesIO()
    image.save(out, form, **options)
    return Picture(out.getvalue(), f"image/{form.lower()}", image.width, image.height, "c", "a", "k")


def prepared(*shown: Picture) -> pictures.Prepared:
    """The last of a case's pictures as it is printed."""
    entry = replace(sample.entry(1, "en", pictures=False), pictures=shown)
    return pictures.prepare_all([entry])[hashlib.sha256(shown[-1].data).hexdigest()]


def made(picture: Picture) -> Image.Image:
    one = prepared(picture)
    image = Image.open(io.BytesIO(one.data))
    assert image.size == (one.width, one.height)
    return image


def test_pictures_become_upright_rgb_of_moderate_size() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert made(encoded(Image.new("RGB", (400, 200), "red"), "JPEG", exif=turned)).size == (200, 400)
    assert made(encoded(Image.new("CMYK", (300, 200)), "JPEG")).mode == "RGB"
    assert pictures.LARGE * 5 // 6 <= max(made(encoded(Image.new("RGB", (5000, 3000), "blue"), "JPEG")).size) <= pictures.LARGE
    corner = made(encoded(Image.new("RGBA", (1300, 900), (0, 0, 0, 0)), "PNG")).getpixel((5, 5))
    assert corner == (255, 255, 255)


def test_a_fit_jpeg_is_kept_as_it_is() -> None:
    picture = sample.picture(3, "en")
    assert prepared(picture).data == picture.data


def test_a_picture_beside_another_is_smaller() -> None:
    three = [sample.picture(n, "en") for n in (4, 5, 6)]
    assert prepared(*three).width <= pictures.SMALL
    assert prepared(three[-1]).width > pictures.SMALL


def test_a_picture_that_is_none_is_refused_and_found_before() -> None:
    broken = replace(sample.picture(1, "en"), data=b"not a picture")
    entry = replace(sample.entry(1, "en", pictures=False), pictures=(broken,))
    book = sample.book("en", 1, pictures=False)
    book = replace(book, parts=(replace(book.parts[0], entries=(entry,)),))
    with pytest.raises(TypesettingError):
        pdf.build_pdf(book)
    assert "picture_unreadable" in {finding.code for finding in preflight(book)}


def test_a_text_left_in_the_other_language_is_found() -> None:
    english, chinese = sample.entry(1, "en", pictures=False), sample.entry(1, "zh-hans", pictures=False)
    for language, summary in (("zh-hans", english.summary), ("en", chinese.summary)):
        book = sample.book(language, 1, pictures=False)
        entry: BookEntry = replace(book.entries[0], summary=summary)
        part: Part = replace(book.parts[-1], entries=(entry,))
        found = [(f.code, f.field) for f in preflight(replace(book, parts=(part,)))]
        assert ("untranslated", "summary") in found


def test_a_line_end_in_a_text_is_no_missing_character() -> None:
    book = sample.book("en", 1, pictures=False)
    entry = replace(book.entries[0], summary="First line.\r\n\tSecond line.")
    codes = {f.code for f in preflight(replace(book, parts=(replace(book.parts[0], entries=(entry,)),)))}
    assert not codes & {"glyph", "control"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_character_said_to_have_a_glyph_can_be_set(language: str) -> None:
    listed = []
    for line in (glyphs.FONTS / "embedded-coverage.txt").read_text("ascii").splitlines():
        for span in line.partition(": ")[2].split() if not line.startswith("#") else ():
            first, _, last = span.partition("-")
            listed.extend(range(int(first, 16), int(last or first, 16) + 1))
    known = [point for point in listed if point in glyphs.coverage()]
    assert len(known) > 3000
    text = " ".join(map(chr, [*known, *sorted(glyphs.INVISIBLE)]))
    book = sample.book(language, 1, pictures=False)
    entry = replace(book.entries[0], title="x", summary=text)
    made_pdf = pdf.build_pdf(replace(book, parts=(replace(book.parts[0], entries=(entry,)),)))
    assert len(PdfReader(io.BytesIO(made_pdf)).pages) > 5

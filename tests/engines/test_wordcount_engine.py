import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxis.engines import wordcount
from praxis.engines.wordcount import count

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)


@pytest.mark.parametrize(("text", "words"), wordcount.EXAMPLES)
def test_the_table_of_examples_holds(text: str, words: int) -> None:
    assert count(text) == words


@pytest.mark.parametrize(
    "point",
    [
        0x3400,
        0x4DBF,
        0x4E00,
        0x9FFF,
        0xF900,
        0x20000,
        0x2A6DF,
        0x2A700,
        0x2B740,
        0x2B820,
        0x2CEB0,
        0x2EBF0,
        0x2EE5D,
        0x30000,
        0x31350,
        0x323AF,
        0x3041,
        0x3096,
        0x30A1,
        0x30FA,
        0x30FC,
        0xAC00,
        0xD7A3,
    ],
)
def test_every_cjk_block_counts_one_a_character(point: int) -> None:
    assert count(chr(point) * 3) == 3


@given(st.text(alphabet=HAN, max_size=50))
def test_a_chinese_text_counts_its_characters(text: str) -> None:
    assert count(text) == len(text)


@given(st.lists(st.text(alphabet="abcXYZ09é", min_size=1, max_size=8), max_size=30))
def test_words_parted_by_spaces_count_one_each(words: list[str]) -> None:
    assert count(" ".join(words)) == len(words)
    assert count("，".join(words)) == count(" ".join(words))


@given(st.text(max_size=60), st.text(max_size=60))
def test_texts_parted_by_a_line_break_add_up(first: str, second: str) -> None:
    assert count(first + "\n" + second) == count(first) + count(second)


@given(st.text(max_size=80))
def test_punctuation_at_the_ends_changes_nothing(text: str) -> None:
    assert count(f"（{text}）") == count(text)


@given(st.text(alphabet=st.sampled_from('，。、；：？！“”（）《》—…·!?;:()[]{}"/\\|@#$%^&*~`'), max_size=40))
def test_punctuation_alone_counts_nothing(text: str) -> None:
    assert count(text) == 0


def test_a_long_text_is_counted_in_one_pass() -> None:
    assert count("案 word " * 200_000) == 400_000

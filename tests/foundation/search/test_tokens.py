"""How text becomes what is searched."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxis.foundation.search.tokens import MOST_TERMS, MOST_TOKENS, Term, fold, index_tokens, query_terms


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("CAFÉ", "cafe"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("ＡＢＣ１２３", "abc123"),
        ("網絡教育", "网络教育"),
        ("中國互聯網", "中国互联网"),
        ("Ёлка", "елка"),
        ("مُحَمَّد", "محمد"),
        ("İzmir", "izmir"),
    ],
)
def test_spellings_of_one_word_are_folded_together(typed: str, written: str) -> None:
    assert fold(typed) == written


def test_unspaced_scripts_give_characters_and_pairs() -> None:
    assert len(index_tokens("教育网")) == 5  # 教 育 网 教育 育网
    assert set(index_tokens("教育")) < set(index_tokens("网络教育合作"))


def test_a_query_of_two_characters_asks_for_their_pair_alone() -> None:
    [term] = query_terms("教育")
    assert term.token in index_tokens("网络教育合作")
    assert term.token not in index_tokens("教师培育")


def test_words_are_found_by_their_beginning_but_numbers_are_not() -> None:
    assert query_terms("Educ 2026 a") == [Term("weduc", prefix=True), Term("w2026"), Term("wa")]


def test_scripts_side_by_side_are_taken_apart() -> None:
    assert set(index_tokens("5G网络")) == set(index_tokens("5G")) | set(index_tokens("网络"))


def test_different_words_never_share_a_token_or_a_prefix() -> None:
    # "z" marks what is not ASCII; a word written with the same letters must not be taken for it.
    letter = index_tokens("ж")[0]
    assert index_tokens(letter[1:])[0] != letter
    assert not index_tokens(letter[1:] + "x")[0].startswith(letter)
    assert index_tokens("жук")[0].startswith(index_tokens("жу")[0])


@given(st.text(max_size=400))
def test_tokens_are_ascii_letters_and_digits_whatever_is_typed(text: str) -> None:
    tokens = index_tokens(text)
    assert all(re.fullmatch("[wc][0-9a-z]+", token) for token in tokens)
    assert len(tokens) == len(set(tokens))
    terms = query_terms(text)
    assert len(terms) <= MOST_TERMS
    assert all(re.fullmatch("[wc][0-9a-z]+", term.token) for term in terms)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=30))
def test_a_text_is_found_by_itself(text: str) -> None:
    tokens = index_tokens(text)
    for term in query_terms(text):
        assert term.token in tokens or any(token.startswith(term.token) for token in tokens)


def test_lone_surrogates_and_nulls_are_taken() -> None:
    assert index_tokens("a\ud800b\0c") == ["wab", "wc"]


def test_ten_megabytes_of_text_end_soon_and_small() -> None:
    text = "".join(chr(0x4E00 + n * n % 19997) for n in range(3_000_000))
    started = time.process_time()
    assert 10_000 < len(index_tokens(text)) <= MOST_TOKENS
    assert len(index_tokens(" ".join(f"word{n}" for n in range(60_000)))) == MOST_TOKENS
    assert time.process_time() - started < 5

"""How text becomes what is searched: one way for the index and for the query, on every database.

Latin and other spaced scripts give words; scripts without spaces give single characters and pairs, so that 教育 is
found in 网络教育合作. Traditional Chinese is folded to simplified, case and accents are dropped.

A token is written in ASCII letters and digits alone ("w" and a word, or "c" and four digits of base 36 for each
character): no database's own idea of letters, numbers or operators can split it, drop it or take it for syntax.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from praxis.foundation.loading import on_use

if TYPE_CHECKING:
    import opencc
else:
    opencc = on_use("opencc")

# More distinct tokens than a long report holds; keeps one row below what a tsvector can take (1 MiB).
MOST_TOKENS = 40_000
LONGEST_TEXT = 500_000
MOST_TERMS = 16
LONGEST_QUERY = 200
LONGEST_WORD = 40

# Han, kana, bopomofo, hangul, and the scripts of south-east Asia that write no spaces.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3041-\u30ff\u3105-\u312f\u31a0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd"
)
_RUNS = re.compile(f"([{_UNSPACED}]+)|((?:(?![{_UNSPACED}])[^\\W_])+)")
# Marks that readers leave out when they type: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowels.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Term:
    """One token a query asks for; `prefix` when a longer word will do as well."""

    token: str
    prefix: bool = False


def index_tokens(text: str) -> list[str]:
    """The distinct tokens of `text`, in order of appearance.

    At most `MOST_TOKENS`, from its first `LONGEST_TEXT` characters.
    """
    seen: dict[str, None] = {}
    for run, unspaced in _runs(text[:LONGEST_TEXT]):
        if unspaced:
            codes = [_code(character) for character in run]
            seen.update(dict.fromkeys("c" + code for code in codes))
            seen.update(dict.fromkeys("c" + a + b for a, b in pairwise(codes)))
        else:
            seen[_word(run)] = None
        if len(seen) >= MOST_TOKENS:
            break
    return list(seen)[:MOST_TOKENS]


def query_terms(query: str) -> list[Term]:
    """What a query asks for, all of it: pairs for two characters and more, words of two letters and more by prefix."""
    terms: dict[Term, None] = {}
    for run, unspaced in _runs(query[:LONGEST_QUERY]):
        if not unspaced:
            terms[Term(_word(run), prefix=len(run) > 1 and not run.isdecimal())] = None
        elif len(run) == 1:
            terms[Term("c" + _code(run))] = None
        else:
            codes = [_code(character) for character in run]
            terms.update(dict.fromkeys(Term("c" + a + b) for a, b in pairwise(codes)))
    return list(terms)[:MOST_TERMS]


def fold(text: str) -> str:
    """`text` with compatibility forms, traditional characters, case and accents folded."""
    text = unicodedata.normalize("NFKC", text.replace("\0", " "))
    text = text.encode("utf-8", "ignore").decode("utf-8")  # lone surrogates, which no converter takes
    if not text.isascii():
        text = _converter().convert(text)
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    for match in _RUNS.finditer(fold(text)):
        yield match.group(), match.group(1) is not None


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=16384)
def _code(character: str) -> str:
    """Four digits of base 36; the first is never "z" (the last code point begins with "n")."""
    number, digits = ord(character), ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


@lru_cache(maxsize=16384)
def _word(run: str) -> str:
    """ASCII as it is, "z" as "zz", anything else as "z" and its code: no two words share a token or a prefix."""
    run = run[:LONGEST_WORD]
    if run.isascii():
        return "w" + run.replace("z", "zz")
    return "w" + "".join(
        "zz" if character == "z" else character if character.isascii() else "z" + _code(character) for character in run
    )

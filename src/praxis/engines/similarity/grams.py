"""Texts as character sequences: normalised, cut into n-grams, matched passage by passage."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from praxis.engines.arrays import Booleans, Floats, Integers

Keys = npt.NDArray[np.uint64]

_SMALLEST, _LARGEST = 2, 4
_REMEMBERED: Final = 30_000
_PASSAGE: Final = 8
_PASSAGES: Final = 3
_SPACE: Final = ord(" ")
_MARKS: Final = " \n\t.,;:!?，。；：！？、”’)）"
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_DENSE: Final = re.compile("[\u3040-\u9fff\U00020000-\U0010ffff]")
_DENSE_GAP: Final = re.compile(f"(?<={_DENSE.pattern}) +| +(?={_DENSE.pattern})")
_GAP: Final = re.compile(" {2,}")
_WORD: Final = re.compile("[^ \u3040-\u9fff\U00020000-\U0010ffff]+")
_UNITS: Final = {
    "百万": 10**6, "千万": 10**7, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "百萬": 10**6, "千萬": 10**7,
    "thousand": 10**3, "million": 10**6, "billion": 10**9,
}  # fmt: skip
_NUMBER: Final = re.compile(rf"(\d[\d,.]*\d|\d)(?:\s?({'|'.join(sorted(_UNITS, key=len, reverse=True))}))?")
_DECIMAL: Final = re.compile(r"\d{1,15}(?:\.\d{1,8})?")


class _Plain(dict[int, str]):
    """Code point to its plain form: compatibility forms folded, lower case, punctuation a space."""

    def __missing__(self, point: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(point)).casefold()
        plain = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in folded)
        if len(self) < _REMEMBERED:
            self[point] = plain
        return plain


# What has been looked up is remembered across calls: a text has a few hundred different characters.
_PLAIN: Final = _Plain()


def normalise(text: str) -> str:
    """Return the plain text: forms and case folded, runs of punctuation and spaces one space.

    No space is left beside a Chinese or Japanese character.
    """
    spaced = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return _GAP.sub(" ", _DENSE_GAP.sub("", spaced)).strip()


def aligned(text: str) -> tuple[str, Integers]:
    """Return the plain text and, for each of its characters, the place in the composed original (NFC)."""
    composed, plain = unicodedata.normalize("NFC", text), normalise(text)
    expanded = [_PLAIN[ord(character)] for character in composed]
    place = np.repeat(np.arange(len(composed)), [len(form) for form in expanded])
    # But for spaces, the plain text is what the characters became, in the same order.
    solid = np.flatnonzero(_points(plain) != _SPACE)
    places = np.zeros(len(plain), dtype=np.int64)
    places[solid] = place[_points("".join(expanded)) != _SPACE]
    spaces = np.flatnonzero(_points(plain) == _SPACE)
    places[spaces] = np.minimum(places[spaces - 1] + 1, places[spaces + 1])
    return plain, places


def _points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def grams(plain: str) -> tuple[Keys, Floats]:
    """Return the distinct 2- to 4-grams of a plain text as keys, and 1 + log of how often each occurs."""
    found = [_hashes(plain, size) for size in range(_SMALLEST, _LARGEST + 1)]
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    return keys, (1.0 + np.log(counts)).astype(np.float64)


def _hashes(plain: str, size: int) -> Keys:
    """Return a hash of the n-gram at each place; two n-grams share one by a chance of 1 in 2^64."""
    points = _points(plain).astype(np.uint64)
    count = len(points) - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    keys = np.full(count, size, dtype=np.uint64)
    for offset in range(size):
        keys = (keys ^ points[offset : offset + count]) * _FACTOR
        keys ^= keys >> np.uint64(29)
    return keys


def words(plain: str) -> Keys:
    """Return the keys of the distinct words of a plain text, sorted; Chinese and Japanese characters make none."""
    return np.unique(np.array([word_key(word) for word in _WORD.findall(plain)], dtype=np.uint64))


def course(plain: str) -> tuple[Keys, Booleans]:
    """Return a plain text step by step, each step a character of Chinese or Japanese or a word of other writing.

    For each step [4,S]: the keys of the 2- to 4-grams that begin there and have no other writing in them, and of the
    word; and which of these there are.
    """
    points = _points(plain)
    dense = ((points >= 0x3040) & (points <= 0x9FFF)) | (points >= 0x20000)
    found = [(match.start(), word_key(match[0])) for match in _WORD.finditer(plain)]
    keys = np.zeros((_LARGEST, len(points)), dtype=np.uint64)
    there = np.zeros(keys.shape, dtype=np.bool_)
    for size in range(_SMALLEST, _LARGEST + 1):
        hashes = _hashes(plain, size)
        keys[size - _SMALLEST, : len(hashes)] = hashes
        whole = there[size - _SMALLEST, : len(hashes)]
        whole[:] = True
        for offset in range(size):
            whole &= dense[offset : offset + len(hashes)]
    starts = np.array([start for start, _ in found], dtype=np.int64)
    keys[-1, starts] = np.array([key for _, key in found], dtype=np.uint64)
    there[-1, starts] = True
    steps = dense.copy()
    steps[starts] = True
    return keys[:, steps], there[:, steps]


def numbers(text: str) -> tuple[str, ...]:
    """Return the distinct numbers of a text, sorted; thousands separators, digits and units of count aside.

    1.2万, 12 thousand and 12,000 are one number, so that a translation shares it.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = set()
    for match, unit in _NUMBER.findall(folded):
        plain = re.sub(r",(?=\d{3}(?:\D|$))", "", match)
        digits = "".join(str(unicodedata.digit(c, c)) for c in plain)
        if unit and _DECIMAL.fullmatch(digits):
            digits = format((Decimal(digits) * _UNITS[unit]).normalize(), "f")
        found.add(digits)
    return tuple(sorted(found))


def shared_passages(text: str, others: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the longest passages, at most three, that a text shares with each of the other, plain texts."""
    composed = unicodedata.normalize("NFC", text)
    plain, places = aligned(text)
    mine = _hashes(plain, _PASSAGE)
    return [_passages(composed, places, np.isin(mine, _hashes(other, _PASSAGE))) for other in others]


def _passages(composed: str, places: Integers, common: Booleans) -> tuple[str, ...]:
    inside = np.concatenate([[False], common, [False]])
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    runs = sorted(((int(b - a), int(a)) for a, b in zip(edges[::2], edges[1::2], strict=True)), key=_longest)
    found: list[str] = []
    for length, start in runs[: 2 * _PASSAGES]:
        passage = composed[places[start] : places[start + length + _PASSAGE - 2] + 1].strip(_MARKS)
        if passage not in found:
            found.append(passage)
    return tuple(found[:_PASSAGES])


def _longest(run: tuple[int, int]) -> tuple[int, int]:
    return -run[0], run[1]


@lru_cache(_REMEMBERED)
def word_key(word: str) -> int:
    """Return a 64-bit key of a whole word."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")

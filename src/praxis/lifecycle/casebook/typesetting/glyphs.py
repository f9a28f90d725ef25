"""The book fonts: where they lie, which characters they hold, and text made fit to be set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import justmytype_intl_cjk
import typst
from fontTools.ttLib import TTFont

FONTS = Path(__file__).with_name("fonts")
NOTO = Path(justmytype_intl_cjk.__file__).with_name("fonts") / "ofl"
FOLDERS = (FONTS, NOTO / "notosanssc", NOTO / "notosanskr")
SUBSTITUTE = "□"

# Shown by no glyph, but allowed in text: soft hyphen, joiners, direction marks, word joiner.
INVISIBLE = frozenset({0xAD, 0x2060, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)})
# Line ends and other white space become one space; the ideographic space stays within a line.
SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
# Selectors and marks of order that carry nothing in print.
DROPPED = re.compile("[\ufeff\ufe00-\ufe0f\U000e0000-\U000e0fff]")
LONG_TOKEN = re.compile(r"[!-~]{25,}")


@cache
def font_set() -> typst.Fonts:
    """The book's own fonts for the compiler; none from the system."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in FOLDERS])


@cache
def coverage() -> frozenset[int]:
    """Code points that the book fonts can show in every weight used."""
    held: set[int] = set()
    for folder in FOLDERS:
        for path in sorted([*folder.glob("*.otf"), *folder.glob("*.ttf")]):
            if "Bold" not in path.name:
                with TTFont(str(path), lazy=True) as font:
                    held.update(font.getBestCmap())
    for line in (FONTS / "embedded-coverage.txt").read_text("ascii").splitlines():
        if not line.startswith("#"):
            for span in line.partition(": ")[2].split():
                first, _, last = span.partition("-")
                held.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(point for point in held if not _is_control(point))


def _is_control(point: int) -> bool:
    return unicodedata.category(chr(point)) in ("Cc", "Cs", "Co", "Cn") or 0xFFF9 <= point <= 0xFFFF


def controls(text: str) -> list[str]:
    """Control characters, half surrogates and noncharacters in a text, as U+XXXX in order of first appearance."""
    found = dict.fromkeys(
        f"U+{ord(character):04X}"
        for character in SPACES.sub(" ", text)
        if unicodedata.category(character) in ("Cc", "Cs", "Cn") or 0xFFF9 <= ord(character) <= 0xFFFF
    )
    return list(found)


def clean(text: str) -> str:
    """A text in composed form on one line, without control characters."""
    line = unicodedata.normalize("NFC", DROPPED.sub("", SPACES.sub(" ", text))).strip()
    if line.isprintable():
        return line
    return "".join(
        character
        for character in line
        if unicodedata.category(character) not in ("Cc", "Cs", "Cn") and not 0xFFF9 <= ord(character) <= 0xFFFF
    )


def missing(texts: Iterable[str]) -> list[str]:
    """Characters of cleaned texts that no book font can show, in order of first appearance."""
    lacking: dict[str, None] = {}
    for text in texts:
        if _unheld(text):
            lacking |= dict.fromkeys(c for c in text if _unheld(c))
    return list(lacking)


def _unheld(text: str) -> set[int]:
    return set(map(ord, set(text))) - coverage() - INVISIBLE


def substituted(text: str) -> str:
    """The text with a white square for each character without a glyph."""
    lacking = _unheld(text)
    return "".join(SUBSTITUTE if ord(c) in lacking else c for c in text) if lacking else text


def breakable(text: str) -> str:
    """The text with places to break (zero-width spaces) in addresses and other very long tokens."""

    def broken(match: re.Match[str]) -> str:
        token = re.sub(r"(?<=[/._?&=#:@-])(?=[0-9A-Za-z])", "\u200b", match[0])
        return "\u200b".join(
            "\u200b".join(piece[at : at + 24] for at in range(0, len(piece), 24)) for piece in token.split("\u200b")
        )

    return LONG_TOKEN.sub(broken, text)


def named(characters: Iterable[str]) -> str:
    """Characters for a message: each with its code point, at most twenty."""
    some = list(characters)
    listed = ", ".join(f"{character} (U+{ord(character):04X})" for character in some[:20])
    return listed + (" …" if len(some) > 20 else "")

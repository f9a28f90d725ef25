"""Words that one object alone has, and what of them stands in an answer.

A mark is `Qx<owner>xx<what>xq`: it is put into the titles, texts, names, addresses and so on of an object when it is
made, so that an answer tells by itself whose it is. Telephone numbers and the numbers of cases, which take no
words, are noted as they are.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

_MARK = re.compile(r"qx([a-z]+?)xx([a-z]+?)xq")
# What was made: random letters of an answer, a token say, can look like a mark as well.
_MADE: set[tuple[str, str]] = set()


@dataclass(frozen=True, order=True)
class Mark:
    """What stands in an answer: `what` of `owner`, a name, a text, an address."""

    owner: str
    what: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.what}"


def mark(owner: str, what: str) -> str:
    """A word for `what` of `owner`; letters only, so that it passes through every field."""
    assert f"{owner}{what}".isalpha(), f"{owner} {what}"
    _MADE.add((owner.lower(), what.lower()))
    return f"Qx{owner}xx{what}xq"


@dataclass
class Marks:
    """Finds marks in answers; `numbers` are telephone and case numbers with what they are, `files` bytes of files."""

    numbers: dict[str, Mark] = field(default_factory=dict)
    files: dict[bytes, Mark] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    def note(self, number: str, owner: str, what: str) -> None:
        self.numbers[number.lower()] = Mark(owner, what)
        self._pattern = None

    def note_file(self, data: bytes, owner: str) -> None:
        """The bytes of a file: wherever they are served, it is the owner's file."""
        self.files[data] = Mark(owner, "file")

    def within(self, headers: Iterable[tuple[str, str]], body: bytes, kind: str) -> set[Mark]:
        """Every mark in an answer; zipped books and tables, and what a PDF packs, are opened."""
        found: set[Mark] = set()
        if body in self.files:
            found.add(self.files[body])
        for text in [*(unquote(value) for _name, value in headers), *_texts(body, kind)]:
            found |= self.in_text(text)
        return found

    def in_text(self, text: str) -> set[Mark]:
        lowered = text.lower()
        found = {Mark(*match.groups()) for match in _MARK.finditer(lowered) if match.groups() in _MADE}
        if self.numbers:
            self._pattern = self._pattern or re.compile("|".join(map(re.escape, self.numbers)))
            found |= {self.numbers[match.group()] for match in self._pattern.finditer(lowered)}
        return found


def _texts(body: bytes, kind: str) -> Iterable[str]:
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for name in packed.namelist():
                yield from _texts(packed.read(name), "")
    elif body[:4] == b"%PDF":
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", body, re.DOTALL):
            try:
                yield zlib.decompressobj().decompress(stream).decode("latin-1")
            except zlib.error:
                continue
    elif not kind.startswith(("image/", "video/")):
        yield body.decode("utf-8", "replace")


def content_of(response: Any) -> bytes:
    """The whole body, streamed or not."""
    if response.streaming:
        return b"".join(response.streaming_content)
    data: bytes = response.content
    return data

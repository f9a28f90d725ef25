"""Names of files as people gave them, made safe to keep, to show and to send back in a header."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

_LONGEST = 120
# Signs that break a path, a header or a shell on some machine.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')


def cleaned(name: str) -> str:
    """The last part of `name` without control, direction and path signs; at most 120 characters, ending kept."""
    name = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode("utf-8"))
    # Category C: control, format (which turns the direction of writing), unassigned.
    kept = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    kept = " ".join(_FORBIDDEN.sub(" ", kept).split()).strip(". ")
    stem, ending = _parts(kept)
    return (stem[: _LONGEST - len(ending)].rstrip() + ending) or "file"


def with_ending(name: str, ending: str) -> str:
    """`name` with another ending (".jpg"), unless it already has one that means the same."""
    stem, old = _parts(name)
    if old.lower() == ending or (old.lower(), ending) == (".jpeg", ".jpg"):
        return name
    return stem + ending


def with_suffix(name: str, suffix: str, ending: str) -> str:
    """The name of a smaller picture of it: "harbour.png", "thumb", ".jpg" give "harbour-thumb.jpg"."""
    return f"{_parts(name)[0]}-{suffix}{ending}"


def renamed(name: str, stem: str) -> str:
    """Another name with the ending of this one: "harbour.png" and "2026-0014-1" give "2026-0014-1.png"."""
    return f"{stem}{_parts(name)[1].lower()}"


def _parts(name: str) -> tuple[str, str]:
    ending = PurePosixPath(name).suffix
    return (name[: -len(ending)], ending) if 1 < len(ending) <= 8 else (name, "")

"""What may be taken: formats, sizes, and the ceilings of the house above every edition's own."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from praxis.foundation.files.problems import Problem

MB = 1024 * 1024
PICTURE_FORMATS = ("jpeg", "png", "webp", "heic")
VIDEO_FORMATS = ("mp4", "mov", "webm")
DOCUMENT_FORMATS = ("pdf", "docx")
# 80 million pixels decode to 240 MB; more than any camera the programme has met, less than a bomb.
MOST_PIXELS = 80_000_000

_NAMES = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "heic": "HEIC", "mp4": "MP4", "mov": "MOV", "webm": "WebM"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Formats (as above), bytes; pictures: pixels of the long side; videos: seconds."""

    formats: tuple[str, ...]
    max_bytes: int
    min_long_side: int | None = None
    max_seconds: int | None = None

    def as_json(self) -> dict[str, Any]:
        """For a job's arguments."""
        return {**asdict(self), "formats": list(self.formats)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Limits:
        return cls(**{**data, "formats": tuple(data["formats"])})

    def within(self, purpose: str) -> Limits:
        """These limits, cut to the ceilings of the house for `purpose`."""
        ceiling = CEILINGS[purpose]
        return replace(
            self,
            formats=tuple(name for name in self.formats if name in ceiling.formats),
            max_bytes=min(self.max_bytes, ceiling.max_bytes),
        )


CEILINGS = {
    "picture": Limits(PICTURE_FORMATS, 50 * MB),
    "video": Limits(VIDEO_FORMATS, 4096 * MB),
    "document": Limits(DOCUMENT_FORMATS, 100 * MB),
}


def check_size(size: int, limits: Limits) -> None:
    """Raise Problem when there are no bytes or too many."""
    if size <= 0:
        raise Problem("empty")
    if size > limits.max_bytes:
        raise Problem("too_large", megabytes=f"{limits.max_bytes / MB:.4g}")


def check_format(found: str, limits: Limits) -> None:
    """Raise Problem when a file of a known format is not wanted here."""
    if found not in limits.formats:
        raise Problem("format", format=_NAMES.get(found, found.upper()), formats=listed(limits))


def listed(limits: Limits) -> str:
    """The formats as a person reads them: "JPEG, PNG, WebP"."""
    return ", ".join(_NAMES.get(name, name.upper()) for name in limits.formats)

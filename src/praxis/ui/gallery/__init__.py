"""The component page: every component with invented samples, in both languages side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import override

from praxis.ui.gallery import doing, forms, showing
from praxis.ui.gallery.words import Words

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class Sample:
    """One component on the page, drawn once a language."""

    id: str
    title: str
    drawings: tuple[tuple[str, SafeString], ...]


def samples() -> Iterator[Sample]:
    """Every sample, in the order of the page."""
    for room in (doing, forms, showing):
        for function in room.SAMPLES:
            yield _sample(function)


def _sample(function: Callable[[Words], SafeString]) -> Sample:
    drawings = []
    for language in LANGUAGES:
        with override(language):
            drawings.append((language, function(Words(language))))
    title = (function.__doc__ or function.__name__).rstrip(".")
    return Sample(function.__name__.replace("_", "-"), title, tuple(drawings))

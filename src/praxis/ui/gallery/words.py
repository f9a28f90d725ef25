"""A sentence in the language of the sample."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Picks the sample's language: `w("中文", "English")`; `w.id("x")` keeps ids of the two apart."""

    language: str

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh-hans" else en

    def id(self, name: str) -> str:
        """A name that differs between the languages."""
        return f"{name}_{self.language[:2]}"

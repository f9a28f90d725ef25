"""A sentence in the language of the sample."""

from __future__ import annotations

from dataclasses import dataclass

FIELDS = (
    ("infrastructure", "网络基础设施建设", "Internet infrastructure", 61),
    ("culture", "网上文化交流", "Online cultural exchange", 48),
    ("economy", "数字经济创新发展", "Digital economy", 73),
    ("security", "网络安全保障", "Cybersecurity", 29),
    ("governance", "网络空间国际治理", "Global governance", 27),
)
"""Code, Chinese name, English name and an invented count of cases."""


@dataclass(frozen=True, slots=True)
class Words:
    """Picks the sample's language: `w("中文", "English")`; `w.id("x")` keeps ids of the two apart."""

    language: str

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh-hans" else en

    def id(self, name: str) -> str:
        """A name that differs between the languages."""
        return f"{name}_{self.language[:2]}"

"""Small language maps: short labels in several languages on one row."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language

Label = dict[str, str]


def pick(label: Mapping[str, str] | None, language: str | None = None) -> str:
    """The text in `language` (the reader's, if none is given), else in any other; "" when there is none."""
    if not label:
        return ""
    wanted = language or get_language() or "en"
    return label.get(wanted) or label.get("en") or next((text for text in label.values() if text), "")

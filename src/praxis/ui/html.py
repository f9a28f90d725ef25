"""Small builders of safe HTML shared by the components."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape
from typing import Any, cast

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


def safe(value: object) -> str:
    """A value as HTML: plain strings escaped, safe ones as they are. Quicker than Django's for the usual case."""
    if type(value) is str:
        return escape(value)
    return value if isinstance(value, SafeString) else conditional_escape(cast(Any, value))


def fill(template: str, *values: object) -> SafeString:
    """`template` with its `{}` filled by escaped values; does what `format_html` does in a third of the time."""
    return SafeString(template.format(*[safe(value) for value in values]))


@cache
def _key(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


_ICONS = {
    "yes": "M3 8.5 6.5 12 13 4.5",
    "no": "M4 4l8 8M12 4l-8 8",
    "warning": "M8 3v6.5M8 12.2v.6",
    "unknown": "M5.5 5.8C5.7 4.2 6.7 3.4 8 3.4c1.5 0 2.6.9 2.6 2.3C10.6 7.8 8 7.7 8 9.8M8 12.2v.6",
    "notice": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8M8 7.2v3.9M8 4.7v.1",
    "alert": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8M8 4.7v4M8 11.2v.1",
    "info": "M8 7v5.5M8 3.6v.6",
    "menu": "M2 4.5h12M2 8h12M2 11.5h12",
    "down": "M3.5 6 8 10.5 12.5 6",
    "file": "M4 1.8h5.5L12.5 5v9.2H4zM9 2v3.5h3.5",
    "play": "M5 3.2v9.6L12.5 8z",
    "globe": "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8M1.8 8h12.4M8 1.8c4 4 4 8.4 0 12.4M8 1.8c-4 4-4 8.4 "
    "0 12.4",
    "user": "M8 8.2a3 3 0 1 0 0-6 3 3 0 1 0 0 6M2.5 14c.5-3 2.6-4.3 5.5-4.3s5 1.3 5.5 4.3",
}


def _icon(path: str) -> SafeString:
    return mark_safe(
        f'<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
        f'<path d="{path}"/></svg>'
    )


ICONS = {name: _icon(path) for name, path in _ICONS.items()}
EMPTY = SafeString("")


def attributes(values: Mapping[str, object]) -> SafeString:
    """Attributes of an element with a leading space; `None` and `False` are left out, `True` stands bare.

    Underscores inside a name become hyphens, so that a template can write `data_autosave=url`.
    """
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        parts.append(f" {_key(name)}" if value is True else f' {_key(name)}="{safe(value)}"')
    return SafeString("".join(parts))


def join(parts: list[SafeString] | tuple[SafeString, ...]) -> SafeString:
    """Safe pieces put together."""
    return SafeString("".join(parts))


def wrap(tag: str, class_: str, content: object, **more: object) -> SafeString:
    """`<tag class="…">content</tag>`, or nothing where the content is empty."""
    if content in (None, ""):
        return EMPTY
    return SafeString(f"<{tag}{attributes({'class': class_ or None, **more})}>{safe(content)}</{tag}>")


def slug(value: object) -> str:
    """A name safe inside an id or class."""
    return _slug(str(value))


@lru_cache(maxsize=4096)
def _slug(text: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in text).strip("-").lower()

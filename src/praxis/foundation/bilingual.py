"""Messages kept with a row: said once in every language of the house when the row is written."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils import translation

from praxis.foundation.locale import Label


def say(message: str, **values: object) -> Label:
    """`message` (an English msgid of gettext with named placeholders) in every language, as a label map.

    A value that is itself a label map is put in by language.
    """
    if not values:
        return dict(_in_every_language(message))
    said: Label = {}
    for language, text in _in_every_language(message):
        own = {
            name: value.get(language, next(iter(value.values()), "")) if isinstance(value, dict) else value
            for name, value in values.items()
        }
        said[language] = text % own
    return said


@lru_cache(maxsize=512)
def _in_every_language(message: str) -> tuple[tuple[str, str], ...]:
    """A message of the catalogues in each language of the house."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append((language, translation.gettext(message)))
    return tuple(found)

"""Messages kept with a row: said once in every language of the house when the row is written."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

from praxis.foundation.locale import Label


def say(message: str, **values: object) -> Label:
    """`message` (an English msgid of gettext with named placeholders) in every language, as a label map.

    A value that is itself a label map is put in by language.
    """
    said: Label = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            own = {
                name: value.get(language, next(iter(value.values()), "")) if isinstance(value, dict) else value
                for name, value in values.items()
            }
            said[language] = translation.gettext(message) % own if own else translation.gettext(message)
    return said

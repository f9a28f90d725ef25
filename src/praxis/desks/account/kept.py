"""What is kept about a person, drawn for reading; the file to take away holds the same, whole, for machines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from praxis.foundation.locale import pick
from praxis.ui.dates import moment
from praxis.ui.html import fill, join
from praxis.ui.parts.data import definitions
from praxis.ui.values import Text

# How many rows of one kind are drawn; the file has all of them.
SHOWN = 20
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_LANGUAGES = {"zh-hans": "中文", "en": "English"}
# The names of what is kept; one that is not here reads as it is kept.
LABELS: dict[str, Text] = {
    "affiliation": gettext_lazy("Affiliation"), "at": gettext_lazy("Day and time"), "body": gettext_lazy("Text"),
    "case": gettext_lazy("Case"), "comment": gettext_lazy("Comment"), "committees": gettext_lazy("Committees"),
    "confidential": gettext_lazy("For the secretariat alone"), "contact_of": gettext_lazy("Contact of these cases"),
    "edition": gettext_lazy("Edition"), "email": gettext_lazy("E-mail"), "invitations": gettext_lazy("Invitations"),
    "joined": gettext_lazy("Since"), "kind": gettext_lazy("Kind"), "language": gettext_lazy("Language"),
    "languages": gettext_lazy("Languages"), "messages": gettext_lazy("Messages to the secretariat"),
    "mode": gettext_lazy("On site or online"), "name": pgettext_lazy("person", "Name"), "names": gettext_lazy("Name"),
    "number": gettext_lazy("Number"), "on_stage": gettext_lazy("On stage"),
    "organisations": gettext_lazy("My organisations"), "owner": gettext_lazy("Owner"), "phone": gettext_lazy("Phone"),
    "position": gettext_lazy("Position"), "primary": gettext_lazy("Used to sign in"), "role": gettext_lazy("Role"),
    "scores": gettext_lazy("Marks"), "sent": gettext_lazy("Sent"), "sheets": gettext_lazy("Score sheets"),
    "state": gettext_lazy("State"), "subject": gettext_lazy("Subject"), "titles": gettext_lazy("Title"),
    "to": gettext_lazy("Recipient"), "undertaking": gettext_lazy("Undertaking of confidentiality"),
    "verified": gettext_lazy("Confirmed"), "zone": gettext_lazy("Time zone"),
}  # fmt: skip


def draw(kept: Any, zone: str = "UTC") -> SafeString:
    """A value as a reader takes it in: names and values, lists, times in `zone`."""
    if isinstance(kept, Mapping):
        if kept and set(kept) <= set(_LANGUAGES):
            return fill("{}", pick(dict(kept)) or _nothing())
        if not kept:
            return _nothing()
        return definitions([(LABELS.get(str(key), str(key)), draw(value, zone)) for key, value in kept.items()])
    if isinstance(kept, (list, tuple)):
        return _list(list(kept), zone)
    if isinstance(kept, bool):
        return fill("{}", _("Yes") if kept else _("No"))
    if kept is None or kept == "":
        return _nothing()
    text = str(kept)
    if _INSTANT.match(text):
        return moment(datetime.fromisoformat(text), zone)
    return fill('<span class="kept">{}</span>', _LANGUAGES.get(text, text))


def _list(rows: list[Any], zone: str) -> SafeString:
    if not rows:
        return _nothing()
    if not any(isinstance(row, (Mapping, list)) for row in rows):
        return fill("{}", _(", ").join(_LANGUAGES.get(str(row), str(row)) for row in rows))
    drawn = join([fill("<li>{}</li>", draw(row, zone)) for row in rows[:SHOWN]])
    left = len(rows) - SHOWN
    more = ngettext("%(count)d more is in the file.", "%(count)d more are in the file.", left) % {"count": left}
    return fill('<ol class="kept-rows">{}</ol>{}', drawn, fill('<p class="quiet">{}</p>', more) if left > 0 else "")


def _nothing() -> SafeString:
    return fill('<span class="quiet">{}</span>', _("none"))

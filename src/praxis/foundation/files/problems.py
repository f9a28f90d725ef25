"""What can be wrong with a file: a code that is kept, and a message that is made when a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from praxis.foundation.errors import Invalid, Text

_MESSAGES: dict[str, Text] = {
    "empty": _("The file is empty. Choose another one."),
    "too_large": _("The file is larger than {megabytes} MB. Choose a smaller one."),
    "incomplete": _("The file did not arrive whole. Send it again."),
    "not_a_picture": _("This file is not a picture we can read. Choose one of these formats: {formats}."),
    "not_a_video": _("This file is not a video we can read. Choose one of these formats: {formats}."),
    "not_a_document": _("This file is not a document we can read. Choose one of these formats: {formats}."),
    "format": _("Files of the format {format} are not taken here. Choose one of these formats: {formats}."),
    "picture_broken": _("The picture is damaged and cannot be opened. Export it again and choose the new file."),
    "too_many_pixels": _(
        "The picture has more than {megapixels} million pixels. Make it smaller and choose it again."
    ),
    "too_few_pixels": _(
        "The picture is {width} × {height} pixels. Its long side must have at least {min_long_side} pixels."
    ),
    "video_broken": _("The video is damaged: no picture in it can be shown. Export it again as MP4."),
    "video_too_long": _("The video lasts {seconds} seconds. It may last {max_seconds} seconds at most."),
    "video_not_playable": _(
        "Browsers cannot play this video ({codec}). Export it as MP4 with H.264 and AAC and choose it again."
    ),
    "document_broken": _("The document is damaged or incomplete. Save it again and choose the new file."),
    "document_encrypted": _("The document is protected by a password. Save it without one and choose it again."),
    "document_macros": _("The document holds macros. Save it without them, as DOCX, and choose it again."),
    "document_inflated": _("The document unpacks to far more than its size. Save it again and choose the new file."),
    "not_processed": _("The file could not be prepared for display. Send it again, or export it anew first."),
    "virus": _("The virus scan found something in this file. Choose another one."),
}


class Problem(Exception):
    """A file that cannot be taken; `code` is one of the messages' and `facts` is what it names (JSON)."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def as_invalid(self, field: str = "") -> Invalid:
        """The refusal to show at once, on the form's `field`."""
        return Invalid({field: message(self.code, self.facts)}, code=self.code)


def message(code: str, facts: Mapping[str, Any]) -> Text:
    """The message for a kept code, translated when it is shown."""
    text: Any = _MESSAGES[code]
    return format_lazy(text, **facts)

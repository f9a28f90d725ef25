"""The words that the scripts of the pages say."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from django.utils.translation import get_language, gettext

Said = TypeVar("Said")


def kept_by_language(say: Callable[[], Said]) -> Callable[[], Said]:
    """What a function without arguments says is found once for each language: for words that depend on nothing else."""
    kept: dict[str | None, Said] = {}

    @wraps(say)
    def said() -> Said:
        language = get_language()
        if language not in kept:
            kept[language] = say()
        return kept[language]

    return said


def script_words() -> dict[str, str]:
    """Every sentence a script may show, in the reader's language; `{name}` is filled in by the script."""
    return {
        "saving": gettext("Saving…"),
        "saved": gettext("Saved {time}"),
        "unsaved": gettext("Not saved yet"),
        "kept": gettext("Not saved: no connection. Kept on this device; we keep trying."),
        "invalid": gettext("Not saved: see the message at the field."),
        "refused": gettext("Not saved: {reason}"),
        "signed_out": gettext(
            "Not saved: you are signed out. Kept on this device; sign in in another tab, then go on here."
        ),
        "conflict": gettext(
            "Someone else has changed this since you opened it. Nothing of yours is lost: copy it, then reload "
            "the page."
        ),
        "reload": gettext("Reload the page"),
        "restore": gettext("Text typed earlier was not saved and is kept on this device."),
        "restore_use": gettext("Put it back"),
        "restore_drop": gettext("Discard it"),
        "count": gettext("{count} / {limit}"),
        "count_over": gettext("{over} too many"),
        "count_label_characters": gettext("{count} of at most {limit} characters"),
        "count_label_words": gettext("{count} of at most {limit} words"),
        "local_time": gettext("Your time: {time} ({zone})"),
        "sending": gettext("Sending…"),
        "chosen": gettext("{count} chosen"),
        "none_found": gettext("Nothing in the list matches."),
        "list_comma": gettext(", "),
        "upload_waiting": gettext("Waiting"),
        "upload_progress": gettext("{percent} of {size}"),
        "upload_done": gettext("Uploaded"),
        "upload_failed": gettext("The connection was lost at {percent}. It goes on from there."),
        "upload_retry": gettext("Try again"),
        "upload_refused": gettext("This file was refused: {reason}"),
        "upload_too_large": gettext("This file is larger than {size}."),
        "upload_cancel": gettext("Stop"),
    }

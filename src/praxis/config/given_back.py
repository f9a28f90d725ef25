"""No word that was typed is lost: what a form brought and the page of refusal does not show is put at its end.

A form that is shown again holds its words by itself. A page without one (the deadline has passed meanwhile, somebody
else was quicker, the form's token is of another session) would drop them, and going back shows an empty form where
pages may not be kept.
"""

from __future__ import annotations

import re

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.template import loader
from django.utils.html import escape

STATUSES = {403, 409, 422}
# What a form sends that nobody typed, or that is not to be shown again.
NOT_TYPED = re.compile(r"csrf|password|token|secret|version|key|upload|^(next|code)$", re.IGNORECASE)
UNSEEN = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")
END = b"</main>"


def give_back(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Put what was typed and does not stand on the page before its end."""
    if request.method != "POST" or response.status_code not in STATUSES or response.streaming:
        return response
    if not response.get("Content-Type", "").startswith("text/html") or END not in response.content:
        return response
    page = _plain(response.content.decode(response.charset))
    lost = [text for text in _typed(request) if _plain(escape(text)) not in page]
    if lost:
        # Without the request: the page around it is drawn already.
        said = loader.render_to_string("ui/typed.html", {"typed": lost})
        before, after = response.content.rsplit(END, 1)
        response.content = before + said.encode(response.charset) + END + after
    return response


def _typed(request: HttpRequest) -> list[str]:
    """The words a form brought, each once."""
    try:
        brought = request.POST.lists()
    except (OSError, RawPostDataException, SuspiciousOperation, BadRequest):
        # What could not be read was refused for that; the page says so.
        return []
    values = [value.strip() for name, given in brought if not NOT_TYPED.search(name) for value in given]
    return list(dict.fromkeys(value for value in values if len(value) > 2 and not value.isdecimal()))


def _plain(text: str) -> str:
    """Text by its words alone: how lines end and what cannot be seen makes no difference."""
    return " ".join(UNSEEN.sub(" ", text).split())

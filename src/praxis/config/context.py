"""What surrounds every page, for the base template."""

from __future__ import annotations

from django.http import HttpRequest
from praxis.ui.shell import Shell


def shell(request: HttpRequest) -> dict[str, object]:
    """The variable `shell` of `ui/base.html`."""
    return {"shell": Shell()}

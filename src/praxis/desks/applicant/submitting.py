"""Submitting from the page of a section, where everything else is complete: one button that saves, checks and submits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from praxis.desks import kit
from praxis.desks.applicant import frames
from praxis.foundation.randomness import uuid_hex
from praxis.lifecycle.cases import services
from praxis.lifecycle.cases.checks import walls
from praxis.lifecycle.cases.models import Case

# The button that sent the form: save and stay (none of them), go on to the next section, to the check, or submit.
BUTTON = "onward"
TO_CHECK, TO_SUBMIT = "check", "submit"


def offered(framed: frames.Frame, section: str) -> dict[str, Any]:
    """What the page needs to offer it: whether nothing outside this section stands in the way, and the form's key."""
    ready = framed.may_edit and all(wall.section == section for wall in walls(framed.checks))
    return {"ready": ready, "submission_key": uuid_hex() if ready else ""}


def is_asked(request: HttpRequest) -> bool:
    return request.POST.get(BUTTON) == TO_SUBMIT


def answer(request: HttpRequest, case: Case, **written: Any) -> HttpResponse:
    """Save what was written and submit: on to the receipt, or, where a rule stands in the way, to the check."""
    key = request.POST.get("submission_key", "")[:64] or uuid_hex()
    revision = services.save_and_submit(request.user, case, submission_key=key, **written)
    if revision is None:
        messages.warning(request, _("What you wrote is saved. The case is not submitted yet: see below what is missing."))
        return kit.see_other(frames.section_url(case, "submit"))
    return kit.see_other(frames.receipt_url(case, revision.number))


def onward(request: HttpRequest, case: Case, section: str) -> str:
    """Where to go after saving: on to the next section or the check, or back to this one."""
    asked = request.POST.get(BUTTON)
    if asked is None:
        return frames.section_url(case, section)
    return frames.section_url(case, "submit" if asked == TO_CHECK else frames.following(section))

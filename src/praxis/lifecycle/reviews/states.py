"""How an assignment and a round move."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from praxis.foundation.errors import Text
from praxis.foundation.transitions import Table, Transition

ASSIGNMENT_STATES: dict[str, Text] = {
    "open": _("To be read"),
    "draft": _("Begun"),
    "submitted": _("Submitted"),
    "conflicted": _("Conflict declared"),
    "released": _("Taken back"),
}

ASSIGNMENT = Table(
    "Assignment",
    ASSIGNMENT_STATES,
    "open",
    [
        Transition("begin", ("open", "draft"), "draft", ("expert",), guard="the round is open, the undertaking given"),
        Transition(
            "submit", ("open", "draft"), "submitted", ("expert",), guard="a score on every criterion",
            effect="counts in the standings",
        ),
        Transition("reopen", ("submitted",), "draft", ("expert", "secretariat"), guard="the round is open"),
        Transition("declare_conflict", ("open", "draft"), "conflicted", ("expert",), guard="a reason"),
        Transition("release", ("open", "draft"), "released", ("secretariat",), guard="a reason"),
    ],
)

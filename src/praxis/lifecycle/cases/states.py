"""How a case moves until it is admitted, ineligible or withdrawn."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from praxis.foundation.errors import Text
from praxis.foundation.transitions import Table, Transition

STATES: dict[str, Text] = {
    "draft": _("Draft"),
    "submitted": _("Submitted"),
    "returned": _("Returned for correction"),
    "admitted": _("Admitted"),
    "ineligible": _("Not eligible"),
    "withdrawn": _("Withdrawn"),
}

TABLE = Table(
    "Case",
    STATES,
    "draft",
    [
        Transition(
            "submit", ("draft", "submitted"), "submitted", ("applicant", "secretariat"),
            guard="before the deadline, every wall of the check passed",
            effect="freezes a Revision, gives a receipt",
        ),
        Transition(
            "correct", ("returned",), "submitted", ("applicant", "secretariat"),
            guard="before the date of the return, every wall of the check passed",
            effect="freezes a Revision, gives a receipt",
        ),
        Transition(
            "withdraw", ("draft", "submitted", "returned", "admitted"), "withdrawn", ("applicant", "secretariat"),
            guard="before decisions are sealed", effect="leaves every list of the review",
        ),
        Transition(
            "reopen", ("withdrawn",), "draft", ("applicant",), guard="before the deadline",
            effect="the texts are as they were",
        ),
        Transition(
            "return", ("submitted",), "returned", ("secretariat",), guard="a message and a date",
            effect="the applicant is told",
        ),
        Transition("admit", ("submitted",), "admitted", ("secretariat",), effect="goes to the review"),
        Transition(
            "exclude", ("submitted", "returned", "admitted"), "ineligible", ("secretariat",), guard="a reason",
            effect="the applicant is told why",
        ),
        Transition(
            "reinstate", ("ineligible",), "submitted", ("secretariat",), guard="a reason",
            effect="back to the screening queue",
        ),
    ],
)

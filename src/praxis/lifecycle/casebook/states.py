"""How an entry of the Casebook moves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from praxis.foundation.transitions import Table, Transition

ENTRY = Table(
    "Entry",
    {
        "drafted": _("Drafted"),
        "proof_sent": _("Proof sent"),
        "changes_asked": _("Changes asked"),
        "approved": _("Approved"),
        "dropped": _("Out of the book"),
    },
    "drafted",
    [
        Transition("edit", ("drafted", "changes_asked"), "drafted", ("secretariat",), effect="the change is shown"),
        Transition("send_proof", ("drafted", "changes_asked"), "proof_sent", ("secretariat",)),
        Transition("approve", ("proof_sent",), "approved", ("applicant", "secretariat")),
        Transition("ask_changes", ("proof_sent",), "changes_asked", ("applicant", "secretariat"), guard="a message"),
        Transition(
            "reopen", ("proof_sent", "approved"), "drafted", ("secretariat",), guard="a reason, before the release",
            effect="the proof that is out no longer counts",
        ),
        Transition(
            "drop", ("drafted", "proof_sent", "changes_asked", "approved"), "dropped", ("secretariat",),
            guard="a reason, before the release",
        ),
        Transition(
            "restore", ("dropped",), "drafted", ("secretariat",), guard="a reason, chosen, before the release",
        ),
    ],
)

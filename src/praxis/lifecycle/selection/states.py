"""How the selection of an edition moves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from praxis.foundation.transitions import Table, Transition

SELECTION = Table(
    "Selection",
    {"open": _("Choosing"), "sealed": _("Sealed"), "told": _("Told"), "released": _("Released")},
    "open",
    [
        Transition(
            "seal", ("open",), "sealed", ("chair",), guard="every tier within its size",
            effect="the list gets its digest; Casebook entries may be made",
        ),
        Transition("unseal", ("sealed",), "open", ("chair",), guard="a reason, nobody told yet"),
        Transition("tell", ("sealed",), "told", ("secretariat",), effect="the chosen are told in confidence"),
        Transition(
            "release", ("told",), "released", ("secretariat", "chair"), guard="two people", effect="public"
        ),
    ],
)

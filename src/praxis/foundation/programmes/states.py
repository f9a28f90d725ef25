"""How an edition and its rounds move."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from praxis.foundation.transitions import Table, Transition

EDITION = Table(
    "Edition",
    {
        "draft": _("In preparation"),
        "open": _("Open for applications"),
        "screening": _("Screening"),
        "reviewing": _("Review"),
        "decided": _("Decided"),
        "told": _("Told in confidence"),
        "released": _("Released"),
    },
    "draft",
    [
        Transition("open", ("draft",), "open", ("secretariat",), guard="the preset is whole"),
        Transition("close", ("open",), "screening", ("secretariat",), guard="the deadline has passed"),
        Transition("reopen", ("screening",), "open", ("secretariat",), guard="a reason and a new deadline"),
        Transition("start_review", ("screening",), "reviewing", ("secretariat",)),
        Transition("decide", ("reviewing",), "decided", ("chair",), guard="decisions are sealed"),
        Transition("undecide", ("decided",), "reviewing", ("chair",), guard="a reason, nobody told yet"),
        Transition("tell", ("decided",), "told", ("secretariat",)),
        Transition("release", ("told",), "released", ("secretariat", "chair"), guard="two people"),
    ],
)

ROUND = Table(
    "Round",
    {
        "planned": pgettext_lazy("round", "Planned"),
        "open": pgettext_lazy("round", "Open"),
        "closed": pgettext_lazy("round", "Closed"),
    },
    "planned",
    [
        Transition("open", ("planned",), "open", ("secretariat",), guard="the round before is closed"),
        Transition("close", ("open",), "closed", ("secretariat",)),
        Transition("reopen", ("closed",), "open", ("secretariat",), guard="a reason, decisions not sealed"),
    ],
)

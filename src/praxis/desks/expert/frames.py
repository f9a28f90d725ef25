"""What the pages of this desk share: its navigation, words for states, due dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from praxis.foundation.locale import pick
from praxis.lifecycle.reviews.models import Assignment, Expert
from praxis.lifecycle.reviews.selectors import MyRound
from praxis.lifecycle.reviews.states import ASSIGNMENT_STATES
from praxis.ui.dates import instant, zone_label
from praxis.ui.parts.actions import status
from praxis.ui.shell import Desk, NavGroup
from praxis.ui.values import Link

TONES = {"open": "neutral", "draft": "amber", "submitted": "jade"}


def state_of(state: str) -> Any:
    """The state of an assignment as a label."""
    return status(ASSIGNMENT_STATES[state], TONES.get(state, "neutral"))


def expert_url(expert_id: int, round_code: str = "") -> str:
    url = reverse("expert:expert", kwargs={"expert_id": expert_id})
    return f"{url}?round={round_code}" if round_code else url


def desk(expert: Expert | None = None, rounds: Sequence[MyRound] = (), current: str = "") -> Desk:
    """The side navigation: my committees, and the rounds of the one at hand."""
    home = NavGroup([Link(_("My committees"), reverse("expert:home"), current=current == "home")])
    if expert is None:
        return Desk(_("Reviews"), [home])
    links = [
        Link(
            str(item.round), expert_url(expert.pk, item.round.code), current=current == item.round.code,
            note=f"{item.handed_in}/{item.assigned}",
        )
        for item in rounds
    ] or [Link(_("My cases"), expert_url(expert.pk), current=current == "expert")]  # fmt: skip
    if expert.undertaking_at is not None:
        url = reverse("expert:undertaking", kwargs={"expert_id": expert.pk})
        links.append(Link(_("Undertaking of confidentiality"), url, current=current == "undertaking"))
    return Desk(_("Reviews"), [home, NavGroup(links, title=pick(expert.edition.names))])


def crumbs(expert: Expert, *trail: Link) -> list[Link]:
    return [Link(_("My committees"), reverse("expert:home")), Link(str(expert.edition), expert_url(expert.pk)), *trail]


def case_crumbs(assignment: Assignment, *trail: Link) -> list[Link]:
    round_ = assignment.round
    return [
        Link(_("My committees"), reverse("expert:home")),
        Link(pick(round_.edition.names), expert_url(assignment.expert_id)),
        Link(str(round_), expert_url(assignment.expert_id, round_.code)),
        *trail,
    ]


def own_time(user: Any, at: datetime | None, zone: str) -> str:
    """The instant in the reader's own zone, where the account names another than the edition's."""
    own = getattr(user, "zone", "")
    if at is None or not own or own == zone:
        return ""
    try:
        ZoneInfo(own)
    except (ValueError, KeyError, OSError):
        return ""
    return _("Your time: %(instant)s (%(zone)s)") % {"instant": instant(at, own), "zone": zone_label(own)}

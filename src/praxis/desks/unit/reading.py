"""What the pages of the unit's desk show, as plain values for the components."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from praxis.foundation import clock
from praxis.foundation.links import registered
from praxis.foundation.locale import pick
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.recommendations.models import Recommendation, Unit
from praxis.lifecycle.recommendations.selectors import Counts
from praxis.ui.parts.actions import status
from praxis.ui.shell import Desk, NavGroup
from praxis.ui.values import Column, Link, Row, Stat, Table

TONES = {"listed": "neutral", "linked": "water", "endorsed": "jade", "dropped": "neutral"}


def state_labels() -> dict[str, str]:
    """How a line of the table stands."""
    return {
        "listed": _("Listed, no case yet"), "linked": _("Submitted"), "endorsed": _("Endorsed"), "dropped": _("Taken out"),
    }  # fmt: skip


def desk(unit: Unit, current: str) -> Desk:
    """The side navigation."""
    pages = [("unit", _("Overview")), ("table", _("Table and recommendations")), ("page", _("Page for members"))]
    links = [Link(label, reverse(f"unit:{name}", args=[unit.pk]), current=name == current) for name, label in pages]
    return Desk(str(unit.organisation), [NavGroup(links, title=pick(unit.edition.names))])


def member_url(request: HttpRequest, unit: Unit) -> str:
    """The whole address of the unit's page for its members, to be sent; "" where there is no public desk."""
    route = registered().get("members")
    if not route:
        return ""
    path = reverse(route, args=[unit.edition.programme.code, unit.edition.code, unit.code])
    return request.build_absolute_uri(path)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One of the two deadlines, with what is needed to draw it."""

    label: str
    at: datetime
    now: datetime
    zone: str


def deadlines(unit: Unit) -> list[Deadline]:
    """The unit's own deadline for its members, and that of the call."""
    now, zone = clock.now(), unit.edition.zone
    found = [Deadline(_("Your members' deadline"), unit.closes_at, now, zone)] if unit.closes_at else []
    return [*found, Deadline(_("Deadline of the call"), unit.edition.closes_at, now, zone)]


def stats(unit: Unit, counts: Counts, waiting: Sequence[Case]) -> list[Stat]:
    """The numbers at the head of the overview."""
    endorsed = counts.endorsed
    quota_note = _("of at most %(quota)s") % {"quota": unit.quota} if unit.quota is not None else ""
    return [
        Stat(_("In your table"), counts.listed),
        Stat(_("Submitted"), counts.linked),
        Stat(_("Endorsed"), endorsed, note=quota_note, tone="jade" if endorsed else "neutral"),
        Stat(_("Came through your page, not in the table"), len(waiting), tone="amber" if waiting else "neutral"),
    ]


def quota(unit: Unit, counts: Counts) -> str:
    """How much of the quota is used, "" where there is none."""
    if unit.quota is None:
        return ""
    return _("%(used)s of %(quota)s endorsements used.") % {"used": counts.endorsed, "quota": unit.quota}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that came through the unit's page."""

    title: str
    applicant: str
    submitted: bool
    list_url: str


def waiting(unit: Unit, cases: Sequence[Case]) -> list[Waiting]:
    """Cases that came through the page and are not in the table yet."""
    return [
        Waiting(
            pick(case.titles) or _("(no name yet)"), str(case.organisation), bool(case.number),
            reverse("unit:list_case", args=[unit.pk, case.key]),
        )
        for case in cases
    ]  # fmt: skip


def _title(unit: Unit, line: Recommendation) -> SafeString:
    title = line.project or (pick(line.case.titles) if line.case else "")
    return format_html('<a class="title" href="{}">{}</a>', reverse("unit:line", args=[unit.pk, line.pk]), title or "—")


def table(unit: Unit, lines: Sequence[Recommendation], before: int) -> Table:
    """A page of the unit's table, `before` lines into it."""
    labels = state_labels()
    rows = [
        Row(
            [
                number, _title(unit, line), line.applicant or None, line.case.number if line.case else None,
                status(labels[line.state], TONES[line.state]),
            ]
        )
        for number, line in enumerate(lines, start=before + 1)
    ]  # fmt: skip
    return Table(
        [
            Column(_("No."), numeric=True), Column(_("Case")), Column(_("Applicant")), Column(_("Number")), Column(_("State")),
        ],
        rows, caption=_("Your table"), empty=_("Nothing is in your table yet. Import it, or take in cases that came through your page."),
        row_header=1,
    )  # fmt: skip


def facts(line: Recommendation) -> dict[str, object]:
    """What a line says."""
    return {
        _("Case"): line.project or None, _("Applicant"): line.applicant or None, _("Summary"): line.summary or None,
        _("Contact person"): line.contact or None, _("Telephone"): line.phone or None,
        _("Number of the case"): line.case.number if line.case and line.case.number else None,
    }  # fmt: skip

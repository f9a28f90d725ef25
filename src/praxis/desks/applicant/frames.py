"""What every page of a case shows around its own content: sections and their state, deadline, whether it may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from praxis.desks import kit
from praxis.foundation import clock
from praxis.foundation.errors import Verdict
from praxis.lifecycle.cases import content, policies, services
from praxis.lifecycle.cases.checks import Check, walls
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.states import STATES
from praxis.ui.dates import closing, instant, with_zone, zone_label
from praxis.ui.shell import Desk, NavGroup
from praxis.ui.texts import kept_by_language
from praxis.ui.values import Link, Step

TONES = {
    "draft": "neutral", "submitted": "water", "returned": "amber", "admitted": "jade", "ineligible": "alarm",
    "withdrawn": "neutral",
}  # fmt: skip
SECTIONS = ("basics", "texts", "partners", "materials", "consents", "submit")


@dataclass
class Frame:
    """A case with what its pages share. `said` is its content, `checks` the answers of the rules."""

    case: Case
    said: content.Content
    checks: list[Check]
    verdict: Verdict
    closes_at: datetime

    @property
    def may_edit(self) -> bool:
        return self.verdict.allowed

    @cached_property
    def has_changed(self) -> bool:
        """Whether the case says something else than what was submitted last."""
        return self.case.revision is not None and self.case.revision.digest != content.digest(self.said)

    @property
    def is_in(self) -> bool:
        """Whether what the case says now is with the secretariat."""
        return self.case.state == "admitted" or (self.case.state == "submitted" and not self.has_changed)


@kept_by_language
def names() -> Mapping[str, str]:
    """What the sections are called."""
    return {
        "basics": _("Particulars"), "texts": _("Texts"), "partners": _("Partners"),
        "materials": _("Pictures, videos, documents"), "consents": _("Commitments"), "submit": _("Check and submit"),
    }  # fmt: skip


def frame(actor: Any, case: Case, *, bodies: Iterable[tuple[str, str, str]] | None = None) -> Frame:
    """Reads what the case says (its texts from `bodies`, where the page has read them) and holds the rules to it."""
    said = content.of(case, bodies=bodies)
    return Frame(case, said, services.check(case, said=said), policies.may_edit(actor, case), policies.closes_at(case))


def answer_of(section: str, checks: list[Check]) -> str:
    """The worst answer among the rules that are mended in a section: yes, warning or no."""
    found = {check.answer for check in checks if check.section == section}
    return "no" if "no" in found else "warning" if "warning" in found else "yes"


# Where the pages of a case lie under its address, which is looked up once a page instead of twenty times.
PATHS = {
    "case": "", "basics": "basics/", "texts": "texts/", "partners": "partners/", "materials": "materials/",
    "consents": "commitments/", "submit": "submit/", "questions": "questions/", "history": "history/",
    "print": "print/",
}  # fmt: skip


def section_url(case: Case, section: str) -> str:
    """The address of a page of the case."""
    language = get_language()
    kept = getattr(case, "_address", None)
    if kept is None or kept[0] != language:
        kept = (language, reverse("applicant:case", kwargs={"key": case.key}))
        case._address = kept  # type: ignore[attr-defined]
    return f"{kept[1]}{PATHS[section]}"


@kept_by_language
def _notes() -> Mapping[str, str]:
    return {
        "in": _("submitted"), "optional": _("optional"), "yes": _("complete"), "warning": _("see the note"),
        "no": _("to do"),
    }  # fmt: skip


def receipt_url(case: Case, number: int) -> str:
    """The address of the receipt of a submission."""
    return f"{section_url(case, 'case')}receipt/{number}/"


def following(section: str) -> str:
    """The section after this one, "" after the last and for what is none."""
    place = SECTIONS.index(section) if section in SECTIONS else -1
    return SECTIONS[place + 1] if 0 <= place < len(SECTIONS) - 1 else ""


def _note(section: str, framed: Frame) -> str:
    said = _notes()
    if section == "submit":
        return said["in"] if framed.is_in else ""
    if section == "partners":
        count = len(framed.said["partners"])
        return str(count) if count else said["optional"]
    return said[answer_of(section, framed.checks)]


def steps(framed: Frame) -> list[Step]:
    """The sections as steps, each with its state and its page."""
    called = names()
    found = []
    for section in SECTIONS:
        answer = answer_of(section, framed.checks)
        if section == "submit":
            state = "done" if framed.is_in else "care" if framed.has_changed else "todo"
        elif section == "partners":
            state = "done" if framed.said["partners"] else "todo"
        else:
            state = {"yes": "done", "warning": "care", "no": "todo"}[answer]
        found.append(Step(called[section], state, section_url(framed.case, section), _note(section, framed)))
    return found


def next_section(framed: Frame) -> str:
    """The first section in which a wall stands, else the last: check and submit."""
    standing = {wall.section for wall in walls(framed.checks)}
    return next((section for section in SECTIONS if section in standing), "submit")


@kept_by_language
def _pages() -> Mapping[str, str]:
    """What the other pages of the desk are called."""
    return {
        "desk": _("Applications"), "home": _("My cases and organisations"), "case": _("Overview"),
        "questions": _("Questions to the secretariat"), "history": _("Submissions"), "print": _("Print"),
        "cases": _("My cases"),
    }  # fmt: skip


def desk(
    case: Case | None = None, framed: Frame | None = None, current: str = "", *, unread: bool = False
) -> Desk:
    """The side navigation of this desk: my cases, and the sections of the case at hand."""
    called, pages = names(), _pages()
    home = NavGroup([Link(pages["home"], kit.address("applicant:home"), current=current == "home")])
    if case is None:
        return Desk(pages["desk"], [home])
    overview = Link(pages["case"], section_url(case, "case"), current=current == "case")
    sections = [
        Link(
            called[section], section_url(case, section), current=current == section,
            note=_note(section, framed) if framed else "",
        )
        for section in SECTIONS
    ]  # fmt: skip
    more = [
        Link(
            pages["questions"], section_url(case, "questions"), current=current == "questions",
            note=_("new") if unread else "",
        ),
        Link(pages["history"], section_url(case, "history"), current=current == "history"),
        Link(pages["print"], section_url(case, "print"), current=current == "print"),
    ]  # fmt: skip
    return Desk(
        pages["desk"],
        [home, NavGroup([overview, *sections], title=title_of(case)), NavGroup(more)],
        note=number_of(case),
    )


def title_of(case: Case) -> str:
    return str(case) if case.titles else _("Case without a name yet")


def number_of(case: Case) -> str:
    return _("Number %(number)s") % {"number": case.number} if case.number else ""


def crumbs(case: Case, *trail: Link) -> list[Link]:
    return [
        Link(_pages()["cases"], kit.address("applicant:home")), Link(title_of(case), section_url(case, "case")), *trail,
    ]  # fmt: skip


def own_time(request: HttpRequest, at: datetime, zone: str) -> str:
    """The instant in the reader's own zone, where the account names another than the edition's.

    Only for those without script: with it, each time on the page is told in the device's own zone.
    """
    own = getattr(request.user, "zone", "")
    if not own or own == zone:
        return ""
    try:
        ZoneInfo(own)
    except (ValueError, KeyError, OSError):
        return ""
    said = _("Your time: %(instant)s (%(zone)s)") % {"instant": instant(at, own), "zone": zone_label(own)}
    return format_html("<noscript>{}</noscript>", said)


def context(request: HttpRequest, framed: Frame, current: str, **more: Any) -> dict[str, Any]:
    """The variables of a section's page."""
    case = framed.case
    called = names()
    after = following(current)
    return {
        "case": case,
        "framed": framed,
        "section": current,
        "desk": desk(case, framed, current, unread=bool(more.get("unread"))),
        "crumbs": crumbs(case, Link(called.get(current, ""))) if current in called else crumbs(case),
        "title": title_of(case),
        "state_label": STATES[case.state],
        "state_tone": TONES[case.state],
        "zone": case.edition.zone,
        "now": clock.now(),
        "closes_at": framed.closes_at,
        "closes_text": with_zone(closing(framed.closes_at, case.edition.zone), case.edition.zone),
        "own_time": own_time(request, framed.closes_at, case.edition.zone),
        "may_edit": framed.may_edit,
        "locked_reason": framed.verdict.reason,
        "following_label": called.get(after, ""),
        "following_url": section_url(case, after) if after else "",
        **more,
    }  # fmt: skip

"""The score sheet as a form: what was sent, and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from praxis.foundation.errors import Invalid
from praxis.foundation.locale import pick
from praxis.foundation.programmes.config import CriterionConfig, ScaleConfig
from praxis.lifecycle.reviews.models import Assignment, ScoreSheet
from praxis.ui.values import Anchor

PREFIX = "score_"


@dataclass(slots=True)
class Sent:
    """A score sheet as it came: marks that can be read, and the others with their message."""

    scores: dict[str, float | None]
    unread: dict[str, str]
    shown: dict[str, str]
    comment: str
    confidential: str
    version: int | None

    def check(self) -> None:
        """Raise Invalid for marks that are no numbers."""
        if self.unread:
            raise Invalid(self.unread)


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of the sheet."""

    code: str
    name: str
    label: str
    guidance: str
    weight: float
    anchors: list[Anchor]
    value: object
    errors: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"id_{self.name}"


def criteria(assignment: Assignment) -> tuple[CriterionConfig, ...]:
    return assignment.round.edition.settings.criteria_of(assignment.round.code)


def sent(request: HttpRequest, assignment: Assignment) -> Sent:
    """What was sent. A mark that was not sent stays as it is; an empty one is taken out."""
    scores: dict[str, float | None] = {}
    unread: dict[str, str] = {}
    shown: dict[str, str] = {}
    for criterion in criteria(assignment):
        typed = request.POST.get(PREFIX + criterion.code)
        if typed is None:
            continue
        shown[criterion.code] = typed[:20]
        try:
            scores[criterion.code] = float(typed[:20]) if typed.strip() else None
        except ValueError:
            unread[criterion.code] = _("Choose one of the marks.")
    version = request.POST.get("version", "")
    return Sent(
        scores, unread, shown, request.POST.get("comment", ""), request.POST.get("confidential", ""),
        int(version[:9]) if version.isascii() and version.isdigit() else None,
    )  # fmt: skip


def control(name: str) -> str:
    """The name of the control in which a field of the services is typed."""
    return name if name in ("comment", "confidential", "") else PREFIX + name


def lines(
    assignment: Assignment, marks: Mapping[str, object], errors: Mapping[str, list[str]] | None = None
) -> list[Line]:
    """The criteria of the round with guidance, anchors and marks."""
    return [
        Line(
            item.code, PREFIX + item.code, pick(item.label), pick(item.guidance), item.weight,
            [Anchor(value, pick(text)) for value, text in sorted(item.anchors.items())],
            marks.get(item.code), list((errors or {}).get(item.code, ())),
        )
        for item in criteria(assignment)
    ]  # fmt: skip


def summary(errors: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Messages for the top of the page, each with the id of its control."""
    return [(f"id_{control(name)}" if name else "", text) for name, texts in errors.items() for text in texts]


def scale(assignment: Assignment) -> ScaleConfig:
    return assignment.round.edition.settings.scale


def meanwhile(sheet: ScoreSheet | None, marks: Mapping[str, float], assignment: Assignment) -> list[tuple[str, str]]:
    """What another window has saved, in words, for someone who is about to write over it."""
    said = [f"{pick(item.label)}: {marks[item.code]:g}" for item in criteria(assignment) if item.code in marks]
    if sheet is not None and sheet.comment:
        said.append(f"{_('Comment')}: {sheet.comment}")
    if sheet is not None and sheet.confidential:
        said.append(f"{_('Confidential remark to the secretariat')}: {sheet.confidential}")
    words = _("This sheet was saved in another window meanwhile. Save again to put what you see here in its place.")
    stands = _("It now reads: %(text)s") % {"text": "; ".join(said) or _("nothing")}
    return [("", words), ("", stands)]

"""What an expert may read. What a round hides never leaves here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from praxis.foundation import keyset
from praxis.foundation.errors import Missing, require
from praxis.foundation.files.models import StoredFile
from praxis.foundation.programmes.models import Round
from praxis.foundation.statements import Statement
from praxis.lifecycle.cases import content as case_content
from praxis.lifecycle.cases.checks import fold
from praxis.lifecycle.cases.content import Content
from praxis.lifecycle.reviews import policies
from praxis.lifecycle.reviews.models import Assignment, Expert, RoundCase, ScoreSheet

GONE = ("released", "conflicted")
# What stands in the place of a name that a round hides.
WITHHELD = {"zh-hans": "〔名称不显示〕", "en": "[name withheld]"}


def my_places(actor: Any) -> list[Expert]:
    """The committees the actor is on, newest edition first, with how much is `assigned` and `handed_in`."""
    visible = Q(assignments__round__state__in=["open", "closed"]) & ~Q(assignments__state__in=GONE)
    rows = (
        Expert.objects.filter(user_id=actor.pk)
        .select_related("edition__programme")
        .annotate(
            assigned=Count("assignments", filter=visible),
            handed_in=Count("assignments", filter=visible & Q(assignments__state="submitted")),
        )
    )
    return list(rows.order_by("-edition__year", "-id")[:50])


def my_place(actor: Any, expert_id: int) -> Expert:
    """The actor's own place on a committee; raises Missing."""
    row = Expert.objects.select_related("edition__programme").filter(pk=expert_id, user_id=actor.pk).first()
    if row is None:
        raise Missing()
    return row


@dataclass(frozen=True, slots=True)
class MyRound:
    """A round that has opened, and how far the expert is in it."""

    round: Round
    assigned: int
    begun: int
    handed_in: int


def _may_begin(expert: Expert) -> bool:
    return expert.state == Expert.State.ACTIVE and expert.undertaking_at is not None


def my_rounds(expert: Expert) -> list[MyRound]:
    """The rounds with something for the expert that have opened, newest first; one statement."""
    if not _may_begin(expert):
        return []
    mine = Q(assignments__expert=expert) & ~Q(assignments__state__in=GONE)
    rows = (
        Round.objects.filter(edition_id=expert.edition_id)
        .exclude(state="planned")
        .annotate(
            assigned=Count("assignments", filter=mine),
            begun=Count("assignments", filter=mine & Q(assignments__state="draft")),
            handed_in=Count("assignments", filter=mine & Q(assignments__state="submitted")),
        )
        .filter(assigned__gt=0)
        .order_by("-position")
    )
    return [MyRound(row, row.assigned, row.begun, row.handed_in) for row in rows]


def _in_order(expert: Expert, round_: Round) -> tuple[Any, tuple[str, ...]]:
    """The expert's assignments of a round, and their order: pitches as they are heard, else by number."""
    return _ordered(expert.pk, round_.pk, pitches=round_.kind == "pitch")


def _ordered(expert: int, held: int, *, pitches: bool) -> tuple[Any, tuple[str, ...]]:
    rows = Assignment.objects.filter(expert_id=expert, round_id=held).exclude(state__in=GONE)
    if not pitches:
        return rows, ("case__number", "id")
    place = RoundCase.objects.filter(round_id=OuterRef("round_id"), case_id=OuterRef("case_id")).values("position")
    return rows.annotate(place=Subquery(place[:1])), ("place", "case__number", "id")


def my_assignments(expert: Expert, round_: Round, *, state: str = "", cursor: str = "") -> keyset.Page[Assignment]:
    """A page of what an expert reads in a round that has opened, each with its sheet and `titles`; one statement."""
    if not _may_begin(expert) or round_.state == "planned":
        return keyset.Page([], "", "")
    rows, order = _in_order(expert, round_)
    rows = rows.select_related("case__category", "sheet").only(
        "key", "state", "expert_id", "round_id", "case__number", "case__titles", "case__category__labels",
        "case__category__code", "sheet__total",
    )  # fmt: skip
    hides = _hides(round_, expert.edition.settings)
    if hides:
        rows = rows.annotate(
            hidden_names=F("revision__content__organisation__names"), hidden_partners=F("revision__content__partners")
        )
    if state:
        rows = rows.filter(state=state)
    found: keyset.Page[Any] = keyset.page(rows, order=order, cursor=cursor)
    for row in found.rows:
        row.titles = row.case.titles
        if hides:
            names = _secrets({"organisation": {"names": row.hidden_names}, "partners": row.hidden_partners})
            row.titles = _without(row.titles, names)
    return found


def next_key(expert: Expert, round_: Round) -> str:
    """The key of the case to go on with: one begun, else the first not read yet; "" when all is done."""
    if not _may_begin(expert) or round_.state != "open":
        return ""
    rows, order = _in_order(expert, round_)
    # "draft" comes before "open".
    waiting = rows.filter(state__in=["draft", "open"]).order_by("state", *order)
    return waiting.values_list("key", flat=True).first() or ""


def _hides(round_: Round, settings: Any) -> bool:
    return bool(settings.round(round_.code).hides_applicant)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case of the same expert and round."""

    key: str
    number: str
    state: str


def _neighbours(expert: int, held: int, *, pitches: bool) -> QuerySet[Any, tuple[str, str, str]]:
    rows, order = _ordered(expert, held, pitches=pitches)
    found: QuerySet[Any, tuple[str, str, str]] = rows.order_by(*order).values_list("key", "case__number", "state")
    return found


_READINGS: Statement[tuple[str, str, str]] = Statement(partial(_neighbours, pitches=False), expert=int, held=int)
_PITCHES: Statement[tuple[str, str, str]] = Statement(partial(_neighbours, pitches=True), expert=int, held=int)
_FILES: Statement[StoredFile] = Statement(lambda ids: StoredFile.objects.filter(pk__in=ids), ids=list)


def neighbours(assignment: Assignment) -> list[Neighbour]:
    """All the expert has in the round of an assignment, in its order; one statement."""
    asked = _PITCHES if assignment.round.kind == "pitch" else _READINGS
    return [Neighbour(*row) for row in asked.all(expert=assignment.expert_id, held=assignment.round_id)]


def _mine(key: str, user: int) -> QuerySet[Assignment]:
    rows = Assignment.objects.select_related("round__edition", "expert", "case", "revision").only(
        "key", "state", "round", "expert", "case", "revision", "reason", "updated_at", "round__code", "round__labels",
        "round__kind", "round__state", "round__position", "round__due_at", "round__edition__names",
        "round__edition__state", "round__edition__zone", "round__edition__config_digest", "expert__state",
        "expert__undertaking_at", "expert__user_id", "expert__edition_id", "case__number", "case__edition_id",
        "case__organisation_id", "revision__content",
    )  # fmt: skip
    return rows.filter(key=key, expert__user_id=user)


_MINE: Statement[Assignment] = Statement(_mine, key=str, user=int)
SHEET: Statement[ScoreSheet] = Statement(lambda assignment: ScoreSheet.objects.filter(assignment_id=assignment), assignment=int)


def my_assignment(actor: Any, key: str) -> Assignment:
    """An assignment of the actor's own that may be read; raises Missing, or Forbidden before the undertaking."""
    row = _MINE.first(key=key, user=actor.pk) if actor.pk is not None else None
    if row is None:
        raise Missing()
    require(policies.may_read(actor, row))
    return row


def readable(assignment: Assignment, *, answers: bool = False) -> Content:
    """What an expert may read of a case: its revision, without what the round hides.

    `answers`: with what partners have answered since it was submitted, at the cost of a statement.

    Where the applicant is hidden, its name and its partners' are also taken out of every text, title and caption,
    and documents and credits, which would name them, are not there at all.
    """
    content: Content = dict(assignment.revision.content)
    if answers:
        content = case_content.with_answers(content, assignment.case_id)
    content.pop("consents", None)
    if not _hides(assignment.round, assignment.round.edition.settings):
        return content
    names = _secrets(content)
    content["organisation"] = None
    content["titles"] = _without(content["titles"], names)
    content["texts"] = {
        language: {field: masked(body, names, language) for field, body in fields.items()}
        for language, fields in content["texts"].items()
    }
    content["partners"] = [
        {"names": {}, "place": row["place"], "roles": _without(row["roles"], names), "confirmed": row["confirmed"]}
        for row in content["partners"]
    ]
    content["attachments"] = [
        {**row, "captions": _without(row["captions"], names), "alts": _without(row["alts"], names), "credit": ""}
        for row in content["attachments"]
        if row["kind"] != "document"
    ]
    return content


def _without(label: Mapping[str, str], names: re.Pattern[str] | None) -> dict[str, str]:
    return {language: masked(text, names, language) for language, text in label.items()}


def _secrets(content: Mapping[str, Any]) -> re.Pattern[str] | None:
    """A pattern of every name of the applicant and its partners, the longest first; None where there is none."""
    organisation, partners = content.get("organisation") or {}, content.get("partners") or ()
    labels: Iterable[Mapping[str, str]] = [organisation.get("names") or {}, *(row["names"] for row in partners)]
    names = {name.strip() for label in labels for name in label.values() if len(fold(name)) >= 2}
    if not names:
        return None
    parts = [r"\s+".join(re.escape(word) for word in name.split()) for name in sorted(names, key=len, reverse=True)]
    return re.compile("|".join(parts), re.IGNORECASE)


def masked(text: str, names: re.Pattern[str] | None, language: str) -> str:
    """The text without the names."""
    return names.sub(WITHHELD.get(language, WITHHELD["en"]), text) if names else text


def files_of(content: Content) -> dict[int, StoredFile]:
    """The files a content names, by id, without those that are gone; one statement, or none."""
    ids = [row["file"] for row in content["attachments"]]
    return {row.pk: row for row in _FILES.all(ids=ids)}


def my_file(assignment: Assignment, attachment_key: str) -> tuple[StoredFile, str]:
    """A file of what may be read, and its kind; raises Missing for what the round hides.

    In a round that hides the applicant it has a name that tells nothing.
    """
    rows = readable(assignment)["attachments"]
    row = next((row for row in rows if row["key"] == attachment_key), None)
    file = StoredFile.objects.filter(pk=row["file"]).first() if row else None
    if row is None or file is None:
        raise Missing()
    if _hides(assignment.round, assignment.round.edition.settings):
        file.name = f"{assignment.case.number}-{rows.index(row) + 1}.{file.name.rpartition('.')[2][:5]}"
    return file, str(row["kind"])


def sheet_of(assignment: Assignment) -> tuple[ScoreSheet | None, dict[str, float]]:
    """The sheet of an assignment with its marks by criterion code."""
    sheet = SHEET.first(assignment=assignment.pk)
    if sheet is None:
        return None, {}
    return sheet, dict(sheet.scores.values_list("criterion__code", "value"))

"""Reads of the review. What a round hides never leaves here; aggregates are the secretariat's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from praxis.foundation import keyset
from praxis.foundation.errors import Missing, require
from praxis.foundation.programmes.models import Edition, Round
from praxis.foundation.programmes.policies import is_secretariat
from praxis.lifecycle.cases.content import Content
from praxis.lifecycle.reviews import policies
from praxis.lifecycle.reviews.models import (
    Assignment,
    AssignmentPlan,
    Conflict,
    Expert,
    RoundCase,
    ScoreSheet,
    Standing,
    StandingRun,
)


def latest_run(round_: Round) -> StandingRun | None:
    return round_.runs.order_by("-id").first()


def standings_of(run: StandingRun) -> list[Standing]:
    """All standings of a run in rank order, with the cases; for engines and exports, not for pages."""
    rows = run.standings.select_related("case__organisation", "case__category").order_by("rank")
    return list(rows)


def standings_page(actor: Any, run: StandingRun, *, order: str = "rank", cursor: str = "", category: str = "") -> keyset.Page[Standing]:
    """A page of a run's standings; raises Missing to those not named on the edition."""
    require(policies.may_see_standings(actor, run.round))
    rows = Standing.objects.filter(run=run).select_related("case__category", "case__organisation").only(
        "run_id", "rank", "reviews", "mean", "quality", "low", "high", "rank_low", "rank_high", "p_top", "case__number",
        "case__key", "case__titles", "case__edition_id", "case__organisation__names", "case__category__labels",
        "case__category__code",
    )  # fmt: skip
    if category:
        rows = rows.filter(case__category__code=category)
    orders = {"rank": ("rank", "id"), "-rank": ("-rank", "id"), "number": ("case__number", "id"), "-number": ("-case__number", "id")}
    return keyset.page(rows, order=orders.get(order, ("rank", "id")), cursor=cursor)


def borderline(run: StandingRun) -> list[Standing]:
    """Cases whose place in or out is open: 0.1 < P < 0.9."""
    rows = run.standings.filter(p_top__gt=0.1, p_top__lt=0.9).select_related("case__category", "case__organisation")
    return list(rows.order_by("rank")[:200])


def experts(actor: Any, edition: Edition) -> list[Expert]:
    """The review committee with how far each is; the secretariat's alone."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = (
        Expert.objects.filter(edition=edition)
        .select_related("user", "place", "organisation")
        .prefetch_related("categories")
        .annotate(
            assigned=Count("assignments", filter=~Q(assignments__state__in=["released", "conflicted"])),
            handed_in=Count("assignments", filter=Q(assignments__state="submitted")),
        )
        .order_by("id")
    )
    return list(rows)


def expert(actor: Any, edition: Edition, expert_id: int) -> Expert:
    """One member of the committee, for the secretariat; raises Missing."""
    row = Expert.objects.select_related("user", "place", "organisation", "edition").filter(pk=expert_id, edition=edition).first()
    if row is None or not is_secretariat(actor, edition):
        raise Missing()
    return row


def my_places(actor: Any) -> list[Expert]:
    """The committees the actor is on, newest edition first."""
    rows = Expert.objects.filter(user_id=actor.pk).select_related("edition__programme")
    return list(rows.order_by("-edition__year", "-id"))


def my_place(actor: Any, expert_id: int) -> Expert:
    row = Expert.objects.select_related("edition__programme", "user").filter(pk=expert_id, user_id=actor.pk).first()
    if row is None:
        raise Missing()
    return row


def my_assignments(expert: Expert) -> list[Assignment]:
    """What an expert has to read in rounds that have opened, with the sheet; two statements."""
    if expert.state != Expert.State.ACTIVE or expert.undertaking_at is None:
        return []
    rows = (
        Assignment.objects.filter(expert=expert)
        .exclude(state__in=["released", "conflicted"])
        .exclude(round__state="planned")
        .select_related("round", "case__category", "sheet")
        .only(
            "key", "state", "expert_id", "round__code", "round__labels", "round__state", "round__due_at", "round__position",
            "round__edition_id", "case__number", "case__titles", "case__category__labels", "case__category__code",
            "sheet__total", "sheet__submitted_at", "sheet__updated_at",
        )
    )  # fmt: skip
    return list(rows.order_by("-round__position", "case__number")[:500])


def my_assignment(actor: Any, key: str) -> Assignment:
    """An assignment of the actor's own that may be read; raises Missing, or Forbidden before the undertaking."""
    row = (
        Assignment.objects.select_related(
            "round__edition__programme", "expert__user", "case__category", "case__organisation", "revision"
        )
        .filter(key=key, expert__user_id=actor.pk)
        .first()
    )
    if row is None:
        raise Missing()
    require(policies.may_read(actor, row))
    return row


def readable(assignment: Assignment) -> Content:
    """What an expert may read of a case: its revision, without what the round hides."""
    content: Content = dict(assignment.revision.content)
    settings = assignment.round.edition.settings.round(assignment.round.code)
    content.pop("consents", None)
    if settings.hides_applicant:
        content["organisation"] = None
        content["partners"] = [{**row, "names": {}} for row in content["partners"]]
        content["attachments"] = [row for row in content["attachments"] if row["kind"] != "document"]
        content["attachments"] = [{**row, "credit": ""} for row in content["attachments"]]
    return content


def sheet_of(assignment: Assignment) -> tuple[ScoreSheet | None, dict[str, float]]:
    """The sheet of an assignment with its marks by criterion code."""
    sheet = ScoreSheet.objects.filter(assignment=assignment).first()
    if sheet is None:
        return None, {}
    return sheet, dict(sheet.scores.values_list("criterion__code", "value"))


def conflicts_of(expert: Expert) -> list[Conflict]:
    return list(expert.conflicts.select_related("case", "organisation").order_by("id"))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is."""

    cases: int
    assigned: int
    begun: int
    handed_in: int
    conflicted: int


def progress(round_: Round) -> Progress:
    """Counts of a round (two statements)."""
    counts = dict(Assignment.objects.filter(round=round_).values_list("state").annotate(n=Count("id")).order_by("state"))
    return Progress(
        RoundCase.objects.filter(round=round_).count(),
        sum(counts.get(state, 0) for state in ("open", "draft", "submitted")),
        counts.get("draft", 0), counts.get("submitted", 0), counts.get("conflicted", 0),
    )  # fmt: skip


def plans(actor: Any, round_: Round) -> list[AssignmentPlan]:
    require(policies.may_see_standings(actor, round_))
    return list(round_.plans.defer("pairs").order_by("-id")[:10])


def assignments_page(actor: Any, round_: Round, *, state: str = "", cursor: str = "") -> keyset.Page[Assignment]:
    """A page of a round's assignments, for the secretariat."""
    require(policies.may_see_standings(actor, round_))
    rows = Assignment.objects.filter(round=round_).select_related("case", "expert__user", "sheet")
    if state:
        rows = rows.filter(state=state)
    return keyset.page(rows, order=("case__number", "id"), cursor=cursor)


def reviews_of_case(actor: Any, edition: Edition, case_id: int) -> list[Assignment]:
    """Who reads a case and what they gave, for the secretariat."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = Assignment.objects.filter(case_id=case_id, round__edition=edition).select_related("round", "expert__user", "sheet")
    return list(rows.prefetch_related("sheet__scores__criterion").order_by("round__position", "id"))

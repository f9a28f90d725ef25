"""Reads of the review. Standings and aggregates are the secretariat's; what an expert may read is in `reading`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q

from praxis.foundation import keyset
from praxis.foundation.errors import Missing, require
from praxis.foundation.files.models import StoredFile
from praxis.foundation.jobs.models import Job
from praxis.foundation.programmes.models import Edition, Round
from praxis.foundation.programmes.policies import is_secretariat
from praxis.foundation.statements import Statement
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import policies
from praxis.lifecycle.reviews.models import (
    Assignment,
    AssignmentPlan,
    Conflict,
    Expert,
    RoundCase,
    Standing,
    StandingRun,
)
from praxis.lifecycle.reviews.reading import (
    GONE,
    MyRound,
    Neighbour,
    files_of,
    my_assignment,
    my_assignments,
    my_file,
    my_place,
    my_places,
    my_rounds,
    neighbours,
    next_key,
    readable,
    sheet_of,
)

__all__ = [
    "MyRound",
    "Neighbour",
    "files_of",
    "my_assignment",
    "my_assignments",
    "my_file",
    "my_place",
    "my_places",
    "my_rounds",
    "neighbours",
    "next_key",
    "readable",
    "sheet_of",
]

# By name: it loads what writes spreadsheets, which only the worker needs.
EXPORT_STANDINGS = "praxis.lifecycle.reviews.tasks.export_standings"

# A case is on the borderline while it may well be in and may well be out.
LIKELY_OUT, LIKELY_IN = 0.1, 0.9
ORDERS = {
    "rank": ("rank", "id"), "-rank": ("-rank", "-id"), "mean": ("mean", "id"), "-mean": ("-mean", "-id"),
    "quality": ("quality", "id"), "-quality": ("-quality", "-id"), "p": ("p_top", "id"), "-p": ("-p_top", "-id"),
    "number": ("case__number", "id"), "-number": ("-case__number", "-id"),
}  # fmt: skip


_LATEST: Statement[StandingRun] = Statement(
    lambda held: StandingRun.objects.filter(round_id=held).order_by("-id")[:1], held=int
)


def latest_run(round_: Round) -> StandingRun | None:
    """The newest standings of a round."""
    run = _LATEST.first(held=round_.pk)
    if run is not None:
        run.round = round_
    return run


def standings_of(run: StandingRun) -> list[Standing]:
    """All standings of a run in rank order, with the cases; for engines and exports, not for pages."""
    rows = run.standings.select_related("case__organisation", "case__category").order_by("rank")
    return list(rows)


def standings_page(
    actor: Any, run: StandingRun, *, order: str = "rank", cursor: str = "", category: str = "", show: str = ""
) -> keyset.Page[Standing]:
    """A page of a run's standings; raises Missing to those not named on the edition.

    Orders by mean, quality or p leave out the cases that have none; `show="borderline"` keeps those in doubt alone.
    """
    require(policies.may_see_standings(actor, run.round))
    rows = (
        Standing.objects.filter(run_id=run.pk)
        .select_related("case__category", "case__organisation")
        .only(
            "run_id", "rank", "reviews", "mean", "quality", "low", "high", "rank_low", "rank_high", "p_top",
            "case__number", "case__key", "case__titles", "case__edition_id", "case__organisation__names",
            "case__category__labels", "case__category__code",
        )
    )  # fmt: skip
    keys = ORDERS.get(order, ORDERS["rank"])
    if keys[0].lstrip("-") in ("mean", "quality", "p_top"):
        rows = rows.filter(**{f"{keys[0].lstrip('-')}__isnull": False})
    if category:
        rows = rows.filter(case__category__code=category)
    if show == "borderline":
        rows = rows.filter(p_top__gt=LIKELY_OUT, p_top__lt=LIKELY_IN)
    return keyset.page(rows, order=keys, cursor=cursor)


def borderline(run: StandingRun) -> list[Standing]:
    """Cases whose place in or out is open."""
    rows = run.standings.filter(p_top__gt=LIKELY_OUT, p_top__lt=LIKELY_IN)
    return list(rows.select_related("case__category", "case__organisation").order_by("rank")[:200])


def runs_of(rounds: Collection[Round]) -> dict[int, StandingRun]:
    """The newest standings of each round by its id (one statement)."""
    newest = StandingRun.objects.filter(round_id__in=[row.pk for row in rounds]).values("round_id")
    ids = newest.annotate(newest=Max("pk")).values("newest").order_by()
    return {run.round_id: run for run in StandingRun.objects.filter(pk__in=ids)}


def surprising(run: StandingRun) -> list[tuple[Assignment, float]]:
    """The reviews that are far from what the others predict, with by how many standard deviations; one statement."""
    how_far = {row["assignment"]: row["surprise"] for row in run.surprises}
    rows = Assignment.objects.select_related("case", "expert", "sheet").filter(pk__in=list(how_far))
    return sorted(((row, how_far[row.pk]) for row in rows), key=lambda pair: -abs(pair[1]))


def experts_of(run: StandingRun) -> list[tuple[Expert, dict[str, Any]]]:
    """How each expert of a run scored: bias and reliability, the most lenient first; one statement."""
    figures = {row["expert"]: row for row in run.experts}
    rows = Expert.objects.filter(pk__in=list(figures)).only("names", "state", "edition_id")
    return sorted(((row, figures[row.pk]) for row in rows), key=lambda pair: (-(pair[1]["bias"] or 0), pair[0].pk))


def experts(actor: Any, edition: Edition) -> list[Expert]:
    """The review committee with how far each is; the secretariat's alone. For choices and exports, not for pages."""
    return list(_experts(actor, edition).order_by("id"))


def _experts(actor: Any, edition: Edition, round_: Round | None = None) -> Any:
    if not is_secretariat(actor, edition):
        raise Missing()
    within = Q(assignments__round=round_) if round_ else Q()
    return (
        Expert.objects.filter(edition=edition)
        .select_related("user", "place", "organisation")
        .prefetch_related("categories")
        .annotate(
            assigned=Count("assignments", filter=within & ~Q(assignments__state__in=GONE)),
            begun=Count("assignments", filter=within & Q(assignments__state="draft")),
            handed_in=Count("assignments", filter=within & Q(assignments__state="submitted")),
        )
    )


def experts_page(
    actor: Any, edition: Edition, *, state: str = "", category: str = "", round_: Round | None = None, cursor: str = ""
) -> keyset.Page[Expert]:
    """A page of the committee with how far each is (in a round, if one is given); two statements."""
    rows = _experts(actor, edition, round_)
    if state in Expert.State.values:
        rows = rows.filter(state=state)
    if category:
        chosen = Expert.categories.through.objects.filter(category__code=category, category__edition=edition)
        rows = rows.filter(pk__in=chosen.values("expert_id"))
    page: keyset.Page[Expert] = keyset.page(rows, order=("id",), cursor=cursor)
    return page


def expert(actor: Any, edition: Edition, expert_id: int) -> Expert:
    """One member of the committee, for the secretariat; raises Missing."""
    row = (
        Expert.objects.select_related("user", "place", "organisation", "edition__programme")
        .filter(pk=expert_id, edition=edition)
        .first()
    )
    if row is None or not is_secretariat(actor, edition):
        raise Missing()
    return row


def case_by_number(actor: Any, edition: Edition, number: str) -> Case | None:
    """A case of an edition by its number, for the secretariat."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = Case.objects.select_related("organisation").filter(edition=edition, number=number.strip()[:20])
    return rows.exclude(number="").first()


def rounds_of(expert: Expert) -> list[Any]:
    """The rounds in which an expert was given cases, each with `assigned` and `handed_in`."""
    mine = Q(assignments__expert=expert) & ~Q(assignments__state__in=GONE)
    rows = Round.objects.filter(edition_id=expert.edition_id).annotate(
        assigned=Count("assignments", filter=mine),
        handed_in=Count("assignments", filter=mine & Q(assignments__state="submitted")),
    )
    return list(rows.filter(assigned__gt=0).order_by("position"))


def active_experts(actor: Any, edition: Edition) -> list[Expert]:
    """Those who may be given cases, by name only; for a choice."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = Expert.objects.filter(edition=edition, state=Expert.State.ACTIVE)
    return list(rows.only("names", "edition_id").order_by("id"))


def conflicts_of(expert: Expert) -> list[Conflict]:
    """The conflicts of an expert, in the order in which they were noted."""
    return list(expert.conflicts.select_related("case", "organisation").order_by("id")[:200])


def conflict(actor: Any, expert: Expert, conflict_id: int) -> Conflict:
    """One conflict of an expert, for the secretariat; raises Missing."""
    row = Conflict.objects.select_related("expert__edition").filter(pk=conflict_id, expert=expert).first()
    if row is None or not policies.may_manage(actor, expert):
        raise Missing()
    return row


def round_for_desk(actor: Any, edition: Edition, code: str) -> Round:
    """A round of an edition the actor is named on; raises Missing."""
    row = Round.objects.filter(edition=edition, code=code).first()
    if row is None or not is_secretariat(actor, edition):
        raise Missing()
    row.edition = edition
    return row


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
    return progress_of([round_])[round_.pk]


def progress_of(rounds: Collection[Round]) -> dict[int, Progress]:
    """Counts of rounds by their id (two statements)."""
    ids = [row.pk for row in rounds]
    counted = Assignment.objects.filter(round_id__in=ids).values_list("round_id", "state").annotate(n=Count("id"))
    counts = {(round_id, state): n for round_id, state, n in counted.order_by("round_id", "state")}
    looked = RoundCase.objects.filter(round_id__in=ids).values_list("round_id").annotate(n=Count("id"))
    cases = dict(looked.order_by("round_id"))
    return {
        pk: Progress(
            cases.get(pk, 0), sum(counts.get((pk, state), 0) for state in ("open", "draft", "submitted")),
            counts.get((pk, "draft"), 0), counts.get((pk, "submitted"), 0), counts.get((pk, "conflicted"), 0),
        )
        for pk in ids
    }  # fmt: skip


def plans(actor: Any, round_: Round) -> list[AssignmentPlan]:
    """The latest plans of a round, without their pairs."""
    require(policies.may_see_standings(actor, round_))
    return list(round_.plans.defer("pairs").order_by("-id")[:10])


def plan(actor: Any, round_: Round, plan_id: int) -> AssignmentPlan:
    """One plan of a round, for the secretariat; raises Missing."""
    require(policies.may_see_standings(actor, round_))
    row = AssignmentPlan.objects.defer("pairs").filter(pk=plan_id, round=round_).first()
    if row is None:
        raise Missing()
    row.round = round_
    return row


SHOWN = {"missing": ("open", "draft"), "open": ("open",), "draft": ("draft",), "submitted": ("submitted",),
         "conflicted": ("conflicted",), "released": ("released",)}  # fmt: skip


def assignments_page(
    actor: Any, round_: Round, *, state: str = "", expert_id: int | None = None, number: str = "", cursor: str = ""
) -> keyset.Page[Assignment]:
    """A page of a round's assignments, for the secretariat; `state` is one, or "missing" for those not handed in."""
    require(policies.may_see_standings(actor, round_))
    rows = Assignment.objects.filter(round=round_).select_related("case", "expert", "sheet")
    rows = rows.only(
        "round_id", "state", "reason", "key", "updated_at", "case_id", "case__number", "case__key", "case__titles",
        "expert_id", "expert__names", "sheet__total", "sheet__submitted_at",
    )  # fmt: skip
    if state in SHOWN:
        rows = rows.filter(state__in=SHOWN[state])
    if expert_id is not None:
        rows = rows.filter(expert_id=expert_id)
    if number.strip():
        rows = rows.filter(case__number=number.strip()[:20])
    # By case as it was entered: this order has an index, and goes with the numbers but for late ones.
    return keyset.page(rows, order=("case_id", "id"), cursor=cursor)


def assignment_for_desk(actor: Any, round_: Round, assignment_id: int) -> Assignment:
    """An assignment of a round with its sheet, for the secretariat; raises Missing."""
    require(policies.may_see_standings(actor, round_))
    row = (
        Assignment.objects.select_related("case", "expert__edition", "round__edition", "sheet")
        .filter(pk=assignment_id, round=round_)
        .first()
    )
    if row is None:
        raise Missing()
    return row


def short_of_reviews(round_: Round, needed: int, limit: int = 50) -> list[tuple[Case, int]]:
    """Cases of a round with fewer readers than are needed, the fewest first."""
    here = Q(case__assignments__round=round_) & ~Q(case__assignments__state__in=GONE)
    readers = Count("case__assignments", filter=here)
    rows = RoundCase.objects.filter(round=round_).select_related("case").annotate(readers=readers)
    return [(row.case, row.readers) for row in rows.filter(readers__lt=needed).order_by("readers", "case_id")[:limit]]


def round_case(round_: Round, number: str) -> Case | None:
    """A case a round looks at by its number."""
    row = RoundCase.objects.select_related("case").filter(round=round_, case__number=number.strip()[:20]).first()
    return row.case if row else None


def running_order(round_: Round) -> list[Case]:
    """The cases of a round of pitches in the order in which they are heard."""
    rows = RoundCase.objects.filter(round=round_).select_related("case").order_by("position", "case__number")
    return [row.case for row in rows[:500]]


def reviews_of_case(actor: Any, edition: Edition, case_id: int) -> list[Assignment]:
    """Who reads a case and what they gave, for the secretariat."""
    if not is_secretariat(actor, edition):
        raise Missing()
    rows = Assignment.objects.filter(case_id=case_id, round__edition=edition).select_related("round", "expert", "sheet")
    return list(rows.prefetch_related("sheet__scores__criterion").order_by("round__position", "id"))


def exports_of(actor: Any, run: StandingRun, limit: int = 3) -> list[Job]:
    """The actor's latest exports of a run."""
    rows = Job.objects.filter(owner_id=actor.pk, task=EXPORT_STANDINGS)
    return list(rows.filter(arguments__run_id=run.pk).order_by("-id")[:limit])


def export_file(actor: Any, round_: Round, handle: str) -> StoredFile:
    """The file an export of the actor's has made; raises Missing."""
    require(policies.may_see_standings(actor, round_))
    own = Job.objects.filter(handle=handle, owner_id=actor.pk, state=Job.State.DONE)
    job = own.filter(task=EXPORT_STANDINGS).first()
    held = job.result if job is not None and isinstance(job.result, dict) else {}
    file = StoredFile.objects.filter(pk=held.get("file") or 0).first() if held.get("round") == round_.pk else None
    if file is None:
        raise Missing()
    return file


def is_computing(round_: Round) -> bool:
    """Whether a job that computes the standings of a round waits or runs."""
    return Job.objects.filter(key=f"reviews.compute:{round_.pk}", state__in=Job.OPEN).exists()

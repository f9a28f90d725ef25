"""What the assignment engine is asked: who fits which case, who must not read it, who can read how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from praxis.engines.assignment import Problem
from praxis.foundation.programmes.models import Round
from praxis.lifecycle.reviews.models import Assignment, Conflict, Expert, RoundCase

# One field more or less matters more than any language; the tie-breaker keeps equal fits from piling up.
FIELD, FIRST_FIELD, BOTH_LANGUAGES, ONE_LANGUAGE, OTHER_PLACE = 4.0, 1.0, 1.0, 0.6, 0.25


@dataclass(frozen=True, slots=True)
class Board:
    """A problem with what its rows and columns stand for."""

    problem: Problem
    cases: list[RoundCase]
    experts: list[Expert]


def _fit(expert: Expert, categories: list[int], row: RoundCase, languages: set[str]) -> float:
    fit = 0.0
    if row.case.category_id in categories:
        fit += FIELD + (FIRST_FIELD if categories[0] == row.case.category_id else 0.0)
    spoken = languages & set(expert.languages)
    fit += BOTH_LANGUAGES if len(spoken) > 1 else ONE_LANGUAGE if spoken else 0.0
    if expert.place_id and expert.place_id not in row.case.places:
        fit += OTHER_PLACE
    return fit


def _shut(expert: Expert, row: RoundCase, languages: set[str], conflicts: set[tuple[str, int]]) -> bool:
    """Own organisation, a declared or entered conflict, or no language in common."""
    case = row.case
    return (
        (expert.organisation_id is not None and expert.organisation_id == case.organisation_id)
        or ("case", case.pk) in conflicts
        or ("organisation", case.organisation_id) in conflicts
        or not (languages & set(expert.languages))
    )


def board(round_: Round, *, seed: int = 0, keep_only: Sequence[Assignment] = ()) -> Board:
    """The assignment problem of a round (five statements). `keep_only` are pairs already read, which stay."""
    cases = list(
        RoundCase.objects.filter(round=round_).select_related("case", "revision").order_by("case__number", "case_id")
    )
    experts = list(
        Expert.objects.filter(edition_id=round_.edition_id, state=Expert.State.ACTIVE)
        .prefetch_related("categories")
        .order_by("id")
    )
    conflicts: dict[int, set[tuple[str, int]]] = {}
    for row in Conflict.objects.filter(expert__in=experts):
        held = conflicts.setdefault(row.expert_id, set())
        if row.case_id:
            held.add(("case", row.case_id))
        if row.organisation_id:
            held.add(("organisation", row.organisation_id))
    affinity = np.zeros((len(cases), len(experts)))
    forbidden = np.zeros((len(cases), len(experts)), dtype=bool)
    fields = [[category.pk for category in expert.categories.all()] for expert in experts]
    for c, row in enumerate(cases):
        languages = set(row.revision.content["texts"])
        for e, expert in enumerate(experts):
            affinity[c, e] = _fit(expert, fields[e], row, languages)
            forbidden[c, e] = _shut(expert, row, languages, conflicts.get(expert.pk, set()))
    return Board(_problem(round_, cases, experts, affinity, forbidden, keep_only, seed), cases, experts)


def _problem(
    round_: Round, cases: list[RoundCase], experts: list[Expert], affinity: np.ndarray, forbidden: np.ndarray,
    keep_only: Sequence[Assignment], seed: int,
) -> Problem:  # fmt: skip
    settings = round_.edition.settings.round(round_.code)
    place = {row.case_id: c for c, row in enumerate(cases)}
    column = {expert.pk: e for e, expert in enumerate(experts)}
    forced = [
        (place[row.case_id], column[row.expert_id])
        for row in keep_only
        if row.case_id in place and row.expert_id in column
    ]
    # What has been read already stands, whatever was learnt since.
    for c, e in forced:
        forbidden[c, e] = False
    able = (~forbidden).sum(axis=1)
    # What experts who have left had handed in counts towards a case's number.
    gone = np.zeros(len(cases), dtype=int)
    for row in keep_only:
        if row.case_id in place and row.expert_id not in column:
            gone[place[row.case_id]] += 1
    # A pitch is heard by all who may; otherwise a case has its number, and too few readers is an error to show.
    everyone = settings.kind == "pitch"
    demand = able if everyone else np.maximum(0, settings.reviews_per_case - gone)
    ceiling = [len(cases) if everyone else expert.load_max for expert in experts]
    return Problem(
        affinity=affinity, forbidden=forbidden, demand=demand,
        load_min=np.array([0 if everyone else min(expert.load_min, ceiling[e]) for e, expert in enumerate(experts)], dtype=int),
        load_max=np.array(ceiling, dtype=int), forced=forced, seed=seed,
    )

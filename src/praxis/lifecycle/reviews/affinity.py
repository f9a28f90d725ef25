"""What the assignment engine is asked: who fits which case, who must not read it, who can read how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F

from praxis.foundation.loading import on_use
from praxis.foundation.programmes.models import Round
from praxis.lifecycle.cases.checks import fold
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews.models import Assignment, Conflict, Expert, RoundCase

if TYPE_CHECKING:
    import numpy as np

    from praxis.engines import assignment as engine
    from praxis.engines.arrays import Booleans, Floats, Integers
else:
    np, engine = on_use("numpy"), on_use("praxis.engines.assignment")

# One field more or less matters more than any language; the tie-breaker keeps equal fits from piling up.
FIELD, FIRST_FIELD, BOTH_LANGUAGES, ONE_LANGUAGE, OTHER_PLACE = 4.0, 1.0, 1.0, 0.6, 0.25


@dataclass(frozen=True, slots=True)
class Board:
    """A problem with what its rows and columns stand for."""

    problem: engine.Problem
    cases: list[RoundCase]
    experts: list[Expert]


def languages_of(texts: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The languages a case can be read in: those with at least half as many texts as the fullest has."""
    most = max((len(fields) for fields in texts.values()), default=0)
    return {language for language, fields in texts.items() if fields and 2 * len(fields) >= most}


def _names(organisation: Mapping[str, Any] | None, partners: Iterable[Mapping[str, Any]]) -> set[str]:
    labels = [*([organisation["names"]] if organisation else []), *(row["names"] for row in partners)]
    return {fold(name) for label in labels for name in label.values()} - {""}


def _homes(expert: Expert) -> set[str]:
    named = expert.organisation.names.values() if expert.organisation else ()
    return {fold(name) for name in (expert.affiliation, *named)} - {""}


def belongs_to(expert: Expert, case: Case, content: Mapping[str, Any]) -> bool:
    """Whether the expert is of the applicant, or of an institution named as applicant or partner."""
    own = expert.organisation_id is not None and expert.organisation_id == case.organisation_id
    return own or bool(_homes(expert) & _names(content["organisation"], content["partners"]))


def board(round_: Round, *, seed: int = 0, keep_only: Sequence[Assignment] = ()) -> Board:
    """The assignment problem of a round (four statements). `keep_only` are pairs already read, which stay."""
    # Any: each row also carries what is annotated here.
    cases: list[Any] = list(
        RoundCase.objects.filter(round=round_)
        .select_related("case")
        .only("case__number", "case__category_id", "case__organisation_id", "case__places", "round_id", "revision_id")
        .annotate(
            texts=F("revision__content__texts"),
            organisation=F("revision__content__organisation"),
            partners=F("revision__content__partners"),
        )
        .order_by("case__number", "case_id")
    )
    experts = list(
        Expert.objects.filter(edition_id=round_.edition_id, state=Expert.State.ACTIVE)
        .select_related("organisation")
        .order_by("id")
    )
    affinity = _fit(cases, experts)
    forbidden = _shut(cases, experts)
    return Board(_problem(round_, cases, experts, affinity, forbidden, keep_only, seed), cases, experts)


def _table(rows: Sequence[Iterable[Any]]) -> tuple[Booleans, dict[Any, int]]:
    """Rows of values as a table of yes and no, and the column of each value."""
    columns = {value: place for place, value in enumerate(sorted({value for row in rows for value in row}))}
    table = np.zeros((len(rows), len(columns)), dtype=bool)
    for number, row in enumerate(rows):
        for value in row:
            table[number, columns[value]] = True
    return table, columns


def _common(cases: Sequence[Iterable[Any]], experts: Sequence[Iterable[Any]]) -> Integers:
    """How many values each case has in common with each expert [C,E]."""
    table, _columns = _table([*cases, *experts])
    whole = table.astype(np.float32)
    return np.asarray(np.rint(whole[: len(cases)] @ whole[len(cases) :].T), dtype=np.int64)


def _fields(experts: list[Expert]) -> list[list[int]]:
    """The fields of each expert, in the order in which they were named."""
    found: dict[int, list[int]] = {expert.pk: [] for expert in experts}
    rows = Expert.categories.through.objects.filter(expert_id__in=list(found)).order_by("id")
    for expert, category in rows.values_list("expert_id", "category_id"):
        found[expert].append(category)
    return list(found.values())


def _fit(cases: list[Any], experts: list[Expert]) -> Floats:
    fields = _fields(experts)
    field_of_case = [[row.case.category_id] if row.case.category_id else [] for row in cases]
    fit = FIELD * (_common(field_of_case, fields) > 0).astype(np.float64)
    fit += FIRST_FIELD * (_common(field_of_case, [row[:1] for row in fields]) > 0)
    spoken = _spoken(cases, experts)
    fit += np.select([spoken > 1, spoken == 1], [BOTH_LANGUAGES, ONE_LANGUAGE], 0.0)
    homes = [[expert.place_id] if expert.place_id else [] for expert in experts]
    abroad = _common([row.case.places for row in cases], homes) == 0
    fit += OTHER_PLACE * (abroad & np.array([bool(home) for home in homes], dtype=bool)[None, :])
    return fit


def _spoken(cases: list[Any], experts: list[Expert]) -> Integers:
    return _common([languages_of(row.texts) for row in cases], [expert.languages for expert in experts])


def _shut(cases: list[Any], experts: list[Expert]) -> Booleans:
    """Own institution, a declared or entered conflict, or no language in common."""
    shut = np.asarray(_spoken(cases, experts) == 0)
    shut |= _common([_names(row.organisation, row.partners) for row in cases], [_homes(e) for e in experts]) > 0
    own: dict[int, list[int]] = {}
    place = {row.case_id: c for c, row in enumerate(cases)}
    for c, row in enumerate(cases):
        own.setdefault(row.case.organisation_id, []).append(c)
    for e, expert in enumerate(experts):
        if expert.organisation_id is not None:
            shut[own.get(expert.organisation_id, []), e] = True
    column = {expert.pk: e for e, expert in enumerate(experts)}
    rows = Conflict.objects.filter(expert_id__in=list(column)).values_list("expert_id", "case_id", "organisation_id")
    for expert_id, case_id, organisation_id in rows:
        if case_id in place:
            shut[place[case_id], column[expert_id]] = True
        if organisation_id is not None:
            shut[own.get(organisation_id, []), column[expert_id]] = True
    return shut


def _problem(
    round_: Round, cases: list[RoundCase], experts: list[Expert], affinity: Floats, forbidden: Booleans,
    keep_only: Sequence[Assignment], seed: int,
) -> engine.Problem:  # fmt: skip
    settings = round_.edition.settings.round(round_.code)
    place = {row.case_id: c for c, row in enumerate(cases)}
    column = {expert.pk: e for e, expert in enumerate(experts)}
    here = [row for row in keep_only if row.case_id in place]
    forced = [(place[row.case_id], column[row.expert_id]) for row in here if row.expert_id in column]
    # What is being read stands, whatever was learnt since.
    for c, e in forced:
        forbidden[c, e] = False
    held = np.array([c for c, _e in forced], dtype=int)
    carried = np.array([e for _c, e in forced], dtype=int)
    # What experts who have left had handed in counts towards a case's number.
    gone = np.bincount([place[row.case_id] for row in here if row.expert_id not in column], minlength=len(cases))
    # A pitch is heard by all who may; otherwise a case has its number, and too few readers is an error to show.
    everyone = settings.kind == "pitch"
    able = (~forbidden).sum(axis=1)
    demand = able if everyone else np.maximum(0, settings.reviews_per_case - gone)
    # What was assigned by hand beyond the number or the load stays too.
    demand = np.maximum(demand, np.bincount(held, minlength=len(cases)))
    most = np.array([len(cases) if everyone else expert.load_max for expert in experts], dtype=int)
    most = np.maximum(most, np.bincount(carried, minlength=len(experts)))
    least = np.array([0 if everyone else expert.load_min for expert in experts], dtype=int)
    return engine.Problem(
        affinity=affinity, forbidden=forbidden, demand=demand, load_min=np.minimum(least, most), load_max=most,
        forced=forced, seed=seed,
    )  # fmt: skip

"""Standings: calibrated against the engine, kept by run, seen by the secretariat alone."""

from __future__ import annotations

import io

import numpy as np
import pytest
import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from praxis.engines.calibration import calibrate
from praxis.foundation.errors import Conflict, Missing
from praxis.foundation.jobs import services as jobs
from praxis.lifecycle.reviews import later, selectors, services, tables
from praxis.lifecycle.reviews.models import Standing, StandingRun
from praxis.lifecycle.selection import services as selection
from tests.support import committee

pytestmark = pytest.mark.django_db

# Rows are cases, columns experts; the second expert gives two marks less throughout.
MARKS = [[9, 7], [7, 5], [5, 3], [8, 6]]


def _scored(marks=MARKS):
    held = committee.committee(len(marks), len(marks[0]), state="open")
    for case, row in enumerate(marks):
        for expert, mark in enumerate(row):
            if mark is not None:
                committee.score(held, committee.assign(held, expert, case), mark)
    return held


def test_the_standings_are_what_the_engine_says_of_the_sheets():
    held = _scored()
    run = services.compute_standings(held.secretary, held.round())
    case, expert = np.divmod(np.arange(8), 2)
    result = calibrate(case, expert, np.array(MARKS, dtype=float).ravel(), cases=4, experts=2)
    rows = selectors.standings_of(run)
    assert [row.case.number for row in rows] == [held.cases[int(i)].number for i in result.ranking]
    assert [row.rank for row in rows] == [1, 2, 3, 4]
    by_case = {row.case_id: row for row in rows}
    for number, made in enumerate(held.cases):
        row = by_case[made.pk]
        assert row.mean == pytest.approx(float(result.mean[number]))
        assert row.quality == pytest.approx(float(result.quality[number]))
        assert row.low <= row.quality <= row.high
        assert row.rank_low <= row.rank <= row.rank_high
        assert row.reviews == 2
    assert run.advice == result.advice == "mean"
    assert run.reason["code"] == "few_reviews"
    assert sum(run.shares.values()) == pytest.approx(1)
    bias = {row["expert"]: row["bias"] for row in run.experts}
    assert bias[held.experts[0].pk] > 0 > bias[held.experts[1].pk]
    assert [row["reviews"] for row in run.experts] == [4, 4]


def test_a_lenient_expert_does_not_lift_the_cases_she_happened_to_read():
    rng = np.random.default_rng(3)
    quality = np.clip(rng.normal(6, 1.2, 24), 3, 8)
    marks = [[None] * 4 for _ in quality]
    for number, value in enumerate(quality):
        for expert in ((number % 4), (number + 1) % 4, (number + 2) % 4):
            marks[number][expert] = int(np.clip(round(value + (2 if expert == 0 else 0) + rng.normal(0, 0.4)), 1, 10))
    held = _scored(marks)
    run = services.compute_standings(held.secretary, held.round())
    assert (run.advice, run.reason["code"]) == ("calibrated", "better")
    rows = {row.case_id: row for row in selectors.standings_of(run)}
    means = np.array([rows[case.pk].mean for case in held.cases])
    fitted = np.array([rows[case.pk].quality for case in held.cases])
    assert np.corrcoef(fitted, quality)[0, 1] > np.corrcoef(means, quality)[0, 1]
    assert selectors.experts_of(run)[0][0].pk == held.experts[0].pk


def test_only_sheets_handed_in_count_and_a_case_without_one_has_no_mean():
    held = committee.committee(2, 1, state="open")
    with pytest.raises(Conflict):
        services.compute_standings(held.secretary, held.round())
    committee.score(held, committee.assign(held, 0, 0), 8)
    committee.score(held, committee.assign(held, 0, 1), 10, submit=False)
    run = services.compute_standings(held.secretary, held.round())
    rows = selectors.standings_of(run)
    assert [(row.case.number, row.reviews, row.mean) for row in rows] == [
        (held.cases[0].number, 1, 8.0), (held.cases[1].number, 0, None),
    ]  # fmt: skip


def test_the_chance_of_being_in_adds_up_to_the_size_of_the_tier():
    held = _scored()
    held.edition.tiers.filter(round=held.round()).update(size_low=1, size_about=2, size_high=3)
    run = services.compute_standings(held.secretary, held.round())
    chances = list(run.standings.order_by("rank").values_list("p_top", flat=True))
    assert sum(chances) == pytest.approx(2)
    assert chances[0] > chances[-1]


def test_earlier_runs_are_kept_and_a_surprising_sheet_is_named():
    marks = [[6 + number % 3, 6 + number % 3, 6 + number % 3] for number in range(12)]
    marks[4][2] = 1
    held = _scored(marks)
    first = services.compute_standings(held.secretary, held.round())
    second = services.compute_standings(held.secretary, held.round())
    assert StandingRun.objects.count() == 2
    assert selectors.latest_run(held.round()) == second != first
    (assignment, how_far), *_rest = selectors.surprising(second)
    assert (assignment.case_id, assignment.expert_id) == (held.cases[4].pk, held.experts[2].pk)
    assert how_far < 0


def test_nobody_but_the_secretariat_sees_standings():
    held = _scored()
    run = services.compute_standings(held.secretary, held.round())
    for actor in (held.expert().user, held.owner):
        with pytest.raises(Missing):
            selectors.standings_page(actor, run)
        with pytest.raises(Missing):
            services.compute_standings(actor, held.round())
        with pytest.raises(Missing):
            services.request_export(actor, run, "en")
        with pytest.raises(Missing):
            selectors.experts(actor, held.edition)


def test_closing_a_round_computes_its_standings_and_a_large_one_leaves_them_to_a_job(monkeypatch):
    held = _scored()
    monkeypatch.setattr(later, "MOST_SHEETS", 3)
    services.finish_round(held.secretary, held.round())
    assert held.round().state == "closed"
    assert not StandingRun.objects.exists()
    assert selectors.is_computing(held.round())
    jobs.drain(strict=True)
    assert not selectors.is_computing(held.round())
    assert StandingRun.objects.get().reviews == 8
    services.reopen_round(held.secretary, held.round(), reason="one more sheet")
    services.close_round(held.secretary, held.round())
    assert StandingRun.objects.count() == 2


def test_the_selection_stands_on_the_standings():
    held = _scored()
    held.edition.tiers.filter(round=held.round()).update(size_low=1, size_about=2, size_high=3)
    services.close_round(held.secretary, held.round())
    chair = committee.world.secretary(held.edition, chair=True)
    proposal = selection.propose(chair, held.edition.tiers.get(round=held.round()))
    assert held.cases[0].number in proposal.chosen


@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_page_costs_one_statement_whatever_is_behind_it_and_pages_hold_every_row_once(count):
    held = _scored(MARKS[:1])
    run = services.compute_standings(held.secretary, held.round())
    committee.multiply(held, count - 1)
    cases = held.round().round_cases.exclude(case=held.cases[0]).values_list("case_id", flat=True)
    Standing.objects.bulk_create(
        Standing(run=run, case_id=case, rank=n, reviews=3, mean=5 + n % 7, quality=5.0, low=4, high=6, p_top=n / 400)
        for n, case in enumerate(cases, start=2)
    )
    for order in selectors.ORDERS:
        with CaptureQueriesContext(connection) as first:
            page = selectors.standings_page(held.secretary, run, order=order)
            assert [str(row.case.organisation) + str(row.case.category) for row in page.rows]
        assert len(first) == 1
        seen = [row.pk for row in page.rows]
        while page.next:
            page = selectors.standings_page(held.secretary, run, order=order, cursor=page.next)
            seen += [row.pk for row in page.rows]
        assert len(seen) == len(set(seen)) == count


def test_the_spreadsheet_holds_every_row_and_no_formula():
    held = _scored()
    case = held.cases[0]
    case.titles = {"en": "=1+1", "zh-hans": "=1+1"}
    case.save(update_fields=["titles"])
    run = services.compute_standings(held.secretary, held.round())
    job = services.request_export(held.secretary, run, "zh-hans")
    jobs.drain(strict=True)
    job.refresh_from_db()
    file = selectors.export_file(held.secretary, held.round(), job.handle)
    book = python_calamine.load_workbook(io.BytesIO(tables.standings(run, "zh-hans")))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["名次", "名次区间下限", "名次区间上限", "编号"]
    assert len(rows) == 5
    assert "=1+1" in [row[4] for row in rows]
    assert file.media_type == tables.XLSX
    with pytest.raises(Missing):
        selectors.export_file(held.secretary, held.round(1), job.handle)
    with pytest.raises(Missing):
        selectors.export_file(held.expert().user, held.round(), job.handle)

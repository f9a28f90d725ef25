"""The engines against figures and scores from elsewhere (../shared/data); left out loudly where these are not there."""

import csv
import json
from collections import defaultdict

import numpy as np
import pytest
from scipy.stats import kendalltau

from praxis.engines.assignment import Problem, assign, marginals
from praxis.engines.calibration import calibrate
from tests.support.shared import shared_data

LEVELS = (0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)


@pytest.mark.parametrize(("name", "cap"), [("preflib1", 6), ("preflib2", 7), ("preflib3", 6), ("aamas2015", 12)])
def test_the_limit_on_chance_is_the_published_one(name: str, cap: int) -> None:
    """The smallest i/1024 whose quality reaches each level, less 1e-4, is the Q that was published.

    The PrefLib figures are those of the smallest even loads (6, 7 and 6 a reviewer), which reproduce the published
    qualities to the last digit; 12 belongs to AAMAS 2015.
    """
    lines = shared_data(f"data/affinity/{name}.in").read_text().splitlines()
    papers, reviewers = map(int, lines[0].split())
    affinity = np.array([[float(x) for x in line.split()] for line in lines[1:] if line.strip()])
    published = shared_data(f"data/affinity/{name}.published.log").read_text().splitlines()
    none = np.zeros((papers, reviewers), dtype=np.bool_)
    loads = np.zeros(reviewers, dtype=np.int64)
    problem = Problem(affinity, none, np.full(papers, 3), loads, loads + cap)
    best = assign(problem).total

    def quality(units: int) -> float:
        return float((marginals(problem, units / 1024) * affinity).sum()) / best

    reached, limits = json.loads(published[0]), json.loads(published[1])[0]
    for level, said, limit in zip(LEVELS, reached, limits, strict=True):
        units = round(limit * 1024)
        assert units == limit * 1024
        found = quality(units)
        assert found >= level - 1e-4
        assert found == pytest.approx(said, abs=1e-6)
        if name != "aamas2015" or level in (0.8, 0.95, 1.0):
            assert quality(units - 1) < level - 1e-4


def test_trained_judges_are_left_alone() -> None:
    """Of nine judges of a skating programme three at random must say as much about the others when calibrated."""
    with shared_data("data/skating/performances.csv").open(newline="") as file:
        programme = {
            row["performance_id"]: (row["competition"], row["program"], row["starting_number"])
            for row in csv.DictReader(file)
        }
    with shared_data("data/skating/judged-aspects.csv").open(newline="") as file:
        aspects = {
            row["aspect_id"]: (row["performance_id"], float(row["factor"]))
            for row in csv.DictReader(file)
            if row["section"] == "components"
        }
    totals: dict[tuple[str, str], float] = defaultdict(float)
    with shared_data("data/skating/judge-scores.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["aspect_id"] in aspects:
                performance, factor = aspects[row["aspect_id"]]
                totals[performance, row["judge"]] += factor * float(row["score"])
    by_programme: dict[tuple[str, str], list[str]] = defaultdict(list)
    for performance, (competition, name, _) in programme.items():
        by_programme[competition, name].append(performance)
    random, plain, corrected, advised = np.random.default_rng(1), [], [], []
    for (_, _), performances in sorted(by_programme.items())[::2]:
        judges = sorted({judge for performance, judge in totals if performance in set(performances)})
        table = np.array([[totals.get((p, j), np.nan) for j in judges] for p in performances])
        table = table[:, np.isfinite(table).all(axis=0)]
        if table.shape[0] < 12 or table.shape[1] < 8:
            continue
        rows, count = len(table), table.shape[1]
        used = np.array([random.permutation(count)[:3] for _ in range(rows)])
        case, expert = np.repeat(np.arange(rows), 3), used.reshape(-1)
        rest = np.ones(table.shape, dtype=np.bool_)
        rest[case, expert] = False
        truth = np.array([row[free].mean() for row, free in zip(table, rest, strict=True)])
        found = calibrate(case, expert, table[case, expert], cases=rows, experts=count, samples=200)
        plain.append(kendalltau(found.mean, truth).statistic)
        corrected.append(kendalltau(found.quality, truth).statistic)
        advised.append(kendalltau(-np.argsort(found.ranking), truth).statistic)
    assert len(plain) >= 15
    assert np.mean(corrected) > np.mean(plain) - 0.005
    assert np.mean(advised) > np.mean(plain) - 0.005

import dataclasses
import itertools
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxis.engines.allocation import next_wave, review_values
from praxis.engines.assignment import Problem
from praxis.engines.calibration import Calibration, calibrate


def reviewed(seed: int, cases: int, experts: int, k: int = 2) -> tuple[Calibration, Problem]:
    random = np.random.default_rng(seed)
    case = np.repeat(np.arange(cases), k)
    expert = np.concatenate([random.permutation(experts)[:k] for _ in range(cases)])
    score = np.round((6 + 1.3 * (random.normal(0, 1, cases)[case] + random.normal(0, 0.9, len(case)))) * 4) / 4
    calibration = calibrate(case, expert, score, cases=cases, experts=experts, seed=seed, samples=100)
    forbidden = np.zeros((cases, experts), dtype=np.bool_)
    forbidden[case, expert] = True
    return calibration, Problem(
        np.round(random.random((cases, experts)), 2),
        forbidden,
        random.integers(0, 3, cases),
        np.zeros(experts, dtype=np.int64),
        random.integers(0, 3, experts),
        (),
        random.integers(-1, 2, experts) if seed % 2 else None,
    )


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6), st.integers(0, 4))
def test_a_wave_is_the_best_of_all_waves(seed: int, budget: int) -> None:
    calibration, problem = reviewed(seed, 4, 3)
    value = np.rint(review_values(calibration, 2, 2) * 1e6)
    free = [(c, e) for c in range(4) for e in range(3) if not problem.forbidden[c, e]]
    ranked = []
    for count in range(budget + 1):
        for chosen in itertools.combinations(free, count):
            each = np.bincount([c for c, _ in chosen], minlength=4)
            load = np.bincount([e for _, e in chosen], minlength=3)
            if (each > problem.demand).any() or (load > problem.load_max).any():
                continue
            if problem.groups is not None:
                used = [(c, int(problem.groups[e])) for c, e in chosen if problem.groups[e] >= 0]
                if len(set(used)) != len(used):
                    continue
            worth = sum(value[c, : each[c]].sum() for c in range(4))
            ranked.append((count, worth, chosen))
    pairs = next_wave(calibration, 2, budget, problem)
    each = np.bincount(pairs[:, 0], minlength=4)
    assert tuple(map(tuple, pairs.tolist())) in [chosen for _, _, chosen in ranked]
    most, best = max((count, worth) for count, worth, _ in ranked)
    assert len(pairs) == most
    assert sum(value[c, : each[c]].sum() for c in range(4)) == best
    liked = max(
        sum(problem.affinity[p] for p in chosen) for count, worth, chosen in ranked if (count, worth) == (most, best)
    )
    assert problem.affinity[pairs[:, 0], pairs[:, 1]].sum() == pytest.approx(liked, abs=0.01)


def test_the_undecided_cases_get_the_reviews() -> None:
    calibration, problem = reviewed(4, 60, 20, k=3)
    problem = Problem(
        problem.affinity, problem.forbidden, np.ones(60, dtype=np.int64), problem.load_min, np.full(20, 9)
    )
    pairs = next_wave(calibration, 15, 12, problem)
    chance = calibration.p_top(15)
    doubt = chance * (1 - chance)
    assert len(pairs) == len(set(pairs[:, 0].tolist())) == 12
    assert doubt[pairs[:, 0]].min() >= np.sort(doubt)[-14] - 0.01
    assert not problem.forbidden[pairs[:, 0], pairs[:, 1]].any()


def test_each_further_review_of_a_case_is_worth_less() -> None:
    calibration, _ = reviewed(8, 30, 10)
    value = review_values(calibration, 10, 4)
    chance = calibration.p_top(10)
    assert value[:, 0] == pytest.approx(chance * (1 - chance), abs=0.01)
    assert (np.diff(value[chance > 0], axis=1) <= 0).all()
    assert (value[(chance > 0) & (chance < 1), 1] > 0).all()


def test_waves_find_more_of_the_best_than_the_same_reviews_spread_evenly() -> None:
    waves = even = 0
    for seed in range(5):
        random = np.random.default_rng(seed)
        cases, experts = 120, 24
        quality, noise = random.normal(0, 1, cases), random.normal(0, 0.9, (cases, experts))
        truth = set(np.argsort(-quality)[:20].tolist())
        deck = np.concatenate([random.permutation(experts) for _ in range(cases * 4 // experts)]).reshape(cases, 4)
        for spread in (True, False):
            pairs = np.array([(c, e) for c in range(cases) for e in deck[c, : 4 if spread else 2]])
            for _ in range(0 if spread else 4):
                fitted = calibrate(
                    pairs[:, 0],
                    pairs[:, 1],
                    (quality[:, None] + noise)[tuple(pairs.T)],
                    cases=cases,
                    experts=experts,
                    samples=200,
                )
                forbidden = np.zeros((cases, experts), dtype=np.bool_)
                forbidden[tuple(pairs.T)] = True
                problem = Problem(
                    np.ones((cases, experts)),
                    forbidden,
                    np.ones(cases, dtype=np.int64),
                    np.zeros(experts, dtype=np.int64),
                    np.full(experts, 10),
                )
                pairs = np.concatenate([pairs, next_wave(fitted, 20, 60, problem)])
            assert len(pairs) == cases * 4
            score = (quality[:, None] + noise)[tuple(pairs.T)]
            found = calibrate(pairs[:, 0], pairs[:, 1], score, cases=cases, experts=experts, samples=200).quality
            hits = len(truth & set(np.argsort(-found)[:20].tolist()))
            waves, even = (waves, even + hits) if spread else (waves + hits, even)
    assert waves > even


def test_nothing_to_give_and_malformed_calls() -> None:
    calibration, problem = reviewed(3, 4, 3)
    assert next_wave(calibration, 2, 0, problem).shape == (0, 2)
    other, _ = reviewed(3, 5, 3)
    with pytest.raises(ValueError):
        next_wave(other, 2, 1, problem)
    bound = dataclasses.replace(problem, load_min=np.ones(3, dtype=np.int64), load_max=np.full(3, 2))
    with pytest.raises(ValueError):
        next_wave(calibration, 2, 1, bound)
    equal = calibrate([0, 1, 2, 3], [0, 1, 2, 0], [5.0] * 4, cases=4, experts=3)
    free = Problem(problem.affinity, np.zeros((4, 3), dtype=np.bool_), np.full(4, 2), problem.load_min, np.full(3, 2))
    assert len(next_wave(equal, 2, 5, free)) == 5


PROGRAM = """
import numpy as np
from praxis.engines.allocation import next_wave
from praxis.engines.assignment import Problem
from praxis.engines.calibration import calibrate
random = np.random.default_rng(1)
case, expert = np.repeat(np.arange(50), 2), random.integers(0, 12, 100)
found = calibrate(case, expert, random.normal(6, 1, 100), cases=50, experts=12)
free = np.zeros((50, 12), bool)
problem = Problem(random.random((50, 12)), free, np.ones(50), np.zeros(12), np.full(12, 3))
print(next_wave(found, 15, 20, problem).tolist())
"""


def test_another_process_gives_the_same_answer() -> None:
    runs = {subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1

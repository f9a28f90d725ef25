import itertools
import subprocess
import sys
import warnings
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxis.engines.arrays import Floats, Integers
from praxis.engines.calibration import Calibration, blup, calibrate, mean, trimmed, zscore
from praxis.engines.calibration.circles import circles
from praxis.engines.calibration.model import Spreads, finish, solve
from praxis.engines.calibration.reviews import Reviews
from praxis.engines.calibration.sampler import _Chain, _Kept, _piled


@pytest.fixture(autouse=True)
def warnings_are_errors() -> Iterator[None]:
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore"):
        warnings.simplefilter("error")
        yield


class World(NamedTuple):
    quality: Floats
    bias: Floats
    case: Integers
    expert: Integers
    score: Floats


def world(
    seed: int, cases: int = 200, experts: int = 40, k: int = 3, bias: float = 0.7, colluders: float = 0.0
) -> World:
    random = np.random.default_rng(seed)
    quality, tilt = random.normal(0, 1, cases), random.normal(0, bias, experts) if bias else np.zeros(experts)
    noise = 0.9 * np.exp(random.normal(0, 0.3, experts))
    deck = np.concatenate([random.permutation(experts) for _ in range(cases * k // experts + 1)])
    case, expert = np.repeat(np.arange(cases), k), deck[: cases * k]
    raw = quality[case] + tilt[expert] + random.normal(0, 1, len(case)) * noise[expert]
    score = np.clip(np.round((6 + 1.3 * raw) * 4) / 4, 1, 10)
    for e in np.flatnonzero(random.random(experts) < colluders):
        own = random.permutation(np.flatnonzero(expert == e))
        score[own[:2]] = 10
        rest = own[2:][np.argsort(-quality[case[own[2:]]])][:3]
        score[rest] = random.integers(1, 3, len(rest))
    return World(quality, tilt, case, expert, score)


def fitted(given: World, seed: int = 0, samples: int = 300) -> Calibration:
    return calibrate(
        given.case,
        given.expert,
        given.score,
        cases=len(given.quality),
        experts=len(given.bias),
        seed=seed,
        samples=samples,
    )


def hits(quality: Floats, estimate: Floats, top: int = 20) -> int:
    return len(set(np.argsort(-quality)[:top].tolist()) & set(np.argsort(-estimate)[:top].tolist()))


def test_the_solution_is_that_of_the_dense_gaussian_posterior() -> None:
    random = np.random.default_rng(0)
    reviews = Reviews(random.integers(0, 5, 14), random.integers(0, 4, 14), random.normal(0, 1, 14), 5, 4)
    spreads = Spreads(0.5, 0.3, np.array([0.4, 0.6, 0.5, 0.9]))
    design = np.zeros((14, 10))
    design[:, 0] = 1
    design[np.arange(14), 1 + reviews.case] = 1
    design[np.arange(14), 6 + reviews.expert] = 1
    weight = np.diag(1 / spreads.noise[reviews.expert])
    prior = np.diag([0.0] + [1 / 0.5] * 5 + [1 / 0.3] * 4)
    covariance = np.linalg.inv(design.T @ weight @ design + prior)
    answer = covariance @ design.T @ weight @ reviews.score
    fit = finish(reviews, spreads)
    assert fit.system.quality == pytest.approx(answer[1:6])
    assert fit.system.common == pytest.approx(np.concatenate([answer[:1], answer[6:]]))
    assert fit.leverage == pytest.approx(np.diag(design @ covariance @ design.T @ weight))
    for left in range(14):
        keep = np.arange(14) != left
        less = Reviews(reviews.case[keep], reviews.expert[keep], reviews.score[keep], 5, 4)
        system = solve(less, spreads)
        predicted = system.common[0] + system.quality[reviews.case[left]] + system.common[1 + reviews.expert[left]]
        assert fit.residual[left] / (1 - fit.leverage[left]) == pytest.approx(reviews.score[left] - predicted)


def test_the_chain_draws_from_the_dense_gaussian_posterior_and_leaves_one_out() -> None:
    random = np.random.default_rng(2)
    reviews = Reviews(random.integers(0, 5, 16), random.integers(0, 4, 16), random.normal(0, 1, 16), 5, 4)
    noise = np.array([0.4, 0.6, 0.5, 0.9])
    fit = finish(reviews, Spreads(0.5, 0.3, noise))
    chain = _Chain(reviews, np.random.default_rng(1))
    chain.top = chain.bottom = np.zeros(0, dtype=np.int64)
    chain.spread_quality, chain.spread_bias, chain.spread_scale, chain.log_noise = 0.5, 0.3, 1e-12, np.log(noise)
    precision = 1 / noise[reviews.expert]
    kept = _Kept(reviews, 6_000)
    for number in range(6_000):
        chain._draw_quality(precision)
        chain._draw_experts(precision, chain.quality[reviews.case])
        chain._draw_mean()
        kept.add(number, chain)
    found = kept.result()
    assert found.quality == pytest.approx(fit.system.common[0] + fit.system.quality, abs=0.02)
    assert found.bias == pytest.approx(fit.system.common[1:], abs=0.03)
    assert found.draws.mean(axis=0) == pytest.approx(found.quality, abs=0.03)
    assert found.draws.std(axis=0) == pytest.approx(found.deviation, abs=0.02)
    assert reviews.score - found.predicted == pytest.approx(fit.residual / (1 - fit.leverage), abs=0.12)
    assert found.predicted_deviation == pytest.approx(np.sqrt(noise[reviews.expert] / (1 - fit.leverage)), rel=0.08)


def test_the_chain_with_circles_draws_from_the_dense_gaussian_posterior() -> None:
    """Quality and bias when the bias has a part in common, U g with g ~ N(0, 0.4), for two given directions U."""
    random = np.random.default_rng(8)
    reviews = Reviews(random.integers(0, 6, 24), random.integers(0, 5, 24), random.normal(0, 1, 24), 6, 5)
    noise, circle = np.array([0.4, 0.6, 0.5, 0.9, 0.3]), np.column_stack([np.ones(5), [1.2, 1.0, -0.8, -1.1, 0.4]])
    design = np.zeros((24, 12))
    design[:, 0] = 1
    design[np.arange(24), 1 + reviews.case] = 1
    design[np.arange(24), 7 + reviews.expert] = 1
    prior = np.zeros((12, 12))
    prior[1:7, 1:7] = np.eye(6) / 0.5
    prior[7:, 7:] = np.linalg.inv(0.2 * np.eye(5) + 0.4 * circle @ circle.T)
    weight = np.diag(1 / noise[reviews.expert])
    covariance = np.linalg.inv(design.T @ weight @ design + prior)
    answer = covariance @ design.T @ weight @ reviews.score
    pick = np.column_stack([np.ones(6), np.eye(6), np.zeros((6, 5))])
    chain = _Chain(reviews, np.random.default_rng(1))
    chain.top = chain.bottom = np.zeros(0, dtype=np.int64)
    chain.circle, chain.common = circle, np.zeros(2)
    chain.place = np.column_stack([reviews.averages(column[reviews.expert]) for column in circle.T])
    chain.square = chain.place.T @ chain.place
    chain.spread_quality, chain.spread_bias, chain.spread_common = 0.5, 0.2, 0.4
    chain.spread_scale, chain.log_noise = 1e-12, np.log(noise)
    precision, draws = 1 / noise[reviews.expert], np.empty((6000, 6))
    for number in range(6000):
        chain._draw_quality(precision)
        chain._draw_experts(precision, chain.quality[reviews.case])
        chain._draw_mean()
        chain._shift_circles(precision)
        draws[number] = chain.mean + chain.quality
    assert draws.mean(axis=0) == pytest.approx(pick @ answer, abs=0.07)
    assert np.cov(draws.T) == pytest.approx(pick @ covariance @ pick.T, abs=0.09)


def test_noise_its_mean_and_its_slope_are_drawn_from_their_joint_density() -> None:
    """Each block in turn, all others held: the mean and the spread of its draws against the density on a fine grid."""
    random = np.random.default_rng(5)
    reviews = Reviews(np.arange(6) % 3, np.arange(6), random.normal(0, 1, 6), 3, 6)
    chain = _Chain(reviews, np.random.default_rng(1))
    noise, scale = np.array([-0.3, -1.4, 0.4, -0.8, 0.9, -0.1]), np.array([0.9, 1.3, 0.5, 1.1, 0.6, 1.4])
    squares = np.array([2.0, 0.5, 6.0, 1.0, 4.0, 0.0])
    mean, slope, sd, spread = -0.6, -0.25, 0.7, 0.06
    chain.load = np.array([3.0, 2.0, 5.0, 2.0, 4.0, 0.0])

    def hold() -> None:
        chain.log_noise, chain.scale = noise.copy(), scale.copy()
        chain.noise_mean, chain.slope, chain.noise_sd, chain.spread_scale = mean, slope, sd, spread

    def density(noise: Floats, mean: Floats, slope: Floats) -> Floats:
        """The logarithm for each expert, but for what does not change."""
        likelihood = -0.5 * (chain.load * noise + squares * np.exp(-noise))
        return likelihood - 0.5 * ((noise - mean) / sd) ** 2 - 0.5 * (scale - 1 - slope * (noise - mean)) ** 2 / spread

    def moments(values: Floats, log: Floats) -> tuple[Floats, Floats]:
        weight = np.exp(log - log.max(axis=0))
        first = (weight * values).sum(axis=0) / weight.sum(axis=0)
        return first, np.sqrt((weight * values**2).sum(axis=0) / weight.sum(axis=0) - first**2)

    line = np.linspace(-4, 4, 4001)[:, None]
    drawn = np.empty((3, 6000, 6))
    for number in range(6000):
        hold()
        chain._draw_noise(squares)
        drawn[0, number] = chain.log_noise
        hold()
        chain._draw_noise_mean()
        drawn[1, number] = chain.noise_mean
        hold()
        chain._draw_slope()
        drawn[2, number] = chain.slope
    one = np.ones((1, 1))
    blocks = [
        moments(line * np.ones(6), density(line * np.ones(6), mean * one, slope * one)),
        moments(line, density(noise, line, slope * one).sum(axis=1, keepdims=True)),
        moments(line, density(noise, mean * one, line).sum(axis=1, keepdims=True) - 0.5 * (line / 0.2) ** 2),
    ]
    for draws, (middle, width) in zip(drawn, blocks, strict=True):
        assert draws.mean(axis=0) == pytest.approx(middle * np.ones(6), abs=0.03)
        assert draws.std(axis=0) == pytest.approx(width * np.ones(6), rel=0.06)
    # Scales that lie on the slope leave no spread of their own.
    many = _Chain(Reviews(np.zeros(1, int), np.zeros(1, int), np.ones(1), 1, 3000), np.random.default_rng(2))
    many.log_noise = np.random.default_rng(3).normal(-0.6, 0.5, 3000)
    for _ in range(30):
        many.scale = 1 - 0.25 * (many.log_noise + 0.6)
        many._draw_spreads()
    assert many.spread_scale < 1e-3
    assert many.slope == pytest.approx(-0.25, abs=0.01)
    # An expert of whom nothing is known has the scale that goes with her noise.
    alone = _Chain(Reviews(np.zeros(1, int), np.zeros(1, int), np.ones(1), 1, 3000), np.random.default_rng(2))
    alone.log_noise, alone.noise_mean, alone.slope, alone.spread_scale = np.full(3000, 0.4), -0.6, -0.25, 0.01
    alone._draw_experts(np.ones(1), np.zeros(1))
    assert alone.scale.mean() == pytest.approx(0.75, abs=0.01)


def test_experts_who_differ_in_scale_and_noise_are_told_apart() -> None:
    random = np.random.default_rng(4)
    cases, experts = 300, 20
    quality, scale, noise = random.normal(0, 1, cases), np.repeat([0.5, 1.5], 10), np.tile([0.3, 1.0], 10)
    case = np.repeat(np.arange(cases), 4)
    expert = np.concatenate([random.permutation(experts)[:4] for _ in range(cases)])
    score = 50 + 10 * (scale[expert] * quality[case] + noise[expert] * random.normal(0, 1, len(case)))
    result = calibrate(case, expert, score, cases=cases, experts=experts, samples=400)
    assert result.scale[:10].max() < 0.85 < 1.1 < result.scale[10:].min()
    assert result.noise[::2].max() < 5.5 < 7 < result.noise[1::2].min()
    assert result.reliability[10::2].min() > result.reliability[:10:2].max()
    assert result.reliability[10::2].min() > result.reliability[11::2].max()
    assert np.corrcoef(result.quality, quality)[0, 1] > np.corrcoef(result.mean, quality)[0, 1] + 0.01


def test_scores_that_pile_up_at_an_end_are_read_as_at_least_that() -> None:
    assert _piled(np.array([1.0, 2, 3, 4, 5, 5, 5, 5])).tolist() == [4, 5, 6, 7]
    assert _piled(np.array([1.0, 2, 2, 3, 3, 3, 4, 4, 5])).tolist() == []
    assert _piled(np.array([5.0, 5, 5, 5])).tolist() == []
    random = np.random.default_rng(1)
    quality, case, expert = random.normal(0, 1, 200), np.repeat(np.arange(200), 5), np.tile(np.arange(25), 40)
    raw = quality[case] + random.normal(0, 0.4, len(case))
    best = np.argsort(-quality)[:20]
    full = calibrate(case, expert, raw, cases=200, experts=25, samples=300).quality
    cut = calibrate(case, expert, np.minimum(raw, 1.2), cases=200, experts=25, samples=300)
    # Above the cut the plain mean sees next to nothing; what is left is far nearer to the uncut figures.
    assert (full - cut.quality)[best].mean() < 0.5 * (full - cut.mean)[best].mean()


def test_the_likelihood_is_the_restricted_one() -> None:
    random = np.random.default_rng(1)
    reviews = Reviews(random.integers(0, 4, 12), random.integers(0, 3, 12), random.normal(0, 1, 12), 4, 3)

    def dense(quality: float, bias: float, noise: float) -> float:
        same_case = reviews.case[:, None] == reviews.case
        same_expert = reviews.expert[:, None] == reviews.expert
        v = quality * same_case + bias * same_expert + noise * np.eye(12)
        inverse, ones = np.linalg.inv(v), np.ones(12)
        information = ones @ inverse @ ones
        apart = reviews.score - (ones @ inverse @ reviews.score) / information
        return float(-0.5 * (np.linalg.slogdet(v)[1] + np.log(information) + apart @ inverse @ apart))

    points = [(0.5, 0.3, 0.4), (1.0, 0.01, 0.8), (0.1, 0.9, 0.3)]
    ours = [solve(reviews, Spreads(q, b, np.full(3, n))).likelihood for q, b, n in points]
    theirs = [dense(*point) for point in points]
    assert np.diff(ours) == pytest.approx(np.diff(theirs))


def test_calibration_finds_more_of_the_best_than_the_mean_does() -> None:
    plain = corrected = 0
    for seed in range(5):
        given = world(seed, bias=1.0)
        result = fitted(given)
        assert result.advice == "calibrated"
        assert result.reason.error_calibrated < result.reason.error_mean
        plain += hits(given.quality, result.mean)
        corrected += hits(given.quality, result.quality)
        assert np.corrcoef(result.bias, given.bias)[0, 1] > 0.85
    assert corrected >= plain + 8


def test_without_bias_it_harms_next_to_nothing() -> None:
    plain = corrected = 0
    for seed in range(4):
        given = world(100 + seed, bias=0.0)
        result = fitted(given)
        plain += hits(given.quality, result.mean)
        corrected += hits(given.quality, result.quality)
        assert result.shares.bias < 0.06
    assert corrected >= plain - 3


def test_colluders_gain_less_than_under_the_mean() -> None:
    plain = corrected = 0
    for seed in range(5):
        given = world(200 + seed, experts=30, k=4, colluders=0.15)
        result = fitted(given)
        plain += hits(given.quality, result.mean)
        corrected += hits(given.quality, result.quality)
        assert result.reliability.std() > 0.02
    assert corrected > plain + 6


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    inside, count, expected, got = 0, 0, [], []
    for seed in range(5):
        given = world(300 + seed)
        result = fitted(given)
        truth = 6 + 1.3 * given.quality
        interval = result.interval(0.9)
        inside += int(((interval[:, 0] <= truth) & (truth <= interval[:, 1])).sum())
        count += len(truth)
        expected.append(result.p_top(20))
        top = np.zeros(200)
        top[np.argsort(-given.quality)[:20]] = 1
        got.append(top)
    assert 0.85 < inside / count < 0.94
    p, y = np.concatenate(expected), np.concatenate(got)
    for low, high in itertools.pairwise([0.1, 0.4, 0.7, 1.01]):
        bin_ = (p >= low) & (p < high)
        assert abs(p[bin_].mean() - y[bin_].mean()) < 0.1


def test_the_draws_have_the_mean_and_the_spread_that_is_reported() -> None:
    result = fitted(world(5), samples=1000)
    assert np.abs(result.draws.mean(axis=0) - result.quality).max() < 6 * result.deviation.max() / np.sqrt(1000)
    assert result.draws.std(axis=0) == pytest.approx(result.deviation, rel=0.12)
    assert result.p_top(20).sum() == pytest.approx(20)
    ranks = result.rank_interval(0.9)
    assert (ranks[:, 0] <= ranks[:, 1]).all()
    assert ranks.min() == 1
    assert ranks.max() == 200
    best = int(np.argmax(result.quality))
    assert ranks[best, 0] == 1
    assert result.p_top(20)[best] > 0.6


def test_a_planted_outlier_is_the_most_surprising_review() -> None:
    given = world(7, cases=100, experts=20, k=5, bias=0.3)
    target = int(np.argmin(given.quality[given.case]))
    given.score[target] = 14
    result = fitted(given)
    assert int(np.argmax(result.surprise)) == target
    assert result.surprise[target] > 3
    given.score[target] = -4
    assert int(np.argmin(fitted(given).surprise)) == target


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_relabelling_changes_nothing(seed: int, random: Random) -> None:
    given_world = world(seed, 30, 10)
    rows, columns = list(range(30)), list(range(10))
    random.shuffle(rows)
    random.shuffle(columns)
    first = fitted(given_world)
    second = calibrate(
        np.array(rows)[given_world.case],
        np.array(columns)[given_world.expert],
        given_world.score,
        cases=30,
        experts=10,
        samples=300,
    )
    assert second.quality[rows] == pytest.approx(first.quality, abs=1e-9)
    assert second.bias[columns] == pytest.approx(first.bias, abs=1e-9)
    assert second.draws[:, rows] == pytest.approx(first.draws, abs=1e-9)
    assert second.mean[rows] == pytest.approx(first.mean)


@settings(deadline=None, max_examples=4)
@given(st.integers(0, 10**6), st.floats(0.2, 5), st.floats(-20, 20))
def test_units_of_the_scores_carry_through(seed: int, factor: float, shift: float) -> None:
    given_world = world(seed, 24, 8)
    first = fitted(given_world)
    second = fitted(given_world._replace(score=given_world.score * factor + shift))
    assert second.quality == pytest.approx(first.quality * factor + shift, rel=1e-3, abs=1e-2)
    assert second.deviation == pytest.approx(first.deviation * factor, rel=2e-2)
    assert second.reliability == pytest.approx(first.reliability, abs=1e-2)


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 10**6), st.data())
def test_a_higher_score_never_lowers_a_rank_of_the_mean(seed: int, data: st.DataObject) -> None:
    given_world = world(seed, 12, 6, k=2)
    review = data.draw(st.integers(0, len(given_world.case) - 1))
    raised = given_world.score.copy()
    raised[review] += 1.0
    before, after = fitted(given_world), fitted(given_world._replace(score=raised))
    assert before.advice == after.advice == "mean"
    case = given_world.case[review]
    assert int(np.flatnonzero(after.ranking == case)[0]) <= int(np.flatnonzero(before.ranking == case)[0])
    fit = finish(Reviews(given_world.case, given_world.expert, given_world.score, 12, 6), Spreads(1, 0.4, np.ones(6)))
    more = finish(Reviews(given_world.case, given_world.expert, raised, 12, 6), Spreads(1, 0.4, np.ones(6)))
    gain = more.system.quality - fit.system.quality
    assert int(np.argmax(gain)) == case
    assert gain[case] > 0


def test_a_harshness_that_a_circle_of_experts_has_in_common_is_not_taken_for_the_cases() -> None:
    """Two halves of experts and cases, joined by few readers: the cases are alike, one half of the experts is mild."""
    random = np.random.default_rng(6)
    cases, experts, k = 240, 48, 3
    quality, half = random.normal(0, 1, cases), np.arange(cases) % 2
    side = np.arange(experts) % 2
    able = [np.flatnonzero((side == part) | (np.arange(experts) < 6)) for part in (0, 1)]
    case = np.repeat(np.arange(cases), k)
    expert = np.concatenate([random.permutation(able[half[c]])[:k] for c in range(cases)])
    tilt = random.normal(0, 0.3, experts) + 1.2 * side
    score = 6 + quality[case] + tilt[expert] + random.normal(0, 0.7, len(case))
    reviews = Reviews(case, expert, score, cases, experts)
    found = circles(reviews)
    assert found.shape == (experts, 2)
    assert (found[:, 0] == 1.0).all()
    assert abs(np.corrcoef(found[:, 1], side)[0, 1]) > 0.85
    result = calibrate(case, expert, score, cases=cases, experts=experts, samples=500)
    wrong = result.quality - quality - (result.quality - quality).mean()
    plain = result.mean - quality - (result.mean - quality).mean()
    assert abs(wrong[half == 1].mean() - wrong[half == 0].mean()) < 0.2
    assert abs(plain[half == 1].mean() - plain[half == 0].mean()) > 0.6
    lone = Reviews(case, random.integers(0, experts, len(case)), score, cases, experts)
    assert circles(lone).shape == (experts, 0)


def test_a_case_without_a_review_and_an_expert_with_one_are_defined() -> None:
    result = calibrate([0, 0, 1, 1, 2], [0, 1, 0, 1, 2], [8.0, 6.0, 5.0, 3.0, 9.0], cases=4, experts=4)
    assert result.mean[3] == pytest.approx(6.2)
    assert list(result.reviews) == [2, 2, 1, 0]
    assert abs(result.quality[3] - 6.2) < 1.5
    assert result.deviation[3] == result.deviation.max()
    assert result.ranking[-1] == 3
    assert result.bias[3] == pytest.approx(0.0, abs=0.2)
    assert result.advice == "mean"
    assert result.reason.code == "few_reviews"
    for array in (
        result.quality,
        result.bias,
        result.surprise,
        result.reliability,
        result.draws,
        result.interval(0.9),
    ):
        assert np.isfinite(array).all()


@pytest.mark.parametrize("reviews", [0, 1, 2, 6])
def test_equal_scores_or_none_are_defined(reviews: int) -> None:
    case, expert = np.arange(reviews) % 3, np.arange(reviews) % 2
    result = calibrate(case, expert, np.full(reviews, 7.25), cases=3, experts=2, seed=1)
    value = 7.25 if reviews else 0.0
    assert result.quality.tolist() == result.mean.tolist() == [value] * 3
    assert result.interval(0.9).tolist() == [[value, value]] * 3
    assert result.shares == (0.0, 0.0, 0.0)
    assert result.advice == "mean"
    assert result.p_top(1).sum() == pytest.approx(1.0)
    assert result.p_top(1).min() > 0.2
    for plain in (mean, trimmed, zscore, blup):
        assert plain(case, expert, np.full(reviews, 7.25), cases=3, experts=2).tolist() == [value] * 3


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_any_small_set_of_reviews_gives_finite_figures(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 8))
    case = data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    expert = data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    score = data.draw(st.lists(st.integers(4, 40), min_size=count, max_size=count))
    result = calibrate(case, expert, np.array(score) / 4.0, cases=4, experts=3, samples=50)
    for array in (
        result.quality,
        result.deviation,
        result.draws,
        result.surprise,
        result.bias,
        result.reliability,
    ):
        assert np.isfinite(array).all()
    assert sorted(result.ranking.tolist()) == [0, 1, 2, 3]
    assert sum(result.shares) == pytest.approx(1.0) or set(result.shares) == {0.0}


def test_the_plain_ways_are_what_they_say() -> None:
    case, expert = [0, 0, 0, 0, 1, 1], [0, 1, 2, 3, 0, 1]
    score = [1.0, 6.0, 8.0, 10.0, 4.0, 6.0]
    assert mean(case, expert, score, cases=3, experts=4) == pytest.approx([6.25, 5.0, 35 / 6])
    assert trimmed(case, expert, score, cases=3, experts=4) == pytest.approx([7.0, 5.0, 35 / 6])
    spread = np.std(score)
    z = [(-spread + 0 + 0 + 0) / 4, (spread + 0) / 2, 0.0]
    assert zscore(case, expert, score, cases=3, experts=4) == pytest.approx(np.array(z) + 35 / 6)
    both = np.column_stack([score, np.zeros(6)])
    assert mean(case, expert, both, weights=[3, 1], cases=2, experts=4) == pytest.approx([6.25 * 0.75, 3.75])


def test_few_reviews_of_each_expert_are_told() -> None:
    given = world(1, 40, 20, k=3, bias=2.0)
    result = fitted(given)
    assert result.advice == "mean"
    assert result.reason.median == 6.0
    assert result.reason.text == "The median expert has 6 reviews; 8 are needed."
    assert result.ranking.tolist()[0] == int(np.argmax(result.mean))


@pytest.mark.parametrize(
    ("case", "score", "weights"),
    [
        ([0, 9], [1.0, 2.0], None),
        ([0], [1.0, 2.0], None),
        ([0, 1], [1.0, np.nan], None),
        ([0, 1], [1.0, 2.0], [1.0]),
    ],
)
def test_malformed_input_is_refused(case: list[int], score: list[float], weights: list[float] | None) -> None:
    with pytest.raises(ValueError):
        calibrate(case, [0, 1][: len(case)], score, weights, cases=2, experts=2)


PROGRAM = """
import numpy as np
from praxis.engines.calibration import calibrate
random = np.random.default_rng(2)
case, expert = np.repeat(np.arange(80), 3), random.integers(0, 16, 240)
result = calibrate(case, expert, np.round(random.normal(6, 2, 240) * 4) / 4, cases=80, experts=16, seed=3)
print(result.quality.tobytes().hex(), result.draws.tobytes().hex(), result.p_top(10).tolist())
"""


def test_another_process_gives_the_same_bytes() -> None:
    runs = {subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1


@pytest.mark.parametrize(("cases", "experts"), [(60, 30), (60, 80)])
def test_a_committee_may_outnumber_the_cases_of_a_round(cases: int, experts: int) -> None:
    given = world(7, cases=cases, experts=experts, k=5)
    result = fitted(given, samples=20)
    assert np.corrcoef(result.quality, given.quality)[0, 1] > 0.7

import numpy as np

from bench.informed import _Informed, informed
from praxis.engines.calibration import calibrate
from praxis.engines.calibration.reviews import Reviews
from praxis.engines.study import deal, world


def test_who_is_told_every_spread_finds_what_the_calibration_finds_and_more_than_the_mean() -> None:
    told, learnt, plain = [], [], []
    for seed in range(2):
        given, random = world(200, 40, seed=seed), np.random.default_rng([seed, 2])
        pairs = deal(given, 3, random)
        score = given.scores(pairs, random)
        fitted = calibrate(pairs[:, 0], pairs[:, 1], score, cases=200, experts=40, samples=300)
        estimates = informed(given, pairs, score, seed), fitted.quality, fitted.mean
        for found, kept in zip(estimates, (told, learnt, plain), strict=True):
            kept.append(np.corrcoef(found, given.quality)[0, 1])
    assert np.mean(told) > np.mean(learnt) - 0.005
    assert np.mean(told) > np.mean(plain) + 0.04


def test_who_is_noisy_and_flat_is_taken_to_be_misassigned() -> None:
    given = world(20, 400, seed=1)
    reviews = Reviews(np.arange(20), np.arange(20), np.linspace(-1, 1, 20), 20, 400)
    chain = _Informed(reviews, np.random.default_rng(1), given, 6.0, 2.0)
    usual, flat = np.full(400, chain.usual_noise), np.full(400, chain.usual_noise + 2 * np.log(1.6))
    chain.log_noise, chain.scale = usual, np.full(400, 1.0)
    chain._draw_spreads()
    assert chain.off.mean() < 0.01
    chain.log_noise, chain.scale = flat, np.full(400, 0.5)
    chain._draw_spreads()
    assert chain.off.mean() > 0.5

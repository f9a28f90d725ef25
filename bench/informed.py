"""The peer of the calibration that is told what nobody can know: how far any estimate from these scores could go.

The same chain, but every spread is the simulated call's own, the field of each case and expert is known and with it who
shares a harshness, and misassigned experts are a class of their own of the right share and kind. Only the single cases
and experts are left to learn.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from praxis.engines.arrays import Floats, Integers
from praxis.engines.calibration.reviews import Reviews
from praxis.engines.calibration.sampler import _Chain
from praxis.engines.study import World
from praxis.engines.study.world import CENTRE, OFF_NOISE, OFF_SCALE, UNIT

_BURN, _KEPT = 400, 1600


def informed(given: World, pairs: Integers, score: Floats, seed: int) -> Floats:
    """Return the posterior mean of each case's quality [C], in standard units."""
    centre, spread = float(score.mean()), float(score.std())
    reviews = Reviews(pairs[:, 0], pairs[:, 1], (score - centre) / spread, given.cases, given.experts)
    chain = _Informed(reviews, np.random.default_rng([seed, 6]), given, centre, spread)
    total = np.zeros(given.cases)
    for number in range(_BURN + _KEPT):
        chain.step()
        if number >= _BURN:
            total += chain.centre
    return total / _KEPT


class _Informed(_Chain):
    def __init__(
        self, reviews: Reviews, random: np.random.Generator, given: World, centre: float, spread: float
    ) -> None:
        super().__init__(reviews, random)
        model, unit = given.model, UNIT / spread
        fields = len(model.fields)
        self.circle, self.place = np.eye(fields)[given.first], np.eye(fields)[given.field]
        self.square = self.place.T @ self.place
        self.common, self.tilt = np.zeros(fields), np.zeros(given.experts)
        self.spread_quality, self.spread_bias = unit**2, (model.bias * unit) ** 2
        self.spread_common = (model.harshness * unit) ** 2
        self.mean = self.level = (CENTRE - centre) / spread
        self.off = np.zeros(given.experts, dtype=np.bool_)
        self.share, self.noise_sd = model.misassigned, 2 * model.reliability
        self.usual_noise = 2 * np.log(model.noise * unit)
        # Mean and spread of exp N(0, s).
        self.usual_scale = np.exp(model.scale**2 / 2)
        self.apart_scale = self.usual_scale * np.sqrt(np.expm1(model.scale**2))

    def _draw_experts(self, precision: Floats, quality: Floats) -> None:
        factor = np.where(self.off, OFF_SCALE, 1.0)
        usual, prior = factor * self.usual_scale, 1.0 / (factor * self.apart_scale) ** 2
        weighted, apart = precision * quality, self.latent - self.mean
        one, cross = self.reviews.per_expert(precision) + 1.0 / self.spread_bias, self.reviews.per_expert(weighted)
        first = self.reviews.per_expert(precision * apart) + self.tilt / self.spread_bias
        sharpness = self.reviews.per_expert(weighted * quality) + prior - cross * cross / one
        middle = (self.reviews.per_expert(weighted * apart) + usual * prior - cross * first / one) / sharpness
        width = 1.0 / np.sqrt(sharpness)
        positive = ndtr(middle / width) * self.random.random(len(one))
        self.scale = np.maximum(middle - width * ndtri(np.clip(positive, 1e-12, 1 - 1e-12)), 1e-3)
        self.bias = (first - cross * self.scale) / one + self.random.standard_normal(len(one)) / np.sqrt(one)

    def _draw_mean(self) -> None:
        """The mean is known; what experts of a field have in common is drawn."""
        level = self.mean + self.bias - self.level
        square = self.circle.T @ self.circle / self.spread_bias + np.eye(len(self.common)) / self.spread_common
        self.mean, self.common = self.level, self._draw_normal(square, self.circle.T @ level / self.spread_bias)
        self.tilt, self.bias = self.circle @ self.common, level

    def _draw_noise(self, squares: Floats) -> None:
        middle = self.usual_noise + 2 * np.log(OFF_NOISE) * self.off
        values = middle[:, None] + self.noise_sd * self.grid
        chance = -0.5 * (self.load[:, None] * values + squares[:, None] * np.exp(-values) + self.grid**2)
        heap = np.cumsum(np.exp(chance - chance.max(axis=1, keepdims=True)), axis=1)
        place = (heap < (self.random.random(len(squares)) * heap[:, -1])[:, None]).sum(axis=1)
        self.log_noise = values[np.arange(len(squares)), np.minimum(place, len(self.grid) - 1)]

    def _draw_spreads(self) -> None:
        """No spread is left to draw; who is misassigned is."""
        usual = self._fits(1.0, 0.0) + np.log(1 - self.share)
        off = self._fits(OFF_SCALE, 2 * np.log(OFF_NOISE)) + np.log(self.share)
        self.off = self.random.random(len(usual)) < 1 / (1 + np.exp(np.clip(usual - off, -50, 50)))

    def _fits(self, factor: float, more: float) -> Floats:
        noise = (self.log_noise - self.usual_noise - more) / self.noise_sd
        scale = (self.scale - factor * self.usual_scale) / (factor * self.apart_scale)
        fits: Floats = -0.5 * (noise**2 + scale**2) - np.log(factor)
        return fits

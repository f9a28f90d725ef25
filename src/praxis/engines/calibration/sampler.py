"""The posterior of the full model, by Gibbs sampling: every step draws one block given all others.

score = mean + bias[expert] + scale[expert] * quality[case] + noise of the expert's own size. The scales have mean 1,
the logarithms of the noise variances a common mean; the two go together by a slope (who is noisy often puts cases less
apart); all spreads are learnt with the rest. Scores that pile up at an
end of the scale are read as "at least this" or "at most this" (Tobin 1958). Experts who read the same cases may have
a bias in common (see `circles`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Floats, Integers
from praxis.engines.calibration.circles import circles
from praxis.engines.calibration.reviews import Reviews

BURN: Final = 500
# With so many reviews every second draw is kept; with fewer or more, every one.
_THIN: Final = (500, 12_000)
_GRID: Final = 41
_WIDTH: Final = 3.5
_TINY: Final = 1e-12
_LOGS: Final = 25.0
# Spread of the slope of the scales over the logarithms of the noise variances before anything is seen.
_SLOPE: Final = 0.2


@dataclass(frozen=True, eq=False)
class Sample:
    """What the chain saw, for scores of mean about 0 and variance about 1; draws [S,C], the rest posterior means."""

    draws: Floats
    quality: Floats
    deviation: Floats
    bias: Floats
    scale: Floats
    log_noise: Floats
    spread_quality: float
    spread_bias: float
    noise: float
    predicted: Floats
    predicted_deviation: Floats


def sample(reviews: Reviews, samples: int, random: np.random.Generator) -> Sample:
    """Run the chain and keep that many draws."""
    chain = _Chain(reviews, random)
    for _ in range(BURN):
        chain.step()
    thin = 2 if _THIN[0] <= len(reviews.score) <= _THIN[1] else 1
    kept = _Kept(reviews, samples)
    for number in range(samples):
        for _ in range(thin):
            chain.step()
        kept.add(number, chain)
    return kept.result()


class _Chain:
    """The state of the chain."""

    def __init__(self, reviews: Reviews, random: np.random.Generator) -> None:
        self.reviews, self.random = reviews, random
        self.load = reviews.per_expert(np.ones(len(reviews.score)))
        self.latent = reviews.score.copy()
        self.top, self.bottom = _piled(reviews.score), _piled(-reviews.score)
        self.grid = np.linspace(-_WIDTH, _WIDTH, _GRID)
        cases, experts = reviews.cases, reviews.experts
        self.mean, self.bias, self.quality = _start(reviews)
        self.scale, self.steps = np.ones(experts), 0
        self.log_noise = np.full(experts, np.log(0.45))
        self.spread_quality, self.spread_bias, self.spread_scale = 0.35, 0.2, 0.04
        self.noise_mean, self.noise_sd, self.slope = float(np.log(0.45)), 0.5, 0.0
        self.centre, self.precision = np.zeros(cases), np.ones(cases)
        self.circle = circles(reviews)
        self.common, self.tilt, self.spread_common = np.zeros(self.circle.shape[1]), np.zeros(experts), 0.02
        # A case's place in each circle is that of its readers.
        self.place = np.zeros((cases, self.circle.shape[1]))
        for number, direction in enumerate(self.circle.T):
            self.place[:, number] = reviews.averages(direction[reviews.expert])
        self.place[reviews.counts() == 0] = 0.0
        self.square = self.place.T @ self.place

    def step(self) -> None:
        """Draw every block once."""
        precision = np.exp(-self.log_noise)[self.reviews.expert]
        self._draw_latent(precision)
        self._draw_quality(precision)
        quality = self.quality[self.reviews.case]
        self._draw_experts(precision, quality)
        self._draw_mean()
        self.steps += 1
        if len(self.common) and self.steps % 3 == 0:
            self._shift_circles(precision)
            quality = self.quality[self.reviews.case]
        left = self.latent - self.mean - self.bias[self.reviews.expert]
        left -= self.scale[self.reviews.expert] * quality
        self._draw_noise(self.reviews.per_expert(left * left))
        self._draw_spreads()

    def _draw_latent(self, precision: Floats) -> None:
        """Draw what a score at the end of the scale would have been without the end."""
        for places, sign in ((self.top, 1.0), (self.bottom, -1.0)):
            if len(places):
                case, expert = self.reviews.case[places], self.reviews.expert[places]
                fitted = self.mean + self.bias[expert] + self.scale[expert] * self.quality[case]
                width = 1.0 / np.sqrt(precision[places])
                bound = self.reviews.score[places]
                beyond = ndtr(sign * (fitted - bound) / width) * self.random.random(len(places))
                drawn = fitted - sign * width * ndtri(np.clip(beyond, _TINY, 1.0 - _TINY))
                self.latent[places] = sign * np.maximum(sign * drawn, sign * bound)

    def _draw_quality(self, precision: Floats) -> None:
        scale = self.scale[self.reviews.expert]
        weight = precision * scale
        self.precision = 1.0 / self.spread_quality + self.reviews.per_case(weight * scale)
        apart = self.latent - self.mean - self.bias[self.reviews.expert]
        expected = self.reviews.per_case(weight * apart) / self.precision
        self.centre = self.mean + expected
        self.quality = expected + self.random.standard_normal(self.reviews.cases) / np.sqrt(self.precision)

    def _draw_experts(self, precision: Floats, quality: Floats) -> None:
        """Draw bias and scale of each expert together: first the scale, the bias summed out, then the bias."""
        apart = self.latent - self.mean
        weighted = precision * quality
        one, cross = self.reviews.per_expert(precision) + 1.0 / self.spread_bias, self.reviews.per_expert(weighted)
        first, second = self.reviews.per_expert(precision * apart), self.reviews.per_expert(weighted * apart)
        first += self.tilt / self.spread_bias
        sharpness = self.reviews.per_expert(weighted * quality) + 1.0 / self.spread_scale - cross * cross / one
        sharpness = np.maximum(sharpness, 1e-6)
        usual = 1.0 + self.slope * (self.log_noise - self.noise_mean)
        middle = (second + usual / self.spread_scale - cross * first / one) / sharpness
        width = 1.0 / np.sqrt(sharpness)
        # No expert is taken to rank the cases upside down: the scale is positive.
        positive = ndtr(middle / width) * self.random.random(self.reviews.experts)
        self.scale = np.maximum(middle - width * ndtri(np.clip(positive, _TINY, 1.0 - _TINY)), 1e-3)
        self.bias = (first - cross * self.scale) / one
        self.bias += self.random.standard_normal(self.reviews.experts) / np.sqrt(one)

    def _draw_mean(self) -> None:
        """Draw the mean with mean + bias held, which mixes far better than with the bias held."""
        level = self.mean + self.bias
        if len(self.common) == 0:
            experts = max(len(level), 1)
            self.mean = float(level.mean() + self.random.standard_normal() * np.sqrt(self.spread_bias / experts))
        else:
            design = np.column_stack([np.ones(len(level)), self.circle])
            square = design.T @ design / self.spread_bias
            square[1:, 1:] += np.eye(len(self.common)) / self.spread_common
            drawn = self._draw_normal(square, design.T @ level / self.spread_bias)
            self.mean, self.common = float(drawn[0]), drawn[1:]
            self.tilt = self.circle @ self.common
        self.bias = level - self.mean

    def _shift_circles(self, precision: Floats) -> None:
        """Raise the cases of a circle and lower its experts together, or the other way round."""
        case, expert = self.reviews.case, self.reviews.expert
        change = self.circle[expert] - self.scale[expert, None] * self.place[case]
        left = self.latent - self.mean - self.bias[expert] - self.scale[expert] * self.quality[case]
        weighted = change * precision[:, None]
        square = weighted.T @ change + self.square / self.spread_quality
        square += np.eye(len(self.common)) / self.spread_common
        pull = self.common / self.spread_common - weighted.T @ left - self.place.T @ self.quality / self.spread_quality
        shift = self._draw_normal(square, pull)
        self.quality = self.quality + self.place @ shift
        self.bias = self.bias - self.circle @ shift
        self.common = self.common - shift
        self.tilt = self.circle @ self.common

    def _draw_normal(self, square: Floats, pull: Floats) -> Floats:
        """Draw from the normal distribution of that precision whose mean solves square * mean = pull."""
        lower = np.linalg.cholesky(square)
        half = np.linalg.solve(lower, pull) + self.random.standard_normal(len(pull))
        drawn: Floats = np.linalg.solve(lower.T, half)
        return drawn

    def _draw_noise(self, squares: Floats) -> None:
        """Draw the logarithm of each expert's noise variance from its posterior on a grid around the common one."""
        apart = self.noise_sd * self.grid
        values = self.noise_mean + apart
        chance = self.load[:, None] * values + squares[:, None] * np.exp(-values) + self.grid**2
        chance = -0.5 * (chance + (self.scale[:, None] - 1.0 - self.slope * apart) ** 2 / self.spread_scale)
        chance -= chance.max(axis=1, keepdims=True)
        heap = np.cumsum(np.exp(np.maximum(chance, -700.0)), axis=1)
        place = (heap < (self.random.random(len(squares)) * heap[:, -1])[:, None]).sum(axis=1)
        within = (self.random.random(len(squares)) - 0.5) * (values[1] - values[0])
        self.log_noise = np.clip(values[np.minimum(place, _GRID - 1)] + within, -_LOGS, _LOGS)

    def _draw_noise_mean(self) -> None:
        """Draw the common mean of the logarithms, of which both they and the scales tell."""
        one, other = 1.0 / self.noise_sd**2, self.slope / self.spread_scale
        sharpness = self.reviews.experts * (one + self.slope * other)
        pull = (one + self.slope * other) * self.log_noise.sum() - other * (self.scale - 1.0).sum()
        self.noise_mean = float(pull / sharpness + self.random.standard_normal() / np.sqrt(sharpness))

    def _draw_slope(self) -> None:
        """Draw the slope of the scales over the logarithms."""
        apart = self.log_noise - self.noise_mean
        sharpness = float(apart @ apart) / self.spread_scale + 1.0 / _SLOPE**2
        middle = float(apart @ (self.scale - 1.0)) / self.spread_scale / sharpness
        self.slope = float(middle + self.random.standard_normal() / np.sqrt(sharpness))

    def _draw_spreads(self) -> None:
        random, experts, cases = self.random, self.reviews.experts, self.reviews.cases
        self._draw_noise_mean()
        apart = self.log_noise - self.noise_mean
        self.noise_sd = float(np.clip(np.sqrt((float(apart @ apart) + 0.1) / random.chisquare(experts + 2)), 0.02, 2.0))
        self._draw_slope()
        self.spread_quality = (float(self.quality @ self.quality) + 0.05) / random.chisquare(cases + 1)
        own = self.bias - self.tilt
        self.spread_bias = (float(own @ own) + 0.02) / random.chisquare(experts + 1)
        if len(self.common):
            together = float(self.common[1:] @ self.common[1:])
            self.spread_common = (together + 0.008) / random.chisquare(len(self.common))
        scales = float(((self.scale - 1.0 - self.slope * apart) ** 2).sum())
        self.spread_scale = (scales + 0.04) / random.chisquare(experts + 2)


class _Kept:
    """Sums over the draws that are kept."""

    def __init__(self, reviews: Reviews, samples: int) -> None:
        self.reviews, self.samples = reviews, samples
        self.draws = np.empty((samples, reviews.cases))
        self.centre, self.centre_squared, self.within = (np.zeros(reviews.cases) for _ in range(3))
        self.bias, self.scale, self.log_noise = (np.zeros(reviews.experts) for _ in range(3))
        self.spreads = np.zeros(3)
        # The predictions of each review from all others, draws weighted by 1 / likelihood (Gelfand 1996).
        self.most = np.full(len(reviews.score), -np.inf)
        self.weight, self.first, self.second = (np.zeros(len(reviews.score)) for _ in range(3))

    def add(self, number: int, chain: _Chain) -> None:
        """Take the present state in."""
        self.draws[number] = chain.mean + chain.quality
        self.centre += chain.centre
        self.centre_squared += chain.centre * chain.centre
        self.within += 1.0 / chain.precision
        self.bias += chain.bias
        self.scale += chain.scale
        self.log_noise += chain.log_noise
        noise = float(np.exp(chain.log_noise).mean())
        self.spreads += (chain.spread_quality, chain.spread_bias, noise)
        self._predict(chain)

    def _predict(self, chain: _Chain) -> None:
        case, expert = self.reviews.case, self.reviews.expert
        scale, noise = chain.scale[expert], np.exp(chain.log_noise)[expert]
        own, pull = scale * scale / noise, scale / noise * (chain.latent - chain.mean - chain.bias[expert])
        # What the case's other reviews say of it, given the experts.
        others = (self.reviews.per_case(own)[case] - own).clip(0.0)
        left = others + 1.0 / chain.spread_quality
        expected = (self.reviews.per_case(pull)[case] - pull) / left
        fitted = chain.mean + chain.bias[expert] + scale * expected
        variance = noise + scale * scale / left
        misfit = chain.latent - fitted
        weight = 0.5 * (np.log(variance) + np.minimum(misfit * misfit / variance, 60.0))
        most = np.maximum(self.most, weight)
        fade, share = np.exp(np.maximum(self.most - most, -700.0)), np.exp(np.maximum(weight - most, -700.0))
        self.weight = self.weight * fade + share
        self.first = self.first * fade + share * fitted
        self.second = self.second * fade + share * (variance + fitted * fitted)
        self.most = most

    def result(self) -> Sample:
        """Return the averages."""
        number = max(self.samples, 1)
        quality = self.centre / number
        between = np.maximum(self.centre_squared / number - quality * quality, 0.0)
        predicted = self.first / self.weight
        around = np.maximum(self.second / self.weight - predicted * predicted, _TINY)
        spreads = self.spreads / number
        return Sample(
            draws=self.draws,
            quality=quality,
            deviation=np.sqrt(between + self.within / number),
            bias=self.bias / number,
            scale=self.scale / number,
            log_noise=self.log_noise / number,
            spread_quality=float(spreads[0]),
            spread_bias=float(spreads[1]),
            noise=float(spreads[2]),
            predicted=predicted,
            predicted_deviation=np.sqrt(around),
        )


def _start(reviews: Reviews) -> tuple[float, Floats, Floats]:
    """Return mean, bias and quality near the best linear unbiased prediction, by a few sweeps of backfitting."""
    bias, quality, mean = np.zeros(reviews.experts), np.zeros(reviews.cases), 0.0
    ones = np.ones(len(reviews.score))
    cases, experts = reviews.per_case(ones), reviews.per_expert(ones)
    for _ in range(12):
        mean = float((reviews.score - bias[reviews.expert] - quality[reviews.case]).mean())
        quality = reviews.per_case(reviews.score - mean - bias[reviews.expert]) / (cases + 1.0)
        bias = reviews.per_expert(reviews.score - mean - quality[reviews.case]) / (experts + 2.0)
    return mean, bias, quality


def _piled(score: Floats) -> Integers:
    """Return the places of the scores at the upper end where they pile up there, as against just before it."""
    values, inverse, count = np.unique(np.round(score, 9), return_inverse=True, return_counts=True)
    piled = len(values) > 4 and count[-1] >= 3 and count[-1] > 1.5 * count[-4:-1].max()
    at_end: Integers = np.flatnonzero((inverse.reshape(-1) == len(values) - 1) & piled).astype(np.int64)
    return at_end

"""Fitting the model to a round's scores and saying whether it should be used."""

from typing import Final

import numpy as np
import numpy.typing as npt

from praxis.engines.arrays import Floats
from praxis.engines.calibration import model, sampler
from praxis.engines.calibration.result import Calibration, Reason, Shares
from praxis.engines.calibration.reviews import Reviews, read

# Below this many reviews of the median expert her bias cannot be told from her cases.
_ENOUGH: Final = 8
_EQUAL: Final = 1e-9


def calibrate(
    case: npt.ArrayLike,
    expert: npt.ArrayLike,
    score: npt.ArrayLike,
    weights: npt.ArrayLike | None = None,
    *,
    cases: int,
    experts: int,
    seed: int = 0,
    samples: int = 1000,
) -> Calibration:
    """Estimate the quality of each case from scores [R] (or [R,K] with weights [K]) of experts who differ.

    A Gaussian hierarchical model: quality of the case; bias, scale and reliability of the expert. All spreads are
    learnt, so it can find that nothing needs correction. Raises ValueError when the input is malformed.
    """
    given = read(case, expert, score, weights, cases, experts)
    centre = given.overall()
    spread = float(given.score.std()) if len(given.score) else 0.0
    if spread <= _EQUAL * max(1.0, abs(centre)):
        return _constant(given, centre, seed, samples)
    standard = Reviews(given.case, given.expert, (given.score - centre) / spread, cases, experts)
    # Chance is dealt out in an order that the reviews themselves give, so that it does not matter how cases and
    # experts are numbered.
    order = standard.order()
    unit = standard.in_order(order)
    found = sampler.sample(unit, samples, np.random.default_rng(seed))
    of_case, of_expert, of_review = order.places()
    noise = np.exp(found.log_noise)
    clear = found.scale**2 * found.spread_quality
    whole = found.spread_quality + found.spread_bias + found.noise
    reason = _reason(unit, found, spread)
    misfit = (unit.score - found.predicted) / found.predicted_deviation
    return Calibration(
        mean=given.averages(given.score),
        quality=centre + spread * found.quality[of_case],
        deviation=spread * found.deviation[of_case],
        draws=centre + spread * found.draws[:, of_case],
        reviews=given.counts(),
        bias=spread * found.bias[of_expert],
        scale=found.scale[of_expert],
        noise=spread * np.sqrt(noise)[of_expert],
        reliability=(clear / (clear + noise))[of_expert],
        shares=Shares(found.spread_quality / whole, found.spread_bias / whole, found.noise / whole),
        surprise=misfit[of_review],
        advice="calibrated" if reason.code == "better" else "mean",
        reason=reason,
        seed=seed,
    )


def blup(
    case: npt.ArrayLike,
    expert: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    cases: int,
    experts: int,
    seed: int = 0,
) -> Floats:
    """Return the best linear unbiased prediction of each case's quality [C], all experts equally noisy.

    Henderson (1975), with variances by restricted maximum likelihood. `seed` is not used.
    """
    reviews = read(case, expert, score, weights, cases, experts)
    centre = reviews.overall()
    spread = float(reviews.score.std()) if len(reviews.score) else 0.0
    if spread <= _EQUAL * max(1.0, abs(centre)):
        return np.full(cases, centre)
    unit = Reviews(reviews.case, reviews.expert, (reviews.score - centre) / spread, cases, experts)
    fit = model.learn(unit, bias=True)
    quality: Floats = centre + spread * (fit.system.common[0] + fit.system.quality)
    return quality


def _reason(reviews: Reviews, found: sampler.Sample, spread: float) -> Reason:
    """Compare predictions of each review from the others, where its case has another."""
    load = np.bincount(reviews.expert, minlength=reviews.experts)
    median = float(np.median(load[load > 0]))
    counts = reviews.counts()[reviews.case]
    use = counts >= 2
    if not use.any():
        text = "No case has two reviews, so that nothing can be compared."
        return Reason("few_reviews", median, float("nan"), float("nan"), text)
    total = reviews.per_case(reviews.score)[reviews.case]
    others = (total - reviews.score)[use] / (counts[use] - 1)
    plain = _root_mean_square(reviews.score[use] - others)
    # The mean is given the same shrinkage: what shrinking alone gains is no reason to correct for experts.
    unbiased = model.learn(reviews, bias=False)
    shrunk = _root_mean_square((unbiased.residual / (1.0 - unbiased.leverage))[use])
    # No prediction lies outside of what was ever given.
    predicted = np.clip(found.predicted, reviews.score.min(), reviews.score.max())
    calibrated = _root_mean_square((reviews.score - predicted)[use])
    best = min(plain, shrunk)
    figures = f"{calibrated * spread:.3f} against {best * spread:.3f} by the mean"
    if median < _ENOUGH:
        code, text = "few_reviews", f"The median expert has {median:g} reviews; {_ENOUGH} are needed."
    elif calibrated < best:
        code, text = "better", f"Each review is predicted better from the others: error {figures}."
    else:
        code, text = "no_better", f"Reviews are not predicted better from the others: error {figures}."
    return Reason(code, median, best * spread, calibrated * spread, text)


def _root_mean_square(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _constant(reviews: Reviews, value: float, seed: int, samples: int) -> Calibration:
    """All scores are equal, or there is none: nothing differs, and nothing is known."""
    load = np.bincount(reviews.expert, minlength=reviews.experts)
    median = float(np.median(load[load > 0])) if load.any() else 0.0
    nothing = float("nan")
    text = "All scores are equal." if len(reviews.score) else "There is no score yet."
    return Calibration(
        mean=np.full(reviews.cases, value),
        quality=np.full(reviews.cases, value),
        deviation=np.zeros(reviews.cases),
        draws=np.full((samples, reviews.cases), value),
        reviews=reviews.counts(),
        bias=np.zeros(reviews.experts),
        scale=np.ones(reviews.experts),
        noise=np.zeros(reviews.experts),
        reliability=np.zeros(reviews.experts),
        shares=Shares(0.0, 0.0, 0.0),
        surprise=np.zeros(len(reviews.score)),
        advice="mean",
        reason=Reason("no_better" if median >= _ENOUGH else "few_reviews", median, nothing, nothing, text),
        seed=seed,
    )

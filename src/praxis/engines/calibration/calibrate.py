"""Fitting the model to a round's scores and saying whether it should be used."""

from typing import Final

import numpy as np
import numpy.typing as npt

from praxis.engines.arrays import Floats
from praxis.engines.calibration import model
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

    A Gaussian hierarchical model: quality, bias of the expert, and noise whose size is learnt for each expert
    where they differ beyond chance. All spreads are learnt, so it can find that nothing needs correction.
    Raises ValueError when the input is malformed.
    """
    reviews = read(case, expert, score, weights, cases, experts)
    centre = reviews.overall()
    spread = float(reviews.score.std()) if len(reviews.score) else 0.0
    if spread <= _EQUAL * max(1.0, abs(centre)):
        return _constant(reviews, centre, seed, samples)
    unit = Reviews(reviews.case, reviews.expert, (reviews.score - centre) / spread, cases, experts)
    fit = model.learn(unit, bias=True, reliability=True)
    spreads = fit.spreads
    if spreads.bias is None:
        raise RuntimeError("the model was fitted without the bias it was asked for")
    noise = float(np.exp(np.log(spreads.noise).mean()))
    whole = spreads.quality + spreads.bias + noise
    reason = _reason(unit, fit, spread)
    return Calibration(
        mean=reviews.averages(reviews.score),
        quality=centre + spread * (fit.system.common[0] + fit.system.quality),
        deviation=spread * np.sqrt(model.quality_variance(fit)),
        draws=centre + spread * model.draws(fit, samples, np.random.default_rng(seed)),
        reviews=reviews.counts(),
        bias=spread * fit.system.common[1:],
        noise=spread * np.sqrt(spreads.noise),
        reliability=spreads.quality / (spreads.quality + spreads.noise),
        shares=Shares(spreads.quality / whole, spreads.bias / whole, noise / whole),
        surprise=fit.residual / np.sqrt(spreads.noise[unit.expert] * (1.0 - fit.leverage)),
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
    fit = model.learn(unit, bias=True, reliability=False)
    quality: Floats = centre + spread * (fit.system.common[0] + fit.system.quality)
    return quality


def _reason(reviews: Reviews, fit: model.Fit, spread: float) -> Reason:
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
    unbiased = model.learn(reviews, bias=False, reliability=False)
    shrunk = _root_mean_square((unbiased.residual / (1.0 - unbiased.leverage))[use])
    calibrated = _root_mean_square((fit.residual / (1.0 - fit.leverage))[use])
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
        noise=np.zeros(reviews.experts),
        reliability=np.zeros(reviews.experts),
        shares=Shares(0.0, 0.0, 0.0),
        surprise=np.zeros(len(reviews.score)),
        advice="mean",
        reason=Reason("no_better" if median >= _ENOUGH else "few_reviews", median, nothing, nothing, text),
        seed=seed,
    )

"""The plain ways to put cases in order, for comparison; each returns one number a case in score units."""

import numpy as np
import numpy.typing as npt

from praxis.engines.arrays import Floats
from praxis.engines.calibration.reviews import read


def mean(
    case: npt.ArrayLike,
    expert: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    cases: int,
    experts: int,
    seed: int = 0,
) -> Floats:
    """Return the mean score of each case [C]; without a review, the overall mean. `seed` is not used."""
    reviews = read(case, expert, score, weights, cases, experts)
    return reviews.averages(reviews.score)


def trimmed(
    case: npt.ArrayLike,
    expert: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    cases: int,
    experts: int,
    seed: int = 0,
) -> Floats:
    """Return the mean of each case [C] without its highest and lowest score, where it has three."""
    reviews = read(case, expert, score, weights, cases, experts)
    counts = reviews.counts()
    order = np.lexsort((reviews.score, reviews.case))
    last = np.cumsum(counts) - 1
    use = np.ones(len(order), dtype=np.bool_)
    many = counts >= 3
    use[order[last[many]]] = False
    use[order[last[many] - counts[many] + 1]] = False
    left = np.maximum(np.where(many, counts - 2, counts), 1)
    return np.where(counts > 0, reviews.per_case(np.where(use, reviews.score, 0.0)) / left, reviews.overall())


def zscore(
    case: npt.ArrayLike,
    expert: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    cases: int,
    experts: int,
    seed: int = 0,
) -> Floats:
    """Return the mean of each case [C] after each expert's scores got the overall mean and spread.

    An expert whose scores do not differ (one review, say) says nothing: each of her scores counts as the
    overall mean.
    """
    reviews = read(case, expert, score, weights, cases, experts)
    many = np.maximum(np.bincount(reviews.expert, minlength=experts), 1)
    centre = reviews.per_expert(reviews.score) / many
    apart = reviews.score - centre[reviews.expert]
    spread = np.sqrt(reviews.per_expert(apart**2) / many)
    overall = float(reviews.score.std()) if len(reviews.score) else 0.0
    known = spread > 1e-12
    factor = np.where(known, overall / np.where(known, spread, 1.0), 0.0)
    return reviews.averages(reviews.overall() + apart * factor[reviews.expert])

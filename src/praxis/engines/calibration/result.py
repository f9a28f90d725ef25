"""What a calibration says, in the units of the scores."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Floats, Integers


class Shares(NamedTuple):
    """Shares of the variance of one score; they add up to 1, or are all 0 when all scores are equal."""

    quality: float
    bias: float
    noise: float


class Reason(NamedTuple):
    """Why the calibrated scores or the plain mean are advised.

    `code`: "few_reviews" (fewer than 8 for the median expert), "no_better" (leaving one review out, the
    calibrated prediction of it is not better) or "better". `median`: reviews of the median expert.
    `error_mean`, `error_calibrated`: root mean square error of those predictions, in score units; nan where
    no case has two reviews.
    """

    code: str
    median: float
    error_mean: float
    error_calibrated: float
    text: str


@dataclass(frozen=True, eq=False)
class Calibration:
    """Scores of C cases by E experts in R reviews, corrected for who read what.

    `reviews` [C] counts the reviews of a case. `mean` [C] is the plain mean and `quality` [C] the posterior
    mean of what an average expert would give; without a review both are the overall mean. `deviation` [C] is
    the posterior standard deviation of the quality. `draws` [S,C] are draws from the posterior. `bias` [E]:
    how much more an expert gives than the average expert. `scale` [E]: how far apart she puts cases that the
    average expert puts 1 apart. `noise` [E]: standard deviation of her noise. `reliability` [E], 0 to 1: the
    correlation of two reviews with such scale and noise, without bias. `surprise` [R]:
    the score less what all other reviews predict, in standard deviations. `advice` is "calibrated" or
    "mean", for `reason`.
    """

    mean: Floats
    quality: Floats
    deviation: Floats
    draws: Floats
    reviews: Integers
    bias: Floats
    scale: Floats
    noise: Floats
    reliability: Floats
    shares: Shares
    surprise: Floats
    advice: str
    reason: Reason
    seed: int
    _ranks: dict[str, Integers] = field(default_factory=dict, repr=False)

    @property
    def ranking(self) -> Integers:
        """Return the cases [C], best first, by what the advice says; those without a review come last.

        Equal cases stand in the order of the other figure, then of their numbers.
        """
        first, second = (self.quality, self.mean) if self.advice == "calibrated" else (self.mean, self.quality)
        order = np.lexsort((np.arange(len(first)), -second, -first, self.reviews == 0))
        return order.astype(np.int64)

    def interval(self, level: float) -> Floats:
        """Return the central interval [C,2] that holds the quality with probability `level`."""
        _check(level)
        half = float(ndtri(0.5 + level / 2.0)) * self.deviation
        return np.column_stack([self.quality - half, self.quality + half])

    def p_top(self, n: int) -> Floats:
        """Return the probability [C] of being among the best n; they add up to n."""
        if n < 0:
            raise ValueError("n must be at least 0")
        return np.asarray((self._draw_ranks() <= n).mean(axis=0), dtype=np.float64)

    def rank_interval(self, level: float) -> Integers:
        """Return the lowest and highest rank [C,2], 1 the best, of a central interval of that probability."""
        _check(level)
        tails = [(1.0 - level) / 2.0, (1.0 + level) / 2.0]
        ranks = self._draw_ranks()
        if ranks.shape[1] == 0:
            return np.zeros((0, 2), dtype=np.int64)
        low = np.quantile(ranks, tails[0], axis=0, method="lower")
        high = np.quantile(ranks, tails[1], axis=0, method="higher")
        return np.column_stack([low, high]).astype(np.int64)

    def _draw_ranks(self) -> Integers:
        """Rank the cases in each draw, equal ones by chance; kept, since it is asked for often."""
        if "ranks" not in self._ranks:
            random = np.random.default_rng(self.seed)
            ranks = np.empty(self.draws.shape, dtype=np.int32)
            for number, row in enumerate(self.draws):
                mixed = random.permutation(len(row))
                order = mixed[np.argsort(-row[mixed], kind="stable")]
                ranks[number, order] = np.arange(1, len(row) + 1)
            self._ranks["ranks"] = ranks.astype(np.int64)
        return self._ranks["ranks"]


def _check(level: float) -> None:
    if not 0.0 < level < 1.0:
        raise ValueError("level must be between 0 and 1")

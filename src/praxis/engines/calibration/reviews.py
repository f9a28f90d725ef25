"""The reviews as arrays that fit together."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from praxis.engines.arrays import Floats, Integers

_ROUNDS: Final = 5
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Order:
    """Cases, experts and reviews in an order that does not depend on their numbers."""

    case: Integers
    expert: Integers
    review: Integers

    def places(self) -> tuple[Integers, Integers, Integers]:
        """Return where each case, expert and review stands in the order."""
        return _inverse(self.case), _inverse(self.expert), _inverse(self.review)


@dataclass(frozen=True, eq=False)
class Reviews:
    """R reviews: the case, the expert and the score of each, among `cases` and `experts`."""

    case: Integers
    expert: Integers
    score: Floats
    cases: int
    experts: int

    def per_case(self, values: Floats) -> Floats:
        """Add values of the reviews up over each case [C]."""
        return np.bincount(self.case, weights=values, minlength=self.cases).astype(np.float64)

    def per_expert(self, values: Floats) -> Floats:
        """Add values of the reviews up over each expert [E]."""
        return np.bincount(self.expert, weights=values, minlength=self.experts).astype(np.float64)

    def counts(self) -> Integers:
        """Return the number of reviews of each case [C]."""
        return np.bincount(self.case, minlength=self.cases).astype(np.int64)

    def overall(self) -> float:
        """Return the mean of all scores; 0.0 without any."""
        return float(self.score.mean()) if len(self.score) else 0.0

    def order(self) -> Order:
        """Order cases and experts by what their reviews say; equal ones by their numbers.

        Colours are refined as in the test of Weisfeiler and Leman (1968): a case's colour is made of the scores and
        colours of those who read it, an expert's of those she read. Scores must be standardised.
        """
        score = _mixed(np.rint(self.score * 1e6).astype(np.int64).view(np.uint64))
        cases, experts = np.zeros(self.cases, dtype=np.uint64), np.zeros(self.experts, dtype=np.uint64)
        for _ in range(_ROUNDS):
            fresh = np.zeros(self.cases, dtype=np.uint64)
            np.add.at(fresh, self.case, _mixed(score + experts[self.expert]))
            cases = _mixed(fresh)
            fresh = np.zeros(self.experts, dtype=np.uint64)
            np.add.at(fresh, self.expert, _mixed(score + cases[self.case]))
            experts = _mixed(fresh)
        case, expert = np.argsort(cases, kind="stable"), np.argsort(experts, kind="stable")
        review = np.lexsort((self.score, _inverse(expert)[self.expert], _inverse(case)[self.case]))
        return Order(case.astype(np.int64), expert.astype(np.int64), review.astype(np.int64))

    def in_order(self, order: Order) -> "Reviews":
        """Return the same reviews with cases and experts numbered by an order."""
        case, expert, _ = order.places()
        return Reviews(
            case[self.case[order.review]],
            expert[self.expert[order.review]],
            self.score[order.review],
            self.cases,
            self.experts,
        )

    def averages(self, values: Floats) -> Floats:
        """Return the mean over each case [C]; a case without a review gets the overall mean of the scores."""
        counts = self.counts()
        return np.where(counts > 0, self.per_case(values) / np.maximum(counts, 1), self.overall())


def _inverse(order: Integers) -> Integers:
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def _mixed(keys: Keys) -> Keys:
    mixed = (keys ^ (keys >> np.uint64(31))) * _MIX
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX
    return mixed ^ (mixed >> np.uint64(32))


def read(
    case: npt.ArrayLike,
    expert: npt.ArrayLike,
    score: npt.ArrayLike,
    weights: npt.ArrayLike | None,
    cases: int,
    experts: int,
) -> Reviews:
    """Check and join the arrays; scores on K criteria become their weighted mean. Raises ValueError."""
    which = np.asarray(case, dtype=np.int64).reshape(-1)
    who = np.asarray(expert, dtype=np.int64).reshape(-1)
    values = np.asarray(score, dtype=np.float64)
    if values.ndim == 2:
        share = np.ones(values.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
        if share.shape != (values.shape[1],) or (share < 0).any() or not share.sum() > 0:
            raise ValueError("weights must be one number a criterion, at least 0 and not all 0")
        values = values @ share / share.sum()
    elif weights is not None:
        raise ValueError("weights belong to scores on several criteria")
    if not which.shape == who.shape == values.shape:
        raise ValueError("case, expert and score must be equally long")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite")
    if len(which) and not (which.min() >= 0 and which.max() < cases and who.min() >= 0 and who.max() < experts):
        raise ValueError("a review names a case or an expert that does not exist")
    return Reviews(which, who, values, cases, experts)

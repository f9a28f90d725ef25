"""The linear Gaussian model of scores: quality of the case, bias of the expert, noise.

score = mean + quality[case] + bias[expert] + noise, all normal. Cases are eliminated first (a Schur
complement), so that the dense system has one row an expert (Searle, Casella, McCulloch 1992, chapter 7).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import linalg, sparse  # type: ignore[import-untyped,unused-ignore]
from scipy.optimize import minimize  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Floats
from praxis.engines.calibration.reviews import Reviews

_LEAST, _MOST = -14.0, 5.0
_BLOCK: Final = 4096


@dataclass(frozen=True, eq=False)
class Spreads:
    """Variances of quality and of bias, and of each expert's noise [E]; `bias` None: experts have no bias."""

    quality: float
    bias: float | None
    noise: Floats


@dataclass(frozen=True, eq=False)
class System:
    """The normal equations at given spreads, cases eliminated; unknown 0 is the mean, then the biases."""

    case_precision: Floats
    towards: Any
    factor: tuple[Floats, bool]
    common: Floats
    quality: Floats
    fitted: Floats
    likelihood: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: spreads, solution, residuals, and how much each review decides its own fit."""

    reviews: Reviews
    spreads: Spreads
    system: System
    covariance: Floats
    residual: Floats
    leverage: Floats


def solve(reviews: Reviews, spreads: Spreads) -> System:
    """Solve for quality and bias at given spreads, with the restricted log likelihood of the scores."""
    precision = 1.0 / spreads.noise[reviews.expert]
    unknowns = 1 if spreads.bias is None else 1 + reviews.experts
    case_precision = reviews.per_case(precision) + 1.0 / spreads.quality
    rows, columns, values = [reviews.case], [np.zeros_like(reviews.case)], [precision]
    own = np.array([precision.sum()])
    right = np.array([(precision * reviews.score).sum()])
    if spreads.bias is not None:
        rows.append(reviews.case)
        columns.append(reviews.expert + 1)
        values.append(precision)
        own = np.concatenate([own, reviews.per_expert(precision) + 1.0 / spreads.bias])
        right = np.concatenate([right, reviews.per_expert(precision * reviews.score)])
    cross = sparse.csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(reviews.cases, unknowns),
    )
    towards = sparse.csr_array(sparse.diags_array(1.0 / case_precision) @ cross)
    dense = np.diag(own) - (cross.T @ towards).toarray()
    if spreads.bias is not None:
        between = reviews.per_expert(precision)
        dense[0, 1:] += between
        dense[1:, 0] += between
    right_case = reviews.per_case(precision * reviews.score)
    factor = linalg.cho_factor(dense, lower=True)
    common = linalg.cho_solve(factor, right - towards.T @ right_case)
    quality = right_case / case_precision - towards @ common
    fitted = common[0] + quality[reviews.case]
    if spreads.bias is not None:
        fitted = fitted + common[1:][reviews.expert]
    misfit = float((precision * reviews.score * (reviews.score - fitted)).sum())
    determinants = 2.0 * float(np.log(np.diag(factor[0])).sum()) + float(np.log(case_precision).sum())
    determinants += reviews.cases * np.log(spreads.quality) - float(np.log(precision).sum())
    if spreads.bias is not None:
        determinants += reviews.experts * np.log(spreads.bias)
    return System(case_precision, towards, factor, common, quality, fitted, -0.5 * (misfit + determinants))


def learn(reviews: Reviews, *, bias: bool) -> Fit:
    """Learn the spreads by restricted maximum likelihood; all experts are equally noisy.

    Scores must have mean about 0 and variance about 1.
    """
    return finish(reviews, _spreads(reviews, bias))


def finish(reviews: Reviews, spreads: Spreads) -> Fit:
    """Solve once and work out covariance, residuals and leverage."""
    system = solve(reviews, spreads)
    covariance = linalg.cho_solve(system.factor, np.eye(len(system.common)))
    variance = _fit_variance(reviews, spreads, system, covariance)
    leverage = np.clip(variance / spreads.noise[reviews.expert], 0.0, 1.0 - 1e-9)
    return Fit(reviews, spreads, system, covariance, reviews.score - system.fitted, leverage)


def _fit_variance(reviews: Reviews, spreads: Spreads, system: System, covariance: Floats) -> Floats:
    rows = -system.towards[reviews.case]
    rows = rows + _unit(rows.shape, np.zeros(len(reviews.case), dtype=np.int64))
    if spreads.bias is not None:
        rows = rows + _unit(rows.shape, reviews.expert + 1)
    return _quadratic(sparse.csr_array(rows), covariance) + 1.0 / system.case_precision[reviews.case]


def _unit(shape: tuple[int, int], column: Any) -> Any:
    return sparse.csr_array((np.ones(shape[0]), (np.arange(shape[0]), column)), shape=shape)


def _quadratic(rows: Any, covariance: Floats) -> Floats:
    """Return row times covariance times row for each sparse row."""
    parts = [np.zeros(0)]
    for start in range(0, rows.shape[0], _BLOCK):
        block = rows[start : start + _BLOCK]
        parts.append(np.asarray(block.multiply(block @ covariance).sum(axis=1)).reshape(-1))
    return np.concatenate(parts)


def _spreads(reviews: Reviews, bias: bool) -> Spreads:
    """Maximise the restricted likelihood over the logarithms of the variances.

    A wide normal prior on the logarithms (sd 4) keeps the answer defined where the data say nothing.
    """

    def spreads(logs: Floats) -> Spreads:
        variances = np.exp(np.clip(logs, _LEAST, _MOST))
        return Spreads(
            float(variances[0]), float(variances[2]) if bias else None, np.full(reviews.experts, variances[1])
        )

    def loss(logs: Floats) -> float:
        return -solve(reviews, spreads(logs)).likelihood + float(((logs + 1.0) ** 2).sum()) / 32.0

    first = np.log([0.35, 0.45, 0.2])[: 3 if bias else 2]
    simplex = np.vstack([first, first + 0.7 * np.eye(len(first))])
    options = {"initial_simplex": simplex, "xatol": 2e-3, "fatol": 1e-3, "maxfev": 200}
    best = minimize(loss, first, method="Nelder-Mead", options=options)
    return spreads(best.x)

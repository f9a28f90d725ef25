"""Circles of experts who read the same cases: within one, a common harshness looks like a weakness of the cases.

The circles are directions of the graph of cases and experts in which neighbours agree: the singular vectors of its
normalised matrix (Dhillon 2001) whose values stand out of what a random graph of such degrees has.
"""

from typing import Any, Final

import numpy as np
from scipy import sparse  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Floats
from praxis.engines.calibration.reviews import Reviews

_MOST: Final = 12
_FEWEST: Final = 24
_CLEAR: Final = 1.04
_SWEEPS: Final = 60


def circles(reviews: Reviews) -> Floats:
    """Return the directions [E,M], each of mean square 1, the first the same for all; M is 0 where none stands out."""
    nothing = np.zeros((reviews.experts, 0))
    used_cases, used = reviews.counts() > 0, np.bincount(reviews.expert, minlength=reviews.experts) > 0
    if min(int(used_cases.sum()), int(used.sum())) < _FEWEST:
        return nothing
    case, expert = (np.cumsum(used_cases) - 1)[reviews.case], (np.cumsum(used) - 1)[reviews.expert]
    shape = int(used_cases.sum()), int(used.sum())
    graph = sparse.csr_array((np.ones(len(case)), (case, expert)), shape=shape)
    graph.data[:] = 1.0
    by_case, by_expert = np.asarray(graph.sum(axis=1)), np.asarray(graph.sum(axis=0))
    scaled = sparse.diags_array(by_case**-0.5) @ graph @ sparse.diags_array(by_expert**-0.5)
    values, vectors = _leading(scaled, min(_MOST, min(shape) - 2))
    order = np.argsort(-values)
    edge = (np.sqrt(max(by_case.mean() - 1, 0.0)) + np.sqrt(max(by_expert.mean() - 1, 0.0))) / np.sqrt(
        by_case.mean() * by_expert.mean()
    )
    clear = order[values[order] > _CLEAR * edge]
    if len(clear) < 2:
        return nothing
    found = np.zeros((reviews.experts, len(clear)))
    found[used] = vectors[:, clear] / np.sqrt(by_expert)[:, None]
    found[:, 0] = 1.0
    directions: Floats = found / np.sqrt((found**2).mean(axis=0))
    # The same to the last bit wherever it runs.
    return np.round(directions * np.where((directions**3).sum(axis=0) < 0, -1.0, 1.0), 9)


def _leading(matrix: Any, number: int) -> tuple[Floats, Floats]:
    """Return the largest singular values and their right vectors, by subspace iteration from a fixed start.

    Those near the edge of the others may not have settled; these are not looked at.
    """
    width = min(number + 4, *matrix.shape)
    basis = np.random.default_rng(0).standard_normal((matrix.shape[1], width))
    for _ in range(_SWEEPS):
        basis, _ = np.linalg.qr(matrix.T @ (matrix @ basis))
    image = matrix @ basis
    squares, turn = np.linalg.eigh(image.T @ image)
    best = np.argsort(-squares)[:number]
    return np.sqrt(np.maximum(squares[best], 0.0)), basis @ turn[:, best]

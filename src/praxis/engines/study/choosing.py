"""A selection as large as a call's: quotas by field, region, country and organisation."""

from dataclasses import dataclass

import numpy as np

from praxis.engines.arrays import Floats
from praxis.engines.selection import Quota


@dataclass(frozen=True, eq=False)
class Choice:
    """Scores [C], draws of them [S,C], and quotas to choose under."""

    score: Floats
    draws: Floats
    size: tuple[int, int]
    quotas: list[Quota]


def choice(cases: int = 2000, size: int = 60, draws: int = 200, seed: int = 0) -> Choice:
    """Make up a choice of `size` cases: 5 fields, 6 regions, 40 countries and organisations of about four cases."""
    random = np.random.default_rng([seed, 4])
    score = 6.0 + 1.3 * random.standard_normal(cases)
    field = random.choice(5, cases, p=[0.30, 0.25, 0.20, 0.15, 0.10])
    country = np.minimum((random.pareto(0.9, cases) * 3).astype(np.int64), 39)
    region = country % 6
    organisation = random.integers(0, max(1, cases // 4), cases)
    quotas = [Quota(f"field {f}", field == f, size // 10, max(1, size // 3)) for f in range(5)]
    quotas += [Quota(f"region {r}", region == r, size // 20, max(1, size // 2)) for r in range(6)]
    quotas += [Quota(f"country {c}", country == c, 0, max(1, size // 6)) for c in range(40)]
    # Only organisations with several cases near the top can matter; the largest twenty are given as quotas.
    strong = np.argsort(-np.bincount(organisation[np.argsort(-score)[: 4 * size]], minlength=organisation.max() + 1))
    quotas += [Quota(f"organisation {o}", organisation == o, 0, 1) for o in strong[:20]]
    spread = score + 0.5 * random.standard_normal((draws, cases))
    return Choice(score, spread, (size, size), quotas)

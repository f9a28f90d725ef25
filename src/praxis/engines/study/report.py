"""A study of an organiser's own numbers before the call opens: each part has a table (Markdown) and a figure (SVG)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from praxis.engines.arrays import Booleans, Integers
from praxis.engines.selection import Quota, select
from praxis.engines.study import repeats as repeated
from praxis.engines.study.calibrating import CalibrationStudy, calibration_study
from praxis.engines.study.choosing import choice
from praxis.engines.study.drawing import Series, chart
from praxis.engines.study.waves import waves
from praxis.engines.study.world import Model, world

_COLOURS: Final = {"mean": "grey", "trimmed": "brown", "z-score": "blue", "BLUP": "purple", "calibrated": "green"}
_FAMILIES: Final = ("field", "region", "country", "organisation")
_SURE, _UNSURE = 0.9, 0.5
_SEVERAL: Final = 2


@dataclass(frozen=True)
class Study:
    """What the ways to put cases in order would find, for each number of reviews a case."""

    cases: int
    experts: int
    size: int
    found: dict[int, CalibrationStudy]

    def table(self) -> str:
        """Return the figures as a table in Markdown: the share of the best that each way would choose."""
        ways = list(next(iter(self.found.values())).precision)
        rows = [
            [
                str(k),
                f"{k * self.cases / self.experts:.1f}",
                *_each(found.precision, ".3f"),
                f"{found.coverage:.1%}",
                f"{found.error:.3f}",
            ]
            for k, found in self.found.items()
        ]
        head = ["reviews a case", "reviews an expert", *ways, "90 % intervals hold", "error of P"]
        return _table(head, rows) + _doubt(self.found.values())

    def figure(self) -> str:
        """Return the figure as SVG: that share against the number of reviews, a line for each way."""
        ks = sorted(self.found)
        ways = list(self.found[ks[0]].precision)
        lines = [Series(way, _COLOURS[way], tuple(self.found[k].precision[way] for k in ks)) for way in ways]
        title = f"Share of the best {self.size} of {self.cases} cases that is chosen"
        return chart(title, ks, lines, across="reviews a case", up="share of the best")


@dataclass(frozen=True)
class Collusion:
    """What colluding experts would gain, for each share of them."""

    cases: int
    experts: int
    size: int
    reviews: int
    found: dict[float, CalibrationStudy]

    def table(self) -> str:
        """Return the figures as a table: friends' cases that are chosen and not among the best, and the precision."""
        ways = list(next(iter(self.found.values())).undeserved)
        rows = [
            [
                f"{share:.0%}",
                str(round(share * self.experts)),
                *_each(found.undeserved, ".2f"),
                f"{found.precision['mean']:.3f}",
                f"{found.precision['calibrated']:.3f}",
            ]
            for share, found in self.found.items()
        ]
        head = ["share of experts who collude", "experts", *(f"undeserved by {way}" for way in ways)]
        return _table([*head, "precision by mean", "precision calibrated"], rows) + _doubt(self.found.values())

    def figure(self) -> str:
        """Return the figure as SVG: undeserved cases against the share of colluders, a line for each way."""
        shares = sorted(self.found)
        ways = list(self.found[shares[0]].undeserved)
        lines = [Series(way, _COLOURS[way], tuple(self.found[s].undeserved[way] for s in shares)) for way in ways]
        title = f"Undeserved cases among the {self.size} chosen of {self.cases}, {self.reviews} reviews a case"
        return chart(
            title,
            [100 * share for share in shares],
            lines,
            across="share of experts who collude, %",
            up="undeserved cases",
            form=".1f",
        )


@dataclass(frozen=True)
class Waves:
    """What reviews in waves would find against the same number spread evenly, for each number of reviews a case."""

    cases: int
    experts: int
    size: int
    first: int
    even: dict[int, float]
    waved: dict[int, float]

    def table(self) -> str:
        """Return the figures as a table: the share of the best that is chosen, and the reviews this takes."""
        rows = [
            [str(k), str(k * self.cases), f"{self.even[k]:.3f}", f"{self.waved[k]:.3f}" if k in self.waved else "–"]
            for k in sorted(self.even)
        ]
        return _table(["reviews a case", "reviews", "spread evenly", f"{self.first} each, then in waves"], rows)

    def figure(self) -> str:
        """Return the figure as SVG: that share against the number of reviews, evenly and in waves."""
        ks = sorted(self.even)
        lines = [
            Series("in waves", "green", tuple(self.waved.get(k) for k in ks)),
            Series("evenly", "blue", tuple(self.even[k] for k in ks)),
        ]
        title = (
            f"Share of the best {self.size} of {self.cases} cases that is chosen, reviews in waves and evenly spread"
        )
        return chart(title, ks, lines, across="reviews a case", up="share of the best")


@dataclass(frozen=True)
class Repeats:
    """How repeats of earlier cases would be found, for each way in which they were changed."""

    earlier: int
    queries: int
    found: repeated.Found

    def table(self) -> str:
        """Return the figures as a table: the right case comes first, and stands above what 1 % of new cases reach."""
        first, above = self.found.first, self.found.above
        rows = [[kind, f"{first[kind]:.3f}", f"{above[kind]:.3f}"] for kind in first]
        rows.append(["all", f"{np.mean(list(first.values())):.3f}", f"{np.mean(list(above.values())):.3f}"])
        return _table(["repeat", "the right case first", "found at 1 % false alarms"], rows)

    def figure(self) -> str:
        """Return the figure as SVG: a row for each way in which a repeat was changed."""
        kinds = list(self.found.first)
        rows = [
            Series("the right case first", "blue", tuple(self.found.first[kind] for kind in kinds)),
            Series("found at 1 % false alarms", "green", tuple(self.found.above[kind] for kind in kinds)),
        ]
        title = f"Repeats among {self.earlier} earlier cases that are found"
        return chart(title, kinds, rows, across="change", up="share that is found")


@dataclass(frozen=True)
class Choosing:
    """What rules would cost a selection: for each family of quotas (and all together) how many there are, how much the
    sum of the scores would rise without it (`price`), how many of the chosen would be others (`changed`), averaged over
    the replicates. `sure` and `unsure`: how many of the chosen are chosen in 90 % of the draws, and in less than half."""

    cases: int
    size: int
    quotas: dict[str, int]
    price: dict[str, float]
    changed: dict[str, float]
    sure: float
    unsure: float

    def table(self) -> str:
        """Return the figures as a table."""
        rows = [
            [
                name,
                str(count),
                f"{self.price[name]:.2f}",
                f"{self.price[name] / self.size:.3f}",
                f"{self.changed[name]:.1f}",
            ]
            for name, count in self.quotas.items()
        ]
        told = (
            f"Of {self.size} chosen {self.sure:.1f} stand in 90 % of the draws and {self.unsure:.1f} in less than half."
        )
        head = ["quotas", "number", "price in points", "price a case", "other cases without them"]
        return f"{_table(head, rows)}\n{told}\n"

    def figure(self) -> str:
        """Return the figure as SVG: a row for each family of quotas."""
        names = list(self.quotas)
        rows = [Series("price", "green", tuple(self.price[name] / self.size for name in names))]
        title = f"What quotas cost a choice of {self.size} of {self.cases} cases"
        return chart(title, names, rows, across="quotas", up="points of score a chosen case", form=".3f")


def study(
    cases: int,
    experts: int,
    size: int,
    *,
    reviews: Sequence[int] = (2, 3, 4, 5),
    kind: str = "model",
    model: Model | None = None,
    replicates: int = 10,
    seed: int = 0,
) -> Study:
    """Simulate a call of that many cases and experts of which `size` are chosen, for each number of reviews a case."""
    found = {
        k: calibration_study(
            kind, k, cases=cases, experts=experts, size=size, replicates=replicates, model=model, seed=seed
        )
        for k in reviews
    }
    return Study(cases, experts, size, found)


def collusion_study(
    cases: int,
    experts: int,
    size: int,
    *,
    reviews: int = 3,
    shares: Sequence[float] = (0.0, 0.05, 0.1, 0.2),
    model: Model | None = None,
    replicates: int = 10,
    seed: int = 0,
) -> Collusion:
    """Simulate the same call with more and more experts who collude."""
    found = {
        share: calibration_study(
            "collusion",
            reviews,
            cases=cases,
            experts=experts,
            size=size,
            replicates=replicates,
            model=model,
            share=share,
            seed=seed,
        )
        for share in shares
    }
    return Collusion(cases, experts, size, reviews, found)


def waves_study(
    cases: int,
    experts: int,
    size: int,
    *,
    first: int = 2,
    reviews: Sequence[int] = (2, 3, 4),
    waves_each: int = 5,
    model: Model | None = None,
    replicates: int = 5,
    seed: int = 0,
) -> Waves:
    """Simulate the same call with reviews spread evenly, and with `first` a case and the others in equal waves."""
    even, waved = {}, {}
    for k in reviews:
        even[k] = calibration_study(
            "model", k, cases=cases, experts=experts, size=size, replicates=replicates, model=model, seed=seed
        ).precision["calibrated"]
        hits = 0.0
        for replicate in range(seed, seed + replicates) if k > first else ():
            given = world(cases, experts, model=model, seed=replicate)
            shares = [(k - first) / waves_each] * waves_each
            found, _ = waves(given, size, first, shares, room=2.0, seed=replicate)
            chosen = np.argsort(-found.quality, kind="stable")[:size]
            hits += float(given.best(size)[chosen].mean()) / replicates
        if k > first:
            waved[k] = hits
    return Waves(cases, experts, size, first, even, waved)


def repeats_study(earlier: int, queries: int = 100, *, seed: int = 0) -> Repeats:
    """Tell that many earlier cases and repeats of them, and look for the repeats."""
    return Repeats(earlier, queries, repeated.search(earlier, queries, seed=seed))


def selection_study(cases: int, size: int, *, draws: int = 200, replicates: int = 5, seed: int = 0) -> Choosing:
    """Choose under quotas by field, region, country and organisation, and again without each family of them."""
    names = [*_FAMILIES, "all"]
    price, changed = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    quotas: dict[str, int] = {}
    sure = unsure = 0.0
    for replicate in range(seed, seed + replicates):
        given = choice(cases, size, draws, replicate)
        chosen = select(given.score, given.size, given.quotas, seed=replicate)
        inside = _mask(cases, chosen.chosen)
        quotas = {name: len(given.quotas) - len(_without(given.quotas, name)) for name in names}
        for name in names:
            other = select(given.score, given.size, _without(given.quotas, name), seed=replicate)
            price[name] += (other.total - chosen.total) / replicates
            changed[name] += float((_mask(cases, other.chosen) & ~inside).sum()) / replicates
        often = chosen.stability(given.draws)[chosen.chosen]
        sure += float((often >= _SURE).sum()) / replicates
        unsure += float((often < _UNSURE).sum()) / replicates
    return Choosing(cases, size, quotas, price, changed, sure, unsure)


def _without(quotas: list[Quota], family: str) -> list[Quota]:
    return [quota for quota in quotas if family != "all" and not quota.name.startswith(f"{family} ")]


def _mask(cases: int, chosen: Integers) -> Booleans:
    mask = np.zeros(cases, dtype=np.bool_)
    mask[chosen] = True
    return mask


def _doubt(found: Iterable[CalibrationStudy]) -> str:
    """Say how far chance goes, so that small differences are not believed."""
    studies = list(found)
    if studies[0].replicates < _SEVERAL:
        return "\nOne simulated call: chance may be larger than any difference.\n"
    doubt = max(one.doubt for one in studies)
    return (
        f"\nAverages of {studies[0].replicates} simulated calls; standard error of the precision up to {doubt:.3f}.\n"
    )


def _each(figures: dict[str, float], form: str) -> list[str]:
    return [f"{figure:{form}}" for figure in figures.values()]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" if line[0] != "---" else f"|{'---|' * len(line)}\n" for line in lines)

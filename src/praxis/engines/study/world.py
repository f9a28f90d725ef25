"""A simulated call: cases of a known quality, experts who differ, and the scores they would give.

The model and its figures are those of the study that the bars come from. Every spread can be changed, so that an
organiser can ask what her own call would be like.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from praxis.engines.arrays import Booleans, Floats, Integers

CENTRE: Final = 6.0
UNIT: Final = 1.3
# Of who reads what she does not know.
OFF_SCALE: Final = 0.6
OFF_NOISE: Final = 1.6


@dataclass(frozen=True)
class Model:
    """Spreads of the simulated scores, in standard deviations of quality; `fields` are the shares of the fields.

    `bias`, `harshness` (of a field), `scale` and `reliability` (sd of the logarithms) are how experts differ;
    `noise` is the error of one score; `second` the share of experts with a second field; `misassigned` the share of
    experts who read what they do not know: their noise is 1.6 times as large and their scale 0.6 times. `step`, `low`
    and `high` are the scale of the scores.

    Three things can be read otherwise: `by_review`, each review is misassigned by chance, whoever gives it; `whole`,
    the scale stretches bias and noise as well; `exact`, the fields have exactly their shares of cases and experts.
    """

    bias: float = 0.70
    harshness: float = 0.35
    scale: float = 0.25
    noise: float = 0.90
    reliability: float = 0.30
    second: float = 0.30
    misassigned: float = 0.08
    fields: tuple[float, ...] = (0.30, 0.25, 0.20, 0.15, 0.10)
    step: float = 0.25
    low: float = 1.0
    high: float = 10.0
    by_review: bool = False
    whole: bool = False
    exact: bool = False

    def without_bias(self) -> "Model":
        """Return the model of experts who are all equally mild, and differ in scale and noise as before."""
        return replace(self, bias=0.0, harshness=0.0)

    def alike(self) -> "Model":
        """Return the model of experts who do not differ in anything: there is nothing to correct."""
        return replace(self, bias=0.0, harshness=0.0, scale=0.0, reliability=0.0, misassigned=0.0)


@dataclass(frozen=True, eq=False)
class World:
    """What is true: the quality of each case [C] and what each expert is like [E]; `reads` [E, fields] says who may
    read which field, `first` [E] which is her own. `noise` holds the luck of each pair [C,E] as a seed, so that it does not depend on who asks."""

    model: Model
    quality: Floats
    field: Integers
    reads: Booleans
    first: Integers
    bias: Floats
    scale: Floats
    spread: Floats
    seed: int

    @property
    def cases(self) -> int:
        """Number of cases."""
        return len(self.quality)

    @property
    def experts(self) -> int:
        """Number of experts."""
        return len(self.bias)

    @property
    def truth(self) -> Floats:
        """Return the quality in the units of the scores [C]."""
        return CENTRE + UNIT * self.quality

    def may_read(self) -> Booleans:
        """Return the mask [C,E] of who may read what."""
        return np.asarray(self.reads.T[self.field], dtype=np.bool_)

    def best(self, size: int) -> Booleans:
        """Mask the `size` cases of the highest quality."""
        mask = np.zeros(self.cases, dtype=np.bool_)
        mask[np.argsort(-self.quality, kind="stable")[:size]] = True
        return mask

    def scores(self, pairs: Integers, random: np.random.Generator) -> Floats:
        """Return the scores that the pairs [N,2] give, on the scale of the scores."""
        case, expert, model = pairs[:, 0], pairs[:, 1], self.model
        scale, spread = self.scale[expert], self.spread[expert]
        if model.by_review:
            off = random.random(len(pairs)) < model.misassigned
            scale, spread = scale * np.where(off, OFF_SCALE, 1.0), spread * np.where(off, OFF_NOISE, 1.0)
        beside = self.bias[expert] + spread * random.standard_normal(len(pairs))
        raw = scale * (self.quality[case] + beside) if model.whole else scale * self.quality[case] + beside
        stepped = np.rint((CENTRE + UNIT * raw) / model.step) * model.step
        return np.clip(stepped, model.low, model.high)


def world(cases: int = 600, experts: int = 120, *, model: Model | None = None, seed: int = 0) -> World:
    """Draw a world of that size."""
    model = Model() if model is None else model
    random = np.random.default_rng([seed, 1])
    shares = np.array(model.fields) / sum(model.fields)
    number = len(shares)
    first = _fields(experts, shares, model.exact, random)
    first[: min(number, experts)] = np.arange(min(number, experts))
    reads = np.zeros((experts, number), dtype=np.bool_)
    reads[np.arange(experts), first] = True
    second = np.flatnonzero(random.random(experts) < model.second)
    reads[second, (first[second] + random.integers(1, max(number, 2), len(second))) % number] = True
    off = (random.random(experts) < model.misassigned) & (not model.by_review)
    harshness = model.harshness * random.standard_normal(number)
    scale = np.exp(model.scale * random.standard_normal(experts)) * np.where(off, OFF_SCALE, 1.0)
    spread = model.noise * np.exp(model.reliability * random.standard_normal(experts)) * np.where(off, OFF_NOISE, 1.0)
    return World(
        model=model,
        quality=random.standard_normal(cases),
        field=_fields(cases, shares, model.exact, random).astype(np.int64),
        reads=reads,
        first=np.asarray(first, dtype=np.int64),
        bias=model.bias * random.standard_normal(experts) + harshness[first],
        scale=scale,
        spread=spread,
        seed=seed,
    )


def _fields(count: int, shares: Floats, exact: bool, random: np.random.Generator) -> Integers:
    """Draw a field for each of `count`; `exact`: each field has its share of them, as near as whole numbers go."""
    if not exact:
        return np.asarray(random.choice(len(shares), count, p=shares), dtype=np.int64)
    ends = np.rint(np.cumsum(shares) * count).astype(np.int64)
    return random.permutation(np.searchsorted(ends, np.arange(count), side="right"))


def deal(given: World, each: int, random: np.random.Generator) -> Integers:
    """Give each case that many experts of its field at random, with balanced loads; sorted pairs [N,2]."""
    load = np.zeros(given.experts)
    able = [np.flatnonzero(given.reads[:, field]) for field in range(given.reads.shape[1])]
    found: list[Integers] = []
    for case in random.permutation(given.cases):
        who = able[given.field[case]]
        order = np.argsort(load[who] + random.random(len(who)) * 0.999, kind="stable")[:each]
        load[who[order]] += 1
        found.append(np.column_stack([np.full(len(order), case), who[order]]))
    pairs = np.concatenate(found).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def collude(
    given: World, pairs: Integers, score: Floats, share: float, random: np.random.Generator
) -> tuple[Floats, Booleans]:
    """Let a share of the experts give 10 to two friends' cases among theirs and 1 to 2 to their three strongest others.

    Returns the changed scores and the mask [C] of the friends' cases.
    """
    changed, friends = score.copy(), np.zeros(given.cases, dtype=np.bool_)
    for expert in np.sort(random.permutation(given.experts)[: round(share * given.experts)]):
        own = np.flatnonzero(pairs[:, 1] == expert)
        chosen = random.permutation(own)[:2]
        changed[chosen] = given.model.high
        friends[pairs[chosen, 0]] = True
        others = np.setdiff1d(own, chosen)
        strongest = others[np.argsort(-given.quality[pairs[others, 0]], kind="stable")[:3]]
        steps = random.integers(0, round(1.0 / given.model.step) + 1, len(strongest))
        changed[strongest] = given.model.low + steps * given.model.step
    return changed, friends

"""How invented experts score and comment."""

from __future__ import annotations

from random import Random

from praxis.rehearsal.invention.grammar import EN, ZH, slots
from praxis.rehearsal.invention.model import InventedCase, InventedExpert
from praxis.rehearsal.invention.writing import fill

_RANKS = (
    (0.72, "前列", "near the top"),
    (0.48, "中上游", "above the middle"),
    (0.0, "中游或偏后", "in the middle or below"),
)


def opinion(expert: InventedExpert, case: InventedCase, criterion: int) -> float:
    """Return what an expert thinks of a case under a criterion, from 0 to 1, before the expert's own noise."""
    lean = Random(f"{case.key}/criterion/{criterion}").gauss(0, 0.08)
    return min(1.0, max(0.0, case.quality + lean + expert.leniency))


def score(
    expert: InventedExpert, case: InventedCase, criterion: int, seed: int, *, scale: tuple[int, int] = (1, 10)
) -> int:
    """Return the whole-number score an expert gives a case under a criterion; `scale` includes both ends."""
    low, high = scale
    noise = Random(f"{seed}/{expert.key}/{case.key}/{criterion}").gauss(0, expert.noise)
    share = min(1.0, max(0.0, opinion(expert, case, criterion) + noise))
    return low + round(share * (high - low))


def comment(expert: InventedExpert, case: InventedCase, language: str, seed: int) -> str:
    """Return an expert's comment on a case, two or three sentences that fit how good the expert finds it."""
    random = Random(f"{seed}/{expert.key}/{case.key}/comment")
    view = opinion(expert, case, 0) + random.gauss(0, expert.noise)
    known = slots()
    if view >= 0.66:
        first, second = "e_strong", random.choice(("e_strong", "e_middle"))
    elif view >= 0.4:
        first, second = "e_middle", random.choice(("e_strong", "e_middle", "e_weak"))
    else:
        first, second = "e_weak", random.choice(("e_weak", "e_middle"))
    chosen = [random.choice(known[first])]
    chosen.append(random.choice([p for p in known[second] if p is not chosen[0]]))
    if random.random() < 0.7:
        chosen.append(random.choice(known["e_close"]))
    _, zh, en = next(rank for rank in _RANKS if view >= rank[0] or rank[0] == 0.0)
    words = {name: dict(case.words[name]) for name in (ZH, EN)}
    words[ZH]["rank"], words[EN]["rank"] = zh, en
    return ("" if language == ZH else " ").join(fill(p, words, random, language) for p in chosen)

"""Draw the pictures of engines.md anew, from the engines' own answers: `python docs/developers/draw_engines.py [NAME …]`.

Everything is seeded. Takes some minutes whole; the names are those of PICTURES.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from praxis.engines.assignment import Problem, assign
from praxis.engines.calibration import calibrate
from praxis.engines.similarity import Index
from praxis.engines.study import collusion_study, deal, study, world
from praxis.engines.study.drawing import WIDTH, Picture
from praxis.engines.study.repeats import KINDS, repeat, story
from praxis.engines.study.waves import waves

FOLDER = Path(__file__).parent / "img"
LEFT, RIGHT, TOP, BOTTOM = 50, 20, 34, 255


def flow() -> str:
    """Three cases, four experts: the pairs of the best plan, and those that it leaves out."""
    affinity = np.array([[0.9, 0.7, 0.2, 0.6], [0.8, 0.1, 0.7, 0.6], [0.3, 0.9, 0.8, 0.4]])
    demand = np.array([3, 2, 2])
    plan = assign(Problem(affinity, np.zeros((3, 4), dtype=np.bool_), demand, np.ones(4, int), np.full(4, 2)))
    used = {(int(c), int(e)) for c, e in plan.pairs}
    told = ", ".join(f"case {c + 1} by expert {e + 1}" for c, e in sorted(used))
    picture = Picture("The flow of an assignment: cases, experts, sink", f"In the best plan are read: {told}.", 300)
    case, expert, sink = [60, 140, 220], [40, 110, 180, 250], (535, 150)
    for c in range(3):
        for e in range(4):
            chosen = (c, e) in used
            picture.path(
                f"M146 {case[c]}L324 {expert[e]}",
                "green" if chosen else "grey",
                width=2 if chosen else 1,
                dashed=not chosen,
            )
            if chosen:
                at = 0.2
                picture.text(
                    146 + at * 178, case[c] + at * (expert[e] - case[c]) - 4, f"{affinity[c, e]:.1f}", colour="soft"
                )
    for e in range(4):
        picture.path(f"M356 {expert[e]}L{sink[0] - 16} {sink[1]}", "blue", width=2)
    for c, y in enumerate(case):
        picture.mark(130, y, "green", "ring", 16)
        picture.text(130, y + 5, f"c{c + 1}")
        picture.text(104, y + 5, f"d = {demand[c]}", anchor="end")
    for e, y in enumerate(expert):
        picture.mark(340, y, "blue", "ring", 16)
        picture.text(340, y + 5, f"e{e + 1}")
    picture.mark(*sink, "grey", "ring", 18)
    picture.text(sink[0], sink[1] + 5, "sink")
    picture.text(235, 24, "a(c,e), at most 1")
    picture.text(450, 60, "min to max", anchor="start")
    picture.text(235, 290, "dashed: left out, and priced by a − u(c) − v(e)", colour="soft")
    return picture.svg()


def calibration() -> str:
    """The first forty of 600 cases: calibrated with its interval, mean, truth."""
    given = world(seed=0)
    random = np.random.default_rng([0, 2])
    pairs = deal(given, 3, random)
    score = given.scores(pairs, random)
    found = calibrate(pairs[:, 0], pairs[:, 1], score, cases=600, experts=120)
    order = found.ranking[:40]
    interval = found.interval(0.9)
    held = int(((interval[order, 0] <= given.truth[order]) & (given.truth[order] <= interval[order, 1])).sum())
    title = "Calibrated scores, intervals, means and truth"
    picture = Picture(title, f"Of the first 40 of 600 cases {held} have the true quality within the interval.", 300)
    y = _scale(picture, 5, 12, 1)
    for place, c in enumerate(order):
        x = LEFT + 14 + place * 14
        picture.path(f"M{x} {y(interval[c, 0]):.1f}V{y(interval[c, 1]):.1f}", "green", width=2)
        picture.mark(x, y(found.quality[c]), "green")
        picture.mark(x, y(found.mean[c]), "grey", "ring", 3)
        picture.mark(x, y(given.truth[c]), "red", "bar")
    _legend(picture, [("calibrated, 90 %", "green", "circle"), ("mean", "grey", "ring"), ("truth", "red", "bar")])
    picture.text((LEFT + WIDTH - RIGHT) / 2, 288, "the first 40 of 600 cases, in order of the calibrated score")
    return picture.svg()


def spread() -> str:
    """Reviews of each case against its true rank."""
    given = world(seed=0)
    _, pairs = waves(given, 60, 2, [0.2] * 5, room=2.0, seed=0)
    each = np.bincount(pairs[:, 0], minlength=given.cases)
    rank = np.empty(given.cases, dtype=np.int64)
    rank[np.argsort(-given.quality, kind="stable")] = np.arange(1, given.cases + 1)
    near, far = each[rank <= 120].mean(), each[rank > 300].mean()
    told = f"The best 120 of 600 cases have {near:.1f} reviews on average, the lower half {far:.1f}."
    picture = Picture("Reviews of each case against its true rank", told, 300)
    y = _scale(picture, 0, int(each.max()) + 1, 2)
    for c in range(given.cases):
        picture.mark(LEFT + (WIDTH - LEFT - RIGHT) * rank[c] / given.cases, y(each[c]), "green", size=2.5, faint=True)
    line = LEFT + (WIDTH - LEFT - RIGHT) * 60 / given.cases
    picture.path(f"M{line:.1f} {TOP}V{BOTTOM}", "red", dashed=True)
    picture.text(line + 6, TOP + 4, "60 are chosen", anchor="start", colour="red")
    picture.text(
        (LEFT + WIDTH - RIGHT) / 2, 288, "true rank of the case, and the reviews it got in waves, 3.0 on average"
    )
    return picture.svg()


def similarity() -> str:
    """Scores of repeats of each kind and of unrelated cases."""
    number, asked, left, row = 300, 40, 150, 26
    random = np.random.default_rng([0, 3])
    stories = [story(i, random) for i in range(number)]
    languages = ["zh-hans" if i % 2 == 0 else "en" for i in range(number)]
    index = Index.build(s.told(language) for s, language in zip(stories, languages, strict=True))
    scores: dict[str, list[float]] = {}
    for kind in KINDS:
        places = random.integers(0, number, asked)
        queries = [repeat(stories[p], kind, 10**6, languages[p], random) for p in places]
        scores[kind] = [
            next((hit.score for hit in index.query(query, k=3) if hit.id == f"case {p}"), 0.0)
            for p, query in zip(places, queries, strict=True)
        ]
    strange = [story(number + i, random).told(languages[i % 2]) for i in range(asked)]
    scores["unrelated"] = [max((hit.score for hit in index.query(d, k=1)), default=0.0) for d in strange]
    level = index.threshold(0.01)
    told = "; ".join(f"{kind}: {np.mean(np.array(found) > level):.0%}" for kind, found in scores.items())
    picture = Picture("Scores of repeats of each kind and of unrelated cases", f"Above the threshold: {told}.", 300)
    bottom = TOP + row * len(scores) - 12
    for place, (kind, found) in enumerate(scores.items()):
        middle = TOP + row * place
        picture.text(left - 10, middle + 4, kind, anchor="end")
        for number, score in enumerate(found):
            x = left + (WIDTH - RIGHT - left) * score
            picture.mark(
                x, middle + (number * 7 % 15) - 7, "grey" if kind == "unrelated" else "green", size=2.5, faint=True
            )
    line = left + (WIDTH - RIGHT - left) * level
    picture.path(f"M{line:.1f} {TOP - 14}V{bottom}", "red", dashed=True)
    picture.text(line + 6, bottom + 14, f"threshold(0.01) = {level:.2f}", anchor="start", colour="red")
    for value, anchor in ((0.0, "middle"), (1.0, "middle")):
        picture.text(left + (WIDTH - RIGHT - left) * value, bottom + 14, f"{value:g}", anchor=anchor, colour="soft")
    picture.text((left + WIDTH - RIGHT) / 2, 292, "score of the right case")
    return picture.svg()


def _scale(picture: Picture, low: int, high: int, step: int) -> Callable[[float], float]:
    """Draw lines at whole values and return what puts a value at its height."""

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)

    for value in range(low, high + 1, step):
        picture.path(f"M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}")
        picture.text(LEFT - 8, y(value) + 4, str(value), anchor="end", colour="soft")
    return y


def _legend(picture: Picture, names: list[tuple[str, str, str]]) -> None:
    for number, (name, colour, shape) in enumerate(names):
        picture.mark(LEFT + 20 + 190 * number, 16, colour, shape)
        picture.text(LEFT + 32 + 190 * number, 20, name, anchor="start", colour=colour)


PICTURES: dict[str, Callable[[], str]] = {
    "flow": flow,
    "calibration": calibration,
    "waves": spread,
    "similarity": similarity,
    "study": lambda: study(600, 120, 60, replicates=40).figure(),
    "collusion": lambda: collusion_study(600, 120, 60, replicates=20).figure(),
}


def main(names: list[str]) -> None:
    """Draw those pictures, or all."""
    for name in names or PICTURES:
        (FOLDER / f"engines-{name}.svg").write_text(PICTURES[name](), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

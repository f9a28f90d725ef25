import xml.etree.ElementTree as ET

import numpy as np
import pytest

from praxis.engines.study import (
    Model,
    calibration_study,
    collude,
    collusion_study,
    deal,
    repeats_study,
    selection_study,
    study,
    waves_study,
    world,
)
from praxis.engines.study.drawing import Series, chart, round_ticks
from praxis.engines.study.waves import waves

SVG = "{http://www.w3.org/2000/svg}"


def test_a_world_is_what_the_model_says() -> None:
    given = world(4000, 1500, seed=3)
    assert given.quality.std() == pytest.approx(1, abs=0.05)
    assert np.bincount(given.field) / 4000 == pytest.approx([0.3, 0.25, 0.2, 0.15, 0.1], abs=0.03)
    assert (given.reads.sum(axis=1) == 2).mean() == pytest.approx(0.3, abs=0.05)
    alone = world(4000, 1500, model=Model(harshness=0.0, misassigned=0.0), seed=3)
    assert alone.bias.std() == pytest.approx(0.7, abs=0.05)
    assert np.log(alone.scale).std() == pytest.approx(0.25, abs=0.02)
    assert np.log(alone.spread / 0.9).std() == pytest.approx(0.30, abs=0.02)
    assert world(4000, 1500, seed=3).quality.tobytes() == given.quality.tobytes()
    mild = world(50, 9, model=Model().without_bias())
    assert not mild.bias.any()
    assert np.ptp(mild.scale) > 0.1


def test_with_no_bias_at_all_experts_do_not_differ() -> None:
    given = world(50, 200, model=Model().alike())
    assert not given.bias.any()
    assert set(given.scale) == {1.0}
    assert set(given.spread) == {0.9}


def test_what_the_model_leaves_open_can_be_read_otherwise() -> None:
    exact = world(200, 40, model=Model(exact=True), seed=5)
    assert np.bincount(exact.field).tolist() == [60, 50, 40, 30, 20]
    assert not (np.diff(exact.field) >= 0).all()
    # Each review of twenty in a hundred is misassigned, whoever gives it: noise 1.6 times as large, scale 0.6 times.
    quiet = Model(bias=0.0, harshness=0.0, scale=0.0, reliability=0.0, noise=0.0, low=-99.0, high=99.0, step=1e-6)
    by_review = world(4000, 50, model=Model(**{**vars(quiet), "misassigned": 0.2, "by_review": True}), seed=1)
    assert set(by_review.scale) == {1.0}
    pairs = deal(by_review, 1, np.random.default_rng(1))
    share = (by_review.scores(pairs, np.random.default_rng(2)) - 6) / 1.3 / by_review.quality[pairs[:, 0]]
    assert np.isclose(share, 0.6, atol=1e-3).mean() == pytest.approx(0.2, abs=0.03)
    assert (np.isclose(share, 0.6, atol=1e-3) | np.isclose(share, 1.0, atol=1e-3)).mean() > 0.99
    noisy = world(4000, 50, model=Model(**{**vars(quiet), "noise": 1.0, "misassigned": 1.0, "by_review": True}), seed=1)
    left = (noisy.scores(pairs, np.random.default_rng(2)) - 6) / 1.3 - 0.6 * noisy.quality[pairs[:, 0]]
    assert left.std() == pytest.approx(1.6, rel=0.05)
    # The scale stretches the bias as well.
    whole = world(300, 10, model=Model(**{**vars(quiet), "bias": 1.0, "scale": 0.5, "whole": True}), seed=2)
    pairs = deal(whole, 2, np.random.default_rng(1))
    expected = 6 + 1.3 * whole.scale[pairs[:, 1]] * (whole.quality[pairs[:, 0]] + whole.bias[pairs[:, 1]])
    assert whole.scores(pairs, np.random.default_rng(2)) == pytest.approx(expected, abs=1e-5)


def test_reviews_are_dealt_within_fields_with_balanced_loads_and_scored_on_the_scale() -> None:
    given = world(200, 40, seed=1)
    random = np.random.default_rng(1)
    pairs = deal(given, 3, random)
    assert (np.bincount(pairs[:, 0], minlength=200) == 3).all()
    assert len(np.unique(pairs, axis=0)) == 600
    assert given.may_read()[pairs[:, 0], pairs[:, 1]].all()
    single = np.flatnonzero((given.reads[:, 0]) & (given.reads.sum(axis=1) == 1))
    assert np.ptp(np.bincount(pairs[:, 1], minlength=40)[single]) <= 2
    score = given.scores(pairs, random)
    assert score.min() >= 1
    assert score.max() <= 10
    assert (score * 4 == np.rint(score * 4)).all()
    assert np.corrcoef(score, given.quality[pairs[:, 0]])[0, 1] > 0.3
    mild = np.array([score[pairs[:, 1] == e].mean() if (pairs[:, 1] == e).any() else 6.0 for e in range(40)])
    assert np.corrcoef(mild, given.bias)[0, 1] > 0.7
    changed, friends = collude(given, pairs, score, 0.1, random)
    liars = [e for e in range(40) if (changed[pairs[:, 1] == e] != score[pairs[:, 1] == e]).any()]
    assert len(liars) <= 4
    assert 0 < friends.sum() <= 8
    for expert in liars:
        own = pairs[:, 1] == expert
        assert (changed[own] == 10).sum() >= 2
        assert (changed[own & (changed <= 2)]).size >= 3
    assert (changed == score).mean() > 0.95


def read(figure: str) -> ET.Element:
    root = ET.fromstring(figure)
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text
    assert description is not None
    assert description.text
    assert "prefers-color-scheme:dark" in figure
    return root


def words(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.findall(f"{SVG}text")]


def test_a_study_of_ones_own_numbers_has_a_table_and_a_figure() -> None:
    made = study(120, 24, 15, reviews=(2, 4), replicates=2)
    assert made.found[4].precision["calibrated"] > made.found[2].precision["mean"]
    lines = made.table().splitlines()
    assert len(lines) == 6
    assert lines[2].startswith("| 2 | 10.0 | ")
    assert {line.count("|") for line in lines[:4]} == {9}
    doubt = max(found.doubt for found in made.found.values())
    assert 0 < doubt < 0.2
    assert lines[5] == f"Averages of 2 simulated calls; standard error of the precision up to {doubt:.3f}."
    one, other = (calibration_study("model", 2, cases=120, experts=24, size=15, replicates=1, seed=s) for s in (0, 1))
    assert np.isnan(one.doubt)
    # Half the distance of two: their standard deviation over the root of two.
    apart = max(abs(one.precision[way] - other.precision[way]) for way in one.precision)
    assert made.found[2].doubt == pytest.approx(apart / 2)
    assert {"mean", "trimmed", "z-score", "calibrated", "2", "4"} <= set(words(read(made.figure())))
    again = study(120, 24, 15, reviews=(2, 4), replicates=2)
    assert again == made
    assert (again.table(), again.figure()) == (made.table(), made.figure())
    with pytest.raises(ValueError):
        calibration_study("no such kind")


def test_what_the_engine_answers_follows_its_advice() -> None:
    """With few reviews of an expert the mean is advised, and its ranking is what is judged."""
    few = calibration_study("model", 3, cases=40, experts=30, size=8, replicates=2)
    assert few.advised == 0.0
    assert few.answered == pytest.approx(few.precision["mean"], abs=1 / 8)
    many = calibration_study("model", 4, cases=100, experts=20, size=12, replicates=2)
    assert many.advised == 1.0
    assert many.answered == many.precision["calibrated"] > many.precision["mean"]


def test_the_more_collude_the_more_they_gain() -> None:
    made = collusion_study(100, 20, 12, shares=(0.0, 0.2), replicates=2)
    none, some = made.found[0.0], made.found[0.2]
    assert set(none.undeserved.values()) == {0.0}
    assert some.undeserved["mean"] > 0
    assert some.precision["mean"] < none.precision["mean"]
    lines = made.table().splitlines()[:4]
    assert lines[3].startswith(f"| 20% | 4 | {some.undeserved['mean']:.2f} | ")
    assert {line.count("|") for line in lines} == {9}
    assert {"0", "20", "calibrated"} <= set(words(read(made.figure())))


def test_waves_and_even_reviews_stand_side_by_side() -> None:
    made = waves_study(100, 20, 12, first=2, reviews=(2, 3), waves_each=2, replicates=2)
    assert set(made.even) == {2, 3}
    assert set(made.waved) == {3}
    lines = made.table().splitlines()
    assert lines[2] == f"| 2 | 200 | {made.even[2]:.3f} | – |"
    assert lines[3] == f"| 3 | 300 | {made.even[3]:.3f} | {made.waved[3]:.3f} |"
    root = read(made.figure())
    # The waves have one mark, and one beside their name; the even reviews have squares.
    assert len(root.findall(f"{SVG}circle")) == 2
    assert {"in waves", "evenly"} <= set(words(root))


def test_repeats_have_a_row_for_each_kind() -> None:
    made = repeats_study(40, 10)
    lines = made.table().splitlines()
    assert len(lines) == 2 + len(made.found.first) + 1
    assert lines[-1].startswith("| all | ")
    assert set(made.found.first) <= set(words(read(made.figure())))


def test_quotas_that_are_taken_away_let_the_sum_rise() -> None:
    made = selection_study(200, 20, draws=10, replicates=1)
    assert made.quotas == {"field": 5, "region": 6, "country": 40, "organisation": 20, "all": 71}
    assert min(made.price.values()) >= 0
    assert made.price["all"] == max(made.price.values()) > 0.1
    assert made.changed["all"] >= 1
    assert 0 < made.sure < 20
    assert made.unsure < 20 - made.sure
    assert f"{made.price['all'] / 20:.3f}" in made.table()
    assert made.figure() == selection_study(200, 20, draws=10, replicates=1).figure()
    # So few are chosen that a third or a sixth of them is none: one is let in.
    assert selection_study(9, 2, draws=5, replicates=1).sure <= 2
    assert list(made.quotas) == [word for word in words(read(made.figure())) if word in made.quotas]


def test_a_chart_puts_higher_values_higher_and_further_places_further() -> None:
    root = read(chart("A & B", [1, 3], [Series("x", "green", (0.2, 0.8))], across="k", up="share"))
    first, second, _ = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in root.findall(f"{SVG}circle")]
    assert first[0] < second[0]
    assert first[1] > second[1]
    labels = {t.text: float(t.get("y", "")) for t in root.findall(f"{SVG}text") if t.get("text-anchor") == "end"}
    # The marks stand at their values: 4 is what a label stands lower than its line.
    assert first[1] == pytest.approx(labels["0.20"] - 4)
    assert second[1] == pytest.approx(labels["0.80"] - 4)
    # Lines that end in the same place have their names one below the other.
    close = read(chart("A", [1, 2], [Series(n, "green", (0.2, 0.8)) for n in ("x", "y")], across="k", up="share"))
    at = {t.text: float(t.get("y", "")) for t in close.findall(f"{SVG}text")}
    assert at["y"] - at["x"] >= 15
    rows = read(chart("A", ["one", "two"], [Series("x", "green", (0.2, 0.8))], across="k", up="share"))
    one, two = [(float(c.get("cx", "")), float(c.get("cy", ""))) for c in rows.findall(f"{SVG}circle")]
    assert one[0] < two[0]
    assert one[1] < two[1]


@pytest.mark.parametrize(
    ("low", "high", "least", "ticks"),
    [
        (0.52, 0.83, 0.01, [0.5, 0.6, 0.7, 0.8, 0.9]),
        (0.0, 1.0, 0.01, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.0, 6.7, 0.1, [0.0, 2.0, 4.0, 6.0, 8.0]),
        (0.3, 0.3, 0.01, [0.3, 0.31]),
    ],
)
def test_the_marks_of_an_axis_are_round(low: float, high: float, least: float, ticks: list[float]) -> None:
    assert round_ticks(low, high, least) == pytest.approx(ticks)


def test_waves_spend_what_they_may_and_find_more_than_even_reviews() -> None:
    hits = 0.0
    for seed in range(3):
        given = world(200, 40, seed=seed)
        found, pairs = waves(given, 20, 2, [0.5, 0.5], room=2.0, seed=seed)
        assert len(pairs) == 600
        assert len(np.unique(pairs, axis=0)) == 600
        assert given.may_read()[pairs[:, 0], pairs[:, 1]].all()
        chosen = np.argsort(-found.quality)[:20]
        each = np.bincount(pairs[:, 0], minlength=200)
        assert each[chosen].mean() > each.mean() + 0.5
        hits += given.best(20)[chosen].mean() / 3
    even = calibration_study("model", 3, cases=200, experts=40, size=20, replicates=3)
    assert hits > even.precision["calibrated"]

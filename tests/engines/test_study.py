import xml.etree.ElementTree as ET

import numpy as np
import pytest

from praxis.engines.study import Model, calibration_study, collude, deal, study, world
from praxis.engines.study.waves import waves


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
    assert not world(50, 9, model=Model().without_bias()).bias.any()


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


def test_a_study_of_ones_own_numbers_has_a_table_and_a_figure() -> None:
    made = study(120, 24, 15, reviews=(2, 4), replicates=2)
    assert made.found[4].precision["calibrated"] > made.found[2].precision["mean"]
    lines = made.table().splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| 2 | 10.0 | ")
    assert {line.count("|") for line in lines} == {8}
    root = ET.fromstring(made.figure())
    assert len(root.findall("{*}polyline")) == 4
    assert len(root.findall("{*}circle")) == 8
    assert study(120, 24, 15, reviews=(2, 4), replicates=2) == made
    with pytest.raises(ValueError):
        calibration_study("no such kind")


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

"""Charts: right lengths, honest gaps, no inline style."""

from __future__ import annotations

import re

from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from praxis.ui import charts
from praxis.ui.charts import Datum, Interval

DATA = [Datum("A", 50, "infrastructure"), Datum("B", 100, "culture"), Datum("C", None), Datum("D", 0)]


def widths(svg: str) -> list[str]:
    return re.findall(r'width="([\d.]+)%?" height="12"', svg)


def test_bars_are_in_proportion():
    assert widths(charts.rank_chart(DATA, "T"))[:2] == ["42.00", "84.00"]


def test_what_is_unknown_is_said_and_not_drawn_as_zero():
    with override("en"):
        svg = charts.rank_chart(DATA, "T")
    assert "unknown" in svg
    assert svg.count(">0</text>") == 1


def test_a_curve_leaves_out_what_is_unknown():
    svg = charts.line_chart([Datum("1", 1), Datum("2", None), Datum("3", 4)], "T")
    points = re.search(r'<polyline points="([^"]+)"', svg).group(1)
    assert len(points.split()) == 2


def test_every_chart_has_a_title_and_stands_no_data_at_all():
    for draw in (
        charts.rank_chart,
        charts.bar_chart,
        charts.line_chart,
        charts.tile_chart,
        charts.funnel_chart,
        charts.interval_chart,
    ):
        for svg in (draw([], "Nothing yet"), draw([], "Nothing yet", "Said in full")):
            assert "Nothing yet</title>" in svg
            assert 'role="img"' in svg
            assert "style=" not in svg
        assert "<desc" in svg


def test_the_line_of_an_interval_chart_lies_on_its_scale():
    svg = charts.interval_chart([Interval("A", 6, 7, 8)], "T", line=7, low=5, high=9)
    assert svg.count('x1="50.00%"') == 2
    assert 'cx="50.00%"' in svg


def test_names_are_escaped():
    assert "<b>" not in charts.bar_chart([Datum("<b>", 1)], "<b>", "<b>")


def test_the_table_beside_holds_the_numbers():
    figure = charts.with_table(
        charts.rank_chart(DATA, "T"), ("Field", "Cases"), [(d.label, d.value) for d in DATA], "T"
    )
    assert "<figcaption" in figure
    assert 'data-label="Cases">100<' in figure


@given(st.integers(min_value=0, max_value=10**9))
def test_ticks_of_what_is_counted_are_whole(maximum):
    steps = charts.ticks(maximum, whole=True)
    assert all(step == int(step) for step in steps)
    assert steps[-1] >= maximum
    assert 2 <= len(steps) <= 6


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_ticks_are_few_and_reach_the_top(maximum):
    steps = charts.ticks(maximum)
    assert 2 <= len(steps) <= 7
    assert steps[0] == 0
    assert steps[-1] >= maximum * (1 - 1e-6)
    assert steps[-1] <= maximum * 2.5

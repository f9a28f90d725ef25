"""Samples of charts."""

from __future__ import annotations

from django.utils.safestring import SafeString

from praxis.ui import charts
from praxis.ui.charts import Datum, Interval
from praxis.ui.gallery.words import FIELDS, Words


def bars(w: Words) -> SafeString:
    """Bars by field, with the numbers as a table."""
    title = w("各领域收到的案例", "Cases received by field")
    items = [Datum(w(zh, en), count, code) for code, zh, en, count in FIELDS]
    return charts.with_table(
        charts.rank_chart(items, title),
        (w("领域", "Field"), w("案例", "Cases")),
        [(d.label, d.value) for d in items],
        title,
    )


def bars_standing(w: Words) -> SafeString:
    """Standing bars."""
    title = w("历年征集", "Cases by year")
    items = [Datum("2022", 210), Datum("2023", None), Datum("2024", 230), Datum("2026", 238)]
    return charts.with_table(
        charts.bar_chart(items, title),
        (w("年份", "Year"), w("案例", "Cases")),
        [(d.label, d.value) for d in items],
        title,
    )


def curve(w: Words) -> SafeString:
    """A daily curve."""
    title = w("累计提交", "Submitted so far")
    counts = (2, 3, 3, 5, 8, 9, 11, 15, 16, 22, 25, 31, 40, 47, 61, 70, 84, 103, 131, 164, 238)
    items = [
        Datum(w(f"5 月 {26 + n} 日", f"{26 + n} May") if n < 6 else w(f"6 月 {n - 5} 日", f"{n - 5} June"), c)
        for n, c in enumerate(counts)
    ]
    chart = charts.line_chart(
        items,
        title,
        w("大半在最后五天提交。", "More than half came in the last five days."),
        mark=15,
        mark_label=w("发出提醒", "Reminder sent"),
    )
    return charts.with_table(chart, (w("日期", "Day"), w("累计", "Total")), [(d.label, d.value) for d in items], title)


def funnel(w: Words) -> SafeString:
    """A funnel."""
    title = w("从申报到精品", "From application to the stage")
    items = [
        Datum(w("提交", "Submitted"), 238),
        Datum(w("通过形式审查", "Admitted"), 214),
        Datum(w("案例集", "Casebook"), 60),
        Datum(w("精品案例", "Outstanding"), 12),
    ]
    return charts.with_table(
        charts.funnel_chart(items, title),
        (w("阶段", "Stage"), w("案例", "Cases")),
        [(d.label, d.value) for d in items],
        title,
    )


def tiles(w: Words) -> SafeString:
    """Tiles for countries or regions, where no map may be drawn."""
    title = w("国家或地区", "Countries or regions")
    names = [
        (w("中国", "China"), 92),
        (w("肯尼亚", "Kenya"), 18),
        (w("泰国", "Thailand"), 15),
        (w("巴西", "Brazil"), 11),
        (w("法国", "France"), 9),
        (w("埃及", "Egypt"), 7),
        (w("秘鲁", "Peru"), 4),
        (w("尼泊尔", "Nepal"), 0),
    ]
    items = [Datum(name, count) for name, count in names]
    return charts.with_table(
        charts.tile_chart(items, title, columns=4),
        (title, w("案例", "Cases")),
        [(d.label, d.value) for d in items],
        title,
    )


def intervals(w: Words) -> SafeString:
    """Scores with their intervals and the line."""
    title = w("临界附近的案例", "Cases around the line")
    items = [
        Interval(w("山地学校联网计划", "Mountain schools online"), 8.1, 8.61, 9.1, "infrastructure", chosen=True),
        Interval(w("海岛远程课堂", "Classrooms between islands"), 6.5, 7.02, 7.6, "culture", chosen=True),
        Interval(w("跨境小微商户培训", "Training small traders"), 6.2, 6.7, 7.3, "economy"),
    ]
    chart = charts.interval_chart(items, title, line=6.9, line_label=w("入选线", "Line"), low=5, high=10)
    headers = (w("案例", "Case"), w("下限", "Low"), w("得分", "Score"), w("上限", "High"))
    return charts.with_table(chart, headers, [(i.label, i.low, i.middle, i.high) for i in items], title)


SAMPLES = (bars, bars_standing, curve, funnel, tiles, intervals)

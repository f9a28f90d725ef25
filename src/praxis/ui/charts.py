"""Charts drawn on the server as SVG: no script, no inline style, sizes in percent so that text never shrinks.

Every function is pure: values in, safe SVG out. Give each chart its numbers as a table too (`with_table`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from zlib import crc32

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from praxis.ui.html import EMPTY, attributes, fill, join
from praxis.ui.parts.actions import hue_class
from praxis.ui.parts.data import table
from praxis.ui.values import Column, Row, Table, Text


@dataclass(frozen=True, slots=True)
class Datum:
    """One value with its name; `code` gives a field's hue; a value of `None` is unknown, never zero."""

    label: Text
    value: float | None
    code: str | int = ""
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with the interval it lies in; `chosen` marks it as inside the line."""

    label: Text
    low: float
    middle: float
    high: float
    code: str | int = ""
    chosen: bool = False


def _number(value: float | None) -> str:
    if value is None:
        return gettext("unknown")
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0").rstrip(".")


def _svg(kind: str, height: int, title: Text, desc: Text, content: SafeString) -> SafeString:
    key = f"chart-{crc32(f'{kind}{title}{desc}{content}'.encode()):x}"
    return fill(
        '<svg class="chart chart--{}" role="img" width="100%" height="{}" aria-labelledby="{}-t{}">'
        '<title id="{}-t">{}</title>{}{}</svg>',
        kind,
        height,
        key,
        f" {key}-d" if desc else "",
        key,
        title,
        fill('<desc id="{}-d">{}</desc>', key, desc) if desc else EMPTY,
        content,
    )


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def _text(
    x: object, y: object, content: object, class_: str = "", anchor: str = "", dx: int = 0, dy: object = None
) -> SafeString:
    return fill(
        "<text{}>{}</text>",
        attributes(
            {
                "x": x,
                "y": y,
                "class": f"chart__text {class_}".strip(),
                "text-anchor": anchor or None,
                "dx": dx or None,
                "dy": dy,
            }
        ),
        content,
    )


def _end(position: int, last: int) -> str:
    return "start" if position == 0 else "end" if position == last else "middle"


def ticks(maximum: float, *, whole: bool = False) -> list[float]:
    """Round steps from zero that reach `maximum`, five at most: 1, 2, 2.5 or 5 times a power of ten apart.

    `whole` for what is counted: no step is half a case.
    """
    if maximum <= 0:
        return [0.0, 1.0]
    power = 10.0 ** floor(log10(maximum / 5))
    sizes = (s * power for s in (1, 2, 2.5, 5, 10) if not whole or (s * power).is_integer())
    step = next((size for size in sizes if size * 5 >= maximum * (1 - 1e-12)), 1.0)
    return [n * step for n in range(ceil(maximum / step - 1e-9) + 1)]


def _rule(y: float, class_: str) -> SafeString:
    return fill('<line x1="0" x2="100%" y1="{0}" y2="{0}" class="{1}"/>', y, class_)


def rank_chart(data: Iterable[Datum], title: Text, desc: Text = "") -> SafeString:
    """Horizontal bars, the name above each: for fields, countries or regions, kinds."""
    items = list(data)
    top = max((d.value or 0 for d in items), default=0) or 1
    row, bars = 44, []
    for n, d in enumerate(items):
        share = (d.value or 0) / top * 84
        bars.append(
            join(
                [
                    _text(0, n * row + 15, d.label),
                    fill(
                        "<rect{}/>",
                        attributes(
                            {
                                "x": 0,
                                "y": n * row + 22,
                                "width": _percent(max(share, 0.3) if d.value else 0),
                                "height": 12,
                                "class": f"chart__bar {hue_class(d.code) if d.code != '' else ''}".strip(),
                            }
                        ),
                    ),
                    _text(_percent(share), n * row + 32, _number(d.value), "chart__value", dx=8),
                ]
            )
        )
    return _svg("rank", max(len(items), 1) * row, title, desc, join(bars))


def bar_chart(data: Iterable[Datum], title: Text, desc: Text = "", height: int = 220) -> SafeString:
    """Upright bars: for a value over few steps, such as years or score bands."""
    items = list(data)
    top = ticks(max((d.value or 0 for d in items), default=0))[-1]
    plot, slot, parts = height - 48, 100 / max(len(items), 1), []
    parts.append(_rule(plot + 20, "chart__axis"))
    for n, d in enumerate(items):
        tall = round((d.value or 0) / top * plot, 1)
        middle = _percent(n * slot + slot / 2)
        parts.append(
            join(
                [
                    fill(
                        "<rect{}/>",
                        attributes(
                            {
                                "x": _percent(n * slot + slot * 0.18),
                                "y": round(plot + 20 - tall, 1),
                                "width": _percent(slot * 0.64),
                                "height": tall,
                                "class": f"chart__bar {hue_class(d.code) if d.code != '' else ''}".strip(),
                            }
                        ),
                    ),
                    _text(middle, round(plot + 14 - tall, 1), _number(d.value), "chart__value", "middle"),
                    _text(middle, plot + 40, d.label, "chart__label", "middle"),
                ]
            )
        )
    return _svg("bar", height, title, desc, join(parts))


def line_chart(
    data: Sequence[Datum],
    title: Text,
    desc: Text = "",
    height: int = 240,
    mark: int | None = None,
    mark_label: Text = "",
) -> SafeString:
    """A curve over time with lines to read it by; `mark` is the position of a vertical line, such as the deadline."""
    counted = all(isinstance(d.value or 0, int) for d in data)
    steps = ticks(max((d.value or 0 for d in data), default=0), whole=counted)
    plot, last, top = height - 44, max(len(data) - 1, 1), steps[-1]
    parts = []
    for step in steps:
        y = round(12 + plot - plot * step / top, 1)
        parts.append(_rule(y, "chart__grid" if step else "chart__axis"))
        if step:
            parts.append(_text(0, y - 4, _number(step), "chart__label"))
    known = [(n / last * 1000, 1000 - (d.value or 0) / top * 1000) for n, d in enumerate(data) if d.value is not None]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in known)
    area = f"{known[0][0]:.1f},1000 {points} {known[-1][0]:.1f},1000" if known else ""
    parts.append(
        fill(
            '<svg x="0" y="12" width="100%" height="{}" viewBox="0 0 1000 1000" preserveAspectRatio="none" '
            'class="chart__plot"><polygon points="{}" class="chart__area"/>'
            '<polyline points="{}" class="chart__line" vector-effect="non-scaling-stroke"/></svg>',
            plot,
            area,
            points,
        )
    )
    if mark is not None:
        x = _percent(mark / last * 100)
        parts.append(fill('<line x1="{0}" x2="{0}" y1="12" y2="{1}" class="chart__mark"/>', x, 12 + plot))
        parts.append(
            _text(
                x,
                24,
                mark_label,
                "chart__value",
                "end" if mark > last / 2 else "start",
                dx=-6 if mark > last / 2 else 6,
            )
        )
    parts.extend(
        _text(_percent(n / last * 100), height - 8, data[n].label, "chart__label", _end(n, last))
        for n in sorted({0, (len(data) - 1) // 2, len(data) - 1})
        if data
    )
    return _svg("line", height, title, desc, join(parts))


def tile_chart(data: Iterable[Datum], title: Text, desc: Text = "", columns: int = 6) -> SafeString:
    """A grid of equal tiles, for countries or regions, where no map may be drawn.

    The more, the deeper; by the square root, since few have many.
    """
    items = list(data)
    top = max((d.value or 0 for d in items), default=0) or 1
    side, height, parts = 100 / columns, 56, []
    for n, d in enumerate(items):
        x, y = (n % columns) * side, (n // columns) * (height + 4)
        level = 0 if not d.value else ceil((d.value / top) ** 0.5 * 4)
        parts.append(
            join(
                [
                    fill(
                        "<rect{}/>",
                        attributes(
                            {
                                "x": _percent(x + 0.3),
                                "y": y,
                                "width": _percent(side - 0.6),
                                "height": height,
                                "class": f"chart__tile chart__tile--{level}",
                            }
                        ),
                    ),
                    _text(
                        _percent(x + side / 2),
                        y + 23,
                        d.label,
                        f"chart__tile-name chart__on-{level}",
                        "middle",
                    ),
                    _text(
                        _percent(x + side / 2),
                        y + 43,
                        _number(d.value),
                        f"chart__tile-value chart__on-{level}",
                        "middle",
                    ),
                ]
            )
        )
    return _svg("tile", ceil(max(len(items), 1) / columns) * (height + 4), title, desc, join(parts))


def funnel_chart(data: Iterable[Datum], title: Text, desc: Text = "") -> SafeString:
    """Bars around one middle, each a stage, with what part of the stage before it remains."""
    items = list(data)
    top = max((d.value or 0 for d in items), default=0) or 1
    row, parts = 56, []
    before: float | None = None
    for n, d in enumerate(items):
        share = (d.value or 0) / top * 100
        rest = f"{(d.value or 0) / before:.0%}" if before and d.value is not None else ""
        parts.append(
            join(
                [
                    _text(0, n * row + 16, d.label),
                    _text(
                        "100%",
                        n * row + 16,
                        f"{_number(d.value)}{f' · {rest}' if rest else ''}",
                        "chart__value",
                        "end",
                    ),
                    fill(
                        "<rect{}/>",
                        attributes(
                            {
                                "x": 0,
                                "y": n * row + 24,
                                "width": "100%",
                                "height": 18,
                                "class": "chart__track",
                            }
                        ),
                    ),
                    fill(
                        "<rect{}/>",
                        attributes(
                            {
                                "x": 0,
                                "y": n * row + 24,
                                "width": _percent(max(share, 0.3) if d.value else 0),
                                "height": 18,
                                "class": "chart__bar",
                            }
                        ),
                    ),
                ]
            )
        )
        before = d.value
    return _svg("funnel", max(len(items), 1) * row, title, desc, join(parts))


def interval_chart(
    data: Iterable[Interval],
    title: Text,
    desc: Text = "",
    line: float | None = None,
    line_label: Text = "",
    low: float | None = None,
    high: float | None = None,
) -> SafeString:
    """Scores with their intervals, one a row, on one scale; `line` draws where the cut falls."""
    items = list(data)
    start = low if low is not None else floor(min((i.low for i in items), default=0))
    end = high if high is not None else ceil(max((i.high for i in items), default=1))
    span, row, top = (end - start) or 1, 40, 22

    def at(value: float) -> str:
        return _percent(min(max((value - start) / span, 0), 1) * 96 + 2)

    bottom, parts = top + row * len(items), []
    for n in range(5):
        value = start + span * n / 4
        parts.append(fill('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" class="chart__grid"/>', at(value), top, bottom))
        parts.append(_text(at(value), bottom + 18, _number(value), "chart__label", "middle"))
    if line is not None:
        parts.append(fill('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" class="chart__mark"/>', at(line), top - 6, bottom))
        parts.append(_text(at(line), top - 10, line_label, "chart__value", "middle"))
    for n, i in enumerate(items):
        y = top + n * row + 28
        chosen = " chart__interval--chosen" if i.chosen else ""
        tone = f"chart__interval{chosen} {hue_class(i.code) if i.code != '' else ''}".strip()
        parts.append(
            join(
                [
                    _text("2%", y - 13, i.label, "chart__label"),
                    fill(
                        '<line x1="{}" x2="{}" y1="{}" y2="{}" class="{}"/>',
                        at(i.low),
                        at(i.high),
                        y,
                        y,
                        tone,
                    ),
                    fill(
                        '<circle cx="{}" cy="{}" r="5" class="{}"><title>{} ({}–{})</title></circle>',
                        at(i.middle),
                        y,
                        tone,
                        _number(i.middle),
                        _number(i.low),
                        _number(i.high),
                    ),
                ]
            )
        )
    return _svg("interval", bottom + 26, title, desc, join(parts))


def with_table(
    chart: SafeString, headers: Sequence[Text], rows: Iterable[Sequence[object]], caption: Text
) -> SafeString:
    """A chart as a figure with its caption and the same numbers in a table that unfolds beside it."""
    columns = [Column(h, numeric=n > 0) for n, h in enumerate(headers)]
    numbers = table(Table(columns, [Row(tuple(r)) for r in rows], caption=caption))
    return fill(
        '<figure class="figure"><figcaption class="figure__title">{}</figcaption>{}<details class="figure__data">'
        "<summary>{}</summary>{}</details></figure>",
        caption,
        chart,
        gettext("The numbers as a table"),
        numbers,
    )

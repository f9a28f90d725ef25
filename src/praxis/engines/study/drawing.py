"""Pictures in SVG for studies: points, lines and rows with a title and a description, on light and dark grounds.

A series is told by its colour, by the shape of its marks and by its name beside it. The same input gives the same bytes.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape

WIDTH: Final = 640
# On white and on a dark ground; each stands out from its ground by 4.5 to 1 or more.
COLOURS: Final = {
    "green": ("#0b7a5b", "#4cc79f"),
    "blue": ("#2f6db3", "#7fb2ee"),
    "brown": ("#96622a", "#d9a66b"),
    "grey": ("#5f6670", "#a9b1bb"),
    "red": ("#b3362a", "#ff9384"),
    "purple": ("#7a4fa3", "#c3a2ea"),
}
_SHAPES: Final = ("circle", "square", "diamond", "triangle", "cross", "ring")
_TEXT: Final = (("#1f2328", "#e8eaed"), ("#57606a", "#a9b1bb"), ("#e3e5e8", "#34393f"), ("#ffffff", "#15181b"))
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 140, 20, 46
_ROW, _NAMES = 30, 150
_STEPS: Final = 5
_APART: Final = 17


@dataclass(frozen=True)
class Series:
    """A line of a chart: its name, its colour, and the value at each place; None where there is none."""

    name: str
    colour: str
    values: tuple[float | None, ...]


@dataclass
class Picture:
    """An SVG picture under construction; `title` names it, `description` tells it to who cannot see it."""

    title: str
    description: str
    height: int = 320
    parts: list[str] = field(default_factory=list)

    def path(self, d: str, colour: str = "", *, width: float = 1, dashed: bool = False) -> None:
        """Draw a path; without a colour in that of the grid."""
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        self.parts.append(f'<path class="{colour or "grid"} line" d="{d}" stroke-width="{width:g}"{dash}/>')

    def text(self, x: float, y: float, words: str, *, anchor: str = "middle", colour: str = "text") -> None:
        """Write words; `anchor` says which part of them stands at x."""
        self.parts.append(
            f'<text class="{colour}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
        )

    def mark(
        self, x: float, y: float, colour: str, shape: str = "circle", size: float = 4, *, faint: bool = False
    ) -> None:
        """Set a mark of that shape and size."""
        a, kind, veil = size, colour + (" line" if shape in ("ring", "cross", "bar") else ""), ' opacity=".5"' * faint
        if shape in ("circle", "ring"):
            self.parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{a:g}"{veil}/>')
            return
        d = {
            "square": f"M{x - a:.1f} {y - a:.1f}h{2 * a:g}v{2 * a:g}h{-2 * a:g}z",
            "diamond": f"M{x:.1f} {y - a - 1:.1f}l{a + 1:g} {a + 1:g}l{-a - 1:g} {a + 1:g}l{-a - 1:g} {-a - 1:g}z",
            "triangle": f"M{x:.1f} {y - a - 1:.1f}l{a + 1:g} {2 * a:g}h{-2 * a - 2:g}z",
            "bar": f"M{x - a:.1f} {y:.1f}h{2 * a:g}",
            "cross": f"M{x - a:.1f} {y - a:.1f}l{2 * a:g} {2 * a:g}m0 {-2 * a:g}l{-2 * a:g} {2 * a:g}",
        }[shape]
        width = ' stroke-width="2.5"' * (shape == "bar")
        self.parts.append(f'<path class="{kind}" d="{d}"{width}{veil}/>')

    def svg(self) -> str:
        """Return the whole picture."""
        names = [*COLOURS, "text", "soft", "grid", "ground"]
        pairs = [*COLOURS.values(), *_TEXT]
        light, dark = (
            "".join(
                f".{name}{{{'stroke' if name == 'grid' else 'fill'}:{pair[side]}}}"
                + (f".{name}.line{{stroke:{pair[side]}}}" if name in COLOURS else "")
                for name, pair in zip(names, pairs, strict=True)
            )
            for side in (0, 1)
        )
        style = f"{light}.line.line{{fill:none}}@media(prefers-color-scheme:dark){{{dark}}}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" role="img" '
            f'font-family="sans-serif" font-size="13"><title>{escape(self.title)}</title>'
            f"<desc>{escape(self.description)}</desc><style>{style}</style>"
            f'<rect class="ground" width="{WIDTH}" height="{self.height}"/>{"".join(self.parts)}</svg>\n'
        )


def chart(
    title: str, places: Sequence[float | str], series: Sequence[Series], *, across: str, up: str, form: str = ".2f"
) -> str:
    """Draw series over places and return SVG. Places that are numbers stand along the lower edge and each series is a
    line; places that are names are rows, one below the other, and each series sets a mark in each."""
    told = [
        f"{one.name}: {', '.join(f'{_named(p)} {v:{form}}' for p, v in zip(places, one.values, strict=True) if v is not None)}"
        for one in series
    ]
    rows = any(isinstance(place, str) for place in places)
    picture = Picture(title, f"{up} by {across}. {'; '.join(told)}.")
    values = [value for one in series for value in one.values if value is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    ticks = round_ticks(min(low, 0.0) if rows else low, high, 10.0 ** -int(form[1]))
    if rows:
        _draw_rows(picture, [str(place) for place in places], series, ticks, up, form)
    else:
        _draw_lines(picture, [float(place) for place in places], series, ticks, (across, up), form)
    return picture.svg()


def _draw_lines(
    picture: Picture,
    places: list[float],
    series: Sequence[Series],
    ticks: Sequence[float],
    names: tuple[str, str],
    form: str,
) -> None:
    low, high, bottom, right = ticks[0], ticks[-1], picture.height - _BOTTOM, WIDTH - _RIGHT
    first, reach = min(places), (max(places) - min(places)) or 1.0

    def x(place: float) -> float:
        return _LEFT + (right - _LEFT) * (place - first) / reach

    def y(value: float) -> float:
        return bottom - (bottom - _TOP) * (value - low) / (high - low)

    for value in ticks:
        picture.path(f"M{_LEFT} {y(value):.1f}H{right}")
        picture.text(_LEFT - 8, y(value) + 4, f"{value:{form}}", anchor="end", colour="soft")
    for place in places:
        picture.text(x(place), bottom + 18, _named(place), colour="soft")
    picture.text((_LEFT + right) / 2, picture.height - 8, names[0])
    picture.text(_LEFT - 8, 12, names[1], anchor="start", colour="soft")
    ended = []
    for one, shape in zip(series, _SHAPES, strict=False):
        found = [(x(p), y(v)) for p, v in zip(places, one.values, strict=True) if v is not None]
        picture.path("M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in found), one.colour, width=2.5)
        for a, b in found:
            picture.mark(a, b, one.colour, shape)
        ended.append((found[-1][1] if found else bottom, one, shape))
    # Each name stands where its line ends, or a little lower where another is in the way.
    lower = -100.0
    for place, one, shape in sorted(ended, key=lambda item: item[0]):
        lower = max(place, lower + _APART)
        picture.mark(right + 16, lower, one.colour, shape)
        picture.text(right + 26, lower + 4, one.name, anchor="start", colour=one.colour)


def _draw_rows(
    picture: Picture, places: list[str], series: Sequence[Series], ticks: Sequence[float], up: str, form: str
) -> None:
    low, high, top = ticks[0], ticks[-1], 24 + _TOP * (len(series) > 1)
    bottom, right = top + _ROW * len(places), WIDTH - 30
    picture.height = bottom + _BOTTOM

    def x(value: float) -> float:
        return _NAMES + (right - _NAMES) * (value - low) / (high - low)

    for value in ticks:
        picture.path(f"M{x(value):.1f} {top - 6}V{bottom}")
        picture.text(x(value), bottom + 18, f"{value:{form}}", colour="soft")
    picture.text((_NAMES + right) / 2, picture.height - 8, up)
    for row, place in enumerate(places):
        middle = top + _ROW * (row + 0.5)
        picture.text(_NAMES - 12, middle + 4, place, anchor="end")
        for number, (one, shape) in enumerate(zip(series, _SHAPES, strict=False)):
            at = one.values[row]
            if at is not None:
                picture.mark(x(at), middle + 9 * (number - (len(series) - 1) / 2), one.colour, shape)
    if len(series) > 1:
        apart = (right - _NAMES) / len(series)
        for number, (one, shape) in enumerate(zip(series, _SHAPES, strict=False)):
            picture.mark(_NAMES + apart * number, 18, one.colour, shape, 5)
            picture.text(_NAMES + apart * number + 12, 22, one.name, anchor="start", colour=one.colour)


def round_ticks(low: float, high: float, least: float) -> list[float]:
    """Return up to seven round numbers, `least` or more apart, from at most `low` to at least `high`."""
    step = least
    for factor in itertools.cycle((2.0, 2.5, 2.0)):
        if (high - low) / step <= _STEPS:
            break
        step *= factor
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * number, 9) for number in range(first, max(last, first + 1) + 1)]


def _named(place: float | str) -> str:
    return place if isinstance(place, str) else f"{place:g}"

"""A study of an organiser's own numbers before the call opens: a table and a figure."""

from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from praxis.engines.study.calibrating import CalibrationStudy, calibration_study
from praxis.engines.study.world import Model

_COLOURS: Final = {"mean": "#8a8f98", "trimmed": "#b98a5a", "z-score": "#5a86b9", "calibrated": "#0b7a5b"}
_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 130, 20, 44


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
        lines = [
            f"| reviews a case | reviews an expert | {' | '.join(ways)} | 90 % intervals hold |",
            "|" + "---|" * (len(ways) + 3),
        ]
        for k, found in self.found.items():
            figures = " | ".join(f"{found.precision[way]:.3f}" for way in ways)
            lines.append(f"| {k} | {k * self.cases / self.experts:.1f} | {figures} | {found.coverage:.1%} |")
        return "\n".join(lines) + "\n"

    def figure(self) -> str:
        """Return the figure as SVG: that share against the number of reviews, a line for each way."""
        ways, ks = list(next(iter(self.found.values())).precision), sorted(self.found)
        values = [found.precision[way] for found in self.found.values() for way in ways]
        low, high = max(0.0, min(values) - 0.05), min(1.0, max(values) + 0.05)

        def x(k: int) -> float:
            return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (k - ks[0]) / max(ks[-1] - ks[0], 1)

        def y(value: float) -> float:
            return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low)

        title = f"Share of the best {self.size} of {self.cases} cases that is chosen"
        parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
                f'font-family="sans-serif" font-size="13"><title>{escape(title)}</title>'
            ),
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        ]
        for step in range(5):
            value = low + (high - low) * step / 4
            parts.append(f'<path d="M{_LEFT} {y(value):.1f}H{_WIDTH - _RIGHT}" stroke="#e3e5e8"/>')
            parts.append(f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.2f}</text>')
        parts += [f'<text x="{x(k):.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{k}</text>' for k in ks]
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(f'<text x="{middle}" y="{_HEIGHT - 8}" text-anchor="middle">reviews a case</text>')
        places = sorted(ways, key=lambda way: -self.found[ks[-1]].precision[way])
        last = -100.0
        for way in places:
            colour = _COLOURS.get(way, "#444")
            points = " ".join(f"{x(k):.1f},{y(self.found[k].precision[way]):.1f}" for k in ks)
            parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
            parts += [
                f'<circle cx="{x(k):.1f}" cy="{y(self.found[k].precision[way]):.1f}" r="3.5" fill="{colour}"/>'
                for k in ks
            ]
            last = max(y(self.found[ks[-1]].precision[way]), last + 16)
            parts.append(f'<text x="{_WIDTH - _RIGHT + 10}" y="{last + 4:.1f}" fill="{colour}">{escape(way)}</text>')
        return "".join(parts) + "</svg>\n"


def study(
    cases: int,
    experts: int,
    size: int,
    *,
    reviews: tuple[int, ...] = (2, 3, 4, 5),
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

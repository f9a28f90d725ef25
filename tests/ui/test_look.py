"""The look: contrast in both themes, one bundled sheet, directions that follow the script."""

from __future__ import annotations

import re

import pytest

from praxis.ui import bundle

TOKENS = (bundle.HERE / "css" / "tokens.css").read_text(encoding="utf-8")
SHEETS = [(name, (bundle.HERE / "css" / f"{name}.css").read_text(encoding="utf-8")) for name in bundle.ORDER]
THEMES = ("light", "dark")
GROUNDS = ("paper", "sheet")


def colour(name: str, theme: str) -> str:
    found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\);", TOKENS)
    assert found, name
    return found.group(1 + THEMES.index(theme))


def luminance(hexadecimal: str) -> float:
    digits = hexadecimal.lstrip("#")
    if len(digits) == 3:
        digits = "".join(d * 2 for d in digits)
    channels = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, theme: str) -> float:
    light, dark = sorted((luminance(colour(one, theme)), luminance(colour(other, theme))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    *((ink, ground) for ground in GROUNDS for ink in ("ink", "quiet", "water", "water-deep")),
    *((ink, ground) for ground in GROUNDS for ink in ("seal", "jade", "amber", "alarm")),
    *((ink, "wash") for ink in ("ink", "quiet", "water", "water-deep")),
    *((ink, f"{tone}-wash") for tone in ("jade", "amber", "seal", "alarm") for ink in (tone, "ink")),
    ("quiet", "amber-wash"), ("ink", "neutral-wash"), ("quiet", "neutral-wash"),
    ("on-water", "water"), ("on-water", "water-deep"), ("on-alarm", "alarm"),
]  # fmt: skip


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_has_a_contrast_of_4_5(ink, ground, theme):
    assert contrast(ink, ground, theme) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", [*GROUNDS, "wash"])
@pytest.mark.parametrize("edge", ["edge", "water", "alarm"])
def test_edges_of_controls_have_a_contrast_of_3(edge, ground, theme):
    assert contrast(edge, ground, theme) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("hue", [f"hue-{n}" for n in range(1, 9)])
def test_hues_of_fields_stand_out_on_a_sheet(hue, theme):
    assert contrast(hue, "sheet", theme) >= 3


def test_the_bundle_is_what_the_sources_say():
    assert bundle.TARGET.read_text(encoding="utf-8") == bundle.bundle(), "run: python -m praxis.ui.bundle"


PHYSICAL = re.compile(
    r"(?<![-\w(])(?:(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|width|height|"
    r"(?:min|max)-(?:width|height))\s*:|(?:text-align|float):\s*(?:left|right))"
)


@pytest.mark.parametrize(("name", "sheet"), SHEETS)
def test_directions_are_logical(name, sheet):
    assert PHYSICAL.findall(sheet) == []


def test_a_physical_direction_would_be_found():
    assert PHYSICAL.findall("a { margin-left: 1px; width: 2px }")
    assert not PHYSICAL.findall("@media (max-width: 40em) { a { stroke-width: 2; border-width: 1px } }")


def test_colours_are_named_once():
    """Outside the tokens only the tile chart and the video's ground name a colour of their own."""
    for name, sheet in SHEETS[1:]:
        lines = [line for line in sheet.splitlines() if re.search(r"#[0-9a-f]{3,6}\b", line)]
        assert all("chart__tile" in line or "video" in line or "--paper" in line for line in lines), (name, lines)

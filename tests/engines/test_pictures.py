"""The pictures of engines.md are what its script draws."""

import importlib.util
import re
from types import ModuleType

import pytest

from tests.support.processes import ROOT

PAGE = ROOT / "docs" / "developers" / "engines.md"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_engines", PAGE.parent / "draw_engines.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_of_the_page_has_its_drawing(script: ModuleType) -> None:
    shown = re.findall(r"\(img/engines-(\w+)\.svg\)", PAGE.read_text("utf-8"))
    assert sorted(shown) == sorted(script.PICTURES)
    assert {f"engines-{name}.svg" for name in shown} == {p.name for p in script.FOLDER.iterdir()}


def test_a_picture_drawn_anew_has_the_same_bytes(script: ModuleType) -> None:
    """The others take longer, and their last digit is up to the linear algebra of the machine."""
    assert script.PICTURES["flow"]() == (script.FOLDER / "engines-flow.svg").read_text("utf-8")


def test_the_repeats_of_each_kind_have_their_dots(script: ModuleType) -> None:
    drawn = script.PICTURES["similarity"]()
    assert drawn.count("<circle ") == 40 * (len(script.KINDS) + 1)
    assert drawn == script.PICTURES["similarity"]()
    committed = (script.FOLDER / "engines-similarity.svg").read_text("utf-8")
    assert committed.count("<circle ") == drawn.count("<circle ")

"""Optional data that lies beside the checkout; a test that needs it is left out loudly where it is absent."""

from __future__ import annotations

from pathlib import Path

import pytest

ABSENT = "optional data absent"
ROOT = Path(__file__).resolve().parents[2].parent / "shared"


def shared_data(path: str) -> Path:
    """The file `path` under ../shared (as "data/skating/programs.csv"); skips the test when it is not there."""
    file = ROOT / path
    if not file.exists():
        pytest.skip(f"{ABSENT}: ../shared/{path}")
    return file

"""Joins the style sheets into the one file that pages load: `python -m praxis.ui.bundle` after changing one."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
ORDER = ("tokens", "base", "page", "forms", "data", "story", "desks")
TARGET = HERE / "static" / "ui" / "css" / "praxis.css"


def bundle() -> str:
    """The whole style sheet, the order of its layers first."""
    parts = [(HERE / "css" / f"{name}.css").read_text(encoding="utf-8") for name in ORDER]
    return "@layer tokens, base, components, desks;\n\n" + "\n".join(parts)


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(bundle(), encoding="utf-8")

"""The source as syntax trees, read once for all tests of the house."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRAXIS = ROOT / "src" / "praxis"


@cache
def trees() -> dict[str, ast.Module]:
    """The tree of each file under src/praxis, by its path there; migrations, which Django writes, left out."""
    return {
        path.relative_to(PRAXIS).as_posix(): ast.parse(path.read_bytes())
        for path in sorted(PRAXIS.rglob("*.py"))
        if "migrations" not in path.parts
    }


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return ""


def calls(tree: ast.Module) -> list[tuple[str, int]]:
    """The dotted name and line of each call."""
    found = [(dotted(node.func), node.lineno) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [(name, line) for name, line in found if name]

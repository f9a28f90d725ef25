"""A page's process does not load what only the worker needs, and what is named by a string is there."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys

import pytest

from praxis.foundation.jobs import running
from tests.house.source import ROOT, dotted, trees

# Numbers, typesetting, pictures, videos, spreadsheets, documents, fonts, and tables of Chinese.
HEAVY = {
    "PIL", "av", "babel", "docx", "fontTools", "highspy", "lxml", "numpy", "opencc", "ortools", "phonenumbers",
    "pillow_heif", "pypinyin", "python_calamine", "scipy", "typst", "xlsxwriter",
}  # fmt: skip
TASK = re.compile(r"praxis\.[a-z_.]+\.tasks\.[a-z_]+")
LOAD = """
import sys
import praxis.config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
print(*sys.modules)
"""


def test_a_web_process_loads_nothing_heavy_before_it_is_needed():
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PRAXIS_", "DJANGO_"))}
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD], env={**environment, "PRAXIS_THROWAWAY": "1"}, cwd=ROOT, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    loaded = set(said.stdout.split())
    assert {"praxis.desks.secretariat.urls", "praxis.lifecycle.casebook.services", "praxis.config.middleware"} <= loaded
    assert sorted({name.partition(".")[0] for name in loaded} & HEAVY) == []


def named() -> dict[str, str]:
    """The tasks that are named by a string: the constant and the dotted path."""
    found = {}
    for name, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and TASK.fullmatch(str(node.value.value)):
                constant = dotted(node.targets[0])
                room = f"praxis.{name.rpartition('/')[0].replace('/', '.')}."
                assert node.value.value.startswith(room), f"{name}: a room names its own tasks alone"
                assert constant not in found, f"{name}: {constant} names another task elsewhere"
                found[constant] = node.value.value
    return found


@pytest.mark.parametrize("path", named().values())
def test_a_task_that_is_named_is_there_and_waits_where_all_do(path):
    task = running.resolve(path)
    assert (task.queue_name, task.priority, task.run_after, task.takes_context) == ("default", 0, None, False)


OPTIONS = {"key", "run_after", "owner_id", "priority", "max_attempts", "again", "fresh"}


def test_what_is_enqueued_by_name_fits_its_task():
    constants, checked = named(), set()
    for tree in trees().values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or dotted(node.func).rpartition(".")[2] != "enqueue" or not node.args:
                continue
            path = constants.get(dotted(node.args[0]))
            if path is not None:
                given = {str(keyword.arg): None for keyword in node.keywords if keyword.arg not in OPTIONS}
                inspect.signature(running.resolve(path).func).bind(**given)
                checked.add(path)
    assert checked == set(constants.values()), "each name is used where its arguments can be seen"


def imported(tree: ast.Module) -> set[str]:
    """The modules a file imports, by whichever form of the statement."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_what_is_loaded_on_use_is_imported_where_the_layer_contract_sees_it():
    seen = 0
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "on_use":
                assert ast.literal_eval(node.args[0]) in imported(tree), f"{name}:{node.lineno}"
                seen += 1
    assert seen

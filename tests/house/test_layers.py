"""The house keeps its shape: what imports what, and what points at what."""

from __future__ import annotations

import ast
import io

import grimp
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from tests.house.source import trees

FLOORS = [
    *(f"praxis.foundation.{room}" for room in settings.ROOMS_OF_THE_FOUNDATION),
    *(f"praxis.lifecycle.{room}" for room in settings.ROOMS_OF_THE_LIFECYCLE),
    *(f"praxis.desks.{desk}" for desk in settings.DESKS),
    "praxis.api",
    "praxis.rehearsal",
]


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected parts of more than one node (Tarjan, 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in sorted(edges[node]):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            part = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(part) > 1:
                found.append(sorted(part))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def test_circles_are_found_where_there_are_some():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_no_circle_of_files():
    graph = grimp.build_graph("praxis", cache_dir=None)
    edges = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert circles(edges) == []


def test_every_foreign_key_points_down():
    upward = []
    for model in apps.get_models():
        source = apps.get_app_config(model._meta.app_label).name
        for field in model._meta.get_fields():
            if field.auto_created or not field.is_relation or field.related_model is None:
                continue
            target = apps.get_app_config(field.related_model._meta.app_label).name
            if source.startswith("praxis.") and target.startswith("praxis."):
                if FLOORS.index(target) > FLOORS.index(source):
                    upward.append(f"{model.__name__}.{field.name} -> {field.related_model.__name__}")
            elif target.startswith("praxis.") and target != "praxis.foundation.people":
                upward.append(f"{model.__name__}.{field.name} -> {field.related_model.__name__}")
    assert upward == []


def test_audit_has_no_foreign_key_out_of_its_room():
    for model in apps.get_app_config("audit").get_models():
        for field in model._meta.get_fields():
            if field.is_relation:
                assert field.related_model._meta.app_label == "audit", f"{model.__name__}.{field.name}"


def test_no_import_inside_a_function():
    inside = []
    for name, tree in trees().items():
        for function in ast.walk(tree):
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                inside += [
                    f"{name}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, (ast.Import, ast.ImportFrom))
                ]
    assert sorted(set(inside)) == []


def test_nothing_is_looked_up_by_name_to_get_around_the_layers():
    # The command line loads its commands, jobs their tasks and rooms their hooks once Django is set up; what `loading`
    # loads is imported for the types beside it (`test_what_is_loaded_when`).
    allowed = {
        "config/command_line.py",
        "config/commands/rehearse.py",
        "foundation/jobs/running.py",
        "foundation/loading.py",
        "foundation/room.py",
    }
    around = []
    for name, tree in trees().items():
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1]
            if called == "get_model":
                around.append(f"{name}:{node.lineno} get_model")
            if called in {"import_module", "import_string", "__import__"} and name not in allowed:
                around.append(f"{name}:{node.lineno} {called}")
    assert around == []


@pytest.mark.parametrize("config", [c for c in apps.get_app_configs() if c.name.startswith("praxis.")], ids=str)
def test_each_room_names_its_label(config):
    assert "label" in vars(type(config)), f"{config.name} has no explicit label"
    room = config.name.rsplit(".", 1)[-1]
    assert config.label == (f"desk_{room}" if ".desks." in config.name else room)
    for model in config.get_models():
        assert model._meta.app_label == config.label
        assert model.__module__.startswith(config.name), f"{model.__name__} is not in the room of its label"


@pytest.mark.django_db
def test_migrations_tell_all_of_the_models():
    output = io.StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=output, stderr=output)
    except SystemExit:
        pytest.fail(f"there are changes without a migration:\n{output.getvalue()}")

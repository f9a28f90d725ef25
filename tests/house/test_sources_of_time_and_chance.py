"""One clock and one source of chance."""

from __future__ import annotations

import ast

from tests.house.source import calls, trees

CLOCK = {
    "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now", "datetime.datetime.utcnow",
    "date.today", "datetime.date.today", "timezone.now", "timezone.localtime", "timezone.localdate", "time.time",
}  # fmt: skip


def test_only_the_clock_asks_the_machine_for_the_time():
    found = [
        f"{name}:{line} {call}"
        for name, tree in trees().items()
        if name != "foundation/clock.py"
        for call, line in calls(tree)
        if call in CLOCK
    ]
    assert found == []


def test_no_model_takes_its_time_from_the_framework():
    found = [
        f"{name}:{node.lineno} {node.arg}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}
    ]
    assert found == []


def test_only_one_file_makes_tokens_and_identifiers():
    found = []
    for name, tree in trees().items():
        if name == "foundation/randomness.py":
            continue
        for node in ast.walk(tree):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
                if any(alias.name == "get_random_string" for alias in node.names):
                    modules.append("secrets")
            # The rehearsal plays people: its chance is a seeded stream, and makes no token.
            forbidden = {"secrets"} if name.startswith("rehearsal/") else {"secrets", "random"}
            found += [f"{name}:{node.lineno} {module}" for module in modules if module in forbidden]
        made = ("uuid.uuid", "uuid1", "uuid4", "os.urandom")
        found += [f"{name}:{line} {call}" for call, line in calls(tree) if call.startswith(made)]
    assert found == []

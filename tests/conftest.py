"""What every test may use: a database, a browser that reaches nothing but this machine, optional shared data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.utils import translation

from tests.support import environment, shared, template

# The files that take longest, the longest first: begun early, no process is left alone with one at the end.
LONGEST = (
    "journeys/test_accessibility.py", "permissions/test_matrix.py", "permissions/test_bad_input.py", "rehearsal/test_play.py", "faults/test_backup.py", "faults/test_jobs_faults.py",
    "config/test_command_line.py", "faults/test_submission_kill.py", "journeys/test_secretariat.py",
    "journeys/test_applicant.py",
)  # fmt: skip


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a browser; leave out what needs PostgreSQL when there is none; begin with what takes longest."""
    tests = Path(__file__).parent
    rank = {tests / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(LONGEST)))
    no_postgres = pytest.mark.skip(reason="needs PRAXIS_DATABASE=postgresql://… (bin/test starts one)")
    for item in items:
        if {"browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("postgres") and not environment.ON_POSTGRES:
            item.add_marker(no_postgres)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly which optional data was absent."""
    missing = sorted(
        {
            report.longrepr[2].removeprefix("Skipped: ")
            for report in terminalreporter.stats.get("skipped", [])
            if isinstance(report.longrepr, tuple) and shared.ABSENT in report.longrepr[2]
        }
    )
    if missing:
        terminalreporter.section("NOT RUN: optional data is absent", sep="!")
        for line in missing:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """A database file per process: threads of a live server cannot share one in memory without locking it."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if not environment.ON_POSTGRES:
        database.setdefault("TEST", {})["NAME"] = str(Path(environment.FOLDER) / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Begin with the database that an earlier run migrated, if the migrations are still the same."""
    if environment.ON_POSTGRES:
        return False
    return template.copy_to(Path(connections["default"].settings_dict["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_keepdb: bool, django_db_setup: None, django_db_blocker: Any) -> None:
    """The tests' database; what was migrated anew is kept for the next run.

    None is made where no test asks for one by its mark, as when journeys alone are run: then there is none to keep.
    """
    migrated = Path(connections["default"].settings_dict["NAME"])
    if not environment.ON_POSTGRES and not django_db_keepdb and migrated.exists():
        with django_db_blocker.unblock():
            template.keep(migrated)


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """No test sees what another left in the cache."""
    cache.clear()


@pytest.fixture(autouse=True)
def _default_language(settings: Any) -> None:
    """No test begins in the language in which another left its thread: the test client keeps its last request's."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def postgres() -> bool:
    """Whether this run is on PostgreSQL."""
    return environment.ON_POSTGRES

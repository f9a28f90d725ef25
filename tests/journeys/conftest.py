"""The world of the journeys: one server for all of them, and the edition put back before each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.journeys import worlds
from tests.journeys.desk import Desk
from tests.support import environment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These need a database file that can be put back: SQLite."""
    skip = pytest.mark.skip(reason="journeys run on SQLite")
    for item in items:
        if Path(__file__).parent in item.path.parents and environment.ON_POSTGRES:
            item.add_marker(skip)


@pytest.fixture(scope="package")
def _server(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[worlds.World]:
    kept = worlds.played()
    empty = tmp_path_factory.mktemp("journeys") / "empty.sqlite3"
    database = Path(str(worlds.connection.settings_dict["NAME"]))
    worlds.copy_database(database, empty)
    shutil.copytree(kept / "files", Path(settings.DATA_DIR) / "files", dirs_exist_ok=True)
    with django_db_blocker.unblock():
        with override_settings(MIDDLEWARE=["tests.journeys.worlds.HeldClock", *settings.MIDDLEWARE]):
            server = LiveServer(environment.os.environ["DJANGO_LIVE_TEST_SERVER_ADDRESS"])
        yield worlds.World(server.url, kept)
        server.stop()
        worlds.HeldClock.instant = None
        # Whatever runs after the journeys begins with an empty database, as it would without them.
        worlds.copy_database(empty)


@pytest.fixture
def world(_server: worlds.World) -> worlds.World:
    """The played edition; begin with `world.go_to(stage)`."""
    return _server


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """The language a journey is made in."""
    return str(request.param)


@pytest.fixture
def desk(world: worlds.World, new_page: Callable[..., Page]) -> Callable[..., Desk]:
    """Sits somebody down at a browser of their own: `desk(language, user=None, **options)`."""

    def sit_down(language: str, user: Any = None, **options: Any) -> Desk:
        page = new_page(locale="zh-CN" if language == "zh-hans" else "en-GB", **options)
        if user is not None:
            world.sign_in(page, user)
        return Desk(page, world, language)

    return sit_down

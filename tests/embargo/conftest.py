"""The two worlds of the embargo: decided differently and sealed, and from there told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.embargo.pair import Compared, Pair, pair
from tests.embargo.plan import OUTSIDERS
from tests.support import environment, small_edition
from tests.support.decisions import TOLD_ROLES
from tests.support.played import Stages, root_of


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    if environment.ON_POSTGRES:
        pytest.skip("the worlds of the embargo are files of SQLite; bin/test runs them there")
    return Stages(root_of(tmp_path_factory))


@pytest.fixture(scope="session")
def sealed(stages: Stages, django_db_blocker: Any) -> Pair:
    """Decided differently and sealed."""
    with django_db_blocker.unblock():
        return pair(stages.facts(), stages.grounds("sealed"), small_edition.SEALED + 1)


@pytest.fixture(scope="session")
def told(stages: Stages, django_db_blocker: Any) -> Pair:
    """The chosen are told and have accepted; book and stage are prepared."""
    with django_db_blocker.unblock():
        return pair(stages.facts(), stages.grounds("told"), small_edition.PREPARED + 1)


@pytest.fixture(scope="session")
def sealed_answers(sealed: Pair, django_db_blocker: Any) -> Compared:
    """What everybody who is not named on the edition can see while it is sealed."""
    with django_db_blocker.unblock():
        return sealed.survey()


@pytest.fixture(scope="session")
def told_answers(told: Pair, django_db_blocker: Any) -> Compared:
    """What those see who were not told, when others are."""
    with django_db_blocker.unblock():
        return told.survey(tuple(role for role in OUTSIDERS if role not in TOLD_ROLES))


@pytest.fixture(autouse=True)
def _database_in_children(django_db_blocker: Any) -> Iterator[None]:
    """Children inherit the leave to use a database; the tests' own is not touched."""
    with django_db_blocker.unblock():
        yield

"""An applicant signed in while the call is open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from praxis.foundation.people.models import Organisation, User
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.models import Case
from tests.support import world


@pytest.fixture
def edition(db: None) -> Iterator[Edition]:
    """An open edition, the clock in the middle of its call."""
    made = world.edition()
    with world.during(made):
        yield made


@pytest.fixture
def owner(edition: Edition) -> User:
    return world.person("owner@example.org", name="Wanjiku Kamau")


@pytest.fixture
def organisation(owner: User) -> Organisation:
    return world.organisation(owner)


@pytest.fixture
def case(edition: Edition, owner: User, organisation: Organisation) -> Case:
    """A case filled in and not yet submitted."""
    return world.case(owner, organisation, edition)


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def base(case: Case) -> str:
    """The address of the case's pages in English."""
    return f"/en/apply/cases/{case.key}/"

"""A page costs the same number of statements whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from praxis.foundation import clock
from praxis.foundation.people.models import Membership, Organisation, User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.randomness import uuid_hex
from praxis.lifecycle.cases.models import Case, Message, Partner, Revision
from tests.support import world


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def grown(counts: tuple[int, ...] = (1, 3, 300)) -> Iterator[int]:
    """How many more rows bring the table to each of the counts."""
    before = 0
    for count in counts:
        yield count - before
        before = count


def test_my_cases_with_1_3_and_300(signed_in: Client, edition: Edition, organisation: Organisation) -> None:
    found = set()
    for more in grown():
        Case.objects.bulk_create(
            Case(edition=edition, key=uuid_hex(), organisation=organisation, titles={"en": f"Case {n}"})
            for n in range(more)
        )
        found.add(statements(signed_in, "/en/apply/"))
    assert len(found) == 1, found


def test_my_cases_are_read_page_by_page(signed_in: Client, edition: Edition, organisation: Organisation) -> None:
    Case.objects.bulk_create(
        Case(edition=edition, key=uuid_hex(), organisation=organisation, titles={"en": f"Case {n:03d}."})
        for n in range(120)
    )
    seen, address = [], "/en/apply/"
    while address:
        page = signed_in.get(address)
        seen += [row.cells[0] for row in page.context["cases"].rows]
        following = page.context["pager"].next_url
        address = f"/en/apply/{following}" if following else ""
    assert sorted(seen) == [f"Case {n:03d}." for n in range(120)]
    assert len(seen) == 120


@pytest.mark.parametrize("page", ["partners/", "questions/", "history/", "materials/", ""])
def test_a_case_with_1_3_and_300_rows(signed_in: Client, case: Case, owner: User, base: str, page: str) -> None:
    found = set()
    begun = 0
    for more in grown():
        numbers = range(begun + 1, begun + more + 1)
        begun += more
        Partner.objects.bulk_create(Partner(case=case, names={"en": f"P{n}"}, token=uuid_hex()) for n in numbers)
        Message.objects.bulk_create(
            Message(case=case, author=owner, from_secretariat=False, body="x", at=clock.now()) for _n in numbers
        )
        Revision.objects.bulk_create(
            Revision(
                case=case, number=n, content={}, digest="d", receipt=f"R{n}", submission_key=str(n),
                submitted_at=clock.now(), submitted_by=owner,
            )
            for n in numbers
        )  # fmt: skip
        found.add(statements(signed_in, base + page))
    assert len(found) == 1, found


def test_an_organisation_with_many_colleagues(signed_in: Client, organisation: Organisation) -> None:
    found = set()
    for more in grown((1, 3, 60)):
        users = [world.person() for _n in range(more)]
        Membership.objects.bulk_create(Membership(organisation=organisation, user=user) for user in users)
        found.add(statements(signed_in, f"/en/apply/organisations/{organisation.pk}/"))
    assert len(found) == 1, found


def test_the_texts_page_is_lean(signed_in: Client, base: str) -> None:
    assert statements(signed_in, f"{base}texts/") <= 10

"""Every page costs as many statements with 300 rows as with three, and shows no more of them than a page holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from praxis.foundation import clock
from tests.permissions import house as houses
from tests.permissions import matrix
from tests.permissions.house import House
from tests.permissions.inspection import Inspection
from tests.permissions.many import multiply
from tests.permissions.test_bad_input import WRITERS
from tests.support import addresses, environment

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(environment.ON_POSTGRES, reason="the statements are the same; asked on SQLite"),
]
MOST = 120
# Pages that show all there is, and by what it is few.
WHOLE = {
    "applicant:organisation": "the colleagues of one organisation and whom it invited",
    "applicant:materials": "the files of one case, as many as the call allows",
    "applicant:print": "one case, to be printed whole",
    "applicant:questions": "one conversation",
    "secretariat:case": "one case with its conversation",
    "secretariat:screening_case": "one case with the few it resembles most",
    "secretariat:compare": "the cases of a round, to be weighed against one another",
    "secretariat:decide": "the cases of a round, chosen from in one form",
    "secretariat:materials": "its list is paged; the Outstanding Cases of which nothing has come stand beside",
    "secretariat:preflight": "what keeps one book from being printed",
    "secretariat:showcase": "the Outstanding Cases in the order of the stage",
    "secretariat:stories": "the Outstanding Cases",
    "secretariat:telling": "the chosen of one edition",
    "secretariat:unit_award": "the units of one edition, ranked",
}
ROLES = {"secretariat:presets": "administrator", "account:sent_to_me": "clerk"}
Seen = dict[str, list[tuple[int, int, int]]]


def look(house: House, inspection: Inspection, seen: Seen) -> None:
    """Status, statements and rows of every page, as whoever works there sees it."""
    known = houses.things(house)
    for route in addresses.routes():
        if route.desk in ("ui", "api", "") or route.name in matrix.ELSEWHERE:
            continue
        role = ROLES.get(route.name, WRITERS.get(route.desk, "owner"))
        path = matrix.doors(route, known[route.desk])[0].path
        client = inspection.client(role)
        with clock.at(house.now), transaction.atomic(), CaptureQueriesContext(connection) as asked:  # type: ignore[arg-type]
            response = client.get(path)
            transaction.set_rollback(True)
        page = b"" if response.streaming else response.content
        made = sum("SAVEPOINT" not in query["sql"] for query in asked)
        seen.setdefault(route.name, []).append((response.status_code, made, len(re.findall(rb"<(?:tr|li|article|details)\b", page))))


@pytest.fixture(scope="module")
def seen(django_db_setup: None, django_db_blocker: Any) -> Iterator[Seen]:
    """Every page in a house that has been led to the eve of the release: as it is, with 3 and with 300 more of all."""
    with django_db_blocker.unblock(), transaction.atomic():
        house = houses.open_call()
        for part, lead in houses.PHASES.items():
            if part != "released":
                lead(house)
        inspection, found = Inspection(house), Seen()
        for role in {*WRITERS.values(), *ROLES.values()}:
            inspection.client(role)
        for more in (0, 3, 297):
            multiply(house, more)
            look(house, inspection, found)
        yield found
        transaction.set_rollback(True)


def test_no_page_costs_more_statements_the_more_rows_there_are(seen: Seen) -> None:
    assert len(seen) > 150
    assert {name: rows for name, rows in seen.items() if len({(status, made) for status, made, _rows in rows}) > 1} == {}


def test_no_page_shows_more_rows_than_a_page_holds(seen: Seen) -> None:
    long = [f"{name} {rows}" for name, rows in seen.items() if rows[2][2] - rows[0][2] > MOST and name not in WHOLE]
    assert not long, "\n".join(long)
    assert {name for name in WHOLE if seen[name][2][2] - seen[name][0][2] <= MOST} == set(), "paged by now: no longer in WHOLE"


def test_the_lists_have_grown(seen: Seen) -> None:
    """The rows that were added are there to be seen."""
    grown = {name for name, rows in seen.items() if rows[0][2] < rows[1][2] < rows[2][2]}
    assert grown >= LISTS, LISTS - grown


LISTS = {
    "account:sent_to_me", "applicant:home", "unit:table", "expert:expert", "secretariat:cases",
    "secretariat:experts", "secretariat:assignments", "secretariat:standings", "secretariat:casebook", "secretariat:materials",
    "secretariat:invitations", "secretariat:certificates", "secretariat:notices", "secretariat:jobs",
}  # fmt: skip

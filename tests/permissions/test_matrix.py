"""Who may do what, at every address: the statement in matrix.txt held to the house, and holes planted to be found."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from praxis.foundation import clock
from praxis.foundation.errors import Missing
from praxis.foundation.programmes import policies as programmes
from praxis.lifecycle.cases import materials, selectors
from praxis.lifecycle.cases.models import Attachment, Case
from praxis.lifecycle.recommendations import selectors as recommendations
from praxis.lifecycle.recommendations.models import Recommendation
from tests.permissions import house as houses
from tests.permissions import matrix
from tests.permissions.house import House
from tests.permissions.marks import Marks, mark
from tests.support import environment

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(environment.ON_POSTGRES, reason="no right depends on the database; asked on SQLite"),
]


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refusals are asked for; each would be a line of the log."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """The call is open."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield houses.open_call()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def year(house: House) -> dict[str, list[str]]:
    """What was found in each later part of the year. The house is led on: no test below asks for an earlier part."""
    found: dict[str, list[str]] = {}
    for part, lead in houses.PHASES.items():
        lead(house)
        found[part] = matrix.Survey(house, part).run()
    return found


def test_every_address_has_its_line_and_every_line_its_address() -> None:
    assert matrix.missing_rows() == []


def test_a_line_says_nothing_that_is_no_word_of_the_statement() -> None:
    said = {word for part in matrix.rows().values() for words in part.values() for word in words}
    explained = {line.split()[1] for line in matrix.FILE.read_text(encoding="utf-8").splitlines() if line.startswith("#   ")}
    assert said <= explained
    assert all(words for part in matrix.rows().values() for words in part.values())


def test_marks_are_found_in_pages_headers_and_packed_files() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("sheet.xml", f"<t>{mark('mine', 'title')}</t>")
    marks = Marks()
    marks.note("+254 20 55", "mine", "phone")
    marks.note_file(b"\x89PNG picture", "theirs")
    assert {str(one) for one in marks.within([], packed.getvalue(), "")} == {"mine.title"}
    header = [("Content-Disposition", f"attachment; filename*=utf-8''{mark('mine', 'filename')}%20x.jpg")]
    assert {str(one) for one in marks.within(header, b"\x89PNG picture", "image/png")} == {"mine.filename", "theirs.file"}
    assert {str(one) for one in marks.within([], b"call +254 20 55", "text/html")} == {"mine.phone"}


# Holes are planted while the call is open, where they are to be found in few requests.


def test_while_the_call_is_open(house: House) -> None:
    assert matrix.Survey(house, "open").run() == []


def found(house: House, part: str, *names: str, methods: str = "GET POST") -> str:
    survey = matrix.Survey(house, part, frozenset(names), frozenset(methods.split()))
    return "\n".join(survey.run())


def any_case(actor: Any, key: str) -> Case:
    """What `case_for_applicant` would be without its filter by owner."""
    return Case.objects.select_related("edition__programme", "organisation", "category", "revision").get(key=key)


def test_a_selector_without_its_filter_by_owner_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "case_for_applicant", any_case)
    holes = found(house, "open", "applicant:print")
    assert "GET applicant:print (foreign) as owner: gets in (200), and the matrix keeps it out" in holes
    assert "GET applicant:print (elsewhere) as owner: shows elsewhere." in holes
    assert "as anonymous" not in holes


def test_a_policy_that_always_says_yes_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programmes, "is_named", lambda actor, edition: True)
    holes = found(house, "open", "secretariat:cases")
    for role in ("stranger", "owner", "clerk", "secretaryelsewhere", "administrator"):
        assert f"GET secretariat:cases (own) as {role}: gets in" in holes
        assert f"GET secretariat:cases (own) as {role}: shows" in holes


def test_a_change_before_the_question_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is "no such page", but it was done all the same: the status alone says nothing."""
    real = materials.remove

    def careless(actor: Any, attachment: Attachment) -> None:
        Attachment.objects.filter(pk=attachment.pk).update(removed_at=clock.now())
        real(actor, attachment)

    monkeypatch.setattr(materials, "remove", careless)
    monkeypatch.setattr(selectors, "case_for_applicant", any_case)
    holes = found(house, "open", "applicant:material_remove", methods="POST")
    assert "POST applicant:material_remove (foreign) as owner: is refused, but rows of cases_attachment were written" in holes
    assert "open: what was refused has changed rows" in holes


def test_a_part_of_somebody_else_s_under_one_s_own_address_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def any_line(unit: Any, line_id: int) -> Recommendation:
        return Recommendation.objects.select_related("unit__edition", "case__organisation").get(pk=line_id)

    monkeypatch.setattr(recommendations, "recommendation", any_line)
    holes = found(house, "open", "unit:line", methods="GET")
    assert "GET unit:line (mixed: line_id foreign) as clerk: gets in" in holes
    assert "GET unit:line (mixed: line_id foreign) as clerk: shows theirs." in holes


def test_bytes_served_without_asking_are_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "case_for_applicant", any_case)
    holes = found(house, "open", "applicant:material_file", methods="GET")
    assert "GET applicant:material_file (foreign) as owner: shows theirs.file" in holes


def test_a_door_that_is_shut_to_its_owner_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_case(actor: Any, key: str) -> Case:
        raise Missing()

    monkeypatch.setattr(selectors, "case_for_applicant", no_case)
    holes = found(house, "open", "applicant:case", methods="GET")
    assert "GET applicant:case (own) as owner: is refused (404), and the matrix lets it in" in holes


def test_a_route_without_its_line_is_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = matrix.rows()
    del whole["open"]["applicant:case", "GET"]
    monkeypatch.setattr(matrix, "rows", lambda text="": whole)
    assert matrix.missing_rows() == ["applicant:case"]


@pytest.mark.parametrize("part", list(houses.PHASES))
def test_later_in_the_year(year: dict[str, list[str]], part: str) -> None:
    assert not year[part], "\n".join(year[part])


def test_the_year_was_led_to_its_end(house: House, year: dict[str, list[str]]) -> None:
    assert {edition.state for edition in map(house.edition, ("this", "other"))} == {"released"}

"""Writing: what is typed is kept, what a colleague wrote is not overwritten unseen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.people.models import User
from praxis.lifecycle.cases import selectors, services
from praxis.lifecycle.cases.models import Case, CasePlace
from tests.support import world

pytestmark = pytest.mark.django_db
SUMMARY = ("en", "summary")
TITLE = ("en", "title")


@pytest.fixture
def owner() -> User:
    return world.person()


@pytest.fixture
def case(owner: User) -> Any:
    edition = world.edition()
    with world.during(edition):
        yield world.case(owner, world.organisation(owner), edition)


def body(case: Case, key: tuple[str, str] = SUMMARY) -> str:
    return selectors.texts_of(case)[key].body


def test_a_text_changed_meanwhile_by_a_colleague_is_refused_and_kept(case: Case, owner: User) -> None:
    seen = selectors.text_versions(case, {SUMMARY})
    services.save_texts(owner, case, {SUMMARY: "The colleague's text."}, expected=seen)
    with pytest.raises(Conflict) as refused:
        services.save_texts(owner, case, {SUMMARY: "My text."}, expected=seen)
    assert refused.value.code == "stale"
    assert body(case) == "The colleague's text."


def test_a_page_that_is_behind_saves_its_own_changes_and_leaves_the_colleagues(case: Case, owner: User) -> None:
    seen = selectors.text_versions(case, {SUMMARY, TITLE})
    before = body(case, TITLE)
    services.save_texts(owner, case, {TITLE: "The colleague's name"}, expected=seen)
    services.save_texts(owner, case, {TITLE: before, SUMMARY: "My summary."}, expected=seen)
    assert body(case, TITLE) == "The colleague's name"
    assert body(case) == "My summary."


def test_two_who_begin_the_same_empty_text_do_not_overwrite_each_other(owner: User) -> None:
    edition = world.edition()
    with world.during(edition):
        case = services.start(owner, edition, world.organisation(owner))
        services.save_texts(owner, case, {SUMMARY: "First."}, expected={SUMMARY: 0})
        with pytest.raises(Conflict):
            services.save_texts(owner, case, {SUMMARY: "Second."}, expected={SUMMARY: 0})
        services.save_texts(owner, case, {SUMMARY: ""}, expected={SUMMARY: 0})  # untouched by the writer
    assert body(case) == "First."


def test_an_over_long_text_is_kept_and_stands_in_the_way_of_submitting(case: Case, owner: User) -> None:
    long = "word " * 5000
    services.save_texts(owner, case, {SUMMARY: long})
    assert body(case) == long.strip()
    (check,) = [check for check in services.check(case) if check.answer == "no"]
    assert check.section == "texts"
    assert "5000" in check.reasons[0]["en"]


def test_a_text_beyond_what_the_house_keeps_is_refused_not_cut(case: Case, owner: User) -> None:
    before = body(case)
    with pytest.raises(Invalid) as refused:
        services.save_texts(owner, case, {SUMMARY: "x" * 60_001, TITLE: "New name"})
    assert list(refused.value.fields) == ["en:summary"]
    assert body(case) == before


def test_control_characters_are_taken_out_and_line_ends_are_one(case: Case, owner: User) -> None:
    services.save_texts(owner, case, {SUMMARY: "a\x00b\x07\r\nc\ud800"})
    assert body(case) == "ab\nc"


def test_fields_and_languages_the_edition_does_not_ask_for_are_left_out(case: Case, owner: User) -> None:
    services.save_texts(owner, case, {("en", "nothing"): "x", ("fr", "title"): "y"})
    assert not {("en", "nothing"), ("fr", "title")} & set(selectors.texts_of(case))


def test_the_history_keeps_every_version_that_was_replaced(case: Case, owner: User) -> None:
    first = body(case)
    for text in ("Second.", "Third."):
        services.save_texts(owner, case, {SUMMARY: text})
    earlier = selectors.history_of(case, *SUMMARY)
    assert [row.body for row in earlier] == ["Second.", first]


def basics(**changes: Any) -> dict[str, Any]:
    return {
        "category": "culture", "kinds": ["project"], "started_on": date(2019, 5, 1), "places": ["KE", "CN"],
        "uses_internet": True, "contact_name": "W", "contact_email": "w@example.org", "contact_phone": "1", **changes,
    }  # fmt: skip


def test_particulars_changed_meanwhile_are_refused(case: Case, owner: User) -> None:
    seen = selectors.basics_version(case)
    other = Case.objects.get(pk=case.pk)
    services.save_basics(owner, other, **basics(places=["KE", "CN", "BR"]), expected=seen)
    with pytest.raises(Conflict) as refused:
        services.save_basics(owner, case, **basics(), expected=seen)
    assert refused.value.code == "stale"
    assert Case.objects.get(pk=case.pk).places == ["KE", "CN", "BR"]
    assert set(CasePlace.objects.filter(case=case).values_list("place_id", flat=True)) == {"KE", "CN", "BR"}


def test_the_same_particulars_saved_twice_from_two_tabs_are_no_conflict(case: Case, owner: User) -> None:
    seen = selectors.basics_version(case)
    for _tab in range(2):
        services.save_basics(owner, Case.objects.get(pk=case.pk), **basics(), expected=seen)
    assert Case.objects.get(pk=case.pk).category.code == "culture"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category": "cooking"}, "category"), ({"kinds": ["poem"]}, "kinds"), ({"places": ["XX"]}, "places"),
        ({"contact_email": "no address"}, "contact_email"), ({"contact_name": "n" * 121}, "contact_name"),
        ({"contact_phone": "1" * 41}, "contact_phone"),
    ],
)  # fmt: skip
def test_particulars_that_cannot_be_are_refused_at_their_field(
    case: Case, owner: User, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        services.save_basics(owner, case, **basics(**change))
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("text", "found"),
    [("2019-05", date(2019, 5, 1)), ("2019/5", date(2019, 5, 1)), (" 2019-05-17 ", date(2019, 5, 17)), ("", None)],
)
def test_a_month_is_read_as_people_write_it(text: str, found: date | None) -> None:
    assert services.parse_month(text) == found


@pytest.mark.parametrize("text", ["May 2019", "2019", "2019-13", "0001-01", "2019-05-17-01", "-", "²-³"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        services.parse_month(text)


def test_nobody_else_can_write(case: Case) -> None:
    stranger = world.person()
    world.organisation(stranger)
    with pytest.raises(Missing):
        services.save_texts(stranger, case, {SUMMARY: "x"})
    with pytest.raises(Missing):
        services.give_consents(stranger, case, {})

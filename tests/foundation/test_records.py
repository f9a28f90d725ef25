"""A row written by a statement that is built once is the row that `save` writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from praxis.foundation import records
from praxis.foundation.audit.models import AuditBody, AuditEvent
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.programmes.models import Edition
from praxis.foundation.search.models import SearchRow
from tests.support import world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)


def values(row):
    """What the database holds of a row, but for its number."""
    found = type(row)._default_manager.filter(pk=row.pk).values().get()
    return {name: value for name, value in found.items() if name not in ("id", "handle", "key", "message_id")}


@pytest.mark.parametrize(
    "make",
    [
        lambda n: Job(task="a.b", arguments={"n": [1, None, "中"]}, key=f"k{n}", run_after=NOW, created_at=NOW),
        lambda n: Organisation(names={"en": "A'b\"%s", "zh-hans": "中文"}, created_at=NOW),
        lambda n: Notice(kind="k", to="a@b.example", language="en", subject="s", body="b", message_id=str(n), created_at=NOW),
    ],
    ids=["job", "organisation", "notice"],
)  # fmt: skip
def test_a_new_row_is_the_one_that_save_writes(make, django_assert_num_queries):
    saved, inserted = make(1), make(2)
    saved.save()
    with django_assert_num_queries(1):
        assert records.insert(inserted)
    assert inserted.pk > saved.pk
    assert not inserted._state.adding
    assert values(inserted) == values(saved)
    each = [make(3), make(4)]
    with django_assert_num_queries(1):
        records.insert_each(each)
    newest = type(saved).objects.order_by("-pk")[:2]
    assert [values(row) for row in newest] == [values(saved)] * 2


def test_a_row_without_a_number_of_its_own_and_nothing_as_nothing():
    event = AuditEvent(chain="c", at=NOW, action="a", object_kind="k", object_id="1", actor_digest="", body_digest="", digest="")
    records.insert(event)
    records.insert(AuditBody(event=event, before=None, after={"a": None}))
    assert AuditBody.objects.filter(before__isnull=True, after__a=None).get().event_id == event.pk


def test_a_row_that_another_stands_against():
    first = Job(task="a", key="k")
    assert records.insert(first, or_nothing=True)
    with transaction.atomic():
        assert not records.insert(Job(task="b", key="k"), or_nothing=True)
        # The transaction goes on, and nothing but the key is passed over in silence.
        assert Job.objects.get().task == "a"
    with pytest.raises(IntegrityError), transaction.atomic():
        records.insert(Job(task="b", key="k"))
    with pytest.raises(IntegrityError), transaction.atomic():
        records.insert(Job(task="c", state="running"), or_nothing=True)
    records.insert_each([Job(task="b", key="k"), Job(task="d", key="l")], or_nothing=True)
    assert sorted(Job.objects.values_list("task", flat=True)) == ["a", "d"]


def test_a_row_that_takes_the_place_of_another():
    def row(title, language="en"):
        return SearchRow(kind="case", object_id="1", audience="public", language=language, title=title)

    keys = ("audience", "kind", "object_id", "language")
    records.insert_each([row("Old"), row("旧", "zh-hans")], or_update=keys)
    records.insert_each([row("New")], or_update=keys)
    assert dict(SearchRow.objects.values_list("language", "title")) == {"en": "New", "zh-hans": "旧"}
    records.insert_each([])


def test_some_fields_of_rows_that_are_there(django_assert_num_queries):
    people = [User.objects.create(email=f"{n}@example.org", name="Old") for n in range(3)]
    for person in people:
        person.name, person.email = f"New {person.pk}", "not.written@example.org"
    with django_assert_num_queries(1):
        records.update(people[0], ["name", "name"])
    with django_assert_num_queries(1):
        records.update_each(people[1:], ["name"])
    assert {row.name for row in User.objects.all()} == {f"New {row.pk}" for row in people}
    assert not User.objects.filter(email="not.written@example.org").exists()
    people[0].pk += 1000
    with pytest.raises(DatabaseError):
        records.update(people[0], ["name"])
    records.update_each([], ["name"])


def test_one_more():
    edition = world.edition()
    assert [records.add_one(edition, "last_case_number") for _n in range(2)] == [1, 2]
    assert Edition.objects.get().last_case_number == edition.last_case_number == 2
    with pytest.raises(DatabaseError):
        records.add_one(Edition(pk=10**6), "last_case_number")

"""A statement that is built once finds what the query set finds, for every value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.models import Count
from django.db.transaction import TransactionManagementError

from praxis.foundation.jobs.models import Job
from praxis.foundation.people.models import Membership, Organisation, User
from praxis.foundation.statements import MOST_IDS, Statement

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def people(count: int) -> list[User]:
    return [User.objects.create(email=f"{number}@example.org", name=f"N{number}") for number in range(count)]


def test_the_same_objects_for_each_value_by_one_statement_each(django_assert_num_queries):
    by_name = Statement(lambda name: User.objects.filter(name=name), name=str)
    first, second, _third = people(3)
    with django_assert_num_queries(4):
        assert by_name.all(name="N0") == [first]
        assert by_name.all(name="N1") == [second]
        assert by_name.first(name="N1") == second
        assert by_name.first(name="nobody") is None
    assert by_name.first(name="N1").date_joined == second.date_joined


def test_a_value_is_bound_and_never_part_of_the_statement():
    by_name = Statement(lambda name: User.objects.filter(name=name), name=str)
    people(2)
    assert by_name.all(name="' OR 1=1 --") == []
    strange = User.objects.create(email="x@example.org", name="praxis.statement.name % ' \" 中文")
    assert by_name.all(name=strange.name) == [strange]


def test_instants_and_related_rows():
    alive = Statement(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), key=str, now=datetime)
    Session.objects.create(session_key="a", session_data="", expire_date=NOW)
    assert alive.first(key="a", now=NOW - timedelta(microseconds=1)).expire_date == NOW
    assert alive.first(key="a", now=NOW) is None
    of_user = Statement(lambda user: Membership.objects.filter(user_id=user).select_related("organisation"), user=int)
    user, house = people(1)[0], Organisation.objects.create(names={"en": "House"})
    Membership.objects.create(user=user, organisation=house, owner=True)
    (found,) = of_user.all(user=user.pk)
    assert (found.organisation.names, found.owner) == ({"en": "House"}, True)


@pytest.mark.parametrize("count", [0, 1, 3, MOST_IDS + 1])
def test_lists_of_ids_of_every_length(count):
    by_ids = Statement(lambda ids: User.objects.filter(pk__in=ids).order_by("pk"), ids=list)
    rows = people(MOST_IDS + 2)
    wanted = [row.pk for row in rows[:count]]
    for _again in range(2):
        assert [row.pk for row in by_ids.all(ids=[*wanted, *wanted])] == wanted
    assert [row.pk for row in by_ids.all(ids=[rows[-1].pk])] == [rows[-1].pk]


def test_a_number_beyond_every_column_finds_nothing():
    by_number = Statement(lambda pk: User.objects.filter(pk=pk), pk=int)
    assert by_number.first(pk=10**30) is None
    assert by_number.first(pk=people(1)[0].pk) is not None


def test_a_parameter_that_is_not_asked_for_is_a_mistake():
    with pytest.raises(TypeError, match="other"):
        Statement(lambda name, other: User.objects.filter(name=name), name=str, other=int).all(name="a", other=1)


def test_small_columns_and_values_of_the_statement_itself():
    job = Job.objects.create(task="a.b", priority=7, queue="here")
    by_priority = Statement(lambda low, name: Job.objects.filter(priority=low, queue=name, attempts=0), low=int, name=str)
    assert by_priority.first(low=7, name="here") == job
    assert by_priority.first(low=8, name="here") is None
    with pytest.raises(TypeError, match="looks like"):
        Statement(lambda low: Job.objects.filter(priority=low, attempts=31_000), low=int).all(low=1)


def test_lists_of_single_values_and_what_is_annotated():
    first, second = people(2)
    names = Statement(lambda low: User.objects.filter(pk__gte=low).order_by("pk").values_list("name", flat=True), low=int)
    assert names.all(low=first.pk) == ["N0", "N1"]
    counted = Statement(lambda pk: User.objects.filter(pk=pk).annotate(houses=Count("memberships")), pk=int)
    Membership.objects.create(user=second, organisation=Organisation.objects.create(names={"en": "House"}))
    found = counted.first(pk=second.pk)
    assert (found, found.houses) == (second, 1)
    with pytest.raises(TypeError, match="rows of a model"):
        Statement(lambda pk: User.objects.filter(pk=pk).values("name"), pk=int).all(pk=first.pk)


def test_a_lock_needs_a_transaction(monkeypatch):
    locked = Statement(lambda pk: User.objects.select_for_update().filter(pk=pk), pk=int)
    user = people(1)[0]
    assert locked.first(pk=user.pk) == user
    with monkeypatch.context() as outside:
        outside.setattr(connections["default"], "in_atomic_block", False)
        with pytest.raises(TransactionManagementError):
            locked.first(pk=user.pk)


def test_related_users_are_not_asked_for_past_their_relation():
    # `User.objects.get(pk=…)` is built once; a related manager, which is narrower, is not.
    insider, outsider = people(2)
    house = Organisation.objects.create(names={"en": "House"})
    Membership.objects.create(user=insider, organisation=house)
    assert User.objects.get(pk=outsider.pk) == outsider
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=outsider.pk + 1000)
    with pytest.raises(User.DoesNotExist):
        User.objects.filter(memberships__organisation=house).get(pk=outsider.pk)

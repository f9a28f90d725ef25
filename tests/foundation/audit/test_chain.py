"""The audit chain is whole until someone touches it, and then names the first row that was touched."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from praxis.foundation import clock, randomness
from praxis.foundation.audit import digests, selectors, services
from praxis.foundation.audit.models import AuditBody, AuditEvent, AuditSeal
from praxis.foundation.audit.services import PLATFORM, SYSTEM, Outsider
from praxis.foundation.audit.verification import verify

pytestmark = pytest.mark.django_db
CHAIN = "edition:7"


def write(count: int, *, edition_id: int | None = 7) -> list[AuditEvent]:
    return [
        services.append(
            Outsider(f"Person {n}"),
            edition_id=edition_id,
            action="case.submit",
            obj=("cases.case", n),
            label=f"Case {n}",
            before={"state": "draft"},
            after={"state": "submitted", "score": n / 3},
            reason="because",
        )
        for n in range(1, count + 1)
    ]


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        assert cursor.rowcount >= 1


def test_an_untouched_chain_verifies_sealed_and_unsealed() -> None:
    write(5)
    assert verify().ok
    assert services.seal() == 5
    write(3)
    found = verify()
    assert found.ok
    assert found.events == 8
    assert services.seal(CHAIN) == 3
    assert services.seal(CHAIN) == 0
    assert list(AuditEvent.objects.order_by("id").values_list("number", flat=True)) == list(range(1, 9))
    assert AuditSeal.objects.count() == 2


def test_chains_are_apart() -> None:
    write(2)
    write(3, edition_id=None)
    assert services.seal(PLATFORM) == 3
    assert services.seal() == 2
    assert selectors.chains() == [CHAIN, PLATFORM]
    assert set(selectors.heads()) == {CHAIN, PLATFORM}
    assert verify().events == 5


def test_batches_chain_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BATCH", 4)
    monkeypatch.setattr("praxis.foundation.audit.verification.PAGE", 3)
    write(11)
    assert services.seal() == 11
    assert list(AuditSeal.objects.order_by("number").values_list("first", "last")) == [(1, 4), (5, 8), (9, 11)]
    assert verify().ok


ALTERED = {
    "action": "UPDATE audit_auditevent SET action = 'case.withdraw' WHERE number = 3",
    "time": "UPDATE audit_auditevent SET at = '2020-01-01 00:00:00+00:00' WHERE number = 3",
    "actor's id": "UPDATE audit_auditevent SET actor_id = 99 WHERE number = 3",
    "actor's name": "UPDATE audit_auditevent SET actor_label = 'Someone else' WHERE number = 3",
    "object": "UPDATE audit_auditevent SET object_id = '4' WHERE number = 3",
    "object's label": "UPDATE audit_auditevent SET object_label = 'Another' WHERE number = 3",
    "reason": "UPDATE audit_auditevent SET reason = 'no reason' WHERE number = 3",
    "digest": "UPDATE audit_auditevent SET digest = 'ab' WHERE number = 3",
    "link": "UPDATE audit_auditevent SET link = 'ab' WHERE number = 3",
    "body's digest": "UPDATE audit_auditevent SET body_digest = 'ab' WHERE number = 3",
    "after": "UPDATE audit_auditbody SET after = '{\"state\": \"admitted\"}' WHERE event_id = {third}",
    "before removed": "UPDATE audit_auditbody SET before = NULL WHERE event_id = {third}",
    "salt": "UPDATE audit_auditbody SET salt = 'ab' WHERE event_id = {third}",
    "body removed": "DELETE FROM audit_auditbody WHERE event_id = {third}",
    "erased unseen": (
        "UPDATE audit_auditbody SET salt = '', before = NULL, after = NULL, erased_at = '2026-01-01 00:00:00+00:00'"
        " WHERE event_id = {third}"
    ),
}


@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_event_is_named(what: str) -> None:
    events = write(6)
    services.seal()
    sql(ALTERED[what].replace("{third}", str(events[2].pk)))
    if what == "erased unseen":
        sql("UPDATE audit_auditevent SET reason = '', object_label = '' WHERE number = 3")
    found = verify()
    assert not found.ok
    assert (found.chain, found.number) == (CHAIN, 3)
    assert "3" in found.first_problem


def test_an_alteration_whose_digests_were_made_anew_is_named_by_its_link() -> None:
    write(6)
    services.seal()
    event = AuditEvent.objects.get(number=3)
    event.action = "case.withdraw"
    digest = digests.event_digest(event)
    sql("UPDATE audit_auditevent SET action = %s, digest = %s WHERE number = 3", event.action, digest)
    assert verify().number == 3


def test_a_whole_batch_written_anew_does_not_fit_its_seal() -> None:
    write(4)
    services.seal()
    sql("UPDATE audit_auditevent SET action = 'case.withdraw' WHERE number = 2")
    link = digests.NOTHING
    for event in AuditEvent.objects.order_by("number"):
        digest = digests.event_digest(event)
        link = digests.link(link, event.number, digest)
        sql("UPDATE audit_auditevent SET digest = %s, link = %s WHERE id = %s", digest, link, event.pk)
    found = verify()
    assert not found.ok
    assert "seal 1" in found.first_problem


def test_an_altered_event_not_yet_sealed_is_named() -> None:
    events = write(2)
    sql("UPDATE audit_auditevent SET action = 'x' WHERE id = %s", events[1].pk)
    found = verify()
    assert not found.ok
    assert str(events[1].pk) in found.first_problem


@pytest.mark.parametrize("number", [1, 3, 6])
def test_a_removed_event_is_named(number: int) -> None:
    events = write(6)
    services.seal()
    sql("DELETE FROM audit_auditbody WHERE event_id = %s", events[number - 1].pk)
    sql("DELETE FROM audit_auditevent WHERE number = %s", number)
    found = verify()
    assert (found.ok, found.number) == (False, number)
    assert "removed" in found.first_problem


def test_a_removed_event_whose_followers_were_renumbered_is_named() -> None:
    events = write(6)
    services.seal()
    sql("DELETE FROM audit_auditbody WHERE event_id = %s", events[2].pk)
    sql("DELETE FROM audit_auditevent WHERE number = 3")
    for number in (4, 5, 6):
        sql("UPDATE audit_auditevent SET number = %s WHERE number = %s", number - 1, number)
    assert verify().number == 3


def test_reordered_events_are_named() -> None:
    write(6)
    services.seal()
    for old, new in ((2, 900), (5, 2), (900, 5)):
        sql("UPDATE audit_auditevent SET number = %s WHERE number = %s", new, old)
    assert verify().number == 2


def test_an_event_put_in_is_named() -> None:
    write(5)
    services.seal()
    for number in (5, 4, 3):
        sql("UPDATE audit_auditevent SET number = %s WHERE number = %s", number + 1, number)
    added = services.append(SYSTEM, edition_id=7, action="case.admit", obj=("cases.case", 1))
    sql("UPDATE audit_auditevent SET number = 3, link = 'ab' WHERE id = %s", added.pk)
    assert verify().number == 3


def test_an_event_moved_to_another_chain_is_named() -> None:
    write(3)
    services.seal()
    sql("UPDATE audit_auditevent SET chain = 'platform', number = NULL, link = '' WHERE number = 2")
    assert verify(CHAIN).number == 2
    assert not verify(PLATFORM).ok


@pytest.mark.parametrize("seal", [1, 2, 3])
def test_a_removed_seal_is_named(seal: int) -> None:
    for _ in range(3):
        write(2)
        services.seal()
    sql("DELETE FROM audit_auditseal WHERE number = %s", seal)
    found = verify()
    assert not found.ok
    assert f"seal {seal} was removed" in found.first_problem


@pytest.mark.parametrize(
    "change",
    ["head = 'ab'", "last = last + 1", "sealed_at = '2020-01-01 00:00:00+00:00'", "first = 2"],
)
def test_an_altered_seal_is_found(change: str) -> None:
    write(3)
    services.seal()
    sql(f"UPDATE audit_auditseal SET {change}")
    assert not verify().ok


def test_a_removed_tail_is_found_by_a_head_known_before() -> None:
    write(3)
    services.seal()
    first = selectors.heads()
    events = write(2)
    services.seal()
    known = selectors.heads()
    assert verify(expected_heads=first).ok
    assert verify(expected_heads=known).ok
    sql("DELETE FROM audit_auditbody WHERE event_id >= %s", events[0].pk)
    sql("DELETE FROM audit_auditevent WHERE number > 3")
    sql("DELETE FROM audit_auditseal WHERE number = 2")
    assert verify().ok
    found = verify(expected_heads=known)
    assert (found.ok, found.number) == (False, 4)
    assert verify(expected_heads={"edition:8": "ab"}).chain == "edition:8"


def test_a_body_can_be_erased_and_the_chain_stays_whole() -> None:
    events = write(3)
    services.seal()
    services.erase_body(events[1], reason="asked by the person")
    services.erase_body(events[1])
    assert verify().ok
    services.seal()
    assert verify().events == 4
    body = AuditBody.objects.get(pk=events[1].pk)
    assert (body.before, body.after, body.salt) == (None, None, "")
    event = AuditEvent.objects.get(pk=events[1].pk)
    assert (event.reason, event.object_label, event.actor_label) == ("", "", "Person 2")


def test_a_person_can_be_erased_as_actor_and_as_object() -> None:
    class Person:
        pk = 12

        def __str__(self) -> str:
            return "Wang Fang"

    for n in range(3):
        services.append(Person(), edition_id=7, action="people.rename", obj=("people.user", 12), after={"n": n})
    services.seal()
    assert services.erase_actor(12) == 3
    assert services.erase_object(("people.user", 12)) == 3
    assert services.erase_object(("people.user", 12)) == 0
    assert not AuditEvent.objects.filter(actor_label="Wang Fang").exists()
    assert verify().ok


def test_the_log_is_only_added_to() -> None:
    (event,) = write(1)
    event.action = "x"
    for change in (
        event.save,
        event.delete,
        lambda: AuditEvent.objects.update(action="x"),
        lambda: AuditEvent.objects.all().delete(),
        lambda: AuditSeal.objects.filter(pk=1).delete(),
    ):
        with pytest.raises(TypeError):
            change()


def test_what_is_undone_leaves_no_event() -> None:
    def fail() -> None:
        with transaction.atomic():
            write(1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not AuditEvent.objects.exists()


def test_dates_decimals_and_odd_characters_are_kept_as_json() -> None:
    services.append(
        Outsider("a\0b\ud800"),
        edition_id=None,
        action="x",
        obj=("a.b", 1),
        label="x" * 400,
        before={"at": datetime(2026, 6, 15, tzinfo=UTC), "share": Decimal("0.10")},
        after={"big": 1e22, "zero": 0.0, "odd": "\0\ud800", 3: [1, (2.5,)]},
    )
    services.seal()
    assert verify().ok
    event = AuditEvent.objects.select_related("body").get()
    assert event.body.before["at"].startswith("2026-06-15T00:00:00")
    assert event.body.after["odd"] == "\ufffd\ufffd"
    with pytest.raises(TypeError):
        services.append(SYSTEM, edition_id=None, action="x", obj=("a.b", 1), after={"it": object()})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(st.tuples(json_values, json_values, st.text(max_size=20)), min_size=1, max_size=4))
def test_whatever_json_is_written_verifies_after_the_database_gave_it_back(
    bodies: list[tuple[object, object, str]],
) -> None:
    with transaction.atomic():
        for before, after, reason in bodies:
            services.append(SYSTEM, edition_id=1, action="x", obj=("a.b", 1), before=before, after=after, reason=reason)
        services.seal()
        found = verify("edition:1")
        transaction.set_rollback(True)
    assert found.ok, found.first_problem


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    victim=st.integers(0, 11),
    act=st.sampled_from(["remove", "alter", "swap"]),
)
def test_the_first_touched_row_is_named_wherever_it_stands(sizes: list[int], victim: int, act: str) -> None:
    with transaction.atomic():
        for size in sizes:
            write(size)
            services.seal()
        total = sum(sizes)
        number = victim % total + 1
        if act == "remove":
            event = AuditEvent.objects.get(number=number)
            sql("DELETE FROM audit_auditbody WHERE event_id = %s", event.pk)
            sql("DELETE FROM audit_auditevent WHERE number = %s", number)
        elif act == "alter" or total == 1:
            sql("UPDATE audit_auditevent SET object_id = 'x' WHERE number = %s", number)
        else:
            other = number + 1 if number < total else 1
            for old, new in ((number, 900), (other, number), (900, other)):
                sql("UPDATE audit_auditevent SET number = %s WHERE number = %s", new, old)
            number = min(number, other)
        found = verify()
        transaction.set_rollback(True)
    assert (found.ok, found.number) == (False, number)


def test_pages_run_from_newest_to_oldest_and_filter() -> None:
    write(5)
    services.append(SYSTEM, edition_id=7, action="edition.open", obj=("programmes.edition", 7))
    first = selectors.events(CHAIN, limit=4)
    second = selectors.events(CHAIN, limit=4, after=first[-1].pk)
    assert [event.object_id for event in first + second] == ["7", "5", "4", "3", "2", "1"]
    assert [event.object_id for event in selectors.events(CHAIN, object=("cases.case", 3))] == ["3"]
    assert len(selectors.events(None, action="case.")) == 5
    assert len(selectors.events(CHAIN, action="edition.open")) == 1
    assert selectors.events(CHAIN, actor=12) == []


def test_a_page_costs_one_statement(django_assert_num_queries: Callable[..., object]) -> None:
    write(9)
    with django_assert_num_queries(1):
        assert selectors.events(CHAIN)[3].body.after["state"] == "submitted"


def test_a_seeded_rehearsal_writes_the_same_digests() -> None:
    written = []
    for _ in range(2):
        with transaction.atomic(), clock.at(datetime(2026, 6, 15, tzinfo=UTC)), randomness.seeded(4):
            written.append([event.digest for event in write(3)])
            transaction.set_rollback(True)
    assert written[0] == written[1]
    assert [event.digest for event in write(3)] != written[0]


@pytest.mark.django_db(transaction=True)
def test_sealers_side_by_side_number_every_event_once() -> None:
    write(40)
    failures: list[Exception] = []
    barrier = threading.Barrier(4)

    def sealer() -> None:
        try:
            barrier.wait(timeout=10)
            services.seal()
            write(5)
            services.seal()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sealer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(AuditEvent.objects.values_list("number", flat=True)) == list(range(1, 61))
    found = verify()
    assert found.ok, found.first_problem

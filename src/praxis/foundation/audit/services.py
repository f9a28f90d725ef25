"""Adding to the audit log, sealing it, and erasing a person's data from its bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.db import connection, models, transaction

from praxis.foundation import clock, randomness, records
from praxis.foundation.audit import digests
from praxis.foundation.audit.models import AuditBody, AuditEvent, AuditSeal

PLATFORM: Final = "platform"
BATCH: Final = 1000
# Erasing is itself an event, so that a body cannot be erased unseen.
BODY_ERASED: Final = "audit.body_erased"
ACTOR_ERASED: Final = "audit.actor_erased"
EVENT_KIND: Final = "audit.auditevent"


class Actor(Protocol):
    """Who does something: a user, `SYSTEM` or an `Outsider`; known by id and by how it reads."""

    @property
    def pk(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class System:
    """The actor of jobs and of the house itself."""

    @property
    def pk(self) -> None:
        return None

    def __str__(self) -> str:
        return "system"


@dataclass(frozen=True, slots=True)
class Outsider:
    """Someone without an account who acts through a link, such as a partner who confirms."""

    label: str

    @property
    def pk(self) -> None:
        return None

    def __str__(self) -> str:
        return self.label


SYSTEM: Final = System()
Object = models.Model | tuple[str, str | int]


def chain_of(edition_id: int | None) -> str:
    """The name of an edition's chain, or the platform's when there is no edition."""
    return PLATFORM if edition_id is None else f"edition:{edition_id}"


def reference(obj: Object) -> tuple[str, str]:
    """Kind ("app.model") and id of an object as the log writes them."""
    if isinstance(obj, tuple):
        return obj[0], str(obj[1])
    return obj._meta.label_lower, str(obj.pk)


def append(
    actor: Actor,
    *,
    edition_id: int | None,
    action: str,
    obj: Object,
    label: str = "",
    before: Any = None,
    after: Any = None,
    reason: str = "",
) -> AuditEvent:
    """Add one event in the caller's transaction; `before` and `after` are JSON (dates and decimals are spelled out).

    Raises TypeError or ValueError when they are not JSON.
    """
    kind, object_id = reference(obj)
    before, after = digests.storable(before), digests.storable(after)
    salt, actor_salt = randomness.token(16), randomness.token(16)
    event = AuditEvent(
        chain=chain_of(edition_id),
        at=clock.now(),
        actor_id=actor.pk,
        actor_label=digests.clean(str(actor))[:200],
        action=action,
        object_kind=kind,
        object_id=object_id,
        object_label=digests.clean(str(label))[:300],
        reason=digests.clean(str(reason)),
    )
    event.actor_digest = digests.salted(actor_salt, event.actor_label)
    event.body_digest = digests.body_digest(salt, event, before, after)
    event.digest = digests.event_digest(event)
    with transaction.atomic(savepoint=False):
        records.insert(event)
        records.insert(AuditBody(event=event, salt=salt, actor_salt=actor_salt, before=before, after=after))
    return event


def seal(chain: str | None = None) -> int:
    """Number and chain every event not yet sealed, of one chain or of all, and return how many.

    Safe beside other sealers: SQLite lets one writer in at a time, PostgreSQL takes a lock per chain.
    """
    unsealed = AuditEvent.objects.filter(number__isnull=True).order_by()
    chains = [chain] if chain else sorted(unsealed.values_list("chain", flat=True).distinct())
    sealed = 0
    for name in chains:
        while count := _seal_batch(name):
            sealed += count
            if count < BATCH:
                break
    return sealed


def _seal_batch(chain: str) -> int:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"audit:{chain}"])
        events = list(AuditEvent.objects.filter(chain=chain, number__isnull=True).order_by("id")[:BATCH])
        if not events:
            return 0
        before = AuditSeal.objects.filter(chain=chain).order_by("-number").first()
        tail = AuditEvent.objects.filter(chain=chain, number__isnull=False).order_by("-number").first()
        number, last_link = (tail.number, tail.link) if tail else (0, digests.NOTHING)
        for event in events:
            event.number = number = number + 1
            event.link = last_link = digests.link(last_link, number, event.digest)
        _number(events)
        record = AuditSeal(
            chain=chain,
            number=before.number + 1 if before else 1,
            first=events[0].number,
            last=number,
            sealed_at=clock.now(),
        )
        record.head = digests.head(before.head if before else digests.NOTHING, record, last_link)
        record.save()
    return len(events)


def _number(events: list[AuditEvent]) -> None:
    """Write numbers and links: one prepared statement for all, some ten times as quick as Django's bulk update."""
    table = connection.ops.quote_name(AuditEvent._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET number = %s, link = %s WHERE id = %s",  # noqa: S608  the table's name is our own
            [(event.number, event.link, event.pk) for event in events],
        )


def erase_body(event: AuditEvent, *, actor: Actor = SYSTEM, reason: str = "") -> None:
    """Erase before, after, reason and object label of an event; the chain stays whole and says that it was done."""
    with transaction.atomic():
        changed = (
            AuditBody.rows()
            .filter(pk=event.pk, erased_at__isnull=True)
            .update(salt="", before=None, after=None, erased_at=clock.now())
        )
        if not changed:
            return
        AuditEvent.rows().filter(pk=event.pk).update(object_label="", reason="")
        _append_erasure(actor, event, BODY_ERASED, reason)


def erase_object(obj: Object, *, actor: Actor = SYSTEM, reason: str = "") -> int:
    """Erase the bodies of every event on one object and return how many."""
    kind, object_id = reference(obj)
    events = AuditEvent.objects.filter(object_kind=kind, object_id=object_id, body__erased_at__isnull=True)
    count = 0
    for event in list(events.order_by("id")):
        erase_body(event, actor=actor, reason=reason)
        count += 1
    return count


def erase_actor(actor_id: int, *, actor: Actor = SYSTEM, reason: str = "") -> int:
    """Erase a person's name from the events the person did and return how many; what was done stays."""
    count = 0
    with transaction.atomic():
        events = AuditEvent.objects.filter(actor_id=actor_id, body__actor_erased_at__isnull=True)
        for event in list(events.order_by("id")):
            AuditBody.rows().filter(pk=event.pk).update(actor_salt="", actor_erased_at=clock.now())
            AuditEvent.rows().filter(pk=event.pk).update(actor_label="")
            _append_erasure(actor, event, ACTOR_ERASED, reason)
            count += 1
    return count


def _append_erasure(actor: Actor, event: AuditEvent, action: str, reason: str) -> None:
    edition_id = None if event.chain == PLATFORM else int(event.chain.partition(":")[2])
    append(actor, edition_id=edition_id, action=action, obj=(EVENT_KIND, event.pk), reason=reason)

"""Whether the audit log is whole, and which row is the first that was altered, removed or reordered.

Reads seal by seal, so that it needs constant memory and may run while events are added and sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from praxis.foundation.audit import digests, services
from praxis.foundation.audit.models import AuditBody, AuditEvent, AuditSeal

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: `events` seen, and the first problem in words with its chain and event (or seal) number."""

    ok: bool
    events: int
    first_problem: str = ""
    chain: str = ""
    number: int | None = None


class _Problem(Exception):
    def __init__(self, text: str, number: int | None = None) -> None:
        super().__init__(text)
        self.text, self.number = text, number


def verify(chain: str | None = None, *, expected_heads: Mapping[str, str] | None = None) -> Verification:
    """Check one chain or all. `expected_heads` (chain to a head known before) also finds a removed tail."""
    known = dict(expected_heads or {})
    if chain is not None:
        names = [chain]
    else:
        in_events = AuditEvent.objects.order_by().values_list("chain", flat=True).distinct()
        in_seals = AuditSeal.objects.order_by().values_list("chain", flat=True).distinct()
        names = sorted({*in_events, *in_seals, *known})
    seen = 0
    for name in names:
        reader = _Chain(name, known.get(name))
        try:
            reader.read()
        except _Problem as problem:
            return Verification(False, seen + reader.events, f"{name}: {problem.text}", name, problem.number)
        seen += reader.events
    return Verification(True, seen)


class _Chain:
    """One reading of one chain."""

    def __init__(self, chain: str, expected_head: str | None) -> None:
        self.chain, self.expected_head = chain, expected_head
        self.events, self.number, self.link = 0, 0, digests.NOTHING
        self.seal_number, self.head, self.expected_seen = 0, digests.NOTHING, expected_head is None

    def read(self) -> None:
        while seals := list(self._seals_after()):
            for seal in seals:
                self._read_seal(seal)
        if not self.expected_seen:
            raise _Problem(
                f"the known head {str(self.expected_head)[:12]}… is not in the chain: "
                f"what followed event {self.number} was removed or written anew",
                self.number + 1,
            )
        self._read_unsealed()

    def _seals_after(self) -> list[AuditSeal]:
        found = list(AuditSeal.objects.filter(chain=self.chain, number__gt=self.seal_number).order_by("number")[:100])
        if found:
            return found
        beyond = AuditEvent.objects.filter(chain=self.chain, number__gt=self.number).order_by("number").first()
        if beyond is None:
            return []
        # A sealer may have committed between the two reads: its seal would be there by now.
        found = list(AuditSeal.objects.filter(chain=self.chain, number__gt=self.seal_number).order_by("number")[:100])
        if not found:
            raise _Problem(f"seal {self.seal_number + 1} was removed (it held event {beyond.number})", beyond.number)
        return found

    def _read_seal(self, seal: AuditSeal) -> None:
        expected = self.seal_number + 1
        if seal.number != expected:
            raise _Problem(f"seal {expected} was removed (it held event {self.number + 1})", self.number + 1)
        first, last = seal.first, seal.last
        if first != self.number + 1 or last < first:
            raise _Problem(f"seal {seal.number} was altered: it holds events {first} to {last}", self.number + 1)
        while self.number < last:
            page = self._page(last)
            if not page:
                raise _Problem(f"event {self.number + 1} was removed", self.number + 1)
            for event in page:
                self._read_event(event)
        if digests.head(self.head, seal, self.link) != seal.head:
            raise _Problem(f"seal {seal.number} (events {first} to {last}) was altered, or events in it were", first)
        self.seal_number, self.head = seal.number, seal.head
        self.expected_seen = self.expected_seen or seal.head == self.expected_head

    def _page(self, last: int) -> list[AuditEvent]:
        rows = AuditEvent.objects.filter(chain=self.chain, number__gt=self.number, number__lte=last)
        return list(rows.select_related("body").order_by("number")[:PAGE])

    def _read_event(self, event: AuditEvent) -> None:
        number = event.number
        if number is None or number != self.number + 1:
            raise _Problem(f"event {self.number + 1} was removed", self.number + 1)
        self._check(event, f"event {number}")
        link = digests.link(self.link, number, event.digest)
        if link != event.link:
            raise _Problem(f"event {number} was altered, put in or moved: it does not follow the one before", number)
        self.number, self.link, self.events = number, link, self.events + 1

    def _read_unsealed(self) -> None:
        last_id = 0
        while True:
            rows = AuditEvent.objects.filter(chain=self.chain, number__isnull=True, id__gt=last_id)
            page = list(rows.select_related("body").order_by("id")[:PAGE])
            if not page:
                return
            for event in page:
                self._check(event, f"the event with id {event.pk}, not yet sealed,")
                self.events, last_id = self.events + 1, event.pk

    def _check(self, event: AuditEvent, name: str) -> None:
        if digests.event_digest(event) != event.digest:
            raise _Problem(f"{name} was altered", event.number)
        body: AuditBody | None = getattr(event, "body", None)
        if body is None:
            raise _Problem(f"the body of {name} was removed", event.number)
        if body.erased_at is not None:
            if [event.reason, event.object_label, body.before, body.after] != ["", "", None, None]:
                raise _Problem(f"{name}: its body was erased and then written again", event.number)
            self._require_erasure(event, services.BODY_ERASED, f"the body of {name}")
        elif digests.body_digest(body.salt, event, body.before, body.after) != event.body_digest:
            raise _Problem(f"the body of {name} was altered", event.number)
        if body.actor_erased_at is not None:
            if event.actor_label:
                raise _Problem(f"{name}: its actor's name was erased and then written again", event.number)
            self._require_erasure(event, services.ACTOR_ERASED, f"the actor's name of {name}")
        elif digests.salted(body.actor_salt, event.actor_label) != event.actor_digest:
            raise _Problem(f"the actor's name of {name} was altered", event.number)

    def _require_erasure(self, event: AuditEvent, action: str, name: str) -> None:
        said = AuditEvent.objects.filter(
            chain=self.chain, action=action, object_kind=services.EVENT_KIND, object_id=str(event.pk)
        )
        if not said.exists():
            raise _Problem(f"{name} was erased without saying so in the log", event.number)

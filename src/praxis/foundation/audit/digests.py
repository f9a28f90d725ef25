"""What the audit chain hashes, and how: canonical JSON, SHA-256, hexadecimal."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from praxis.foundation.audit.models import AuditEvent, AuditSeal

NOTHING = "0" * 64
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(value: Any) -> Any:
    """`value` as both databases give it back from a JSON column; raises TypeError or ValueError when it is not JSON."""
    return json.loads(json.dumps(_clean(value), cls=DjangoJSONEncoder, allow_nan=False))


def clean(text: str) -> str:
    """`text` without what PostgreSQL cannot store: NUL and lone surrogates become U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value: keys sorted, no spaces, UTF-8, whole floats as integers."""
    return json.dumps(
        _whole(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def salted(salt: str, value: Any) -> str:
    """SHA-256 over the salt and the canonical value."""
    return hashlib.sha256(salt.encode() + canonical(value)).hexdigest()


def body_digest(salt: str, event: AuditEvent, before: Any, after: Any) -> str:
    """The salted digest of what may be erased: before, after, reason and the object's label."""
    return salted(salt, [before, after, event.reason, event.object_label])


def event_digest(event: AuditEvent) -> str:
    """The digest of an event: what stays for ever, and the salted digests of what may be erased."""
    fields = [
        event.chain,
        event.at.isoformat(),
        event.actor_id,
        event.actor_digest,
        event.action,
        event.object_kind,
        event.object_id,
        event.body_digest,
    ]
    return hashlib.sha256(canonical(fields)).hexdigest()


def link(previous: str, number: int, digest: str) -> str:
    """The link of event `number`, chained to the link before it."""
    return hashlib.sha256(canonical([previous, number, digest])).hexdigest()


def head(previous: str, seal: AuditSeal, last_link: str) -> str:
    """The head of a seal, chained to the head before it."""
    fields = [previous, seal.chain, seal.number, seal.first, seal.last, seal.sealed_at.isoformat(), last_link]
    return hashlib.sha256(canonical(fields)).hexdigest()


def _whole(value: Any) -> Any:
    # PostgreSQL gives 2.5e16 back as the integer of its shortest spelling; a digest must not depend on it.
    if isinstance(value, float) and value.is_integer():
        return int(Decimal(repr(value)))
    if isinstance(value, Mapping):
        return {key: _whole(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_whole(part) for part in value]
    return value


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {_clean(key): _clean(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(part) for part in value]
    return value

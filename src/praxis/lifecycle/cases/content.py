"""What a case says, as one plain value: frozen in a Revision, held against the rules, shown to experts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from praxis.foundation.statements import Statement
from praxis.lifecycle.cases.models import Attachment, Case, CaseText, Partner

_BODIES: Statement[tuple[str, str, str]] = Statement(
    lambda case: CaseText.objects.filter(case_id=case).values_list("language", "field", "body"), case=int
)
_PARTNERS: Statement[Partner] = Statement(lambda case: Partner.objects.filter(case_id=case), case=int)
_ATTACHMENTS: Statement[Attachment] = Statement(
    lambda case: Attachment.objects.filter(case_id=case, removed_at=None).select_related("file"), case=int
)

Content = dict[str, Any]
"""Keys: titles, category, kinds, started_on, uses_internet, places, organisation, texts {language: {field: body}},
partners, attachments, consents. Contact persons are not in it, so that their data can be erased."""


def of(case: Case, *, bodies: Iterable[tuple[str, str, str]] | None = None) -> Content:
    """The content of a case as it now stands (three statements; `case.organisation` and `.category` read).

    `bodies` are its texts as (language, field, body), where the caller has read them already.
    """
    texts: dict[str, dict[str, str]] = {}
    if bodies is None:
        bodies = _BODIES.all(case=case.pk)
    for language, field, body in bodies:
        if body:
            texts.setdefault(language, {})[field] = body
    organisation = case.organisation
    return {
        "titles": case.titles,
        "category": case.category.code if case.category else None,
        "kinds": case.kinds,
        "started_on": case.started_on.isoformat() if case.started_on else None,
        "uses_internet": case.uses_internet,
        "places": case.places,
        "organisation": {
            "id": organisation.pk, "names": organisation.names, "kind": organisation.kind,
            "place": organisation.place_id,
        },
        "texts": {language: dict(sorted(fields.items())) for language, fields in sorted(texts.items())},
        "partners": [_partner(row) for row in _PARTNERS.all(case=case.pk)],
        "attachments": [_attachment(row) for row in _ATTACHMENTS.all(case=case.pk)],
        "consents": case.consents,
    }


def _partner(row: Partner) -> dict[str, Any]:
    return {"names": row.names, "place": row.place_id, "roles": row.roles, "confirmed": row.state == "confirmed"}


def _attachment(row: Attachment) -> dict[str, Any]:
    return {
        "key": row.key, "kind": row.kind, "file": row.file_id, "state": row.file.state,
        "width": row.file.width, "height": row.file.height, "seconds": row.file.seconds,
        "captions": row.captions, "alts": row.alts, "credit": row.credit, "licence": row.licence,
        "consent": row.consent,
    }


def digest(content: Content) -> str:
    """SHA-256 of the canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

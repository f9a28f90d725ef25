"""What a case says, as one plain value: frozen in a Revision, held against the rules, shown to experts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from django.db.models import BooleanField, CharField, FloatField, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from praxis.foundation.archive.models import PastCase
from praxis.foundation.statements import Statement
from praxis.lifecycle.cases.models import Attachment, Case, CaseText, Partner

_BODIES: Statement[tuple[str, str, str]] = Statement(
    lambda case: CaseText.objects.filter(case_id=case).values_list("language", "field", "body"), case=int
)


def _around(case: int, programme: int) -> QuerySet[Any, tuple[Any, ...]]:
    """Attachments, partners and the names of the programme's past cases, told apart by their first column.

    Three short lists that each look at a case asks for: one statement. A column holds what the attachments have there;
    language maps come as text, which both databases can put side by side.
    """

    def word(text: str) -> Cast:
        return Cast(Value(text), CharField())

    def plain(name: str) -> Cast:
        return Cast(name, TextField())

    nothing, number = Value(None, output_field=CharField()), Value(None, output_field=IntegerField())
    attachments = Attachment.objects.filter(case_id=case, removed_at=None).values_list(
        word("attachment"), "position", "pk", plain("captions"), plain("alts"), "key", "kind", "file__state", "credit",
        "licence", "file_id", "file__width", "file__height", "file__seconds", "consent",
    )  # fmt: skip
    rest = (
        nothing, nothing, number, number, number, Value(None, output_field=FloatField()),
        Value(None, output_field=BooleanField()),
    )  # fmt: skip
    partners = Partner.objects.filter(case_id=case).values_list(
        word("partner"), "position", "pk", plain("names"), plain("roles"), "place_id", "state", nothing, *rest
    )
    past = PastCase.objects.filter(programme_id=programme).values_list(
        word("past"), Value(0), "pk", plain("names"), Cast(nothing, TextField()), nothing, nothing, nothing, *rest
    )
    return attachments.order_by().union(partners.order_by(), past.order_by(), all=True)


_AROUND: Statement[tuple[Any, ...]] = Statement(_around, case=int, programme=int)

Content = dict[str, Any]
"""Keys: titles, category, kinds, started_on, uses_internet, places, organisation, texts {language: {field: body}},
partners, attachments, consents. Contact persons are not in it, so that their data can be erased."""


def of(case: Case, *, bodies: Iterable[tuple[str, str, str]] | None = None) -> Content:
    """The content of a case as it now stands (two statements; `case.organisation` and `.category` read).

    `bodies` are its texts as (language, field, body), where the caller has read them already. What the past cases of the
    programme are called is read beside it and kept on the case for its check (`past_names`).
    """
    texts: dict[str, dict[str, str]] = {}
    if bodies is None:
        bodies = _BODIES.all(case=case.pk)
    for language, field, body in bodies:
        if body:
            texts.setdefault(language, {})[field] = body
    organisation = case.organisation
    around: dict[str, list[tuple[Any, ...]]] = {"attachment": [], "partner": [], "past": []}
    for part, *row in _AROUND.all(case=case.pk, programme=case.edition.programme_id):
        around[part].append(tuple(row))
    case._past_names = tuple(row[2] for row in sorted(around["past"], key=_PLACE))  # type: ignore[attr-defined]
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
        "partners": [_partner(row) for row in sorted(around["partner"], key=_PLACE)],
        "attachments": [_attachment(row) for row in sorted(around["attachment"], key=_KIND_AND_PLACE)],
        "consents": case.consents,
    }


_PLACE, _KIND_AND_PLACE = itemgetter(0, 1), itemgetter(5, 0, 1)


def past_names(case: Case) -> tuple[str, ...] | None:
    """The names of past cases as they were when `of` read the case, each as JSON; None where it has not."""
    return getattr(case, "_past_names", None)


def _partner(row: tuple[Any, ...]) -> dict[str, Any]:
    _position, _pk, names, roles, place, state, *_rest = row
    return {"names": json.loads(names), "place": place, "roles": json.loads(roles), "confirmed": state == "confirmed"}


def _attachment(row: tuple[Any, ...]) -> dict[str, Any]:
    _position, _pk, captions, alts, key, kind, state, credit, licence, file, width, height, seconds, consent = row
    return {
        "key": key, "kind": kind, "file": file, "state": state, "width": width, "height": height, "seconds": seconds,
        "captions": json.loads(captions), "alts": json.loads(alts), "credit": credit, "licence": licence,
        "consent": consent,
    }  # fmt: skip


def with_answers(content: Content, case_id: int) -> Content:
    """The content of a submission with what its partners have answered since.

    A partner that has another name by now, or has been taken out, stays as it was submitted.
    """
    rows = Partner.objects.filter(case_id=case_id).values_list("names", "state")
    return answered(content, ((names, state == Partner.State.CONFIRMED) for names, state in rows))


def answered(content: Content, answers: Iterable[tuple[dict[str, str], bool]]) -> Content:
    """The content with these answers: the names of a partner, and whether it has confirmed."""
    said = {_by_name(names): confirmed for names, confirmed in answers}
    partners = [{**row, "confirmed": said.get(_by_name(row["names"]), row["confirmed"])} for row in content["partners"]]
    return {**content, "partners": partners}


def _by_name(names: dict[str, str]) -> str:
    return json.dumps(names, sort_keys=True)


def digest(content: Content) -> str:
    """SHA-256 of the canonical JSON of what the applicant says.

    Whether a partner has confirmed is the partner's word and no part of it: an answer that comes after the submission
    does not make another submission necessary.
    """
    partners = [{name: value for name, value in row.items() if name != "confirmed"} for row in content["partners"]]
    canonical = json.dumps({**content, "partners": partners}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

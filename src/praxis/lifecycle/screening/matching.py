"""Cases held against each other and against earlier Casebooks by the similarity engine."""

from __future__ import annotations

from collections.abc import Iterable

from praxis.engines.similarity import Document, Hit, Index
from praxis.foundation.archive.models import PastCase
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.models import Case

HITS, FALSE_ALARMS = 3, 0.01
# What is worth a person's look even when few texts are there to set a threshold by.
LEAST = 0.35
PAST, CASE = "past:", "case:"


def _organisation(names: Iterable[str]) -> str:
    return " ".join(sorted(name for name in names if name))


def contacts(case: Case) -> tuple[str, ...]:
    """Phone and address of a case's contact, written one way: digits alone, lower case."""
    phone = "".join(sign for sign in case.contact_phone if sign.isdigit())
    return tuple(value for value in (phone, case.contact_email.strip().casefold()) if value)


def document(case: Case) -> Document:
    """A submitted case as the engine reads it: all its texts by language, its applicant, its contacts."""
    content = case.revision.content if case.revision else {"texts": {}, "organisation": {"names": {}}}
    return Document(
        id=f"{CASE}{case.pk}",
        texts={language: "\n".join(fields.values()) for language, fields in content["texts"].items()},
        organisation=_organisation(content["organisation"]["names"].values()),
        contacts=contacts(case),
    )


def past_document(past: PastCase) -> Document:
    """A case of an earlier Casebook: often no more than its name is known."""
    return Document(id=f"{PAST}{past.pk}", texts=dict(past.names), organisation=past.applicant, contacts=())


def submitted(edition: Edition) -> list[Case]:
    """The cases that take part in the comparison, in the order of their numbers."""
    rows = Case.objects.filter(edition=edition, revision__isnull=False).exclude(state="withdrawn")
    return list(rows.select_related("revision", "organisation").order_by("number"))


def hits(edition: Edition) -> dict[int, list[Hit]]:
    """For each case of an edition, what it resembles among earlier cases and those submitted before it.

    Of two cases of the edition the later one carries the match: the first to come is not the repeat.
    """
    cases = submitted(edition)
    documents = [document(case) for case in cases]
    past = [past_document(row) for row in PastCase.objects.filter(programme_id=edition.programme_id).order_by("pk")]
    if not documents:
        return {}
    index = Index.build([*past, *documents])
    bar = max(LEAST, index.threshold(FALSE_ALARMS)) if len(documents) > 20 else LEAST
    order = {case.pk: place for place, case in enumerate(cases)}
    found: dict[int, list[Hit]] = {}
    for case, own in zip(cases, documents, strict=True):
        kept = []
        for hit in index.query(own, k=HITS + 2):
            if hit.id == own.id or hit.score < bar:
                continue
            if hit.id.startswith(CASE) and order[int(hit.id.removeprefix(CASE))] > order[case.pk]:
                continue
            kept.append(hit)
        found[case.pk] = kept[:HITS]
    return found

"""Cases held against each other, and against earlier Casebooks, by the similarity engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from praxis.engines.similarity import Document, Hit, Index
from praxis.foundation.archive.models import PastCase
from praxis.foundation.jobs import services as jobs
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.screening.contacts import contacts

HITS = 3
# Of earlier cases often no more than the name is known: names are held against names, and unrelated ones stay below.
LEAST_NAME = 0.42
# Whole texts: what part of a text another explains, and scores, which are gaps to the next candidates, depend on the cases
# there are. The most alike go to a person: a tenth, of many cases a smaller part, and never one below the least.
LEAST_SAID, FEW_LEAST_SAID = 0.5, 0.7
LEAST_TEXT, FEW_LEAST_TEXT, FEW = 0.35, 0.45, 20
LARGEST_PART, SMALLEST_PART, ENOUGH = 0.1, 0.04, 60
PAST, CASE = "past:", "case:"
CHUNK = 200


def _organisation(names: Iterable[str]) -> str:
    return " ".join(sorted(name for name in names if name))


def document(case: Case) -> Document:
    """A submitted case as the engine reads it: all its texts by language, its applicant, its contacts."""
    content = case.revision.content if case.revision else {"texts": {}, "organisation": {"names": {}}}
    return Document(
        id=f"{CASE}{case.pk}",
        texts={language: "\n".join(fields.values()) for language, fields in content["texts"].items()},
        organisation=_organisation(content["organisation"]["names"].values()),
        contacts=contacts(case),
    )


def name_document(case: Case) -> Document:
    """The names of a case alone, to be held against the names of earlier cases."""
    texts = case.revision.content["texts"] if case.revision else {}
    return Document(
        id=f"{CASE}{case.pk}", texts={code: said["title"] for code, said in texts.items() if said.get("title")}
    )


def past_document(past: PastCase) -> Document:
    """The names of a case of an earlier Casebook."""
    return Document(id=f"{PAST}{past.pk}", texts=dict(past.names))


def submitted(edition: Edition) -> Iterator[Case]:
    """The cases that take part in the comparison, in the order of their numbers; some at a time, for all are many."""
    rows = Case.objects.filter(edition=edition, revision__isnull=False).exclude(state="withdrawn")
    return rows.select_related("revision", "organisation").order_by("number").iterator(chunk_size=CHUNK)


def hits(edition: Edition) -> dict[int, list[Hit]]:
    """For each case of an edition, what it resembles among earlier cases and those submitted before it, best first."""
    past = PastCase.objects.filter(programme_id=edition.programme_id).order_by("pk")
    names, index = Index.build(past_document(row) for row in past), Index()
    documents, asked = [], []
    for case in submitted(edition):
        documents.append(document(case))
        asked.append(name_document(case))
        index.add(documents[-1])
    named = names.answers(asked, HITS, least=LEAST_NAME)
    return {
        int(own.id.removeprefix(CASE)): [*earlier, *alike][:HITS]
        for own, earlier, alike in zip(documents, named, _alike(index, documents), strict=True)
    }


def _alike(index: Index, documents: Sequence[Document]) -> list[list[Hit]]:
    """What each case resembles among the others. Of two alike the later carries it: the first is not the repeat."""
    places = {own.id: place for place, own in enumerate(documents)}
    answers: list[list[Hit]] = []
    for place, hits in enumerate(index.matches(2 * HITS, passages=False)):
        answers.append([hit for hit in hits if places[hit.id] < place])
        jobs.progress(80 * (place + 1) / len(documents))
    said = _bar([max((hit.explained for hit in hits), default=0.0) for hits in answers], LEAST_SAID, FEW_LEAST_SAID)
    bar = _bar([max((hit.score for hit in hits), default=0.0) for hits in answers], LEAST_TEXT, FEW_LEAST_TEXT)
    # Of many cases in the same forms, a gap of texts alone says less than how much of one the other explains.
    few = len(documents) <= FEW
    return [
        index.with_passages(
            own,
            [
                hit
                for hit in hits
                if hit.explained >= said or (hit.score >= bar and (few or hit.channel != "text"))
            ][:HITS],
        )
        for own, hits in zip(documents, answers, strict=True)
    ]


def _bar(best: Sequence[float], least: float, few_least: float) -> float:
    """The figure from which on a likeness is worth a person's look, given the best figure of every case."""
    if len(best) <= FEW:
        return few_least
    part = max(SMALLEST_PART, min(LARGEST_PART, ENOUGH / len(best)))
    ordered = sorted(best, reverse=True)
    return max(least, ordered[max(0, round(part * len(ordered)) - 1)])

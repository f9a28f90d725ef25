"""The index of earlier cases: three channels, one score."""

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from praxis.engines.arrays import Floats
from praxis.engines.similarity import grams
from praxis.engines.similarity.documents import Document, Hit
from praxis.engines.similarity.grams import Keys
from praxis.engines.similarity.vectors import Vectors

_CHANNELS: Final = ("text", "numbers", "contacts")
_NEXT: Final = 5
_MAGIC: Final = b"praxis-similarity-1\n"
# Shared numbers must weigh this much, in logarithms of how rare they are, to count half.
_ENOUGH_NUMBERS: Final = 4.0

Terms = tuple[Keys, Floats]


class Index:
    """Documents to compare with, by characters, by numbers and by contacts; one whole object, no file."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._plains: dict[str, dict[str, str]] = {}
        self._terms: dict[str, dict[str, Terms]] = {}
        self._languages: dict[str, Vectors] = {}
        self._numbers = Vectors()
        self._contacts = Vectors()

    @classmethod
    def build(cls, documents: Iterable[Document]) -> "Index":
        """Index documents. Raises ValueError when two have the same id."""
        index = cls()
        for document in documents:
            index.add(document)
        return index

    def __len__(self) -> int:
        """Return the number of documents."""
        return len(self._documents)

    def add(self, document: Document) -> None:
        """Add one document; the others' texts are not read again."""
        if document.id in self._documents:
            raise ValueError(f"document {document.id!r} is in the index already")
        self._documents[document.id] = document
        plains = self._plains[document.id] = _plains(document)
        terms = self._terms[document.id] = _terms(document, plains)
        for name, found in terms.items():
            self._vectors(name).add(document.id, *found)

    def remove(self, id: str) -> None:
        """Take a document out. Raises KeyError when it is not there."""
        del self._documents[id], self._plains[id]
        for name in self._terms.pop(id):
            self._vectors(name).remove(id)

    def query(self, document: Document, k: int = 3, *, least: float = 0.0) -> list[Hit]:
        """Return the k indexed documents that resemble a document most, best first; itself (by id) left out.

        What scores under `least` is left out too, and costs no looking for shared passages.

        The score of text is the cosine less the mean of the next five candidates' (templates that all share
        lift all alike); that of numbers likewise, times how much the shared numbers weigh; that of contacts
        is their cosine times the text's. What several channels say adds up as chances do, 1 less the product of what
        each leaves open; the hit names the channel that says most.
        """
        ids, scores = self._scores(document)
        best = _together(scores)
        order = np.lexsort((np.arange(len(ids)), -best))[:k]
        found = [place for place in order.tolist() if best[place] > 0.0 and best[place] >= least]
        channels = [_CHANNELS[int(np.argmax(scores[:, place]))] for place in found]
        shared = self._shared(document, [ids[place] for place in found], channels)
        return [
            Hit(ids[place], float(best[place]), channel, passages)
            for place, channel, passages in zip(found, channels, shared, strict=True)
        ]

    def threshold(self, false_alarm_rate: float) -> float:
        """Return the score that only this share of unrelated documents reaches.

        Each indexed document is compared with all the others; they are taken to be no repeats of each other.
        With fewer documents than the rate needs (under 1/rate) it is the highest score seen. An empty index
        gives 1.0.
        """
        if not 0.0 < false_alarm_rate < 1.0:
            raise ValueError("false_alarm_rate must be between 0 and 1")
        if len(self) < 2:
            return 1.0
        best = [float(_together(self._scores(d)[1]).max(initial=0.0)) for d in self._documents.values()]
        level = float(np.quantile(best, 1.0 - false_alarm_rate, method="higher"))
        return float(np.nextafter(level, 2.0))

    def to_bytes(self) -> bytes:
        """Return the index as bytes; the same documents in the same order give the same bytes."""
        rows = [[d.id, d.texts, d.organisation, list(d.contacts)] for d in self._documents.values()]
        plain = json.dumps(rows, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
        return _MAGIC + zlib.compress(plain.encode("ascii"), 6)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Index":
        """Return the index that `to_bytes` wrote. Raises ValueError when the bytes are something else."""
        if not data.startswith(_MAGIC):
            raise ValueError("these bytes are no index of this version")
        try:
            rows = json.loads(zlib.decompress(data[len(_MAGIC) :]))
        except zlib.error as error:
            raise ValueError("the bytes of the index are damaged") from error
        return cls.build(Document(row[0], row[1], row[2], tuple(row[3])) for row in rows)

    def _shared(self, document: Document, ids: Sequence[str], channels: Sequence[str]) -> list[tuple[str, ...]]:
        """Return what the document shares with each of the others, for the reader to judge."""
        others = [self._documents[name] for name in ids]
        shared = [
            _same_people(document, other) if channel == "contacts" else _same_numbers(document, other)
            for other, channel in zip(others, channels, strict=True)
        ]
        texts = [number for number, channel in enumerate(channels) if channel == "text"]
        passages: list[list[str]] = [[] for _ in ids]
        for language, text in sorted(document.texts.items()) if texts else ():
            plains = [self._plains[ids[number]].get(language, "") for number in texts]
            for number, found in zip(texts, grams.shared_passages(text, plains), strict=True):
                passages[number] += found
        for number in texts:
            shared[number] = tuple(sorted(passages[number], key=lambda passage: -len(passage))[:3])
        return shared

    def _vectors(self, name: str) -> Vectors:
        if name == "numbers":
            return self._numbers
        if name == "contacts":
            return self._contacts
        return self._languages.setdefault(name, Vectors())

    def _scores(self, document: Document) -> tuple[Sequence[str], Floats]:
        """Return the ids and the score of each channel [3,D], the document itself left out."""
        ids = list(self._documents)
        place = {key: number for number, key in enumerate(ids)}
        text, number, contact = (np.zeros(len(ids)) for _ in _CHANNELS)
        known = self._documents.get(document.id) == document
        terms = self._terms[document.id] if known else _terms(document, _plains(document))
        for name, found in terms.items():
            vectors = self._vectors(name)
            if not vectors.ids:
                continue
            where = np.array([place[key] for key in vectors.ids])
            cosines = vectors.cosines(*found)
            if name == "numbers":
                shared = vectors.shared_weight(found[0])
                number[where] = cosines * shared / (shared + _ENOUGH_NUMBERS)
            elif name == "contacts":
                contact[where] = cosines
            else:
                text[where] = np.maximum(text[where], cosines)
        others = np.array([key != document.id for key in ids], dtype=np.bool_)
        ids = [key for key in ids if key != document.id]
        text, number, contact = text[others], number[others], contact[others]
        return ids, np.vstack([_gaps(text), _gaps(number), contact * text])


def _plains(document: Document) -> dict[str, str]:
    return {language: grams.normalise(text) for language, text in document.texts.items()}


def _terms(document: Document, plains: dict[str, str]) -> dict[str, Terms]:
    """Return the weighted terms of each channel; texts are named `text:` and the language."""
    found = {f"text:{language}": grams.grams(plain) for language, plain in plains.items()}
    found["numbers"] = _hashed(_numbers(document))
    found["contacts"] = _hashed(_identities(document))
    return {name: terms for name, terms in found.items() if len(terms[0])}


def _numbers(document: Document) -> set[str]:
    return {number for text in document.texts.values() for number in grams.numbers(text)}


def _same_numbers(document: Document, other: Document) -> tuple[str, ...]:
    shared = _numbers(document) & _numbers(other)
    return tuple(sorted(shared, key=lambda number: (-len(number), number)))


def _same_people(document: Document, other: Document) -> tuple[str, ...]:
    mine, theirs = (grams.normalise(d.organisation) for d in (document, other))
    organisation = (document.organisation,) if mine and mine == theirs else ()
    return organisation + tuple(contact for contact in document.contacts if contact in other.contacts)


def _identities(document: Document) -> set[str]:
    """Return what names the people and the organisation behind a document."""
    organisation = grams.normalise(document.organisation)
    return {f"contact {contact}" for contact in document.contacts if contact} | (
        {f"organisation {organisation}"} if organisation else set()
    )


def _hashed(words: Iterable[str]) -> Terms:
    keys = np.unique(np.array([grams.word_key(word) for word in words], dtype=np.uint64))
    return keys, np.ones(len(keys), dtype=np.float64)


def _together(scores: Floats) -> Floats:
    """Join the channels [3,D] to one score [D]: what one leaves open the others may close."""
    joined: Floats = 1.0 - np.prod(1.0 - np.clip(scores, 0.0, 1.0), axis=0)
    return joined


def _gaps(similarity: Floats) -> Floats:
    """Return each similarity less the mean of the next five below it, never less than a lower one gets.

    Two copies of one document would otherwise hide each other.
    """
    order = np.argsort(-similarity, kind="stable")
    ordered = np.concatenate([similarity[order], np.zeros(_NEXT)])
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    places = np.arange(len(similarity))
    following = np.minimum(len(similarity) - 1 - places, _NEXT)
    below = (sums[places + 1 + following] - sums[places + 1]) / np.maximum(following, 1)
    gaps = np.empty(len(similarity))
    gaps[order] = np.maximum.accumulate((ordered[: len(similarity)] - below)[::-1])[::-1]
    return gaps

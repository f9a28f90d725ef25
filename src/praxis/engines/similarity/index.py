"""The index of earlier cases: several channels, one score."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import numpy as np

from praxis.engines.arrays import Floats, Integers
from praxis.engines.similarity import grams
from praxis.engines.similarity.documents import Document, Hit
from praxis.engines.similarity.grams import Keys
from praxis.engines.similarity.vectors import Asked, Singles, Vectors, slack

# What each row of scores is; the last one is that of passages.
_CHANNELS: Final = ("text", "numbers", "contacts", "text")
_NEXT: Final = 5
# In each channel so many nearest documents have a score; of the others it would be nearly nothing.
_NEAREST: Final = 20
_PLACES: Final = 10
# What half of the documents have says nothing about a passage.
_USUAL: Final = float(np.log(2.0))
# A document that says no more than this is explained by half at most.
_ENOUGH_SAID: Final = 4.0
# Questions are answered so many at a time.
_BLOCK: Final = 256
_MAGIC: Final = b"praxis-similarity-1\n"
# Shared numbers must weigh this much, in logarithms of how rare they are, to count half.
_ENOUGH_NUMBERS: Final = 4.0

Terms = tuple[Keys, Floats]
_NOTHING: Final[Terms] = (np.zeros(0, dtype=np.uint64), np.zeros(0))


@dataclass(frozen=True)
class _Question:
    """A document as it is asked about: its terms in each channel, and its place in the index (-1: not there)."""

    document: Document
    place: int
    asked: dict[str, Asked]


class Index:
    """Documents to compare with, by characters, by numbers and by contacts; one whole object, no file."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._places: dict[str, int] | None = {}
        self._ids: list[str] = []
        self._languages: dict[str, Vectors] = {}
        self._words: dict[str, Vectors] = {}
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
        terms = _terms(document)
        for name in terms:
            if name not in self._channels():
                kind, _, language = name.partition(":")
                (self._words if kind == "words" else self._languages)[language] = Vectors(len(self))
        for name, vectors in self._channels().items():
            vectors.add(*terms.get(name, _NOTHING))
        self._documents[document.id] = document
        self._ids.append(document.id)
        self._places = None

    def remove(self, id: str) -> None:
        """Take a document out. Raises KeyError when it is not there."""
        del self._documents[id]
        place = self._ids.index(id)
        del self._ids[place]
        self._places = None
        for vectors in self._channels().values():
            vectors.remove(place)

    def query(self, document: Document, k: int = 3, *, least: float = 0.0) -> list[Hit]:
        """Return the k indexed documents that resemble a document most, best first; itself (by id) left out.

        What scores under `least` is left out too, and costs no looking for shared passages.

        In each channel the nearest 20 (or k) documents have a score. That of text is the cosine less the mean of the
        next five documents' (templates that all share lift all alike); that of numbers likewise, times how much the
        shared numbers weigh; that of contacts is their cosine times the text's. What several channels say adds up as
        chances do, 1 less the product of what each leaves open; the hit names the channel that says most.

        Text speaks twice: of those nearest in any channel it is also held, by the same gap, how much of what the
        document says they say too, passage by passage (`_explained`).
        """
        return next(self.answers([document], k, least=least))

    def answers(
        self, documents: Iterable[Document], k: int = 3, *, least: float = 0.0, passages: bool = True
    ) -> Iterator[list[Hit]]:
        """Return what `query` returns for each of the documents, in their order; many at a time cost far less each.

        Looking for what is shared costs more than the rest: without `passages` it is left to `with_passages`.
        """
        for document, (places, scores, explained) in self._scored(documents, max(k, _NEAREST)):
            hits = self._hits(places, scores, explained, k, least)
            yield self.with_passages(document, hits) if passages else hits

    def matches(self, k: int = 3, *, least: float = 0.0, passages: bool = True) -> Iterator[list[Hit]]:
        """Return, for each indexed document in order, what it resembles among the others."""
        return self.answers(list(self._documents.values()), k, least=least, passages=passages)

    def with_passages(self, document: Document, hits: Sequence[Hit]) -> list[Hit]:
        """Return hits of a document with what it shares with each of them."""
        shared = self._shared(document, [hit.id for hit in hits], [hit.channel for hit in hits])
        return [replace(hit, passages=passages) for hit, passages in zip(hits, shared, strict=True)]

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
        scored = self._scored(self._documents.values(), _NEAREST)
        best = [float(_together(scores).max(initial=0.0)) for _, (_, scores, _) in scored]
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

    def _channels(self) -> dict[str, Vectors]:
        texts = {f"text:{language}": vectors for language, vectors in self._languages.items()}
        words = {f"words:{language}": vectors for language, vectors in self._words.items()}
        return {**texts, **words, "numbers": self._numbers, "contacts": self._contacts}

    def _place(self, document: Document) -> int:
        if self._places is None:
            self._places = {name: place for place, name in enumerate(self._ids)}
        return self._places.get(document.id, -1)

    def _question(self, document: Document) -> _Question:
        place = self._place(document)
        channels = self._channels()
        if place >= 0 and self._documents[document.id] == document:
            asked = {name: vectors.own(place) for name, vectors in channels.items()}
        else:
            terms = _terms(document)
            asked = {name: vectors.asked(*terms.get(name, _NOTHING)) for name, vectors in channels.items()}
        return _Question(document, place, asked)

    def _scored(
        self, documents: Iterable[Document], nearest: int
    ) -> Iterator[tuple[Document, tuple[Integers, Floats, Floats]]]:
        """Return for each document the places that are near it in any channel their scores [4,P] and what they explain."""
        for block in _blocks(documents):
            questions = [self._question(document) for document in block]
            near = self._near(questions, nearest + _NEXT) if self._ids else [np.zeros(0, dtype=np.int64)] * len(block)
            for question, places in zip(questions, near, strict=True):
                others = len(self._ids) - (question.place >= 0)
                similar = np.vstack(self._similarities(question, places))
                chosen = _nearest(similar, nearest + _NEXT)
                text, number, contact = similar[:, chosen]
                passages = self._explained(question, places[chosen])
                gaps = [_gaps(similarity, nearest, others) for similarity in (text, number, passages)]
                yield question.document, (places[chosen], np.vstack([gaps[0], gaps[1], contact, gaps[2]]), passages)

    def _near(self, questions: Sequence[_Question], nearest: int) -> list[Integers]:
        """Return for each question the places among which the nearest of each channel surely are.

        Figures in single precision choose them, each channel's last one less what rounding can have done.
        """
        channels = self._similar(questions)
        possible = np.zeros(channels[0].shape, dtype=np.bool_)
        loss = np.array([5.0 * max(map(slack, question.asked.values())) for question in questions])
        for similarity in channels:
            for row, question in enumerate(questions):
                if question.place >= 0:
                    similarity[row, question.place] = 0.0
            last = min(nearest, similarity.shape[1])
            level = np.partition(similarity, -last, axis=1)[:, -last] * (1.0 - loss)
            possible |= (similarity >= level[:, None]) & (similarity > 0.0)
        return [np.flatnonzero(row) for row in possible]

    def _similar(self, questions: Sequence[_Question]) -> tuple[Singles, Singles, Singles]:
        """Return what `_similarities` returns, of questions and all documents [Q,D], in single precision."""
        text = np.zeros((len(questions), len(self._ids)), dtype=np.float32)
        for language, vectors in self._languages.items():
            own = [question.asked[f"text:{language}"] for question in questions]
            if any(len(asked.terms) for asked in own):
                np.maximum(text, vectors.rough_cosines(own), out=text)
        asked = [question.asked["numbers"] for question in questions]
        shared = self._numbers.rough_shared_weight(asked)
        number = self._numbers.rough_cosines(asked) * shared / (shared + np.float32(_ENOUGH_NUMBERS))
        contact = self._contacts.rough_cosines([question.asked["contacts"] for question in questions]) * text
        return text, number, contact

    def _similarities(self, question: _Question, places: Integers) -> tuple[Floats, Floats, Floats]:
        """Return the similarities of a question and those documents: text, numbers, contacts times text."""
        text = np.zeros(len(places))
        for language, vectors in self._languages.items():
            own = question.asked[f"text:{language}"]
            if len(own.terms):
                text = np.maximum(text, vectors.cosines(own, places))
        asked = question.asked["numbers"]
        shared = self._numbers.shared_weight(asked, places)
        number = self._numbers.cosines(asked, places) * shared / (shared + _ENOUGH_NUMBERS)
        contact = text * self._contacts.cosines(question.asked["contacts"], places)
        # The order in which terms are added up must not part what is equal.
        return np.round(text, _PLACES), np.round(number, _PLACES), np.round(contact, _PLACES)

    def _explained(self, question: _Question, places: Integers) -> Floats:
        """Return which part of what a document says those documents say too, in the language they say most of.

        Each step of the text says as much as the rarest sequence that begins there is rare; along a passage only what
        rises above the step before adds to it, so that a long name counts once and a usual phrase next to nothing.
        """
        best = np.zeros(len(places))
        for language, text in question.document.texts.items() if len(places) else ():
            if language not in self._languages:
                continue
            keys, there = grams.course(grams.normalise(text))
            parts = (
                (self._languages[language], keys[:-1]),
                (self._words.get(language, Vectors(len(self._ids))), keys[-1:]),
            )
            terms = [vectors.numbered(own.ravel()).reshape(own.shape) for vectors, own in parts]
            weight = np.vstack([vectors.surprise(own) for (vectors, _), own in zip(parts, terms, strict=True)])
            weight = np.where(there, np.maximum(weight - _USUAL, 0.0), 0.0)
            there = np.zeros(weight.shape, dtype=np.bool_)
            standing = [
                vectors.standing(own, places, out)
                for (vectors, _), own, out in zip(parts, terms, (there[:-1], there[-1:]), strict=True)
            ]
            said = [_said(weight * there) for _ in zip(*standing, strict=True)]
            best = np.maximum(best, np.array(said) / (_said(weight) + _ENOUGH_SAID))
        return np.round(best, _PLACES)

    def _hits(self, places: Integers, scores: Floats, explained: Floats, k: int, least: float) -> list[Hit]:
        best = _together(scores)
        order = np.lexsort((places, -best))[:k]
        found = [number for number in order.tolist() if best[number] > 0.0 and best[number] >= least]
        channels = [_CHANNELS[int(np.argmax(scores[:, number]))] for number in found]
        return [
            Hit(self._ids[places[number]], float(best[number]), channel, (), float(explained[number]))
            for number, channel in zip(found, channels, strict=True)
        ]

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
            plains = [grams.normalise(others[number].texts.get(language, "")) for number in texts]
            for number, found in zip(texts, grams.shared_passages(text, plains), strict=True):
                passages[number] += found
        for number in texts:
            shared[number] = tuple(sorted(passages[number], key=lambda passage: -len(passage))[:3])
        return shared


def _blocks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    waiting = iter(documents)
    while block := list(islice(waiting, _BLOCK)):
        yield block


def _terms(document: Document) -> dict[str, Terms]:
    """Return the weighted terms of each channel; texts are named `text:` and the language."""
    found: dict[str, Terms] = {}
    for language, text in document.texts.items():
        plain = grams.normalise(text)
        words = grams.words(plain)
        found[f"text:{language}"] = grams.grams(plain)
        found[f"words:{language}"] = words, np.ones(len(words))
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


def _nearest(similar: Floats, count: int) -> Integers:
    """Return the places that are among the nearest in any channel [C,P] and have something in common there."""
    picked = np.zeros(similar.shape, dtype=np.bool_)
    np.put_along_axis(picked, np.argsort(-similar, axis=1, kind="stable")[:, :count], True, axis=1)
    return np.flatnonzero((picked & (similar > 0.0)).any(axis=0))


def _said(weight: Floats) -> float:
    """Add up what the steps of a text say [4,S]: each as much as it says more than the one before."""
    steps = weight.max(axis=0, initial=0.0)
    return float(steps[:1].sum() + np.maximum(steps[1:] - steps[:-1], 0.0).sum())


def _together(scores: Floats) -> Floats:
    """Join the channels [4,D] to one score [D]: what one leaves open the others may close."""
    joined: Floats = 1.0 - np.prod(1.0 - np.clip(scores, 0.0, 1.0), axis=0)
    return joined


def _gaps(similarity: Floats, nearest: int, others: int) -> Floats:
    """Return each similarity less the mean of the next five below it, never less than a lower one gets.

    Two copies of one document would otherwise hide each other. The nearest alone get more than 0; `others` are the
    documents there are, of which those not given are further away.
    """
    order = np.argsort(-similarity, kind="stable")[: nearest + _NEXT]
    places = np.arange(min(nearest, others, len(order)))
    ordered = np.concatenate([similarity[order], np.zeros(nearest + _NEXT)])
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    following = np.minimum(others - 1 - places, _NEXT)
    below = (sums[places + 1 + following] - sums[places + 1]) / np.maximum(following, 1)
    gaps = np.zeros(len(similarity))
    gaps[order[places]] = np.maximum.accumulate((ordered[places] - below)[::-1])[::-1]
    return gaps

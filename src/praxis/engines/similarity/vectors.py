"""A table of weighted terms that grows and shrinks without being built again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Booleans, Floats, Integers
from praxis.engines.similarity.grams import Keys

# A term in more than this share of the documents says nothing, once there are enough documents to tell.
_COMMON: Final = 0.5
_FEW: Final = 8
# New terms are numbered so many occurrences at a time.
_PENDING: Final = 2_000_000
# Terms in more than this share of the rows are multiplied as a dense table, by which so many products cost what one
# costs in a sparse table; that table has at most so many cells.
_DENSE: Final = 0.06
_CELLS: Final = 50_000_000
# Fewer questions than this are not worth a dense table.
_MANY: Final = 32

Singles = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Asked:
    """A question to a table: its terms that stand there, each times its squared weight, and the length of it all."""

    terms: Numbers
    values: Floats
    length: float


@dataclass(frozen=True)
class _Table:
    """Rows as they are, and the weights at the present frequencies."""

    rows: Any
    square: Floats
    norms: Floats


@dataclass(frozen=True)
class _Split:
    """The same rows, terms of many documents (by their column) dense, those of few by term."""

    column: Numbers
    dense: Singles
    sparse: Any


class Vectors:
    """TF-IDF rows by place, some of them empty; a row is counted once, its weights follow the frequencies."""

    def __init__(self, rows: int = 0) -> None:
        # One row after another, in arrays that grow in place; where each row ends.
        self._columns: Numbers = np.zeros(0, dtype=np.int32)
        self._weights: Singles = np.zeros(0, dtype=np.float32)
        self._ends: list[int] = [0] * rows
        self._pending: list[tuple[Keys, Singles]] = []
        self._waiting = 0
        self._keys: Keys = np.zeros(0, dtype=np.uint64)
        self._terms: Numbers = np.zeros(0, dtype=np.int32)
        self._frequency: Integers = np.zeros(0, dtype=np.int64)
        self._table: _Table | None = None
        self._split: _Split | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._ends) + len(self._pending)

    def add(self, keys: Keys, weights: Floats) -> None:
        """Add a row, or an empty one; keys are sorted and distinct."""
        self._pending.append((keys, weights.astype(np.float32)))
        self._waiting += len(keys)
        self._table = self._split = None
        if self._waiting > _PENDING:
            self._settle()

    def remove(self, place: int) -> None:
        """Take a row out; those behind it move up."""
        self._settle()
        self._table = self._split = None
        start, end, used = self._start(place), self._ends[place], self._used()
        self._frequency[self._columns[start:end]] -= 1
        self._columns[start : used - end + start] = self._columns[end:used]
        self._weights[start : used - end + start] = self._weights[end:used]
        self._ends = self._ends[:place] + [later - end + start for later in self._ends[place + 1 :]]

    def asked(self, keys: Keys, weights: Floats) -> Asked:
        """Return a question; keys are sorted and distinct. What is not indexed adds to its length alone."""
        table = self._current()
        size = self._filled()
        weights = weights.astype(np.float32).astype(np.float64)
        place, known = self._find(keys)
        unknown = np.log(1.0 + size) + _floor(size)
        return self._ask(table, self._terms[place], weights[known], float((weights[~known] ** 2).sum()) * unknown**2)

    def own(self, place: int) -> Asked:
        """Return the question that a row itself is."""
        table = self._current()
        terms, weights = self._row(place)
        return self._ask(table, terms, weights.astype(np.float64), 0.0)

    def cosines(self, asked: Asked, places: Integers) -> Floats:
        """Return the cosines of a question with those rows."""
        table = self._current()
        query = np.zeros(len(table.square))
        query[asked.terms] = asked.values
        products = np.array([query[terms] @ weights for terms, weights in map(self._row, places.tolist())])
        whole = table.norms[places] * asked.length
        cosines: Floats = np.divide(products, whole, out=np.zeros(len(places)), where=whole > 0)
        return cosines

    def shared_weight(self, asked: Asked, places: Integers) -> Floats:
        """Return, for those rows, the weights of the terms shared with a question added up."""
        table = self._current()
        weight = np.zeros(len(table.square))
        weight[asked.terms] = np.sqrt(table.square[asked.terms])
        shared = [weight[terms].sum() for terms, _ in map(self._row, places.tolist())]
        return np.array(shared, dtype=np.float64)

    def numbered(self, keys: Keys) -> Numbers:
        """Return the numbers of terms, -1 of those that are not indexed."""
        self._settle()
        place, known = self._find(keys)
        terms = np.full(len(keys), -1, dtype=np.int32)
        terms[known] = self._terms[place]
        return terms

    def surprise(self, terms: Numbers) -> Floats:
        """Return how much it says that a row has a term: the logarithm of the rows for each that has it."""
        frequency = np.where(terms >= 0, self._frequency[terms] if len(self._frequency) else 0, 0)
        found: Floats = np.log((1.0 + self._filled()) / (1.0 + frequency))
        return found

    def standing(self, terms: Numbers, places: Integers, out: Booleans) -> Iterator[None]:
        """Write for each of those rows, one after another, which of the terms stand in it."""
        # The last mark is that of -1, a term that is not indexed.
        mark = np.zeros(len(self._frequency) + 1, dtype=np.bool_)
        for place in places.tolist():
            row, _ = self._row(place)
            mark[row] = True
            np.take(mark, terms, out=out, mode="wrap")
            yield
            mark[row] = False

    def rough_cosines(self, questions: Sequence[Asked]) -> Singles:
        """Return the cosines of questions with all rows [Q,R] in single precision, off by a share of `slack` at most."""
        norms = self._current().norms
        inverse = np.divide(1.0, norms, out=np.zeros(len(norms)), where=norms > 0).astype(np.float32)
        values = [
            (asked.values / asked.length if asked.length else asked.values).astype(np.float32) for asked in questions
        ]
        products = self._products([asked.terms for asked in questions], values, weighed=True)
        products *= inverse
        return products

    def rough_shared_weight(self, questions: Sequence[Asked]) -> Singles:
        """Return the weights of the shared terms added up, as `rough_cosines` does."""
        weight = np.sqrt(self._current().square).astype(np.float32)
        terms = [asked.terms for asked in questions]
        return self._products(terms, [weight[own] for own in terms], weighed=False)

    def _products(self, terms: Sequence[Numbers], values: Sequence[Singles], *, weighed: bool) -> Singles:
        table = self._current()
        if not weighed or (len(terms) < _MANY and self._split is None):
            rows = table.rows if weighed else _ones(table.rows)
            found = np.empty((len(terms), rows.shape[0]), dtype=np.float32)
            for number, (own, value) in enumerate(zip(terms, values, strict=True)):
                query = np.zeros(rows.shape[1], dtype=np.float32)
                query[own] = value
                found[number] = rows @ query
            return found
        split = self._apart()
        columns = [split.column[own] for own in terms]
        dense = np.zeros((len(terms), split.dense.shape[1]), dtype=np.float32)
        for number, (column, value) in enumerate(zip(columns, values, strict=True)):
            dense[number, column[column >= 0]] = value[column >= 0]
        found = dense @ split.dense.T
        few = [(own[c < 0], value[c < 0]) for own, value, c in zip(terms, values, columns, strict=True)]
        found += (_rows(few, len(split.column)) @ split.sparse).toarray()
        return found

    def _ask(self, table: _Table, terms: Numbers, weights: Floats, unknown: float) -> Asked:
        values = table.square[terms] * weights
        return Asked(terms, values, float(np.sqrt((values * weights).sum() + unknown)))

    def _filled(self) -> int:
        return int(np.count_nonzero(np.diff(self._ends, prepend=0)))

    def _start(self, place: int) -> int:
        return self._ends[place - 1] if place else 0

    def _used(self) -> int:
        return self._ends[-1] if self._ends else 0

    def _row(self, place: int) -> tuple[Numbers, Singles]:
        inside = slice(self._start(place), self._ends[place])
        return self._columns[inside], self._weights[inside]

    def _find(self, keys: Keys) -> tuple[Integers, Booleans]:
        """Return the places of the keys that are known, and the mask of these."""
        place = np.searchsorted(self._keys, keys)
        known = place < len(self._keys)
        known[known] = self._keys[place[known]] == keys[known]
        return place[known], known

    def _settle(self) -> None:
        """Number the terms of the rows that wait."""
        if not self._pending:
            return
        length = [len(keys) for keys, _ in self._pending]
        distinct, inverse = np.unique(np.concatenate([keys for keys, _ in self._pending]), return_inverse=True)
        place, known = self._find(distinct)
        fresh = np.arange(len(self._frequency), len(self._frequency) + int((~known).sum()), dtype=np.int32)
        numbers = np.empty(len(distinct), dtype=np.int32)
        numbers[known] = self._terms[place]
        numbers[~known] = fresh
        before = np.searchsorted(self._keys, distinct[~known])
        self._keys = np.insert(self._keys, before, distinct[~known])
        self._terms = np.insert(self._terms, before, fresh)
        terms = numbers[inverse]
        self._frequency = np.concatenate([self._frequency, np.zeros(len(fresh), dtype=np.int64)])
        self._frequency += np.bincount(terms, minlength=len(self._frequency))
        used = self._used()
        if used + len(terms) > len(self._columns):
            size = (used + len(terms)) * 9 // 8
            self._columns.resize(size, refcheck=False)
            self._weights.resize(size, refcheck=False)
        self._columns[used : used + len(terms)] = terms
        np.concatenate([weights for _, weights in self._pending], out=self._weights[used : used + len(terms)])
        self._ends += (used + np.cumsum(length)).tolist()
        self._pending, self._waiting = [], 0

    def _current(self) -> _Table:
        """Return the table at the present frequencies."""
        if self._table is None:
            self._settle()
            start = np.array([0, *self._ends], dtype=np.int32 if self._used() < 2**31 else np.int64)
            inside = self._weights[: self._used()], self._columns[: self._used()], start
            rows = sparse.csr_array(inside, shape=(len(self._ends), len(self._frequency)))
            size = self._filled()
            weight = np.log((1.0 + size) / (1.0 + self._frequency)) + _floor(size)
            useful: Booleans = self._frequency <= max(_COMMON * size, _FEW)
            square = np.where(useful, weight**2, 0.0)
            lengths = [float(square[terms] @ weights**2) for terms, weights in map(self._row, range(len(self._ends)))]
            norms = np.sqrt(np.array(lengths, dtype=np.float64))
            self._table = _Table(rows, square, norms)
        return self._table

    def _apart(self) -> _Split:
        if self._split is None:
            rows = self._current().rows
            useful = self._current().square > 0
            order = np.argsort(-self._frequency, kind="stable")
            often = order[(self._frequency[order] > _DENSE * rows.shape[0]) & useful[order]]
            often = often[: _CELLS // max(rows.shape[0], 1)]
            column = np.full(rows.shape[1], -1, dtype=np.int32)
            column[often] = np.arange(len(often), dtype=np.int32)
            dense = np.zeros((rows.shape[0], len(often)), dtype=np.float32)
            rest: Booleans = (column < 0) & useful
            few = []
            for number, (own, value) in enumerate(map(self._row, range(len(self._ends)))):
                place = column[own]
                dense[number, place[place >= 0]] = value[place >= 0]
                few.append((own[rest[own]], value[rest[own]]))
            self._split = _Split(column, dense, _rows(few, rows.shape[1]).T.tocsr())
        return self._split


def slack(asked: Asked) -> float:
    """Return by which share a rough figure can be off: rounding each of the terms' products and sums (Higham 2002)."""
    return float((len(asked.terms) + 16) * 2.0**-24)


def _rows(rows: Sequence[tuple[Numbers, Singles]], width: int) -> Any:
    """Return rows of terms and weights as a sparse table."""
    start = np.concatenate([[0], np.cumsum([len(terms) for terms, _ in rows], dtype=np.int64)])
    small = start.astype(np.int32) if start[-1] < 2**31 else start
    terms = np.concatenate([np.zeros(0, dtype=np.int32), *(terms for terms, _ in rows)])
    weights = np.concatenate([np.zeros(0, dtype=np.float32), *(weights for _, weights in rows)])
    return sparse.csr_array((weights, terms, small), shape=(len(rows), width))


def _ones(rows: Any) -> Any:
    return sparse.csr_array((np.ones_like(rows.data), rows.indices, rows.indptr), shape=rows.shape)


def _floor(documents: int) -> float:
    """Return the weight of a term that every document has: among few documents, being common says little yet."""
    return _FEW / (_FEW + documents)

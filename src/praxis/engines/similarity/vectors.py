"""A table of weighted terms that grows and shrinks without being built again."""

from typing import Any, Final

import numpy as np
from scipy import sparse  # type: ignore[import-untyped,unused-ignore]

from praxis.engines.arrays import Booleans, Floats, Integers
from praxis.engines.similarity.grams import Keys

# A term in more than this share of the documents says nothing, once there are enough documents to tell.
_COMMON: Final = 0.5
_FEW: Final = 8


class Vectors:
    """TF-IDF rows under their ids; a row is counted once, its weights follow the frequencies."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._rows: list[tuple[Integers, Floats]] = []
        self._keys: Keys = np.zeros(0, dtype=np.uint64)
        self._terms: Integers = np.zeros(0, dtype=np.int64)
        self._frequency: Integers = np.zeros(0, dtype=np.int64)
        self._table: tuple[Any, Floats, Floats] | None = None

    def add(self, id: str, keys: Keys, weights: Floats) -> None:
        """Add a row; keys are sorted and distinct."""
        place = np.searchsorted(self._keys, keys)
        found, known = self._find(keys)
        fresh = np.arange(len(self._frequency), len(self._frequency) + int((~known).sum()))
        terms = np.empty(len(keys), dtype=np.int64)
        terms[known] = found
        terms[~known] = fresh
        self._keys = np.insert(self._keys, place[~known], keys[~known])
        self._terms = np.insert(self._terms, place[~known], fresh)
        self._frequency = np.concatenate([self._frequency, np.zeros(len(fresh), dtype=np.int64)])
        self._frequency[terms] += 1
        self.ids.append(id)
        self._rows.append((terms, weights))
        self._table = None

    def remove(self, id: str) -> None:
        """Take a row out; nothing happens when there is none."""
        if id in self.ids:
            row = self.ids.index(id)
            self._frequency[self._rows[row][0]] -= 1
            del self.ids[row], self._rows[row]
            self._table = None

    def cosines(self, keys: Keys, weights: Floats) -> Floats:
        """Return the cosine of each row with a query."""
        table, square, norms = self._current()
        terms, known = self._find(keys)
        query = np.zeros(len(square))
        query[terms] = square[terms] * weights[known]
        unknown = np.log(1.0 + len(self.ids)) + _floor(len(self.ids))
        length = float((query[terms] * weights[known]).sum())
        length += float((weights[~known] ** 2).sum()) * unknown**2
        whole = norms * np.sqrt(length)
        cosines: Floats = np.divide(table @ query, whole, out=np.zeros(len(norms)), where=whole > 0)
        return cosines

    def shared_weight(self, keys: Keys) -> Floats:
        """Return, for each row, the weights of the terms it shares with a query added up."""
        table, square, _ = self._current()
        terms, _ = self._find(keys)
        weight = np.zeros(len(square))
        weight[terms] = np.sqrt(square[terms])
        present = sparse.csr_array((np.ones_like(table.data), table.indices, table.indptr), shape=table.shape)
        return np.asarray(present @ weight, dtype=np.float64)

    def _find(self, keys: Keys) -> tuple[Integers, Booleans]:
        """Return the numbers of the terms that are indexed, and the mask of the keys they belong to."""
        place = np.searchsorted(self._keys, keys)
        known = place < len(self._keys)
        known[known] = self._keys[place[known]] == keys[known]
        return self._terms[place[known]], known

    def _current(self) -> tuple[Any, Floats, Floats]:
        """Return rows, squared weights of the terms and norms of the rows at the present frequencies."""
        if self._table is None:
            size = len(self._rows)
            start = np.concatenate([[0], np.cumsum([len(terms) for terms, _ in self._rows], dtype=np.int64)])
            columns = np.concatenate([np.zeros(0, dtype=np.int64), *(terms for terms, _ in self._rows)])
            values = np.concatenate([np.zeros(0), *(weights for _, weights in self._rows)])
            columns, start = columns.astype(np.int32), start.astype(np.int32)
            table = sparse.csr_array((values, columns, start), shape=(size, len(self._frequency)))
            weight = np.log((1.0 + size) / (1.0 + self._frequency)) + _floor(size)
            useful: Booleans = self._frequency <= max(_COMMON * size, _FEW)
            square = np.where(useful, weight**2, 0.0)
            squared = sparse.csr_array((values**2, columns, start), shape=table.shape)
            self._table = table, square, np.sqrt(squared @ square)
        return self._table


def _floor(documents: int) -> float:
    """Return the weight of a term that every document has: among few documents, being common says little yet."""
    return _FEW / (_FEW + documents)

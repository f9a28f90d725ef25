"""Reads that nearly every page makes: the statement is built once by the ORM and sent again with other values.

Building a statement costs Django several times what sending it and reading its row costs. A `Statement` keeps what
was built, for each thread's connection; rows become the same objects by the same code, and values are bound by the
driver as ever. For reads alone, and without what is decided while building, such as a number of rows as a value.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
Mark = tuple[str, int]
"""A parameter, and the place in it where it is a list of ids."""

# What stands for a value while the statement is built: a number fits into every column, an instant is long past.
_NUMBER: Final = 31_000
_INSTANT: Final = datetime(1901, 2, 3, 4, 5, 6, tzinfo=UTC)
# More ids than these are rare and built anew each time.
MOST_IDS: Final = 8


class _Built:
    """A query set with its statement, and what makes objects of its rows; `fetch` binds values and reads."""

    def __init__(self, rows: QuerySet[Any], marks: dict[Hashable, Mark]) -> None:
        compiler = rows.query.get_compiler(using=rows.db)
        self.connection = compiler.connection
        self.locks = rows.query.select_for_update
        self.lookups = rows._prefetch_related_lookups  # type: ignore[attr-defined]
        self.sql, fixed = compiler.as_sql()
        self.parameters = [(marks.get(value) if isinstance(value, Hashable) else None, value) for value in fixed]
        if lost := set(marks.values()) - {mark for mark, _value in self.parameters}:
            raise TypeError(f"the statement does not ask for {', '.join(sorted(name for name, _place in lost))}")
        # What Django's compiler finds out anew at each execution.
        columns = [column for column, *_more in compiler.select[: compiler.col_count]]
        self.compiler, self.converters = compiler, compiler.get_converters(columns)
        self.made = self._maker(rows, compiler)

    @staticmethod
    def _maker(rows: QuerySet[Any], compiler: Any) -> Callable[[Sequence[Any]], Any]:
        """What makes an object of a row, as Django's own iterables do (django.db.models.query)."""
        kind = rows._iterable_class
        if kind is ValuesListIterable:
            return tuple
        if kind is FlatValuesListIterable:
            return itemgetter(0)
        if kind is not ModelIterable or rows._known_related_objects:  # type: ignore[attr-defined]
            raise TypeError("a statement gives rows of a model, or tuples")
        chosen, annotated = compiler.klass_info["select_fields"], compiler.annotation_col_map or {}
        model, begin, end = compiler.klass_info["model"], chosen[0], chosen[-1] + 1
        names = [column[0].target.attname for column in compiler.select[begin:end]]
        related = get_related_populators(compiler.klass_info, compiler.select, rows.db)  # type: ignore[call-arg]

        def made(row: Sequence[Any]) -> Any:
            found = model.from_db(rows.db, names, row[begin:end])
            for populator in related:
                populator.populate(row, found)
            for name, place in annotated.items():
                setattr(found, name, row[place])
            return found

        return made

    def fetch(self, given: dict[str, Any]) -> list[Any]:
        if self.locks and not self.connection.in_atomic_block:
            raise TransactionManagementError("a row can be locked in a transaction alone")
        values = tuple([value if mark is None else self._value(given[mark[0]], mark[1]) for mark, value in self.parameters])
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            read = cursor.fetchall()
        if self.converters:
            read = self.compiler.apply_converters(read, self.converters)
        found = [self.made(row) for row in read]
        if found and self.lookups:
            prefetch_related_objects(found, *self.lookups)
        return found

    def _value(self, given: Any, place: int) -> Any:
        if isinstance(given, list):
            return given[place]
        return self.connection.ops.adapt_datetimefield_value(given) if isinstance(given, datetime) else given


def _is_strange(value: Any) -> bool:
    """Whether the ORM knows without asking that no row has this number: it is beyond what a column holds."""
    return isinstance(value, int) and not -(2**63) <= value < 2**63


class Statement(Generic[Row]):
    """`Statement(lambda key: Case.objects.filter(key=key), key=str)`; kinds are int, str, datetime and list (of ids)."""

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **kinds: type) -> None:
        self.build, self.kinds = build, kinds
        self._of_thread = threading.local()

    def all(self, **given: Any) -> list[Row]:
        """The rows for these values."""
        lists = [name for name, kind in self.kinds.items() if kind is list]
        if lists:
            given = {**given, **{name: sorted(set(given[name])) for name in lists}}
        sizes = tuple(len(given[name]) for name in lists)
        if any(size > MOST_IDS for size in sizes) or any(_is_strange(value) for value in given.values()):
            return list(self.build(**given))
        kept: dict[tuple[int, ...], _Built | None] = self._of_thread.__dict__.setdefault("kept", {})
        built = kept.get(sizes)
        if sizes not in kept or (built is not None and built.connection is not connections[DEFAULT_DB_ALIAS]):
            built = kept[sizes] = self._built(given)
        return [] if built is None else built.fetch(given)

    def first(self, **given: Any) -> Row | None:
        """The first of the rows, None where there is none. The statement limits how many are read."""
        return next(iter(self.all(**given)), None)

    def _built(self, given: dict[str, Any]) -> _Built | None:
        """None where the ORM knows, without asking, that there is no row: a list without ids."""
        try:
            built = _Built(*self._marked(given, 0))
            # Built once more with other marks: what is no parameter is the same in both.
            twin = _Built(*self._marked(given, 500))
        except EmptyResultSet:
            if all(given[name] for name, kind in self.kinds.items() if kind is list):
                raise
            return None
        if [row if row[0] is None else row[0] for row in built.parameters] != [
            row if row[0] is None else row[0] for row in twin.parameters
        ]:
            raise TypeError("a value of the statement itself looks like the mark of a parameter")
        return built

    def _marked(self, given: dict[str, Any], offset: int) -> tuple[QuerySet[Any, Row], dict[Hashable, Mark]]:
        """The query set with a mark for each value, and what each mark stands for."""
        ops = connections[DEFAULT_DB_ALIAS].ops
        standing: dict[str, Any] = {}
        marks: dict[Hashable, Mark] = {}
        for number, (name, kind) in enumerate(self.kinds.items()):
            first = _NUMBER + offset + 20 * number
            if kind is list:
                standing[name] = [first + place for place in range(len(given[name]))]
                marks.update({whole: (name, place) for place, whole in enumerate(standing[name])})
                continue
            mark: Any = {int: first, str: f"praxis.{first}", datetime: _INSTANT + timedelta(days=first)}[kind]
            standing[name] = mark
            marks[ops.adapt_datetimefield_value(mark) if kind is datetime else mark] = (name, 0)
        return self.build(**standing), marks

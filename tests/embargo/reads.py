"""Whether two worlds would say the same to the same statements.

What the application answers depends on the request, the clock and chance, which the tests fix, and on what it reads:
rows and stored files. A refusal that looked at no file, and whose every statement gives the same rows in both worlds,
is the same refusal in both; it need not be asked twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from tests.support.requests import Statement


class Reader:
    """Sends the statements of a request to two databases beside one another."""

    def __init__(self, one: Path, other: Path) -> None:
        self._connections = [_connected(path) for path in (one, other)]

    def alike(self, trace: tuple[Statement, ...]) -> bool:
        """Whether each statement gives the same rows; what it writes is undone."""
        with _undone(self._connections[0]) as one, _undone(self._connections[1]) as other:
            return all(_result(one, statement) == _result(other, statement) for statement in trace)

    def close(self) -> None:
        """Let go of both."""
        for held in self._connections:
            held.close()


def _connected(path: Path) -> Any:
    made = connection.copy()
    made.settings_dict["NAME"] = str(path)
    made.ensure_connection()
    return made


@contextmanager
def _undone(held: Any) -> Iterator[Any]:
    held.connection.execute("BEGIN")
    try:
        with held.cursor() as cursor:
            yield cursor
    finally:
        held.connection.execute("ROLLBACK")


def _result(cursor: Any, statement: Statement) -> Any:
    sql, values, many = statement
    try:
        if many:
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values)
        written = sql.startswith("INSERT")
        return cursor.fetchall(), cursor.rowcount, cursor.lastrowid if written else None
    except DatabaseError as problem:
        return repr(problem)

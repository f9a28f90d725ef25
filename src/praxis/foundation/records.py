"""Rows that are written at each submission: the statement is built once, and sent again with other values.

As with reads (`statements`), building costs Django several times what sending costs. These write what `save` writes,
field by field through the same conversions, without its signals, to which nothing in the house listens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models, transaction


def insert(row: models.Model, *, or_nothing: bool = False) -> bool:
    """Write a new row and give it its number.

    With `or_nothing` a row that another of its keys stands against is not written: False, and no error that would end
    the caller's transaction.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields, numbered = _insertion(type(row), or_nothing, connection.vendor)
    values = _values(row, fields, connection, add=True)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if cursor.rowcount < 1:
            return False
        if numbered:
            row.pk = cursor.fetchone()[0] if connection.vendor == "postgresql" else cursor.lastrowid
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True


def insert_each(rows: Sequence[models.Model], *, or_nothing: bool = False, or_update: Sequence[str] = ()) -> None:
    """Write new rows of one model: one statement for all, sent with the values of each. They get no numbers.

    Where another row of its keys stands against one, it is left out with `or_nothing`; with `or_update`, the fields of
    one of the model's unique constraints, that other row takes the values.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _insertion_of_many(type(rows[0]), or_nothing, tuple(or_update), connection.vendor)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(sql, [_values(row, fields, connection, add=True) for row in rows])


def update(row: models.Model, fields: Iterable[str]) -> None:
    """Write some fields of a row that is there; raises `DatabaseError` where it is not, as `save` does."""
    connection = connections[DEFAULT_DB_ALIAS]
    sql, written = _change(type(row), tuple(fields), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_values(row, written, connection), row.pk])
        if cursor.rowcount < 1:
            raise DatabaseError("the row that was to be changed is not there")


def update_each(rows: Sequence[models.Model], fields: Iterable[str]) -> None:
    """Write the same fields of several rows of one model: one statement for all, sent with the values of each."""
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    sql, written = _change(type(rows[0]), tuple(fields), connection.vendor)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany(sql, [[*_values(row, written, connection), row.pk] for row in rows])


# What both databases take as it is, whatever the column, but for one of JSON.
_PLAIN = {str, int, type(None)}


def _values(row: models.Model, fields: Sequence[Any], connection: Any, *, add: bool = False) -> list[Any]:
    """What is written, field by field, as `save` would convert it."""
    found = []
    for field in fields:
        value = field.pre_save(row, add)
        if type(value) not in _PLAIN or isinstance(field, models.JSONField):
            value = field.get_db_prep_save(value, connection)
        found.append(value)
    return found


def add_one(row: models.Model, name: str) -> int:
    """Add one to a number of a row and return it; the row is locked from here on, so that each number is given once."""
    connection = connections[DEFAULT_DB_ALIAS]
    field = _field(type(row), name)
    table, column, key = _quoted(row._meta.db_table), _quoted(field.column), _quoted(_key(type(row)).column)
    sql = f"UPDATE {table} SET {column} = {column} + 1 WHERE {key} = %s"  # noqa: S608  names are our own
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"{sql} RETURNING {column}", [row.pk])
        else:
            cursor.execute(sql, [row.pk])
            cursor.execute(f"SELECT {column} FROM {table} WHERE {key} = %s", [row.pk])  # noqa: S608  names are our own
        found = cursor.fetchone()
    if found is None:
        raise DatabaseError("the row that was to be changed is not there")
    setattr(row, field.attname, found[0])
    return int(found[0])


@lru_cache(maxsize=256)
def _insertion(model: type[models.Model], or_nothing: bool, vendor: str) -> tuple[str, list[Any], bool]:
    """The statement, the fields whose values it takes, and whether the database numbers the row."""
    sql, fields = _insertion_of_many(model, or_nothing, (), vendor)
    numbered = len(fields) < len(model._meta.local_concrete_fields)
    if numbered and vendor == "postgresql":
        sql += f" RETURNING {_quoted(_key(model).column)}"
    return sql, fields, numbered


@lru_cache(maxsize=256)
def _insertion_of_many(
    model: type[models.Model], or_nothing: bool, or_update: tuple[str, ...], _vendor: str
) -> tuple[str, list[Any]]:
    numbered = isinstance(_key(model), models.AutoField | models.BigAutoField)
    fields: list[Any] = [field for field in model._meta.local_concrete_fields if not (numbered and field.primary_key)]
    columns = [_quoted(field.column) for field in fields]
    places = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  names are our own
    if or_nothing:
        sql += " ON CONFLICT DO NOTHING"
    if or_update:
        keys = [_quoted(_field(model, name).column) for name in or_update]
        taken = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns if column not in keys)
        sql += f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {taken}"
    return sql, fields


@lru_cache(maxsize=256)
def _change(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> tuple[str, list[Any]]:
    written = [_field(model, name) for name in dict.fromkeys(names)]
    changes = ", ".join(f"{_quoted(field.column)} = %s" for field in written)
    key = _quoted(_key(model).column)
    return f"UPDATE {_quoted(model._meta.db_table)} SET {changes} WHERE {key} = %s", written  # noqa: S608  names are our own


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _key(model: type[models.Model]) -> Any:
    return model._meta.pk


def _quoted(name: str) -> str:
    return str(connections[DEFAULT_DB_ALIAS].ops.quote_name(name))

"""Snapshots of the database for a backup, and their way back: SQLite by its online backup, PostgreSQL by COPY."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from praxis.config.archive import BackupError, Writer

SQLITE_MEMBER = "database/praxis.sqlite3.gz"


class Snapshot(Protocol):
    """The database at one moment, while writers go on."""

    def rows(self, query: str) -> list[tuple[Any, ...]]: ...

    def store(self, archive: Writer, folder: Path) -> None: ...


def digest_of_rows(rows: Iterator[tuple[Any, ...]]) -> dict[str, Any]:
    """How many rows, and the hash over them in their order."""
    count, digest = 0, hashlib.sha256()
    for row in rows:
        count += 1
        digest.update(repr(row).encode("utf-8", "surrogatepass"))
    return {"rows": count, "sha256": digest.hexdigest()}


class SqliteSnapshot:
    """A copy of the database file taken in one step under a read lock, which holds no writer up (WAL)."""

    engine = "sqlite"

    def __init__(self, source: str, file: Path) -> None:
        self.file = file
        address = f"{Path(source).absolute().as_uri()}?mode=rw"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=60)) as live:
            self.copy = sqlite3.connect(file)
            live.backup(self.copy)
        # One file, without a log beside it.
        self.copy.execute("PRAGMA journal_mode=DELETE")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.copy.execute(query).fetchall()

    def store(self, archive: Writer, folder: Path) -> None:
        """Add the whole database file to the archive, each table counted and hashed."""
        damage = self.rows("PRAGMA integrity_check(1)")[0][0]
        if damage != "ok":
            raise BackupError(f"the database is damaged: {damage}")
        archive.manifest.tables = sqlite_tables(self.copy)
        self.copy.close()
        packed = folder / "database.gz"
        with self.file.open("rb") as plain, gzip.open(packed, "wb", compresslevel=3) as out:
            shutil.copyfileobj(plain, out, 1024 * 1024)
        archive.add_path(SQLITE_MEMBER, packed)
        packed.unlink()


def sqlite_tables(database: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Rows and hash of each table; a virtual table is told by the tables that hold what it stores."""
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    tables = {}
    for (name,) in names.fetchall():
        quoted = '"' + name.replace('"', '""') + '"'
        key = "rowid" if _has_rowid(database, quoted) else "1"
        tables[name] = digest_of_rows(database.execute(f"SELECT * FROM {quoted} ORDER BY {key}"))  # noqa: S608
    return tables


def _has_rowid(database: sqlite3.Connection, quoted: str) -> bool:
    try:
        database.execute(f"SELECT rowid FROM {quoted} LIMIT 0")  # noqa: S608
    except sqlite3.OperationalError:
        return False
    return True


class PostgresSnapshot:
    """One read-only transaction in which every table is seen as of the same moment."""

    engine = "postgresql"

    def __init__(self) -> None:
        self.live = plain_postgres()
        self.live.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # The first statement fixes the moment.
        self.names = postgres_tables(self.live)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.live.execute(query.encode()).fetchall()

    def store(self, archive: Writer, folder: Path) -> None:
        """Add each table as COPY's text, counted and hashed."""
        for name in self.names:
            packed = folder / "table.gz"
            with gzip.open(packed, "wb", compresslevel=3) as out:
                archive.manifest.tables[name] = postgres_table(self.live, name, out.write)
            archive.add_path(f"database/{name}.copy.gz", packed)
            packed.unlink()
        self.live.rollback()
        self.live.close()


def plain_postgres() -> psycopg.Connection:
    """A connection of our own beside Django's, with settings that make COPY's text the same everywhere."""
    given = connection.get_connection_params()
    given = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
    own = psycopg.connect(**given, autocommit=True)
    for setting in ("TIME ZONE 'UTC'", "datestyle = 'ISO, YMD'", "extra_float_digits = 1", "client_encoding = 'UTF8'"):
        own.execute(f"SET {setting}".encode())
    return own


def postgres_tables(live: psycopg.Connection) -> list[str]:
    """The tables of this installation, by name."""
    query = (
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name COLLATE \"C\""
    )
    return [name for (name,) in live.execute(query)]


def postgres_columns(live: psycopg.Connection, table: str) -> tuple[list[str], list[str]]:
    """A table's columns that hold what is not computed from others, and those of its primary key."""
    columns = live.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    ).fetchall()
    keys = live.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) "
        "WHERE i.indisprimary AND i.indrelid = to_regclass(quote_ident(%s)) ORDER BY a.attnum",
        [table],
    ).fetchall()
    return [name for (name,) in columns], [name for (name,) in keys]


def postgres_table(live: psycopg.Connection, table: str, write: Any) -> dict[str, Any]:
    """COPY a table out in the order of its key, the same in any collation; rows and hash of the text."""
    columns, keys = postgres_columns(live, table)
    order = sql.SQL(", ").join(sql.SQL('{}::text COLLATE "C"').format(sql.Identifier(name)) for name in keys or columns)
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table), order
    )
    count, digest = 0, hashlib.sha256()
    with live.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            data = bytes(block)
            count += data.count(b"\n")
            digest.update(data)
            write(data)
    return {"rows": count, "sha256": digest.hexdigest()}


def applied_migrations(snapshot: Snapshot) -> list[list[str]]:
    """App and name of each migration applied in the snapshot."""
    return [list(row) for row in snapshot.rows("SELECT app, name FROM django_migrations ORDER BY id")]


def restore_sqlite(packed: Any, target: Path) -> dict[str, dict[str, Any]]:
    """Unpack the database file to `target`; rows and hash of each table as they now lie there."""
    connection.close()
    target.parent.mkdir(parents=True, exist_ok=True)
    arriving = target.with_name(target.name + ".arriving")
    with gzip.open(packed) as plain, arriving.open("wb") as out:
        shutil.copyfileobj(plain, out, 1024 * 1024)
    with contextlib.closing(sqlite3.connect(arriving)) as database:
        tables = sqlite_tables(database)
    arriving.replace(target)
    return tables


def restore_schema(migrations: list[list[str]]) -> None:
    """Build the empty tables as they were when the backup was taken."""
    wanted = {(app, name) for app, name in migrations}
    executor = MigrationExecutor(connection)
    if unknown := sorted(wanted - set(executor.loader.disk_migrations)):
        raise BackupError(f"the backup is of a newer version: this one does not know {'.'.join(unknown[0])}")
    nodes = executor.loader.graph.node_map
    followed = {
        key for key in wanted for child in nodes[key].children if child.key in wanted and child.key[0] == key[0]
    }
    executor.migrate(sorted(wanted - followed))


def restore_postgres_table(own: psycopg.Connection, table: str, packed: Any) -> None:
    """COPY a table back in; the caller's transaction checks foreign keys at its end."""
    columns, _keys = postgres_columns(own, table)
    if not columns:
        raise BackupError(f"the backup holds the table {table}, which this version does not have")
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with gzip.open(packed) as plain, own.cursor() as cursor, cursor.copy(query) as copy:
        while block := plain.read(1024 * 1024):
            copy.write(block)


def reset_sequences(own: psycopg.Connection) -> None:
    """Let each sequence go on after the highest number in its column."""
    owned = own.execute(
        "SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname) FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
    ).fetchall()
    for table, column, sequence in owned:
        if sequence:
            own.execute(
                sql.SQL("SELECT setval(%s, COALESCE(max({}), 0) + 1, false) FROM {}").format(
                    sql.Identifier(column), sql.Identifier(table)
                ),
                [sequence],
            )


def paths_named(row: tuple[Any, ...]) -> list[str]:
    """The paths that a row (path, derived) of stored files names."""
    path, derived = row
    parts = json.loads(derived) if isinstance(derived, str) else (derived or {})
    return [name for name in (path, *parts.values()) if isinstance(name, str) and name]

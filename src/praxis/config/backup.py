"""Backup and restore: database and files in one archive, taken while writers run, checked by hash both ways."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection
from psycopg import sql

from praxis.config import snapshots
from praxis.config.archive import PIECE, BackupError, Manifest, Reader, Writer, members, verified
from praxis.foundation import clock
from praxis.foundation.audit.models import AuditSeal
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.storage import parts_of

__all__ = ["BackupError", "manifest_of", "restore", "take"]

ATTEMPTS = 3


class _Vanished(Exception):
    """A file was deleted after the snapshot was taken: it has to be taken again."""


def take(out: Path) -> Manifest:
    """Write a backup to `out`, which must not exist; the manifest. Raises BackupError.

    The database is read as of one moment. Files never change under their random keys, so copying those that the
    snapshot names gives that same moment; if one is deleted meanwhile, the snapshot is taken anew.
    """
    if out.exists():
        raise BackupError(f"{out} is there already")
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".partial")
    try:
        for _attempt in range(ATTEMPTS):
            try:
                manifest = _take_once(partial)
            except _Vanished:
                continue
            partial.replace(out)
            return manifest
        raise BackupError(f"files were deleted during each of {ATTEMPTS} attempts; try again when less is going on")
    finally:
        partial.unlink(missing_ok=True)


def _take_once(partial: Path) -> Manifest:
    with tempfile.TemporaryDirectory(dir=partial.parent, prefix=".backup-") as folder:
        snapshot: snapshots.SqliteSnapshot | snapshots.PostgresSnapshot
        if connection.vendor == "sqlite":
            name = str(connection.settings_dict["NAME"])
            snapshot = snapshots.SqliteSnapshot(name, Path(folder) / "database.sqlite3")
        else:
            snapshot = snapshots.PostgresSnapshot()
        manifest = Manifest(
            engine=snapshot.engine,
            made_at=clock.now().isoformat(),
            migrations=snapshots.applied_migrations(snapshot),
            audit_heads=_heads(snapshot),
        )
        archive = Writer(partial, manifest)
        try:
            _store_files(archive, snapshot)
            snapshot.store(archive, Path(folder))
            archive.close()
        except BaseException:
            archive.abandon()
            raise
    return manifest


def _heads(snapshot: snapshots.Snapshot) -> dict[str, str]:
    table = AuditSeal._meta.db_table
    rows = snapshot.rows(f"SELECT chain, head FROM {table} ORDER BY chain, number")  # noqa: S608
    # The last of each chain stays.
    return {str(chain): str(head) for chain, head in rows}


def _store_files(archive: Writer, snapshot: snapshots.Snapshot) -> None:
    table = StoredFile._meta.db_table
    named: dict[str, str] = {}
    kept: set[str] = set()
    for key, path, derived in snapshot.rows(f"SELECT key, path, derived FROM {table} ORDER BY id"):  # noqa: S608
        for name in snapshots.paths_named((path, derived)):
            named[name] = str(key)
        kept.update(name for name in parts_of(str(key)) if name not in named and default_storage.exists(name))
    for name in sorted({*named, *kept}):
        try:
            with default_storage.open(name, "rb") as stream:
                archive.manifest.files[name] = archive.add(f"files/{name}", stream, stream.size)
        except FileNotFoundError as error:
            if name in kept or not StoredFile.objects.filter(key=named[name]).exists():
                raise _Vanished from error
            archive.manifest.missing.append(name)


def manifest_of(file: Path) -> Manifest:
    """The manifest of a backup, every byte of which has been checked; raises BackupError."""
    return verified(file)


def restore(file: Path) -> Manifest:
    """Bring a backup back into an empty database and an empty storage; raises BackupError before changing anything
    where the archive is damaged, of another engine, or the place is not empty, and afterwards where they differ."""
    manifest = verified(file)
    if manifest.engine != connection.vendor:
        raise BackupError(f"the backup is of {manifest.engine}, this installation runs on {connection.vendor}")
    _require_empty(manifest)
    tables = _restore_postgres(file, manifest) if connection.vendor == "postgresql" else {}
    for name, reader in members(file):
        if name == snapshots.SQLITE_MEMBER:
            tables = snapshots.restore_sqlite(reader, Path(str(connection.settings_dict["NAME"])))
        elif name.startswith("files/"):
            _restore_file(name.removeprefix("files/"), reader)
    compare(manifest, tables)
    return manifest


def compare(manifest: Manifest, tables: Mapping[str, object]) -> None:
    """Hold what now stands in the database (each table's record) and in the storage against the backup.

    The archive was whole when it was read; this is about what the disk made of it. Raises BackupError.
    """
    for table, record in manifest.tables.items():
        if tables.get(table) != record:
            raise BackupError(f"the table {table} differs from the backup after restoring: {tables.get(table)}")
    for name, record in manifest.files.items():
        if not default_storage.exists(name) or _hash_of(name) != record["sha256"]:
            raise BackupError(f"the file {name} differs from the backup after restoring")


def _require_empty(manifest: Manifest) -> None:
    if connection.vendor == "sqlite":
        database = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            beside = database.with_name(database.name + suffix)
            if beside.exists() and beside.stat().st_size:
                raise BackupError(f"{beside} is there already; restore into an empty place")
    else:
        with snapshots.plain_postgres() as own:
            if tables := snapshots.postgres_tables(own):
                raise BackupError(f"the database has tables already ({tables[0]}); restore into an empty one")
    for name in manifest.files:
        if default_storage.exists(name):
            raise BackupError(f"the file {name} is there already; restore into an empty place")


def _restore_postgres(file: Path, manifest: Manifest) -> dict[str, dict[str, object]]:
    snapshots.restore_schema(manifest.migrations)
    connection.close()
    with snapshots.plain_postgres() as own:
        present = snapshots.postgres_tables(own)
        if lost := sorted(set(manifest.tables) - set(present)):
            raise BackupError(f"the backup holds the table {lost[0]}, which this version does not have")
        with own.transaction():
            # What migrations wrote goes: the backup holds it as it was. Foreign keys are checked at the end.
            own.execute("SET CONSTRAINTS ALL DEFERRED")
            own.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, present))))
            for name, reader in members(file):
                if name.startswith("database/"):
                    table = name.removeprefix("database/").removesuffix(".copy.gz")
                    snapshots.restore_postgres_table(own, table, reader)
            snapshots.reset_sequences(own)
        return {table: snapshots.postgres_table(own, table, len) for table in manifest.tables}


def _restore_file(name: str, reader: Reader) -> None:
    with tempfile.SpooledTemporaryFile(max_size=16 * PIECE) as held:
        while block := reader.read(PIECE):
            held.write(block)
        held.seek(0)
        saved = default_storage.save(name, File(held, name=name))
    if saved != name:
        default_storage.delete(saved)
        raise BackupError(f"the file {name} is there already; restore into an empty place")


def _hash_of(name: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(name, "rb") as stream:
        for block in iter(lambda: stream.read(PIECE), b""):
            digest.update(block)
    return digest.hexdigest()

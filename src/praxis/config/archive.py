"""The archive of a backup: a tar of members, each compressed by itself, with a manifest of hashes as its end.

Members are compressed singly and the tar is not, so that a damaged byte spoils one member, which can be named.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = "praxis-backup-1"
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
PIECE = 1024 * 1024


class BackupError(Exception):
    """A backup that cannot be taken, read or restored; the message says what is wrong and where."""


@dataclass(slots=True)
class Manifest:
    """What a backup holds. Hashes are SHA-256 in hexadecimal; `members` are the bytes in the archive as they lie."""

    engine: str
    made_at: str
    migrations: list[list[str]]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    audit_heads: dict[str, str] = field(default_factory=dict)
    # Files that rows name and the storage had lost before the backup began.
    missing: list[str] = field(default_factory=list)
    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: str = FORMAT


class Reader:
    """A stream that counts and hashes what is read through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.size, self.hash = stream, 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        try:
            block = self.stream.read(size)
        except tarfile.ReadError as error:
            raise BackupError(f"the archive is cut short or damaged ({error})") from error
        self.size += len(block)
        self.hash.update(block)
        return block

    def record(self) -> dict[str, Any]:
        """Size and hash of what has been read."""
        return {"size": self.size, "sha256": self.hash.hexdigest()}


class Writer:
    """Writes the members of an archive, then its manifest."""

    def __init__(self, file: Path, manifest: Manifest) -> None:
        self.manifest = manifest
        self.tar = tarfile.open(file, "w", format=tarfile.PAX_FORMAT)  # noqa: SIM115

    def add(self, name: str, stream: IO[bytes], size: int) -> dict[str, Any]:
        """Add `size` bytes of `stream` as one member; its size and hash."""
        reader = Reader(stream)
        self._write(name, reader, size)
        self.manifest.members[name] = reader.record()
        return reader.record()

    def add_path(self, name: str, path: Path) -> dict[str, Any]:
        """Add a file of this machine."""
        with path.open("rb") as stream:
            return self.add(name, stream, path.stat().st_size)

    def close(self) -> None:
        """Write the manifest, and its own hash after it."""
        text = json.dumps(asdict(self.manifest), ensure_ascii=False, sort_keys=True, indent=1).encode()
        self._write(MANIFEST, io.BytesIO(text), len(text))
        seal = hashlib.sha256(text).hexdigest().encode()
        self._write(SEAL, io.BytesIO(seal), len(seal))
        self.tar.close()

    def abandon(self) -> None:
        """Close the file without a manifest: it is no backup."""
        self.tar.close()

    def _write(self, name: str, stream: Any, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        try:
            self.tar.addfile(member, stream)
        except OSError as error:
            raise BackupError(f"{name}: {error}") from error


def verified(file: Path) -> Manifest:
    """The manifest of an archive, after every byte of every member was held against it; else BackupError."""
    found: dict[str, dict[str, Any]] = {}
    texts: dict[str, bytes] = {}
    last = "its beginning"
    for name, reader in members(file):
        if name in {MANIFEST, SEAL}:
            texts[name] = reader.read()
        else:
            while reader.read(PIECE):
                pass
            found[name] = reader.record()
        last = name
    manifest = _manifest(file, texts, last)
    for name, record in manifest.members.items():
        if name not in found:
            raise BackupError(f"{file}: {name} is not in the archive")
        if found[name] != record:
            raise BackupError(f"{file}: {name} is damaged (its SHA-256 differs from the manifest)")
    if more := sorted(set(found) - set(manifest.members)):
        raise BackupError(f"{file}: {more[0]} is in the archive and not in the manifest")
    return manifest


def members(file: Path) -> Iterator[tuple[str, Reader]]:
    """Each member with a stream of it, to be read before the next is asked for."""
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                stream = tar.extractfile(member)
                if stream is None:
                    raise BackupError(f"{file}: {member.name} is no plain file")
                yield member.name, Reader(stream)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{file}: not a readable archive ({error})") from error


def _manifest(file: Path, texts: dict[str, bytes], last: str) -> Manifest:
    if MANIFEST not in texts or SEAL not in texts:
        raise BackupError(f"{file}: the archive cannot be read on after {last}; it is cut short or damaged there")
    if hashlib.sha256(texts[MANIFEST]).hexdigest().encode() != texts[SEAL]:
        raise BackupError(f"{file}: {MANIFEST} is damaged")
    manifest = Manifest(**json.loads(texts[MANIFEST]))
    if manifest.format != FORMAT:
        raise BackupError(f"{file}: its format is {manifest.format!r}, this version reads {FORMAT!r}")
    return manifest

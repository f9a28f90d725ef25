"""A backup taken while writers run is one moment, comes back equal, and names the byte that was flipped."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from praxis.config.archive import MANIFEST, BackupError, Manifest, verified
from tests.support.processes import Place, new_place

ORGANISATIONS, FILES, EVENTS = "people_organisation", "files_storedfile", "audit_auditevent"


@dataclass(frozen=True)
class Taken:
    """A backup taken while twenty writers ran, and the place they wrote to."""

    archive: Path
    manifest: Manifest
    source: Place


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    folder = tmp_path_factory.mktemp("backup")
    stop, archive = folder / "stop", folder / "backup.tar"
    with new_place(folder / "source") as source:
        source.prepare()
        writers = [source.python("tests.support.writers", "10", str(stop)) for _ in range(2)]
        try:
            for process in writers:
                assert process.stdout
                assert process.stdout.readline() == "writing\n", process.communicate()
            source.praxis("backup", "--out", str(archive))
            assert all(process.poll() is None for process in writers), "the writers ended before the backup did"
        finally:
            stop.touch()
            ends = [process.communicate(timeout=60) for process in writers]
        assert [process.returncode for process in writers] == [0, 0], ends
        yield Taken(archive, verified(archive), source)


def second_backup(place: Place, name: str) -> Manifest:
    place.praxis("backup", "--out", str(place.folder / name))
    return verified(place.folder / name)


@pytest.mark.slow
def test_the_backup_is_one_moment_among_the_writes(taken):
    tables = taken.manifest.tables
    # Each transaction wrote one of each, or took one of two away.
    assert tables[ORGANISATIONS]["rows"] == tables[FILES]["rows"] == len(taken.manifest.files) > 20
    assert taken.manifest.missing == []
    after = second_backup(taken.source, "after.tar").tables
    assert after[EVENTS]["rows"] > tables[EVENTS]["rows"]


@pytest.mark.slow
def test_one_cut_short_is_refused_and_the_whole_one_restored_equals_its_manifest(taken, tmp_path):
    cut = tmp_path / "cut.tar"
    content = taken.archive.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    with new_place(tmp_path / "target") as target:
        # An archive cut short is refused before anything changes: the place is as empty as it was.
        refused = target.praxis("restore", str(cut), check=False)
        assert refused.returncode == 1
        assert "cut short or damaged" in refused.stderr or "not a readable archive" in refused.stderr
        assert not (target.folder / "files").exists()
        target.praxis("restore", str(taken.archive))
        again = second_backup(target, "again.tar")
        assert again.tables == taken.manifest.tables
        assert again.files == taken.manifest.files
        assert again.audit_heads == taken.manifest.audit_heads
        assert "is whole" in target.praxis("audit", "verify", "--against", str(taken.archive)).stdout
        # New rows go on after the old ones.
        written = target.python("tests.support.writers", "1", str(tmp_path / "stop"))
        assert written.stdout
        assert written.stdout.readline() == "writing\n", written.communicate()
        (tmp_path / "stop").touch()
        assert written.wait(timeout=60) == 0, written.communicate()
        refused = target.praxis("restore", str(taken.archive), check=False)
        assert refused.returncode == 1
        assert "empty" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.slow
def test_a_flipped_byte_is_named(taken, tmp_path):
    with tarfile.open(taken.archive) as tar:
        members = {member.name: member for member in tar}
    database = next(name for name in members if name.startswith("database/"))
    file = next(name for name in members if name.startswith("files/"))
    for name in (database, file, MANIFEST):
        damaged = tmp_path / "damaged.tar"
        content = bytearray(taken.archive.read_bytes())
        content[members[name].offset_data + members[name].size // 2] ^= 1
        damaged.write_bytes(content)
        with pytest.raises(BackupError, match=name):
            verified(damaged)


@pytest.mark.slow
def test_wherever_an_archive_is_cut_it_is_refused(taken, tmp_path):
    content = taken.archive.read_bytes()
    cut = tmp_path / "cut.tar"
    for part in range(1, 40):
        cut.write_bytes(content[: len(content) * part // 40])
        with pytest.raises(BackupError, match=r"cut short|not a readable archive|damaged"):
            verified(cut)

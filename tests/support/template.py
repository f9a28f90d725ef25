"""A migrated SQLite database kept between runs: migrating anew takes longer than most of the tests together."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "tests"


def template() -> Path:
    """Where the migrated database for the present migrations lies, once there is one."""
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    source = ROOT / "src" / "praxis"
    for path in sorted(source.rglob("migrations/*.py")):
        digest.update(path.relative_to(source).as_posix().encode() + path.read_bytes())
    return FOLDER / f"migrated-{digest.hexdigest()[:16]}.sqlite3"


def copy_to(target: Path) -> bool:
    """Begin with the kept database; False where there is none."""
    kept = template()
    if not kept.exists():
        return False
    shutil.copyfile(kept, target)
    return True


def keep(migrated: Path) -> None:
    """Keep a database that was migrated just now, and forget those of earlier migrations."""
    kept = template()
    FOLDER.mkdir(parents=True, exist_ok=True)
    arriving = FOLDER / f"arriving-{os.getpid()}.sqlite3"
    with closing(sqlite3.connect(migrated)) as source, closing(sqlite3.connect(arriving)) as copy:
        source.backup(copy)
    arriving.replace(kept)
    for old in FOLDER.glob("migrated-*.sqlite3"):
        if old != kept:
            old.unlink(missing_ok=True)

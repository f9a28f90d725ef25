"""What a restore has written is held against the backup: a disk that lost or changed something is named."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from praxis.config.archive import BackupError, Manifest
from praxis.config.backup import compare


def test_a_table_or_a_file_that_came_back_otherwise_is_named() -> None:
    content, row = b"a picture", {"rows": 3, "sha256": "abc"}
    digest = hashlib.sha256(content).hexdigest()
    backup = Manifest("sqlite", "", [], {"cases_case": dict(row)}, {"a/b": {"size": 9, "sha256": digest}})
    with pytest.raises(BackupError, match="a/b"):
        compare(backup, {"cases_case": dict(row)})
    default_storage.save("a/b", ContentFile(content))
    compare(backup, {"cases_case": dict(row)})
    for tables in ({"cases_case": {**row, "rows": 2}}, {}):
        with pytest.raises(BackupError, match="cases_case"):
            compare(backup, tables)
    default_storage.delete("a/b")
    default_storage.save("a/b", ContentFile(b"a pictura"))
    with pytest.raises(BackupError, match="a/b"):
        compare(backup, {"cases_case": dict(row)})

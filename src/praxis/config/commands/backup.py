"""Write database and files into one archive, while the house goes on working."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from django.core.management import CommandError

from praxis.config import backup


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    try:
        manifest = backup.take(options.out)
    except backup.BackupError as error:
        raise CommandError(str(error)) from error
    rows = sum(table["rows"] for table in manifest.tables.values())
    print(f"{options.out}: {len(manifest.tables)} tables, {rows} rows, {len(manifest.files)} files")
    for name in manifest.missing:
        print(f"praxis backup: the file {name} is named in the database and lost", file=sys.stderr)
    return 1 if manifest.missing else 0

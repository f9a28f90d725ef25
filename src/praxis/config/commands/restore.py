"""Bring an archive back into an empty database and an empty folder of files, and hold the result against it."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.core.management import CommandError

from praxis.config import backup


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true", help="only check the archive")


def run(options: argparse.Namespace) -> int:
    try:
        manifest = backup.manifest_of(options.file) if options.check else backup.restore(options.file)
    except backup.BackupError as error:
        raise CommandError(str(error)) from error
    done = "is whole" if options.check else "restored and equal to the manifest"
    print(f"{options.file}: {done} ({len(manifest.tables)} tables, {len(manifest.files)} files, {manifest.made_at})")
    return 0

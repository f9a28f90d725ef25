"""Build the Casebook of an edition and write it into a folder."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path

from django.core.management import CommandError

from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.files import services as files
from praxis.foundation.jobs.services import drain
from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import services
from praxis.lifecycle.casebook.models import Build

# Where a worker has taken the job, it is waited for.
LONGEST = 600.0


def arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True)
    build = commands.add_parser("build", help="PDF and EPUB, in each language of the edition or in those named")
    build.add_argument("--edition", required=True, metavar="CODE", help="its code, or PROGRAMME/CODE")
    build.add_argument("--language", action="append", metavar="LANGUAGE")
    build.add_argument("--format", action="append", choices=["pdf", "epub"])
    build.add_argument("--out", type=Path, required=True, metavar="DIR")


def run(options: argparse.Namespace) -> int:
    edition = edition_named(options.edition)
    languages = options.language or list(edition.settings.edition.languages)
    formats = options.format or ["pdf", "epub"]
    options.out.mkdir(parents=True, exist_ok=True)
    builds = [services.build(SYSTEM, edition, language, format_) for language in languages for format_ in formats]
    drain()
    failed = 0
    for build in builds:
        _wait(build)
        if build.file is None:
            failed += 1
            for finding in build.findings or [build.problem]:
                told = pick(finding, "en") if isinstance(finding, dict) else str(finding)
                print(f"praxis casebook: {build.language} {build.format}: {told}", file=sys.stderr)
            continue
        path = options.out / build.file.name
        path.write_bytes(files.read(build.file))
        print(path)
    return 1 if failed else 0


def edition_named(code: str) -> Edition:
    """The edition of this code; refused where there is none, or several and the programme is not said."""
    programme, _slash, own = code.rpartition("/")
    found = Edition.objects.select_related("programme").filter(code=own)
    if programme:
        found = found.filter(programme__code=programme)
    editions = list(found[:2])
    if len(editions) != 1:
        known = ", ".join(f"{row.programme.code}/{row.code}" for row in Edition.objects.select_related("programme"))
        raise CommandError(f"{code!r} names no single edition; there are: {known or 'none'}")
    return editions[0]


def _wait(build: Build) -> None:
    end, pause = time.monotonic() + LONGEST, threading.Event()
    build.refresh_from_db()
    while build.state == Build.State.RUNNING:
        if time.monotonic() > end:
            raise CommandError(f"the job of build {build.pk} has not ended; is a worker running?")
        pause.wait(0.5)
        build.refresh_from_db()

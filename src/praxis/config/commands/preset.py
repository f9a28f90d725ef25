"""Check a preset (every mistake with its line), or load it as an edition."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from django.core.management import CommandError, call_command
from django.db import transaction

from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.people.services import ensure_user
from praxis.foundation.programmes import presets
from praxis.foundation.programmes.models import EditionRole
from praxis.foundation.programmes.services import load_preset, name_on


def arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True)
    check = commands.add_parser("check", help="name every mistake")
    load = commands.add_parser("load", help="load it as an edition, or bring one that is still a draft up to it")
    for command in (check, load):
        command.add_argument("file", type=Path)
        command.add_argument("--language", choices=["zh-hans", "en"], help="one language only")
    load.add_argument("--rehearsal", action="store_true", help="mark the edition as invented")
    load.add_argument("--chair", action="append", default=[], metavar="EMAIL")
    load.add_argument("--secretariat", action="append", default=[], metavar="EMAIL")


def run(options: argparse.Namespace) -> int:
    try:
        text = options.file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError(f"{options.file} is not UTF-8 text (byte {error.start})") from error
    try:
        presets.load(text, str(options.file))
    except presets.PresetError as error:
        languages = [options.language] if options.language else ["zh-hans", "en"]
        print("\n".join(error.told(language) for language in languages), file=sys.stderr)
        return 1
    if options.action == "check":
        print({"zh-hans": f"{options.file}：没有错误", "en": f"{options.file}: no mistake"}[options.language or "en"])
        return 0
    call_command("migrate", interactive=False, verbosity=0)
    return _load(options, text)


@transaction.atomic
def _load(options: argparse.Namespace, text: str) -> int:
    edition = load_preset(SYSTEM, text, str(options.file), rehearsal=options.rehearsal)
    for role, addresses in (
        (EditionRole.Role.CHAIR, options.chair),
        (EditionRole.Role.SECRETARIAT, options.secretariat),
    ):
        for address in addresses:
            name_on(SYSTEM, edition, ensure_user(address), role)
    print(f"{edition.programme.code}/{edition.code}: {edition.state}")
    return 0

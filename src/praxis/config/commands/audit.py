"""Verify the audit log: whether it is whole, and which row is the first altered, removed or reordered."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from django.core.management import CommandError

from praxis.config import backup
from praxis.foundation.audit.verification import verify


def arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="action", required=True)
    command = commands.add_parser("verify")
    command.add_argument("--chain", help="one chain only: platform, or edition:ID")
    command.add_argument(
        "--against", type=Path, metavar="BACKUP", help="a backup, whose heads must still be in the log"
    )


def run(options: argparse.Namespace) -> int:
    heads = None
    if options.against:
        try:
            heads = backup.manifest_of(options.against).audit_heads
        except (json.JSONDecodeError, KeyError) as error:
            raise CommandError(f"{options.against} is not a backup") from error
        if options.chain:
            heads = {chain: head for chain, head in heads.items() if chain == options.chain}
    found = verify(options.chain, expected_heads=heads)
    if found.ok:
        print(f"the audit log is whole: {found.events} events")
        return 0
    print(f"the audit log is not whole: {found.first_problem}", file=sys.stderr)
    return 1

"""The command line `praxis`. Each command is a module of `praxis.config.commands`, loaded once Django is set up."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, execute_from_command_line
from django.db import DatabaseError

from praxis.foundation.errors import DomainError


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its module, one line of help, whether it works without a secret key, sets up Django itself, and
    reads its arguments itself."""

    module: str
    help: str
    throwaway: bool = False
    own_setup: bool = False
    own_arguments: bool = False


COMMANDS = {
    "serve": Command("serve", "answer requests (gunicorn)", own_setup=True),
    "worker": Command("worker", "run background jobs"),
    "init": Command("init", "prepare an installation and print the first administrator's sign-in link"),
    "preset": Command("preset", "check or load a preset: `preset check FILE`, `preset load FILE`", throwaway=True),
    "rehearse": Command(
        "rehearse",
        "play a whole edition in a throw-away database",
        throwaway=True,
        own_setup=True,
        own_arguments=True,
    ),
    "study": Command(
        "study", "simulate a call of your own numbers: tables and figures", throwaway=True, own_setup=True
    ),
    "audit": Command("audit", "verify the audit log: `audit verify`"),
    "backup": Command("backup", "write database and files into one archive"),
    "restore": Command("restore", "bring an archive back into an empty place"),
    "casebook": Command("casebook", "build the Casebook: `casebook build`"),
    "manage": Command("manage", "Django's own commands"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 refused or failed (said in one line), 2 wrongly called."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "praxis.config.settings")
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(_overview())
        return 0 if arguments else 2
    name, rest = arguments[0], arguments[1:]
    command = COMMANDS.get(name)
    if command is None:
        print(f"praxis: there is no command {name!r}\n\n{_overview()}", file=sys.stderr)
        return 2
    try:
        if not command.throwaway or rest[:1] == ["load"]:
            Path(os.environ.get("PRAXIS_DATA", "var")).mkdir(parents=True, exist_ok=True)
        if name == "manage":
            execute_from_command_line(["praxis manage", *rest])
            return 0
        return _run(name, command, rest)
    except KeyboardInterrupt:
        return 130
    except (DomainError, CommandError, ImproperlyConfigured, DatabaseError, OSError) as error:
        if os.environ.get("PRAXIS_DEBUG") == "1":
            raise
        print(f"praxis {name}: {_in_one_line(error)}", file=sys.stderr)
        return 1


def _run(name: str, command: Command, rest: list[str]) -> int:
    if command.throwaway and not (name == "preset" and rest[:1] == ["load"]):
        os.environ.setdefault("PRAXIS_THROWAWAY", "1")
    if not command.own_setup:
        django.setup()
    module = importlib.import_module(f"praxis.config.commands.{command.module}")
    if command.own_arguments:
        return int(module.main(rest))
    parser = argparse.ArgumentParser(prog=f"praxis {name}", description=module.__doc__)
    module.arguments(parser)
    status: int = module.run(parser.parse_args(rest))
    return status


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "usage: praxis COMMAND …   (praxis COMMAND --help)\n\n" + "\n".join(lines)


def _in_one_line(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    if isinstance(error, OSError) and error.filename:
        text = f"{error.filename}: {error.strerror}"
    if isinstance(error, DatabaseError):
        text = f"the database refused: {text}"
    return " ".join(text.split())

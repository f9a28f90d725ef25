"""The command line `praxis`."""

from __future__ import annotations

import os
import sys

import django
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "praxis.config.settings")
    if sys.argv[1:2] == ["manage"]:
        execute_from_command_line(["praxis manage", *sys.argv[2:]])
        return
    django.setup()

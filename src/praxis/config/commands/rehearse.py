"""Play a whole edition through the services: in a throw-away database, or in a demonstration's with --into-demo."""

from __future__ import annotations

import atexit
import gc
import importlib
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command

PLAY = "praxis.rehearsal.play"


def main(arguments: list[str]) -> int:
    """Prepare the database and hand over to `rehearsal.play.main`, which reads its own arguments."""
    asked = {"-h", "--help"} & set(arguments)
    if "--into-demo" not in arguments:
        folder = Path(tempfile.mkdtemp(prefix="praxis-rehearsal-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        # So that the folder goes too when the process is told to end.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        os.environ["PRAXIS_DATA"] = str(folder)
        os.environ["PRAXIS_DATABASE"] = f"sqlite:///{folder}/rehearsal.sqlite3"
    os.environ["PRAXIS_MAIL_BACKEND"] = "django.core.mail.backends.dummy.EmailBackend"
    django.setup()
    # What is loaded by now stays: the collector need not walk through it again for every few hundred rows.
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    if not asked:
        Path(os.environ.get("PRAXIS_DATA", "var")).mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
    status: int | None = importlib.import_module(PLAY).main(arguments)
    return status or 0

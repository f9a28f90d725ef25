"""Fixes the environment before Django reads its settings (loaded by `-p` in pyproject.toml)."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["PRAXIS_TESTING"] = "1"
os.environ["DJANGO_SETTINGS_MODULE"] = "praxis.config.settings"
os.environ["DJANGO_LIVE_TEST_SERVER_ADDRESS"] = "127.0.0.1"
# Playwright's synchronous interface runs an event loop in the test's own thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
for name in ("PRAXIS_DEMO", "PRAXIS_DEBUG", "PRAXIS_THROWAWAY", "PRAXIS_REDIS", "PRAXIS_MAIL", "PRAXIS_SITE_URL"):
    os.environ.pop(name, None)

# Each process (each xdist worker) has a folder of its own.
FOLDER = tempfile.mkdtemp(prefix="praxis-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["PRAXIS_DATA"] = FOLDER
Path(FOLDER, "static").mkdir()

DATABASE = os.environ.setdefault("PRAXIS_TEST_DATABASE", os.environ.get("PRAXIS_DATABASE", ""))
os.environ["PRAXIS_DATABASE"] = DATABASE or f"sqlite:///{FOLDER}/praxis.sqlite3"
ON_POSTGRES = DATABASE.startswith("postgres")

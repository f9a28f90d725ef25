"""Sets up Django with the settings in the environment, then runs one part: `python -m bench.within PART ...`."""

from __future__ import annotations

import importlib
import sys

import django

if __name__ == "__main__":
    django.setup()
    sys.exit(importlib.import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:]))

"""The house's own settings with two pages more: a bare one to compare with, and one that names its process."""

from praxis.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"

"""The base of every room's AppConfig: once all models are there, the room's `hooks` module is loaded.

`hooks` is where a room registers its kinds of notice, its part of a person's data, its addresses and recurring jobs.
"""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import module_has_submodule


class Room(AppConfig):
    """A room of the house as a Django app."""

    def ready(self) -> None:
        if self.module is not None and module_has_submodule(self.module, "hooks"):
            import_module(f"{self.name}.hooks")

"""Heavy modules that a web process seldom needs, loaded when something of them is first used.

The way to keep such a module out of a page's process is to name it in a task only. This is for what a person waits
for on the page itself (a small plan, a spreadsheet, a look at a picture's header); see docs/developers/decisions.md.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any


class _OnUse:
    """Stands for a module; every name is looked up in the module itself."""

    __slots__ = ("_module", "_name")

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_module", None)

    def _loaded(self) -> ModuleType:
        if self._module is None:
            object.__setattr__(self, "_module", import_module(self._name))
        module: ModuleType = self._module
        return module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loaded(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._loaded(), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._loaded(), name)

    def __repr__(self) -> str:
        return f"<{self._name}, loaded on use>"


def on_use(name: str) -> Any:
    """The module of this dotted name, loaded when something of it is first used.

    Beside an import under `TYPE_CHECKING`, so that types and the layer contract see it.
    """
    return _OnUse(name)

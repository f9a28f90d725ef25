"""The small edition at its stages, each made once in a run and kept for every test and process that asks for it.

`Stages(root).ground("told", "a")` is world `a` with the chosen told; making it makes what comes before.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.support import apart, decisions, small_edition
from tests.support.apart import Ground
from tests.support.small_edition import Facts

WORLDS = ("a", "b")
BEFORE = {"sealed": "", "told": "sealed", "released": "told"}
ACTS: dict[str, Callable[[Facts, str], None]] = {
    "sealed": decisions.seal, "told": decisions.tell, "released": decisions.release,
}  # fmt: skip


def root_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "played"
    folder.mkdir(exist_ok=True)
    return folder


class Stages:
    """The grounds under a folder. Whoever comes first makes them, others wait."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def facts(self) -> Facts:
        """What is known of the edition; plays it until both rounds are closed."""
        with self._alone():
            self._snapshot()
        made: Facts = pickle.loads((self.root / "facts").read_bytes())
        return made

    def grounds(self, stage: str) -> dict[str, Ground]:
        """Both worlds at a stage: sealed, told or released."""
        self.facts()
        with self._alone():
            return self._stage(stage)

    def _snapshot(self) -> Ground:
        ground = Ground(self.root / "snapshot")
        if not (self.root / "facts").exists():
            # What an attempt that failed has left would hide why it failed.
            shutil.rmtree(ground.folder, ignore_errors=True)
            apart.new_ground(ground.folder)
            facts = apart.run(ground, small_edition.build)
            (self.root / "facts").write_bytes(pickle.dumps(facts))
        return ground

    def _stage(self, stage: str) -> dict[str, Ground]:
        if not stage:
            return dict.fromkeys(WORLDS, self._snapshot())
        made = {name: Ground(self.root / f"{stage}_{name}") for name in WORLDS}
        done = self.root / f"{stage}.done"
        if not done.exists():
            facts: Facts = pickle.loads((self.root / "facts").read_bytes())
            before = self._stage(BEFORE[stage])
            for ground in made.values():
                shutil.rmtree(ground.folder, ignore_errors=True)
            children = [
                apart.begin(before[name].copy(made[name].folder), partial(ACTS[stage], facts, name)) for name in WORLDS
            ]
            for child in children:
                apart.wait(child)
            done.touch()
        return made

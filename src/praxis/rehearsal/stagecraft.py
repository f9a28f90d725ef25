"""What all acts of a rehearsal share: the world, the people, the calendar, and how to do a thing at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from praxis.foundation import clock
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.selectors import counts
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.programmes.config import EditionConfig
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.recommendations.models import Unit
from praxis.lifecycle.reviews.models import Expert
from praxis.rehearsal.invention import InventedCase, InventedExpert, InventedOrganisation, World
from praxis.rehearsal.painting import Painter
from praxis.rehearsal.report import Act, Report

# So many jobs are run between two words on how far they are.
JOBS_AT_ONCE = 100
# Days before its close at which a call that is left open is looked at: what was played lies before that.
STAYS_OPEN = 12.0
STAGES = ("draft", "open", "screening", "round1", "round2", "decided", "told", "released")


def must_have(config: EditionConfig, kind: str) -> bool:
    """Whether no case is taken without a picture or a video (`kind`: pictures, videos)."""
    rule = config.rule("materials_complete")
    return rule is not None and rule.severity == "wall" and bool(getattr(config.materials, kind).min_count)


@dataclass(slots=True)
class Play:
    """One rehearsal: who there is, and what has come of them. Dictionaries are keyed by the world's keys."""

    seed: int
    edition: Edition
    world: World
    report: Report
    # None: a play without pictures.
    painter: Painter | None
    until: str = "released"
    secretariat: list[User] = field(default_factory=list)
    chairs: list[User] = field(default_factory=list)
    applicants: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    # The world's key of a case to the number it was given (see `numbered`).
    numbers: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    experts: dict[str, Expert] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    # Looked up for every case: a play may have ten thousand.
    _keys_of_numbers: dict[str, str] = field(default_factory=dict, init=False)
    _cases: dict[str, InventedCase] = field(init=False)
    _organisations: dict[str, InventedOrganisation] = field(init=False)
    _experts: dict[str, InventedExpert] = field(init=False)
    _unit_keys: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self._cases = {case.key: case for case in self.world.cases}
        self._organisations = {organisation.key: organisation for organisation in self.world.organisations}
        self._experts = {expert.key: expert for expert in self.world.experts}
        self._unit_keys = {member: unit.key for unit in reversed(self.world.units) for member in unit.members}

    @property
    def config(self) -> EditionConfig:
        return self.edition.settings

    def random(self, name: str) -> Random:
        """Chance of its own for each purpose, so that one act does not disturb another."""
        return Random(f"{self.seed}/{name}")

    def instant(self, days: float) -> datetime:
        """An instant `days` after the close of the call (negative: before)."""
        return self.edition.closes_at + timedelta(days=days)

    @contextmanager
    def on(self, days: float) -> Iterator[None]:
        """Play at `days` after the close of the call; drawn together before its last days where it is left open."""
        whole = (self.edition.closes_at - self.edition.opens_at) / timedelta(days=1)
        if self.until == "open" and -whole < days <= 0:
            days -= STAYS_OPEN * (1 + days / whole)
        with clock.at(self.instant(days)):
            yield

    def invented(self, number: str) -> InventedCase:
        """The invented case behind a number."""
        return self._cases[self._keys_of_numbers[number]]

    def numbered(self, key: str, number: str) -> None:
        """A case was submitted and got its number."""
        self.numbers[key] = number
        self._keys_of_numbers[number] = key

    def case(self, key: str) -> InventedCase:
        return self._cases[key]

    def organisation(self, key: str) -> InventedOrganisation:
        return self._organisations[key]

    def invented_expert(self, key: str) -> InventedExpert:
        return self._experts[key]

    def unit_of(self, organisation: str) -> str:
        """The code of the unit that an organisation applies through, "" for none."""
        key = self._unit_keys.get(organisation)
        return self.units[key].code if key in self.units else ""

    def past(self, stage: str) -> bool:
        """Whether the play goes beyond `stage`."""
        return STAGES.index(self.until) > STAGES.index(stage)

    def finish_jobs(self, act: Act) -> None:
        """Run every job that is due, as the worker would."""
        ran = 0
        try:
            while done := jobs.drain(JOBS_AT_ONCE, strict=True, told=self._long_job):
                ran += done
                if done == JOBS_AT_ONCE:
                    self.report.progress(ran, ran + counts().get("ready", 0), "jobs")
        except RuntimeError as problem:
            act.wrong.append(str(problem)[:300])

    def _long_job(self, percent: int) -> None:
        self.report.progress(percent, 100, "per cent of a long job")

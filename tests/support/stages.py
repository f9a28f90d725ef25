"""A small edition brought to its later states through the services: decided, told, with a Casebook, released."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction

from praxis.foundation import clock
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.people.models import User
from praxis.foundation.places import services as places
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition, Round, Tier
from praxis.lifecycle.casebook import services as casebook
from praxis.lifecycle.casebook.models import Entry
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import services as reviews
from praxis.lifecycle.reviews.models import Expert
from praxis.lifecycle.selection import services as selection
from praxis.lifecycle.showcase import services as showcase
from tests.support import world

_numbers = count(1)
SIZES = {"casebook": (2, 3, 4), "outstanding": (1, 1, 2)}


@dataclass
class Stage:
    """An edition with its people; `cases` are in the order of their standing, the best first."""

    edition: Edition
    chairs: list[User]
    desk: User
    cases: list[Case]
    owners: list[User]
    expert: Expert
    rounds: list[Round] = field(default_factory=list)
    tiers: list[Tier] = field(default_factory=list)

    @property
    def instant(self) -> datetime:
        """An instant after the close of the call."""
        return self.edition.closes_at + timedelta(days=40)

    def fresh(self) -> Edition:
        """The edition as it now is."""
        self.edition.refresh_from_db()
        return self.edition

    def case(self, place: int) -> Case:
        """A case read anew."""
        return Case.objects.select_related("edition__programme", "organisation", "category").get(pk=self.cases[place].pk)

    def entry(self, place: int) -> Entry:
        """The entry of a case, read anew."""
        rows = Entry.objects.select_related("casebook__edition__programme", "case__organisation", "category", "revision")
        return rows.get(case=self.cases[place])


def small_preset(sizes: dict[str, tuple[int, int, int]] | None = None) -> str:
    """The programme's preset with tiers of a few cases and one review a case."""
    text = world.preset_text(world.WIC)
    for code, (low, about, high) in (sizes or SIZES).items():
        text = re.sub(
            rf'(code = "{code}"\nlabel = [^\n]*\n)size_about = \d+\nsize_low = \d+\nsize_high = \d+',
            rf"\g<1>size_about = {about}\nsize_low = {low}\nsize_high = {high}", text,
        )  # fmt: skip
    text = re.sub(r"(\[edition\]\ncode = )[^\n]*", rf'\g<1>"2026-{next(_numbers)}"', text)
    return re.sub(r"reviews_per_case = \d+", "reviews_per_case = 1", text)


def reviewing(size: int = 5, **more: Any) -> Stage:
    """Cases admitted and the first round closed with its standings."""
    places.seed()
    edition = programmes.load_preset(SYSTEM, small_preset(more.get("sizes")), "small.toml")
    edition.refresh_from_db()
    with world.during(edition):
        programmes.advance(SYSTEM, edition, "open")
    chairs = [world.secretary(edition, f"chair{n}-{edition.pk}@example.org", chair=True) for n in (1, 2)]
    desk = world.secretary(edition, f"desk-{edition.pk}@example.org")
    owners = [world.person(f"owner{n}-{edition.pk}@example.org", name=f"Owner {n}") for n in range(size)]
    fields = [item.code for item in edition.settings.categories]
    rows = [
        world.case(owner, world.organisation(owner), edition, submitted=True, category=fields[n % 2])
        for n, owner in enumerate(owners)
    ]
    with world.after(edition):
        programmes.advance(SYSTEM, edition, "close")
        for row in rows:
            row.refresh_from_db()
            cases.admit(SYSTEM, row)
    stage = Stage(edition, chairs, desk, rows, owners, _expert(desk, edition))
    stage.rounds = list(edition.rounds.order_by("position"))
    stage.tiers = list(edition.tiers.select_related("round").order_by("position"))
    for item in (*stage.rounds, *stage.tiers):
        item.edition = edition
    with clock.at(stage.instant):
        _review(stage, stage.rounds[0], rows)
    return stage


def _expert(desk: User, edition: Edition) -> Expert:
    expert = reviews.invite_expert(
        desk, edition, email=f"expert-{edition.pk}@example.org", names={"en": "Expert"}, place="FR", load_max=100,
        categories=[item.code for item in edition.settings.categories], languages=list(edition.settings.edition.languages),
    )  # fmt: skip
    reviews.accept(expert.user, expert)
    reviews.sign_undertaking(expert.user, expert)
    expert.refresh_from_db()
    return expert


def _review(stage: Stage, round_: Round, rows: list[Case]) -> None:
    """Score every case by the one expert, the first the highest, and close the round."""
    reviews.open_round(stage.desk, round_)
    round_.refresh_from_db()
    for place, row in enumerate(rows):
        made = reviews.assign_one(stage.desk, round_, stage.expert, row, reason="One expert for all.")
        marks = {item.code: max(1.0, 10.0 - place) for item in stage.edition.settings.criteria_of(round_.code)}
        reviews.save_sheet(stage.expert.user, made, scores=marks, comment="Good and well told, worth being known.")
        reviews.submit_sheet(stage.expert.user, made)
    reviews.close_round(stage.desk, round_, reason="All is in.")
    round_.refresh_from_db()


def chosen(size: int = 5, **more: Any) -> Stage:
    """Three chosen for the Casebook with two in reserve, the first of them Outstanding with one in reserve; open."""
    stage = reviewing(size, **more)
    with clock.at(stage.instant):
        rows = stage.cases
        selection.decide(stage.chairs[0], stage.tiers[0], rows[:3], rows[3:5], reason="As discussed.")
        selection.put_forward(stage.desk, stage.rounds[1])
        _review(stage, stage.rounds[1], rows[:3])
        selection.decide(stage.chairs[0], stage.tiers[1], rows[:1], rows[1:2], reason="As discussed.")
    return stage


def decided(size: int = 5, **more: Any) -> Stage:
    """Sealed."""
    stage = chosen(size, **more)
    with clock.at(stage.instant):
        selection.seal(stage.chairs[0], stage.edition)
    return stage


def told(size: int = 5, *, accepted: int = 3, begun: bool = True, **more: Any) -> Stage:
    """Told; the first `accepted` have accepted confidentiality; entries and slots are there."""
    stage = decided(size, **more)
    with clock.at(stage.instant):
        selection.tell(stage.desk, stage.edition)
        for place in range(accepted):
            selection.accept_confidentiality(stage.owners[place], stage.case(place))
        if begun:
            casebook.begin(stage.desk, stage.edition)
            showcase.plan(stage.desk, stage.edition)
    return stage


def released(size: int = 5, **more: Any) -> Stage:
    """Released by two people."""
    stage = told(size, **more)
    with clock.at(stage.instant):
        selection.approve_release(stage.chairs[0], stage.edition)
        selection.approve_release(stage.desk, stage.edition)
    stage.fresh()
    return stage


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction, or a savepoint within one, that leaves nothing behind."""
    block = transaction.atomic()
    with block:
        yield
        transaction.set_rollback(True)


def made_once(maker: Callable[[], Stage]) -> Any:
    """A module's fixture that makes a stage once; `copied` gives each test a copy that is undone after it."""

    @pytest.fixture(scope="module")
    def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
        with django_db_blocker.unblock(), _undone():
            yield maker()

    return made


def copied() -> Any:
    """A fixture that takes the name of one from `made_once` (see `at`) and gives the test a copy of its stage.

    The test needs the mark `django_db`: its own transaction lies within that of the stage.
    """

    @pytest.fixture
    def stage(request: pytest.FixtureRequest) -> Stage:
        return copy.deepcopy(request.getfixturevalue(request.param))  # type: ignore[no-any-return]

    return stage


def at(*names: str) -> Any:
    """Run a test with a copy of the stage of each name."""

    def marked(test: Any) -> Any:
        # Named here as well, so that a module's stage is made before the test's own transaction begins.
        return pytest.mark.usefixtures(*names)(pytest.mark.parametrize("stage", list(names), indirect=True)(test))

    return marked

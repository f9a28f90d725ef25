"""The two worlds at one stage, and how to ask both the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.embargo.plan import OUTSIDERS, Survey, is_refusal
from tests.embargo.reads import Reader
from tests.support import addresses, apart, requests
from tests.support.addresses import Thing
from tests.support.apart import Ground
from tests.support.played import WORLDS
from tests.support.requests import Answer, Ask
from tests.support.small_edition import Facts

Answers = dict[Ask, Answer]
# A route, a role, a method and a language.
Row = tuple[str, str, str, str]


@dataclass(frozen=True)
class Compared:
    """What was asked of the first world, and what of it the other was asked as well.

    `read_alike` are the requests whose every statement gives the same rows in both worlds (see `reads`); what looked
    at stored files is not among them unless it was asked of both. `asked` tells of which route each request was.
    """

    one: Answers
    other: Answers
    read_alike: frozenset[Ask] = frozenset()
    asked: dict[Ask, Row] = field(default_factory=dict)
    roles: tuple[str, ...] = ()


@dataclass
class Pair:
    """The two worlds at one stage, and what can be asked of either: `days` after the close of the call."""

    facts: Facts
    grounds: dict[str, Ground]
    days: float
    known: dict[str, dict[str, Thing]]
    words: tuple[str, ...]

    def both(self, work: Callable[[], Any]) -> tuple[Any, Any]:
        """What `work` returns in each world; they run beside one another and know nothing of each other."""
        children = [apart.begin(self.grounds[name], work) for name in WORLDS]
        one, other = [apart.wait(child) for child in children]
        return one, other

    def survey(self, roles: tuple[str, ...] = OUTSIDERS, only: frozenset[str] | None = None) -> Compared:
        """Everything that outsiders can see of the first world, and the same of the other; both asked as copies."""
        with tempfile.TemporaryDirectory(prefix="praxis-embargo-") as folder:
            grounds = {name: ground.copy(Path(folder, name)) for name, ground in self.grounds.items()}
            one, asked = apart.run(
                grounds["a"], lambda: Survey(self.facts, self.days, self.known, self.words, roles, only).run()
            )
            other, read_alike = apart.run(grounds["b"], lambda: self._second(one, grounds))
        return Compared(one, other, read_alike, asked, roles)

    def _second(self, one: Answers, grounds: dict[str, Ground]) -> tuple[Answers, frozenset[Ask]]:
        """Ask the other world what the first was asked, but for refusals that read nothing that differs."""
        reader = Reader(grounds["a"].database, grounds["b"].database)
        read_alike = frozenset(ask for ask, answer in one.items() if reader.alike(answer.trace))
        reader.close()
        answers = {
            ask: requests.answer(self.facts, ask, self.days, follow=True)
            for ask, answer in one.items()
            if not is_refusal(answer) or answer.touched_files or ask not in read_alike
        }
        return answers, read_alike

    def answers(self, asks: Sequence[Ask]) -> Compared:
        """What each world answers to a few requests."""
        one, other = self.both(lambda: {ask: requests.answer(self.facts, ask, self.days) for ask in asks})
        return Compared(one, other)


def pair(facts: Facts, grounds: dict[str, Ground], days: float) -> Pair:
    """The worlds with everything that can stand in an address of either, and what can be searched for."""
    made = Pair(facts, grounds, days, {}, ())
    made.known = addresses.together(*made.both(lambda: addresses.things(facts)))
    one, other = made.both(lambda: addresses.search_words(facts))
    made.words = tuple(dict.fromkeys([*one, *other]))
    return made

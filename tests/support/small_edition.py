"""A whole edition made small and played through the services: from the opening to two closed rounds, and further.

Everything is keyed by the role that matters to a test; `Facts` holds plain values, so that it can be kept beside a
clone of the database.
"""

from __future__ import annotations

import dataclasses
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from praxis.foundation import clock
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.files import services as files
from praxis.foundation.jobs import services as jobs
from praxis.foundation.people import services as people
from praxis.foundation.people.models import User
from praxis.foundation.places import services as places
from praxis.foundation.places.selectors import choices
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition, Tier
from praxis.foundation.randomness import seeded
from praxis.lifecycle.cases import materials
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews import services as reviews
from praxis.lifecycle.reviews.models import Assignment
from praxis.lifecycle.selection import services as selection
from praxis.rehearsal.acts import applying, opening, reviewing, screening
from praxis.rehearsal.invention import World, invent, picture, video
from praxis.rehearsal.report import Report
from praxis.rehearsal.stagecraft import Play
from tests.support import world

CASES, EXPERTS = 16, 6
PICTURE = (1200, 640)
# Days after the close of the call: the second round ends, decisions are sealed, the chosen told, …
REVIEWED, SEALED, TOLD, PREPARED, RELEASED = 59.0, 60.0, 65.0, 75.0, 140.0


@dataclass
class Facts:
    """Who and what there is. `people` maps a role to (user id, session key); cases are keys in the order of numbers."""

    edition_id: int
    other_edition_id: int
    closes_at: datetime
    people: dict[str, tuple[int, str]] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    invitation_token: str = ""

    def instant(self, days: float) -> datetime:
        """An instant `days` after the close of the call."""
        return self.closes_at + timedelta(days=days)


def preset_text() -> str:
    """The real programme with tiers as small as this edition, and fewer reviews to write."""
    text = world.preset_text(world.WIC)
    for name, small in {
        "size_about = 60": "size_about = 5", "size_low = 55": "size_low = 3", "size_high = 65": "size_high = 7",
        "size_about = 12": "size_about = 2", "size_low = 11": "size_low = 1", "size_high = 13": "size_high = 3",
        "reviews_per_case = 3": "reviews_per_case = 2", "reviews_per_case = 5": "reviews_per_case = 2",
    }.items():  # fmt: skip
        changed = re.sub(rf"^{name}$", small, text, flags=re.MULTILINE)
        assert changed != text, f"the preset has no line {name!r}"
        text = changed
    return text


def _world(edition: Edition) -> World:
    config = edition.settings
    made = invent(
        7, CASES, EXPERTS, [item.code for item in config.categories], languages=config.edition.languages,
        kinds=[item.code for item in config.content_kinds],
        applicant_kinds=[item.code for item in config.applicant_kinds],
        places=[code for code, _name in choices("en")], planted={"one_country": 0.07, "too_early": 0.07},
        year=config.edition.year,
    )  # fmt: skip
    # One picture each, and one video in all: making and probing them is what takes time.
    small = tuple(
        dataclasses.replace(case, picture_seeds=case.picture_seeds[:1] or (1,), video_seed=3 if n == 0 else None)
        for n, case in enumerate(made.cases)
    )
    return dataclasses.replace(made, cases=small)


def build() -> Facts:
    """Play the edition until both rounds are closed, with a second edition of another programme beside it."""
    with seeded("small edition"):
        places.seed()
        other = world.edition(world.PITCH)
        edition = programmes.load_preset(SYSTEM, preset_text(), "small.toml")
        edition.refresh_from_db()
        play = _play(edition)
        facts = Facts(edition.pk, other.pk, edition.closes_at)
        _others(facts, other)
        _name_cases(facts, play)
        _colleagues(facts, play)
        _uploads(facts)
    return facts


@dataclass
class OnePicture:
    """Stands in for the painter: every case has this one picture."""

    data: bytes

    def take(self, key: Any) -> bytes | None:
        """The picture, whatever was ordered."""
        return self.data


def _play(edition: Edition) -> Play:
    invented = _world(edition)
    width, height = PICTURE
    # One picture serves all: what it shows does not matter here.
    data = picture(1, 1, width=width, height=height, category=edition.settings.categories[0].code)
    play = Play(7, edition, invented, Report(quiet=True), OnePicture(data))
    for act in (opening.name_people, opening.open_call, opening.found_organisations, opening.appoint_units):
        act(play)
    for act in (applying.apply, applying.confirm_partners, applying.change_minds, applying.recommend):
        act(play)
    screening.close_call(play)
    screening.screen(play)
    _review(play)
    assert play.report.sound, [act.wrong for act in play.report.acts if act.wrong]
    return play


def _review(play: Play) -> None:
    reviewing.invite(play)
    rounds = list(play.edition.rounds.select_related("edition").order_by("position"))
    for round_, days in zip(rounds, (16.0, 42.0), strict=True):
        round_.edition = play.edition
        reviewing.open_round(play, round_, days)
        reviewing.review(play, round_, days + 1)
        reviewing.close_round(play, round_, days + 13)
        if round_ is rounds[0]:
            # What goes into the second round; the test decides anew afterwards.
            with play.on(days + 14):
                tier = play.edition.tiers.get(code="casebook")
                tier.edition = play.edition
                selection.decide(play.chairs[0], tier, _spread(play.edition)[:6], reason="To have a second round.")
    with play.on(REVIEWED):
        jobs.drain(ignore_delay=True, strict=True)


def _spread(edition: Edition) -> list[Case]:
    """Admitted cases, one for each organisation first, so that applicants can be told apart."""
    rows = list(
        Case.objects.filter(edition=edition, state="admitted").select_related("organisation", "edition").order_by("number")
    )
    seen: set[int] = set()
    first = [row for row in rows if row.organisation_id not in seen and not seen.add(row.organisation_id)]  # type: ignore[func-returns-value]
    return first + [row for row in rows if row not in first]


def _others(facts: Facts, other: Edition) -> None:
    """The second edition with its people and one case, and people who belong to neither."""
    chair = world.secretary(other, "chair@other.example", chair=True)
    secretary = world.secretary(other, "desk@other.example")
    owner = world.person("owner@other.example", name="Owner Elsewhere")
    with world.during(other):
        case = world.case(owner, world.organisation(owner, "Elsewhere"), other)
        # This programme wants a text of a certain length and a video.
        longer = {
            ("en", field.code): f"What is said elsewhere about {field.code} in plain words. " * 6
            for field in other.settings.fields
            if field.code != "title"
        }
        cases.save_texts(owner, case, longer)
        data = video(1)
        row = materials.take_in(owner, case, "video", io.BytesIO(data), name="elsewhere.mp4", size=len(data))
        materials.describe(owner, row, captions={"en": "Elsewhere"}, alts={}, credit="", consent=True)
        jobs.drain(ignore_delay=True, strict=True)
        cases.submit(owner, case, submission_key="elsewhere")
        expert = reviews.invite_expert(
            secretary, other, email="expert@other.example", names={"en": "Expert Elsewhere"},
            categories=[other.settings.categories[0].code], languages=["en"],
        )  # fmt: skip
    facts.cases["other_edition"] = case.key
    for role, user in {
        "other_chair": chair, "other_secretary": secretary, "other_owner": owner, "other_expert": expert.user,
        "stranger": world.person("stranger@example.org", name="Stranger"),
        "administrator": people.make_administrator("administrator@example.org"),
    }.items():  # fmt: skip
        sign_in(facts, role, user)


def _name_cases(facts: Facts, play: Play) -> None:
    """Cases by what will become of them, and their owners."""
    spread = _spread(play.edition)
    assert len({case.organisation_id for case in spread[:10]}) == 10, "ten applicants are wanted"
    for name, case in zip(
        ("both", "a", "a_too", "b", "b_too", "b_more", "a_later", "b_later", "neither", "neither_too"), spread, strict=False
    ):
        facts.cases[name] = case.key
    for name in ("a", "b", "both", "neither", "neither_too"):
        sign_in(facts, f"applicant_{name}", Case.objects.get(key=facts.cases[name]).created_by)
    for name, state in {"ineligible": "ineligible", "withdrawn": "withdrawn", "draft": "draft"}.items():
        row = Case.objects.filter(edition=play.edition, state=state).order_by("id").first()
        if row is not None:
            facts.cases[name] = row.key
    sign_in(facts, "chair", play.chairs[0])
    sign_in(facts, "second_chair", play.chairs[1])
    sign_in(facts, "secretary", play.secretariat[2])
    for place, unit in enumerate(play.units.values()):
        sign_in(facts, f"clerk_{place + 1}", unit.organisation.memberships.get().user)
    busy = Assignment.objects.filter(round__edition=play.edition, state="submitted", round__code="round2")
    for place, expert_id in enumerate(sorted(set(busy.values_list("expert_id", flat=True)))[:2]):
        sign_in(facts, f"expert_{place + 1}", User.objects.get(expert_on__pk=expert_id))


def _colleagues(facts: Facts, play: Play) -> None:
    """A colleague of an applicant, one who has been invited, and questions between applicants and the secretariat."""
    case = Case.objects.get(key=facts.cases["neither"])
    owner = User.objects.get(pk=facts.people["applicant_neither"][0])
    colleague = world.person("colleague@example.org", name="Colleague")
    with play.on(REVIEWED):
        people.accept_invitation(colleague, people.invite_colleague(owner, case.organisation, colleague.email))
        waiting = people.invite_colleague(owner, case.organisation, "stranger@example.org")
        cases.write(owner, case, "When will the results be known?")
        cases.write(play.secretariat[2], case, "At the release.")
        jobs.drain(ignore_delay=True, strict=True)
    facts.invitation_token = waiting.token
    sign_in(facts, "colleague", colleague)


def _uploads(facts: Facts) -> None:
    """Uploads under way, by the role that sends them."""
    with clock.at(facts.instant(SEALED)):
        for role in ("applicant_a", "applicant_b", "applicant_neither", "clerk_1"):
            session = files.start_upload(facts.people[role][0], "picture", name="picture.png", size=64)
            facts.uploads[role] = session.key


def sign_in(facts: Facts, role: str, user: User) -> None:
    """Give a role a session that every clone will know."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    facts.people[role] = (user.pk, str(session.session_key))
    facts.emails[role] = user.email


@contextmanager
def at(facts: Facts, days: float, name: str) -> Iterator[Edition]:
    """The edition at `days` after the close of the call, with chance fixed by a name."""
    with clock.at(facts.instant(days)), seeded(name):
        yield Edition.objects.select_related("programme").get(pk=facts.edition_id)


def user(facts: Facts, role: str) -> Any:
    """The user of a role."""
    return User.objects.get(pk=facts.people[role][0])


def tier(edition: Edition, code: str) -> Tier:
    """A tier with its edition in hand."""
    row: Tier = edition.tiers.select_related("round").get(code=code)
    row.edition = row.round.edition = edition
    return row

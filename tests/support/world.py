"""People, organisations, an edition from a real preset and cases, all made through the services.

Everything is short but valid in zh and en. What depends on the call being open holds the clock within it by itself;
a test that looks at pages does `with world.during(edition): ...`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from praxis.engines.wordcount import count as count_words
from praxis.foundation import clock
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.people import services as people
from praxis.foundation.people.models import Organisation, User
from praxis.foundation.places import services as places
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition, EditionRole
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Case

PRESETS = Path(__file__).resolve().parents[2] / "presets"
WIC = "wic-practice-cases-2026"
PITCH = "example-pitch-prize-2026"
# What brings an edition from one state to the next; later states are reached by the stages that own them.
STEPS = [("draft", "open", "open"), ("open", "close", "screening"), ("screening", "start_review", "reviewing")]

_numbers = count(1)


@lru_cache
def preset_text(name: str) -> str:
    """The text of a preset of the house."""
    return (PRESETS / f"{name}.toml").read_text(encoding="utf-8")


def during(edition: Edition) -> AbstractContextManager[None]:
    """Hold the clock in the middle of the time in which cases are taken."""
    return clock.at(edition.opens_at + (edition.closes_at - edition.opens_at) / 2)


def after(edition: Edition) -> AbstractContextManager[None]:
    """Hold the clock at the first instant at which nothing more is taken."""
    return clock.at(edition.closes_at)


def _while_open(edition: Edition) -> AbstractContextManager[None]:
    return nullcontext() if edition.opens_at <= clock.now() < edition.closes_at else during(edition)


def administrator(email: str = "administrator@example.org") -> User:
    """Who may load presets and name people on editions."""
    return people.make_administrator(email)


def edition(preset: str = WIC, state: str = "open") -> Edition:
    """An edition from a real preset, brought to draft, open, screening or reviewing."""
    places.seed()
    made = programmes.load_preset(SYSTEM, preset_text(preset), f"{preset}.toml")
    made.refresh_from_db()
    for before, action, after_state in STEPS:
        if made.state == state or made.state != before:
            break
        with during(made) if after_state == "open" else after(made):
            programmes.advance(SYSTEM, made, action)
    if made.state != state:
        raise ValueError(f"an edition cannot be brought to {state!r} here")
    return made


def move_to(edition: Edition, state: str) -> Edition:
    """Bring an edition onward to a later one of the states of `edition()`."""
    for before, action, after_state in STEPS:
        if edition.state == state:
            break
        if edition.state == before:
            with during(edition) if after_state == "open" else after(edition):
                programmes.advance(SYSTEM, edition, action)
    return edition


def person(email: str = "", *, name: str = "", language: str = "en") -> User:
    """Somebody with an account."""
    return people.ensure_user(email or f"person{next(_numbers)}@example.org", name=name, language=language)


def secretary(edition: Edition, email: str = "", *, chair: bool = False) -> User:
    """Somebody named on the edition, as secretariat or as chair."""
    user = person(email)
    programmes.name_on(SYSTEM, edition, user, EditionRole.Role.CHAIR if chair else EditionRole.Role.SECRETARIAT)
    return user


def organisation(owner: User, name: str = "", *, place: str = "KE", kind: str = "university") -> Organisation:
    """An organisation of which `owner` is the owner."""
    number = next(_numbers)
    return people.found_organisation(
        owner,
        names={"zh-hans": f"{name or '示例机构'}{number}", "en": f"{name or 'Example institution'} {number}"},
        kind=kind,
        place=place,
        website="https://example.org",
    )


def texts(title: str = "", *, languages: tuple[str, ...] = ("zh-hans", "en"), edition: Edition) -> dict[Any, str]:
    """Short texts for every field of the edition, by (language, field)."""
    number = next(_numbers)
    said = {
        "zh-hans": lambda field: f"{field.label['zh-hans']}：第{number}号案例由两国机构共同实施，惠及乡村学校。",
        "en": lambda field: f"{field.label['en']}: institutions of two countries run case {number} for rural schools.",
    }
    titles = {"zh-hans": title or f"乡村学校联网计划{number}", "en": title or f"Rural schools online {number}"}
    bodies: dict[Any, str] = {}
    for language in languages:
        if language not in edition.settings.edition.languages:
            continue
        for field in edition.settings.fields:
            body = titles[language] if field.code == "title" else said[language](field)
            # One sentence after the other until there are as many as the edition asks for.
            while count_words(body) < field.minimum.get(language, 0):
                body = f"{body} {said[language](field)}"
            bodies[language, field.code] = body
            if field.heading:
                bodies[language, f"{field.code}.heading"] = field.label[language]
    return bodies


def case(
    owner: User,
    organisation: Organisation,
    edition: Edition,
    *,
    submitted: bool = False,
    category: str = "",
    title: str = "",
    places: tuple[str, ...] = ("KE", "CN"),
    languages: tuple[str, ...] = ("zh-hans", "en"),
    came_through: str = "",
) -> Case:
    """A case filled in whole, and submitted if asked."""
    with _while_open(edition):
        made = cases.start(owner, edition, organisation, came_through=came_through)
        fill(owner, made, category=category, title=title, places=places, languages=languages)
        if submitted:
            cases.submit(owner, made, submission_key=f"key-{made.key}")
    return made


def fill(
    actor: User,
    case: Case,
    *,
    category: str = "",
    title: str = "",
    places: tuple[str, ...] = ("KE", "CN"),
    languages: tuple[str, ...] = ("zh-hans", "en"),
) -> Case:
    """Fill in a case so that no wall is left, within whatever instant the clock shows."""
    config = case.edition.settings
    rule = config.rule("started_after")
    cases.save_basics(
        actor,
        case,
        category=category or config.categories[0].code,
        kinds=[config.content_kinds[0].code],
        started_on=date(max(2019, (rule.year or 0) + 1) if rule else 2019, 5, 1),
        places=list(places),
        uses_internet=True,
        contact_name="Wanjiku Kamau",
        contact_email=actor.email,
        contact_phone="+254 20 000000",
    )
    cases.save_texts(actor, case, texts(title, languages=languages, edition=case.edition))
    cases.give_consents(actor, case, {consent.code: True for consent in config.consents})
    return case


def instant(text: str) -> datetime:
    """An instant from ISO text with its offset."""
    return datetime.fromisoformat(text)

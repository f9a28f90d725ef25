"""Fills an empty database with an open edition of N cases, three reviews each, and standings.

Rows are written in bulk and not through the services: this is a load, not a rehearsal. The texts are invented once for
some two hundred cases and come back with another title, number and organisation.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.test import Client
from PIL import Image

from praxis.foundation import clock
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.files.models import StoredFile
from praxis.foundation.files.services import store_product
from praxis.foundation.people.models import Membership, Organisation, User
from praxis.foundation.places import services as places
from praxis.foundation.places.selectors import choices
from praxis.foundation.programmes import presets
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Category, Criterion, Edition, EditionRole, Round
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.search.services import Entry, put_many
from praxis.foundation.texts.models import TextState
from praxis.lifecycle.cases import content
from praxis.lifecycle.cases.models import Attachment, Case, CasePlace, CaseText, Partner, Revision
from praxis.lifecycle.reviews.models import Assignment, Expert, RoundCase, Score, ScoreSheet
from praxis.lifecycle.reviews.standings import compute_standings
from praxis.lifecycle.screening.models import Screening
from praxis.rehearsal.invention import InventedCase, World, invent

PRESET = Path(__file__).resolve().parents[1] / "presets" / "wic-practice-cases-2026.toml"
BASES, MOST_EXPERTS, LOAD, REVIEWS = 200, 400, 30, 3
# Sheets left to be handed in: as many as a run of the harness takes.
OPEN_SHEETS = 120
# Drafts with everything but their texts, to be written and submitted: each second one by one of two journeys.
PREPARED = 240
CHUNK = 500
COMMENT = (
    "The cooperation is concrete and its results can be checked; how it goes on after the funding ends is said too "
    "briefly. 合作各方分工明确，成效有据可查，可持续性的说明略显单薄。"
)


@dataclass
class Facts:
    """What the journeys need to know. Sessions are keys; an open sheet is (key of the assignment, session)."""

    size: int
    edition_id: int
    programme: str
    code: str
    run_id: int
    secretary_id: int
    secretary: str
    applicant: str
    organisation_id: int
    draft: str
    prepared: list[str]
    sheets: list[tuple[str, str]]
    invented: InventedCase
    criteria: list[str]
    marks: list[float]
    consents: list[str]
    contact: str


def session_of(user: User) -> str:
    """The key of a new session in which a person is signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def seed(size: int) -> Facts:
    """Fill the database and say what is in it."""
    random = Random(size)
    edition = _edition()
    world = _world(edition, min(size, BASES))
    secretary = User.objects.create(email="secretariat@bench.example", name="Secretariat")
    EditionRole.objects.create(edition=edition, user=secretary, role=EditionRole.Role.CHAIR)
    owners = _organisations(world, size)
    _cases(edition, world, owners, size)
    round_ = Round.objects.filter(edition=edition).order_by("position")[0]
    sheets = _reviews(edition, round_, random, size)
    run = compute_standings(SYSTEM, round_)
    applicant, organisation, draft, invented = _applicant(edition, world)
    prepared = _prepared(edition, world.cases[0], organisation, draft)
    config = edition.settings
    _settle()
    return Facts(
        size=size, edition_id=edition.pk, programme=config.programme.code, code=config.edition.code,
        run_id=run.pk, secretary_id=secretary.pk, secretary=session_of(secretary),
        applicant=session_of(applicant), organisation_id=organisation.pk, draft=draft.key, prepared=prepared, sheets=sheets,
        invented=invented, criteria=[item.code for item in config.criteria_of(round_.code)],
        marks=list(config.scale.values()), consents=[item.code for item in config.consents], contact=applicant.email,
    )  # fmt: skip


def _edition() -> Edition:
    """The real programme with its dates moved so that the call is open now."""
    places.seed()
    text = PRESET.read_text(encoding="utf-8")
    dates = presets.load(text, PRESET.name).dates
    middle = dates.opens + (dates.closes - dates.opens) / 2
    edition = programmes.load_preset(SYSTEM, text, PRESET.name, shift=timedelta(days=(clock.now() - middle).days))
    programmes.advance(SYSTEM, edition, "open")
    return Edition.objects.select_related("programme").get(pk=edition.pk)


def _world(edition: Edition, cases: int) -> World:
    config = edition.settings
    return invent(
        11, cases, 1, [item.code for item in config.categories], languages=config.edition.languages,
        kinds=[item.code for item in config.content_kinds],
        applicant_kinds=[item.code for item in config.applicant_kinds],
        places=[code for code, _name in choices("en")], planted={}, year=config.edition.year,
    )  # fmt: skip


def _organisations(world: World, size: int) -> list[Organisation]:
    """One organisation with one colleague for each case."""
    bases = world.organisations
    organisations = Organisation.objects.bulk_create(
        [
            Organisation(
                names={code: f"{name} {n // len(bases) or ''}".strip() for code, name in base.names.items()},
                kind=base.kind, place_id=base.place, invented=True,
            )
            for n in range(size)
            for base in (bases[n % len(bases)],)
        ],
        batch_size=CHUNK,
    )  # fmt: skip
    users = User.objects.bulk_create(
        [User(email=f"applicant{n}@bench.example", name=f"Applicant {n}", password="!") for n in range(size)],
        batch_size=CHUNK,
    )
    Membership.objects.bulk_create(
        [Membership(organisation=row, user=user, owner=True) for row, user in zip(organisations, users, strict=True)],
        batch_size=CHUNK,
    )
    return organisations


def _picture() -> StoredFile:
    """One picture that stands in every case."""
    data = io.BytesIO()
    Image.effect_noise((1600, 1000), 60).convert("RGB").save(data, "JPEG", quality=85)
    file = store_product("picture.jpg", "image/jpeg", data.getvalue())
    file.purpose, file.width, file.height = "picture", 1600, 1000
    file.save()
    return file


def _retitled(base: InventedCase, n: int, bases: int) -> dict[str, str]:
    tail = f" {n // bases}" if n >= bases else ""
    return {code: fields["title"] + tail for code, fields in base.texts.items()}


def _cases(edition: Edition, world: World, owners: list[Organisation], size: int) -> None:
    categories = {row.code: row for row in Category.objects.filter(edition=edition)}
    file, now = _picture(), clock.now()
    contents: dict[str, content.Content] = {}
    for begin in range(0, size, CHUNK):
        chunk = range(begin, min(size, begin + CHUNK))
        made = Case.objects.bulk_create(
            [_case(edition, world.cases[n % len(world.cases)], owners[n], categories, n, len(world.cases)) for n in chunk]
        )
        pairs = [(case, world.cases[n % len(world.cases)]) for case, n in zip(made, chunk, strict=True)]
        _texts(pairs)
        _around(pairs, file)
        Revision.objects.bulk_create([_revision(case, base, contents, n) for (case, base), n in zip(pairs, chunk, strict=True)])
        put_many(_found(edition, case, base) for case, base in pairs)
    newest = Revision.objects.filter(case=OuterRef("pk")).values("pk")[:1]
    cases = Case.objects.filter(edition=edition)
    cases.update(state="admitted", submitted_at=now, revision=Subquery(newest))
    Screening.objects.bulk_create(
        [
            Screening(case_id=pk, revision_id=revision, outcome="decided", checked_at=now, decided_at=now)
            for pk, revision in cases.values_list("pk", "revision_id")
        ],
        batch_size=CHUNK,
    )
    Edition.objects.filter(pk=edition.pk).update(last_case_number=size)


def _case(
    edition: Edition, base: InventedCase, owner: Organisation, categories: dict[str, Category], n: int, bases: int
) -> Case:
    return Case(
        edition=edition, key=uuid_hex(), number=f"{edition.year}-{n + 1:04d}", organisation=owner,
        category=categories[base.category], kinds=list(base.kinds), started_on=base.started, uses_internet=True,
        titles=_retitled(base, n, bases), places=list(base.places),
        consents={item.code: True for item in edition.settings.consents}, contact_name="Wanjiku Kamau",
        contact_email=f"applicant{n}@bench.example", contact_phone="+254 20 1234567",
    )  # fmt: skip


def _texts(pairs: list[tuple[Case, InventedCase]]) -> None:
    CaseText.objects.bulk_create(
        [
            CaseText(
                case=case, language=language, field=field, state=TextState.HUMAN, version=1,
                body=case.titles[language] if field == "title" else body,
            )
            for case, base in pairs
            for language, fields in base.texts.items()
            for field, body in fields.items()
        ],
        batch_size=4000,
    )  # fmt: skip
    CasePlace.objects.bulk_create(
        [CasePlace(case=case, place_id=code) for case, base in pairs for code in base.places], batch_size=4000
    )


def _around(pairs: list[tuple[Case, InventedCase]], file: StoredFile) -> None:
    Partner.objects.bulk_create(
        [
            Partner(
                case=case, position=n, names=dict(partner.names), place_id=partner.place, roles=dict(partner.role),
                email=partner.email, token=uuid_hex(),
            )
            for case, base in pairs
            for n, partner in enumerate(base.partners)
        ]
    )  # fmt: skip
    Attachment.objects.bulk_create(
        [
            Attachment(
                case=case, key=uuid_hex(), kind="picture", position=n, file=file, captions={"en": "A school", "zh-hans": "学校"},
                alts={"en": "Pupils at a table", "zh-hans": "课桌旁的学生"}, credit="Applicant", licence="own", consent=True,
            )
            for case, _base in pairs
            for n in range(2)
        ]
    )  # fmt: skip


def _revision(case: Case, base: InventedCase, contents: dict[str, content.Content], n: int) -> Revision:
    """A revision with the content of its base case, read once as the house reads it, under the case's own title."""
    if base.key not in contents:
        contents[base.key] = content.of(case)
    organisation = {**contents[base.key]["organisation"], "id": case.organisation_id, "names": case.organisation.names}
    said = {**contents[base.key], "titles": case.titles, "organisation": organisation}
    return Revision(
        case=case, number=1, content=said, digest=content.digest(said), receipt=f"B{n:09d}", submission_key="bench",
        submitted_at=clock.now(),
    )  # fmt: skip


def _found(edition: Edition, case: Case, base: InventedCase) -> Entry:
    texts = {
        language: (case.titles[language], f"{case.number} {case.organisation.name_in(language)} {fields['summary']}")
        for language, fields in base.texts.items()
    }
    return Entry("case", case.key, f"edition:{edition.pk}", texts)


def _experts(edition: Edition, count: int) -> list[Expert]:
    now = clock.now()
    users = User.objects.bulk_create([User(email=f"expert{n}@bench.example", password="!") for n in range(count)])
    experts = Expert.objects.bulk_create(
        [
            Expert(
                edition=edition, user=user, names={"en": f"Expert {n}", "zh-hans": f"专家{n}"}, state=Expert.State.ACTIVE,
                languages=["en", "zh-hans"], load_max=200, undertaking_at=now,
            )
            for n, user in enumerate(users)
        ]
    )  # fmt: skip
    link = Expert.categories.through
    categories = list(Category.objects.filter(edition=edition))
    link.objects.bulk_create(
        [link(expert_id=expert.pk, category_id=row.pk) for expert in experts for row in categories], batch_size=2000
    )
    return experts


def _reviews(edition: Edition, round_: Round, random: Random, size: int) -> list[tuple[str, str]]:
    """Three assignments a case, all handed in but some of the last; returns those left open."""
    now = clock.now()
    Round.objects.filter(pk=round_.pk).update(state="open", opened_at=now)
    round_.state, round_.edition = "open", edition
    experts = _experts(edition, max(2 * REVIEWS, min(MOST_EXPERTS, size * REVIEWS // LOAD)))
    cases = list(Case.objects.filter(edition=edition).order_by("pk").values_list("pk", "revision_id"))
    RoundCase.objects.bulk_create(
        [RoundCase(round=round_, case_id=pk, revision_id=revision) for pk, revision in cases], batch_size=2000
    )
    left = min(OPEN_SHEETS, size * REVIEWS // 3)
    handed_in_until = len(cases) * REVIEWS - left
    rows = [
        Assignment(
            round=round_, expert=experts[(n * REVIEWS + k) % len(experts)], case_id=pk, revision_id=revision, key=uuid_hex(),
            state="submitted" if n * REVIEWS + k < handed_in_until else "open",
        )
        for n, (pk, revision) in enumerate(cases)
        for k in range(REVIEWS)
    ]  # fmt: skip
    Assignment.objects.bulk_create(rows, batch_size=2000)
    _score(round_, experts, [row for row in rows if row.state == "submitted"], random)
    sessions: dict[int, str] = {}
    for row in rows[handed_in_until:]:
        if row.expert_id not in sessions:
            sessions[row.expert_id] = session_of(row.expert.user)
    return [(row.key, sessions[row.expert_id]) for row in rows[handed_in_until:]]


def _score(round_: Round, experts: list[Expert], rows: list[Assignment], random: Random) -> None:
    """Marks from the worth of a case, the expert's leniency and chance."""
    now, scale = clock.now(), round_.edition.settings.scale
    criteria = list(Criterion.objects.filter(round=round_).order_by("position"))
    weight = sum(row.weight for row in criteria)
    worth = {row.case_id: random.gauss(0.6, 0.15) for row in rows}
    lenient = {expert.pk: random.gauss(0, 0.06) for expert in experts}
    marks = [[_mark(worth[row.case_id] + lenient[row.expert_id] + random.gauss(0, 0.1), scale) for _ in criteria] for row in rows]
    sheets = ScoreSheet.objects.bulk_create(
        [
            ScoreSheet(
                assignment=row, comment=COMMENT, version=1, submitted_at=now,
                total=sum(item.weight * value for item, value in zip(criteria, given, strict=True)) / weight,
            )
            for row, given in zip(rows, marks, strict=True)
        ],
        batch_size=2000,
    )  # fmt: skip
    Score.objects.bulk_create(_scores(sheets, criteria, marks), batch_size=5000)


def _scores(sheets: list[ScoreSheet], criteria: list[Criterion], marks: list[list[float]]) -> Iterator[Score]:
    for sheet, given in zip(sheets, marks, strict=True):
        for item, value in zip(criteria, given, strict=True):
            yield Score(sheet=sheet, criterion=item, value=value)


def _mark(share: float, scale: Any) -> float:
    values = scale.values()
    return float(values[min(len(values) - 1, max(0, round(share * (len(values) - 1))))])


def _applicant(edition: Edition, world: World) -> tuple[User, Organisation, Case, InventedCase]:
    """Somebody with an organisation and one draft that is written in full, and what they will submit next."""
    base = world.cases[0]
    user = User.objects.create(email="applicant@bench.example", name="Applicant", password="!")
    names = {"en": "Bench University", "zh-hans": "示例大学"}
    organisation = Organisation.objects.create(names=names, kind=world.organisations[0].kind, place_id=base.places[0])
    Membership.objects.create(organisation=organisation, user=user, owner=True)
    category = Category.objects.get(edition=edition, code=base.category)
    case = _case(edition, base, organisation, {base.category: category}, 0, 1)
    case.number, case.created_by = "", user
    case.save()
    _texts([(case, base)])
    new = {
        language: {**fields, "title": {"en": "Rural schools go online together", "zh-hans": "乡村学校携手联网"}.get(language, fields["title"])}
        for language, fields in base.texts.items()
    }
    return user, organisation, case, replace(base, texts=new)


def _prepared(edition: Edition, base: InventedCase, organisation: Organisation, draft: Case) -> list[str]:
    """Drafts of the applicant's whose particulars and commitments are given and whose texts are still to be written."""
    category = draft.category
    assert category is not None
    rows = [_case(edition, base, organisation, {base.category: category}, 0, 1) for _ in range(PREPARED)]
    for row in rows:
        row.number, row.created_by, row.titles, row.contact_email = "", draft.created_by, {}, draft.contact_email
    Case.objects.bulk_create(rows)
    CasePlace.objects.bulk_create([CasePlace(case=row, place_id=code) for row in rows for code in base.places])
    return [row.key for row in rows]


def _settle() -> None:
    """Bring the planner's figures up to date, as a server that has run for a day has them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    else:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")



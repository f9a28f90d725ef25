"""A review committee at work, made through the services: admitted cases, experts, rounds, score sheets."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from praxis.foundation.files.models import StoredFile
from praxis.foundation.programmes.models import Edition, Round
from praxis.lifecycle.cases import services as cases_
from praxis.lifecycle.cases.models import Attachment, Case, Revision
from praxis.lifecycle.reviews import services
from praxis.lifecycle.reviews.models import Assignment, Expert, RoundCase
from tests.support import world

_numbers = count(1)


@dataclass
class Committee:
    """An edition in review with its secretary, cases and experts."""

    edition: Edition
    secretary: Any
    owner: Any
    cases: list[Case]
    experts: list[Expert] = field(default_factory=list)

    def round(self, place: int = 0) -> Round:
        found = self.edition.rounds.order_by("position")[place]
        found.edition = self.edition
        return found

    def expert(self, place: int = 0) -> Expert:
        """Read anew, with its user and edition."""
        return Expert.objects.select_related("user", "edition__programme").get(pk=self.experts[place].pk)


def committee(
    cases: int = 3, experts: int = 3, *, preset: str = world.WIC, state: str = "screening", title: str = "", **given: Any
) -> Committee:
    """An edition whose call has closed, with so many admitted cases and active experts who have signed."""
    edition = world.edition(preset)
    owner = world.person()
    organisation = world.organisation(owner)
    categories = edition.settings.categories
    languages = tuple(edition.settings.edition.languages)
    made = []
    for number in range(cases):
        category = categories[number % len(categories)].code
        case = world.case(owner, organisation, edition, category=category, languages=languages, title=title)
        _attach(case)
        with world.during(edition):
            cases_.submit(owner, case, submission_key=f"key-{case.key}")
        made.append(case)
    secretary = world.secretary(edition)
    world.move_to(edition, "screening")
    for case in made:
        case.refresh_from_db()
        cases_.admit(secretary, case)
    found = Committee(edition, secretary, owner, made)
    for _number in range(experts):
        join(found, **given)
    if state == "open":
        services.open_round(secretary, found.round())
    return found


def _attach(case: Case) -> None:
    """What the edition wants to see attached at the least, as rows without bytes."""
    wanted = case.edition.settings.materials
    for kind, limits in (("picture", wanted.pictures), ("video", wanted.videos), ("document", wanted.documents)):
        for number in range(limits.min_count):
            stored = StoredFile.objects.create(
                key=f"{case.key[:24]}{kind[:4]}{number:04}", purpose=kind, path="nowhere", name=f"{kind}{number}",
                media_type="video/mp4", state="ready", size=1, sha256="0" * 64, width=1920, height=1080, seconds=60,
            )
            Attachment.objects.create(
                case=case, key=stored.key, kind=kind, position=number, file=stored, captions={"en": "Shown"},
                alts={"en": "Shown"}, consent=True,
            )  # fmt: skip


def invite(held: Committee, **given: Any) -> Expert:
    """An expert who has not answered yet."""
    number = next(_numbers)
    config = held.edition.settings
    values = {
        "email": f"expert{number}@example.org", "names": {"en": f"Expert {number}", "zh-hans": f"专家{number}"},
        "categories": [row.code for row in config.categories], "languages": list(config.edition.languages),
        "load_max": 400,
    }  # fmt: skip
    return services.invite_expert(held.secretary, held.edition, **{**values, **given})


def join(held: Committee, **given: Any) -> Expert:
    """An expert who has accepted and signed."""
    expert = invite(held, **given)
    services.accept(expert.user, expert)
    services.sign_undertaking(expert.user, expert)
    held.experts.append(expert)
    return expert


def assign(held: Committee, place: int = 0, case: int = 0, *, round_: Round | None = None) -> Assignment:
    """One case given to one expert by hand."""
    made = services.assign_one(
        held.secretary, round_ or held.round(), held.expert(place), held.cases[case], reason="for the test"
    )
    return assignment(made.pk)


def assignment(pk: int) -> Assignment:
    """An assignment read anew with what services need."""
    return Assignment.objects.select_related(
        "round__edition__programme", "expert__user", "expert__edition", "case", "revision"
    ).get(pk=pk)


def marks(held: Committee, value: float = 6, round_: Round | None = None) -> dict[str, float | None]:
    """The same mark on every criterion of a round."""
    code = (round_ or held.round()).code
    return {criterion.code: value for criterion in held.edition.settings.criteria_of(code)}


def score(held: Committee, row: Assignment, value: float = 6, *, submit: bool = True) -> None:
    """Fill in a sheet, and hand it in."""
    actor = row.expert.user
    services.save_sheet(actor, row, scores=marks(held, value, row.round), comment="seen")
    if submit:
        services.submit_sheet(actor, row)


def multiply(held: Committee, number: int, *, expert: int | None = None, round_: Round | None = None) -> None:
    """So many more cases in a round as copies of the first (rows only), each read by an expert if one is given."""
    first, round_ = held.cases[0], round_ or held.round()
    first.refresh_from_db()
    start = Case.objects.count() + 1
    rows = [
        Case(
            edition=held.edition, key=f"copy{start + n}", number=f"2026-{start + n:05}", organisation_id=first.organisation_id,
            category_id=first.category_id, titles=first.titles, places=first.places, state="draft",
        )
        for n in range(number)
    ]  # fmt: skip
    made = Case.objects.bulk_create(rows)
    content = first.revision.content
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                case=case, number=1, content=content, digest="0" * 64, receipt=f"r{case.key}", submission_key=case.key,
                submitted_at=held.edition.closes_at,
            )
            for case in made
        ]
    )
    for case, revision in zip(made, revisions, strict=True):
        case.revision, case.state, case.submitted_at = revision, "admitted", held.edition.closes_at
    Case.objects.bulk_update(made, ["revision", "state", "submitted_at"])
    RoundCase.objects.bulk_create([RoundCase(round=round_, case=case, revision_id=case.revision_id) for case in made])
    if expert is not None:
        Assignment.objects.bulk_create(
            [
                Assignment(
                    round=round_, expert=held.experts[expert], case=case, revision_id=case.revision_id, key=f"a{case.key}"
                )
                for case in made
            ]
        )


def attachment_keys(case: Case) -> list[str]:
    """The keys of a case's files."""
    return list(Attachment.objects.filter(case=case).values_list("key", flat=True))

"""Two editions of one programme, side by side and alike, walked through a whole year; each thing carries its marks.

The first holds the cases `mine` and `theirs` of two applicants (and one in reserve), the second the case `elsewhere`.
Everything is made through the services. Between the steps the tests ask who gets in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from praxis.foundation import clock
from praxis.foundation.audit.services import SYSTEM
from praxis.foundation.files import services as files
from praxis.foundation.files.services import open_file
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.notices.models import Notice
from praxis.foundation.people import services as people
from praxis.foundation.people.models import Membership, User
from praxis.foundation.places import services as places
from praxis.foundation.programmes import services as programmes
from praxis.foundation.programmes.models import Edition, EditionRole
from praxis.lifecycle.casebook import selectors as entries
from praxis.lifecycle.casebook import services as casebook
from praxis.lifecycle.casebook.models import Build, Entry, EntryPicture
from praxis.lifecycle.cases import exports, materials
from praxis.lifecycle.cases import services as cases
from praxis.lifecycle.cases.models import Attachment, Case, Partner
from praxis.lifecycle.cases.selectors import Filters
from praxis.lifecycle.recommendations import services as recommendations
from praxis.lifecycle.recommendations.models import Recommendation, Unit
from praxis.lifecycle.recommendations.tables import Line
from praxis.lifecycle.reviews import services as reviews
from praxis.lifecycle.reviews.models import Assignment, AssignmentPlan, Conflict, Expert
from praxis.lifecycle.screening import services as screening
from praxis.lifecycle.screening.models import Finding, Match, Screening
from praxis.lifecycle.selection import services as selection
from praxis.lifecycle.selection.models import Decision, Proposal
from praxis.lifecycle.showcase import services as showcase
from praxis.lifecycle.showcase.models import Certificate, Invitation, Slot, StageRehearsal, Story, UnitAward
from praxis.rehearsal.invention import picture
from tests.permissions.marks import Marks, mark
from tests.support import stages, world

Thing = dict[str, Any]
NOTHING = 999_999
# Whose the cases are, and in which edition they stand.
OWNERS = {"mine": "owner", "theirs": "neighbour", "spare": "sparer", "elsewhere": "faraway", "distant": "farther"}
EDITION_OF = {"mine": "this", "theirs": "this", "spare": "this", "elsewhere": "other", "distant": "other"}
UNIT_OF = {"mine": "unit", "theirs": "unittwo", "elsewhere": "unitelsewhere"}
CLERK_OF = {"unit": "clerk", "unittwo": "othercl", "unitelsewhere": "clerkelsewhere"}
SPARE = {"mine": "spare", "elsewhere": "distant"}
SIZES = {
    "this": {"casebook": (1, 2, 3), "outstanding": (1, 1, 2)},
    "other": {"casebook": (1, 1, 2), "outstanding": (1, 1, 2)},
}


@dataclass
class House:
    """Who and what there is. `people` by role, `cases` by name; `now` is the instant at which pages are asked for."""

    people: dict[str, User] = field(default_factory=dict)
    editions: dict[str, Edition] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    experts: dict[str, Expert] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    marks: Marks = field(default_factory=Marks)
    now: datetime | None = None

    def edition(self, name: str) -> Edition:
        return Edition.objects.select_related("programme").get(pk=self.editions[name].pk)

    def case(self, name: str) -> Case:
        return Case.objects.select_related("edition__programme", "organisation", "category").get(pk=self.cases[name].pk)

    def entry(self, name: str) -> Entry:
        rows = Entry.objects.select_related("casebook__edition__programme", "case__organisation", "category", "revision")
        return rows.get(case=self.cases[name])

    def person(self, role: str) -> User:
        """Somebody whose name and address are marks of the role."""
        user = world.person(f"{mark(role, 'mail')}@example.org".lower(), name=mark(role, "name"))
        self.people[role] = user
        return user


# -- the call is open -----------------------------------------------------------------------------------------------


def open_call() -> House:
    """Two editions with everything that is there while cases are taken."""
    house = House()
    places.seed()
    for role in ("stranger", "invitee"):
        house.person(role)
    house.people["administrator"] = people.make_administrator(f"{mark('administrator', 'mail')}@example.org".lower())
    for name in ("this", "other"):
        edition = programmes.load_preset(SYSTEM, _preset(name), f"{name}.toml")
        edition.refresh_from_db()
        with world.during(edition):
            programmes.advance(SYSTEM, edition, "open")
        house.editions[name] = edition
        _name_people(house, name)
    middle = house.editions["this"].opens_at + (house.editions["this"].closes_at - house.editions["this"].opens_at) / 2
    house.now = middle + timedelta(hours=2)
    with clock.at(middle):
        for name in OWNERS:
            _case(house, name)
        _units(house)
        _invite_colleague(house)
        jobs.drain(ignore_delay=True, strict=True)
    with clock.at(middle + timedelta(hours=1)):
        for name, role in OWNERS.items():
            cases.save_texts(house.people[role], house.case(name), {("en", "title"): f"{mark(name, 'title')} anew"})
            cases.submit(house.people[role], house.case(name), submission_key=f"again-{name}")
        for name in UNIT_OF:
            _list(house, name)
        _exports(house)
        jobs.drain(ignore_delay=True, strict=True)
    return house


def _preset(name: str) -> str:
    """The real programme with tiers of a few cases; each edition has a name and a mailbox of its own."""
    text = stages.small_preset(SIZES[name])
    head, rest = text.split("[edition]\n", 1)
    own = f'names = {{ zh-hans = "{mark(name, "edition")} 届", en = "{mark(name, "edition")}" }}'
    return f"{head}[edition]\n" + re.sub(r"^names = .*$", own, rest, count=1, flags=re.MULTILINE)


def _name_people(house: House, name: str) -> None:
    away = "" if name == "this" else "elsewhere"
    for role, kind in (
        ("secretary", EditionRole.Role.SECRETARIAT), ("chair", EditionRole.Role.CHAIR), ("cochair", EditionRole.Role.CHAIR),
    ):  # fmt: skip
        programmes.name_on(SYSTEM, house.editions[name], house.person(f"{role}{away}"), kind)


def _case(house: House, name: str) -> None:
    owner, edition = house.person(OWNERS[name]), house.editions[EDITION_OF[name]]
    organisation = people.found_organisation(
        owner, names={"zh-hans": f"{mark(name, 'organisation')} 机构", "en": mark(name, "organisation")},
        kind="university", place="KE", website="https://example.org",
    )  # fmt: skip
    unit = UNIT_OF.get(name, "")
    case = cases.start(owner, edition, organisation, came_through=unit)
    house.cases[name] = case
    world.fill(owner, case)
    phone = f"+254 20 55 {len(house.cases):02} 71 39"
    house.marks.note(phone, name, "phone")
    config = edition.settings
    cases.save_basics(
        owner, case, contact_name=mark(name, "contact"), contact_email=f"{mark(name, 'contactmail')}@example.org".lower(),
        contact_phone=phone, category=config.categories[0].code, kinds=[config.content_kinds[0].code],
        started_on=datetime(2019, 5, 1).date(), places=["KE", "CN"], uses_internet=True,
    )  # fmt: skip
    texts = {key: f"{mark(name, 'text')} {body}" for key, body in world.texts(edition=edition).items() if key[1] != "title"}
    titles = {(language, "title"): f"{mark(name, 'title')} {language}" for language in ("en", "zh-hans")}
    cases.save_texts(owner, case, {**texts, **titles})
    data = picture(len(house.cases), 1, width=1300, height=900, category=config.categories[0].code)
    row = materials.take_in(owner, case, "picture", io.BytesIO(data), name=f"{mark(name, 'filename')}.jpg", size=len(data))
    said = {"en": mark(name, "caption"), "zh-hans": mark(name, "caption")}
    materials.describe(owner, row, captions=said, alts=said, credit=mark(name, "credit"), consent=True)
    partner = materials.add_partner(
        owner, case, names={"en": mark(name, "partner"), "zh-hans": mark(name, "partner")}, place="CN",
        roles={"en": mark(name, "partnerrole")}, email=f"{mark(name, 'partnermail')}@example.org".lower(),
    )  # fmt: skip
    materials.ask_partner(owner, partner)
    cases.submit(owner, case, submission_key=f"first-{name}")
    cases.write(owner, case, f"{mark(name, 'question')}?")
    cases.write(house.people["secretary" if EDITION_OF[name] == "this" else "secretaryelsewhere"], case, mark(name, "answer"))
    if name == "mine":
        colleague = house.person("colleague")
        people.accept_invitation(colleague, people.invite_colleague(owner, organisation, colleague.email))
    session = files.start_upload(owner.pk, "picture", name=f"{mark(name, 'uploadname')}.jpg", size=1000)
    house.uploads[name] = session.key


def _units(house: House) -> None:
    for name, code in UNIT_OF.items():
        clerk, edition = CLERK_OF[code], EDITION_OF[name]
        user = house.person(clerk)
        organisation = people.found_organisation(
            user, names={"zh-hans": f"{mark(code, 'organisation')} 会", "en": mark(code, "organisation")},
            kind="university", place="CN", website="https://example.org",
        )  # fmt: skip
        secretary = house.people["secretary" if edition == "this" else "secretaryelsewhere"]
        unit = recommendations.appoint(secretary, house.editions[edition], organisation, code=code)
        recommendations.import_table(
            user, unit,
            [Line(mark(code, "project"), mark(code, "applicant"), mark(code, "summary"), mark(code, "linecontact"), f"+86 {mark(code, 'linephone')}")],
        )  # fmt: skip
        house.units[code] = unit


def _invite_colleague(house: House) -> None:
    for name in OWNERS:
        owner = house.people[OWNERS[name]]
        made = people.invite_colleague(owner, house.cases[name].organisation, house.people["invitee"].email)
        house.links[f"colleague {name}"] = made.token


def _list(house: House, name: str) -> None:
    code = UNIT_OF[name]
    clerk = CLERK_OF[code]
    line = recommendations.list_case(house.people[clerk], house.units[code], house.case(name))
    recommendations.endorse(house.people[clerk], line, opinion=f"{mark(code, 'opinion')} and more words of it.")


def _exports(house: House) -> None:
    for name, role in (("this", "secretary"), ("other", "secretaryelsewhere")):
        exports.request(house.people[role], house.editions[name], Filters(), waiting=False, language="en")


# -- what comes after the close -------------------------------------------------------------------------------------


def to_screening(house: House) -> None:
    """The call is closed; cases are checked and compared."""
    day = house.editions["this"].closes_at + timedelta(days=1)
    house.now = day + timedelta(hours=1)
    with clock.at(day):
        for name in ("this", "other"):
            programmes.advance(SYSTEM, house.edition(name), "close")
            screening.check_all(SYSTEM, house.edition(name))
        jobs.drain(ignore_delay=True, strict=True)
        for name, like in SPARE.items():
            found = Screening.objects.get(case=house.cases[name])
            Match.objects.create(screening=found, other=house.cases[like], score=0.7, channel="title")


EXPERTS = {
    "expert": ("this", "mine"), "expertidle": ("this", "theirs"), "expertconflicted": ("this", "mine"),
    "expertelsewhere": ("other", "elsewhere"), "expertelsewhereconflicted": ("other", "elsewhere"),
}  # fmt: skip


def to_reviewing(house: House) -> None:
    """Cases are admitted, experts invited, assigned, one of them with a conflict; the first round is open."""
    day = house.editions["this"].closes_at + timedelta(days=20)
    house.now = day + timedelta(hours=1)
    with clock.at(day):
        for name in OWNERS:
            cases.admit(SYSTEM, house.case(name))
        for name, role in (("this", "secretary"), ("other", "secretaryelsewhere")):
            edition = house.edition(name)
            round_ = _round(edition, 0)
            for expert, (where, _case_name) in EXPERTS.items():
                if where == name:
                    _expert(house, edition, house.people[role], expert)
            reviews.open_round(house.people[role], round_)
            round_.refresh_from_db()
            reviews.request_plan(house.people[role], round_, seed=1)
            for expert, (where, case) in EXPERTS.items():
                if where == name:
                    _assign(house, house.people[role], round_, expert, case)
        jobs.drain(ignore_delay=True, strict=True)


def _round(edition: Edition, place: int) -> Any:
    round_ = list(edition.rounds.order_by("position"))[place]
    round_.edition = edition
    return round_


def _expert(house: House, edition: Edition, secretary: User, role: str) -> None:
    email = f"{mark(role, 'mail')}@example.org".lower()
    expert = reviews.invite_expert(
        secretary, edition, email=email, names={"en": mark(role, "name")}, affiliation=mark(role, "affiliation"),
        categories=[item.code for item in edition.settings.categories], languages=["en", "zh-hans"], place="FR",
    )  # fmt: skip
    house.people[role] = expert.user
    reviews.accept(expert.user, expert)
    reviews.sign_undertaking(expert.user, expert)
    house.experts[role] = Expert.objects.select_related("edition", "user").get(pk=expert.pk)


def _assign(house: House, secretary: User, round_: Any, role: str, case: str) -> None:
    expert = house.experts[role]
    made = reviews.assign_one(secretary, round_, expert, house.case(case), reason="By hand.")
    if role in ("expertconflicted", "expertelsewhereconflicted"):
        reviews.declare_conflict(expert.user, expert, case=house.case(case), reason=mark(role, "reason"))
        return
    marks = {item.code: 7.0 for item in round_.edition.settings.criteria_of(round_.code)}
    reviews.save_sheet(expert.user, made, scores=marks, comment=f"{mark(role, 'comment')} and more words of it, to be long enough.", confidential=mark(role, "confidential"))


def to_deciding(house: House) -> None:
    """The rounds are closed, decisions made and not yet sealed."""
    day = house.editions["this"].closes_at + timedelta(days=40)
    house.now = day + timedelta(hours=1)
    with clock.at(day):
        for name, chair, chosen in (("this", "chair", ["mine", "theirs"]), ("other", "chairelsewhere", ["elsewhere"])):
            desk, edition = house.people[chair], house.edition(name)
            first, second = _round(edition, 0), _round(edition, 1)
            for row in Assignment.objects.filter(round=first, state="draft").select_related("expert__user", "round__edition"):
                reviews.submit_sheet(row.expert.user, row)
            reviews.close_round(desk, first, reason="All is in.")
            secretary = house.people["secretary" if name == "this" else "secretaryelsewhere"]
            reviews.request_export(secretary, reviews.compute_standings(secretary, first), "en")
            tiers = list(edition.tiers.select_related("round").order_by("position"))
            for tier in tiers:
                tier.edition = tier.round.edition = edition
            rows = [house.case(case) for case in chosen]
            selection.propose(desk, tiers[0])
            selection.decide(desk, tiers[0], rows, [house.case("spare")] if name == "this" else [], reason="As discussed.")
            selection.put_forward(desk, second)
            second.refresh_from_db()
            reviews.open_round(desk, second)
            for expert, (where, case) in EXPERTS.items():
                if where == name and "conflicted" not in expert:
                    _judge(house, desk, second, expert, case)
            second.refresh_from_db()
            reviews.close_round(desk, second, reason="All is in.")
            selection.propose(desk, tiers[1])
            selection.decide(desk, tiers[1], rows, [], reason="As discussed.")
        jobs.drain(ignore_delay=True, strict=True)


def _judge(house: House, desk: User, round_: Any, role: str, case: str) -> None:
    expert = house.experts[role]
    made = reviews.assign_one(desk, round_, expert, house.case(case), reason="By hand.")
    marks = {item.code: 8.0 for item in round_.edition.settings.criteria_of(round_.code)}
    reviews.save_sheet(expert.user, made, scores=marks, comment=f"{mark(role, 'comment')} and more words of it, to be long enough.")
    reviews.submit_sheet(expert.user, made)


def to_told(house: House) -> None:
    """Sealed and told; the chosen have accepted; book, stage, honours and publicity are prepared."""
    day = house.editions["this"].closes_at + timedelta(days=60)
    house.now = day + timedelta(hours=1)
    with clock.at(day):
        for name, chair in (("this", "chair"), ("other", "chairelsewhere")):
            desk, edition = house.people[chair], house.edition(name)
            selection.seal(desk, edition)
            for telling in selection.tell(desk, edition):
                selection.accept_confidentiality(telling.case.created_by, telling.case)
            _prepare(house, desk, house.edition(name), name)
        jobs.drain(ignore_delay=True, strict=True)


def _prepare(house: House, desk: User, edition: Edition, name: str) -> None:
    casebook.begin(desk, edition)
    casebook.set_front(desk, edition, "en", {"foreword_heading": mark(name, "foreword"), "foreword": "Words.", "imprint": "-", "signature": "-"})
    showcase.plan(desk, edition)
    for case, where in EDITION_OF.items():
        if where == name and case not in SPARE.values():
            _hand_in(house, case)
    casebook.send_all_proofs(desk, edition)
    casebook.build(desk, edition, "en", "epub")
    showcase.compute_unit_award(desk, edition)
    showcase.set_stage(desk, edition, venue={"en": mark(name, "venue"), "zh-hans": mark(name, "venue")}, starts_at=edition.closes_at, stream="https://live.example.org/")
    showcase.make_invitations(desk, edition)
    showcase.make_certificates(desk, edition)
    for case, where in EDITION_OF.items():
        if where == name and case not in SPARE.values():
            showcase.write_story(desk, house.entry(case), "en", title=mark(case, "story"), body="A story that is not out yet.")
    for slot in Slot.objects.filter(showcase__edition=edition).select_related("showcase__edition", "entry__case"):
        showcase.schedule_rehearsal(desk, slot, at=edition.closes_at, place=mark(name, "rehearsal"))
        owner = next(case for case, row in house.cases.items() if row.pk == slot.entry.case_id)
        showcase.name_presenter(desk, slot, "presenter", name=mark(owner, "presenter"), email=f"{mark(owner, 'presentermail')}@example.org".lower())
    showcase.send_all_invitations(desk, edition)
    showcase.export_everything(desk, edition)


def _hand_in(house: House, name: str) -> None:
    entry = house.entry(name)
    owner = house.people[OWNERS[name]]
    data = picture(30 + len(name), 3, width=1600, height=1067, category=entry.category.code)
    limits = materials.limits_for(entry.casebook.edition.settings, "picture")
    file = files.take(owner.pk, "picture", io.BytesIO(data), name="display.jpg", size=len(data), limits=limits)
    jobs.drain(ignore_delay=True, strict=True)
    file.refresh_from_db()
    said = {"en": mark(name, "display"), "zh-hans": mark(name, "display")}
    casebook.add_material(owner, entry, file, captions=said, alts=said, credit="Us")


def to_released(house: House) -> None:
    """Two people have released each edition."""
    day = house.editions["this"].closes_at + timedelta(days=140)
    house.now = day + timedelta(hours=1)
    with clock.at(day):
        for name, away in (("this", ""), ("other", "elsewhere")):
            for entry in entries.all_entries(house.edition(name)):
                casebook.approve_proof(entry.case.created_by, entry)
            for role in ("chair", "cochair"):
                selection.approve_release(house.people[f"{role}{away}"], house.edition(name))
        jobs.drain(ignore_delay=True, strict=True)


PHASES: dict[str, Callable[[House], None]] = {
    "screening": to_screening, "reviewing": to_reviewing, "deciding": to_deciding, "told": to_told, "released": to_released,
}  # fmt: skip


# -- what stands in addresses ---------------------------------------------------------------------------------------


def _first(model: Any, field: str = "pk", default: Any = NOTHING, order: str = "pk", **wanted: Any) -> Any:
    return model.objects.filter(**wanted).order_by(order).values_list(field, flat=True).first() or default


def things(house: House) -> dict[str, dict[str, Thing]]:
    """For each desk its things by name: `own`, `foreign`, `elsewhere`, and whatever else a desk has."""
    near = {"own": "mine", "foreign": "theirs", "unchosen": "spare", "elsewhere": "elsewhere"}
    return {
        "applicant": {name: _of_case(house, case) for name, case in near.items()},
        "unit": {
            name: _of_unit(house, code)
            for name, code in {"own": "unit", "foreign": "unittwo", "elsewhere": "unitelsewhere"}.items()
        },
        "expert": {
            name: _of_expert(house, role)
            for name, role in {
                "own": "expert", "foreign": "expertidle", "conflicted": "expertconflicted", "elsewhere": "expertelsewhere",
            }.items()
            if role in house.experts
        },
        "secretariat": {
            "own": _of_edition(house, "this", "mine"), "foreign": _of_edition(house, "this", "theirs"),
            "elsewhere": _of_edition(house, "other", "elsewhere"),
        },
        "public": {name: _in_public(house, case) for name, case in near.items()},
        "api": {name: {"key": house.uploads[case]} for name, case in near.items()},
        "account": {"own": {"secret": "0" * 48}},
        "": {"own": {}},
        "ui": {"own": {}},
    }  # fmt: skip


def _of_case(house: House, name: str) -> Thing:
    case = house.cases[name]
    return {
        "key": case.key, "partner_id": _first(Partner, case=case), "attachment_key": _first(Attachment, "key", "0" * 32, case=case),
        "number": 1, "before": 1, "after": 2, "language": "en", "field": "summary", "derived": "thumb",
        "token": _first(Partner, "token", "0" * 64, case=case), "colleague_token": house.links.get(f"colleague {name}", "0" * 48),
        "organisation_id": case.organisation_id,
        "membership_id": _first(Membership, organisation=case.organisation_id, order="-pk"),
        "picture": _first(EntryPicture, "key", "0" * 32, entry__case=case, origin="display"),
        "certificate_id": _first(Certificate, entry__case=case),
    }  # fmt: skip


def _of_unit(house: House, code: str) -> Thing:
    unit = house.units[code]
    case = next(name for name, own in UNIT_OF.items() if own == code)
    # The line with a case, where there is one: it has been endorsed.
    return {"unit_id": unit.pk, "line_id": _first(Recommendation, unit=unit, order="-pk"), "key": house.cases[case].key}


def _of_expert(house: House, role: str) -> Thing:
    expert = house.experts[role]
    row = Assignment.objects.filter(expert=expert).order_by("pk").select_related("case").first()
    assert row is not None
    return {
        "expert_id": expert.pk, "key": row.key, "derived": "thumb",
        "attachment_key": _first(Attachment, "key", "0" * 32, case=row.case_id),
    }  # fmt: skip


def _of_edition(house: House, name: str, case_name: str) -> Thing:
    edition, case = house.editions[name], house.cases[case_name]
    inside = {"edition": edition}
    rounds = list(edition.rounds.order_by("position"))
    tier = edition.tiers.order_by("position").first()
    assert tier is not None
    secretary = house.people["secretary" if name == "this" else "secretaryelsewhere"]
    return {
        "edition_id": edition.pk, "key": case.key, "attachment_key": _first(Attachment, "key", "0" * 32, case=case),
        "number": 1, "before": 1, "after": 2, "derived": "thumb", "language": "en", "format": "docx",
        "finding_id": _first(Finding, screening__case=case), "match_id": _first(Match, screening__case=case),
        "expert_id": _first(Expert, **inside), "conflict_id": _first(Conflict, expert__edition=edition),
        "conflicted_id": _first(Conflict, "expert_id", expert__edition=edition), "step": "close",
        "entry_key": _first(Entry, "key", "0" * 32, case=case),
        "round": rounds[0].code, "plan_id": _first(AssignmentPlan, round__edition=edition),
        "assignment_id": _first(Assignment, case=case), "tier": tier.code,
        "proposal_id": _first(Proposal, selection__edition=edition), "decision_id": _first(Decision, selection__edition=edition),
        "action": "send_proof", "picture": _first(EntryPicture, "key", "0" * 32, entry__case=case),
        "build_id": _first(Build, casebook__edition=edition), "slot_id": _first(Slot, entry__case=case),
        "rehearsal_id": _first(StageRehearsal, slot__showcase__edition=edition),
        "award_id": _first(UnitAward, edition=edition), "invitation_id": _first(Invitation, entry__case=case),
        "certificate_id": _first(Certificate, **inside), "story_id": _first(Story, entry__case=case),
        "notice_id": _first(Notice, edition_id=edition.pk, order="-pk"),
        "handle": _first(Job, "handle", owner_id=secretary.pk, task__endswith="write_list"),
        "standings_job": _first(Job, "handle", owner_id=secretary.pk, task__endswith="export_standings"),
        "export_job": _first(Job, "handle", task__endswith="export_edition", order="pk" if name == "this" else "-pk"),
        "role_id": _first(EditionRole, **inside),
    }  # fmt: skip


def _in_public(house: House, name: str) -> Thing:
    case, edition = house.cases[name], house.editions[EDITION_OF[name]]
    return {
        "key": _first(Entry, "key", case.key, case=case), "picture_key": _first(EntryPicture, "key", "0" * 32, entry__case=case),
        "derived": "thumb", "programme": edition.programme.code, "code": edition.code, "language": "en", "format_": "epub",
        "token": _first(Invitation, "token", "0" * 48, entry__case=case),
        "unit_code": "unit" if EDITION_OF[name] == "this" else "unitelsewhere",
    }  # fmt: skip


def note_files(house: House) -> None:
    """Note the bytes of every file with whose it is, so that they are known wherever they are served."""
    for name, case in house.cases.items():
        for rows in (Attachment.objects.filter(case=case), EntryPicture.objects.filter(entry__case=case)):
            for row in rows.select_related("file"):
                _note_file(house, row.file, name)
        for certificate in Certificate.objects.filter(entry__case=case).select_related("file"):
            _note_file(house, certificate.file, name)
    for name, edition in house.editions.items():
        for build in Build.objects.filter(casebook__edition=edition).select_related("file"):
            _note_file(house, build.file, name)


def _note_file(house: House, file: Any, owner: str) -> None:
    for derived in (None, *file.derived):
        with open_file(file, derived) as stream:
            house.marks.note_file(stream.read(), owner)

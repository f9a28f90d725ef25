"""The matrix held to a house: every address of the URL configuration, asked as everyone, on one's own and others' things.

`holes` compares who got in with `matrix.txt`. Got in is judged by what the answer shows and by what was changed, not
by the status alone; and whatever the answer, it must show nothing that is not for this reader.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection
from django.urls import NoReverseMatch

from tests.permissions import house as houses
from tests.permissions.house import EDITION_OF, OWNERS, House, Thing
from tests.permissions.inspection import ANONYMOUS, Answer, Inspection
from tests.permissions.marks import Mark
from tests.support import addresses
from tests.support.addresses import Route
from tests.support.requests import Data

FILE = Path(__file__).with_name("matrix.txt")
METHODS = {"GET", "POST", "HEAD", "PATCH", "DELETE"}
# Where nothing of this programme can stand: by what tests it is held instead.
ELSEWHERE = {"secretariat:running_order": "a round of pitches, which this programme has not: tests/desks/secretariat"}
ALIASES = {
    ("applicant:colleague", "token"): "colleague_token",
    ("secretariat:entry", "key"): "entry_key",
    ("secretariat:entry_act", "key"): "entry_key",
    ("secretariat:entry_picture", "key"): "entry_key",
    ("secretariat:entry_file", "key"): "entry_key",
    ("secretariat:story", "key"): "entry_key",
    ("secretariat:expert_conflict_drop", "expert_id"): "conflicted_id",
    ("secretariat:round_step", "action"): "step",
    ("secretariat:standings_file", "handle"): "standings_job",
    ("secretariat:export_file", "handle"): "export_job",
}
# Parameters that say which way or which part, not which thing: there is nothing of somebody else's to put there.
WAYS = {"number", "before", "after", "language", "field", "derived", "format", "format_", "round", "tier", "action", "code", "programme"}


# -- the statement --------------------------------------------------------------------------------------------------


def rows(text: str = "") -> dict[str, dict[tuple[str, str], frozenset[str]]]:
    """Who gets in: by part of the year, then by address and method."""
    made: dict[str, dict[tuple[str, str], frozenset[str]]] = {}
    part: dict[tuple[str, str], frozenset[str]] = {}
    for line in (text or FILE.read_text(encoding="utf-8")).splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if line.startswith("["):
            part = made.setdefault(words[0].strip("[]"), {})
            continue
        method = ""
        for word in words[1:]:
            if word in METHODS:
                method = word
                assert (words[0], method) not in part, f"{words[0]} {method} stands twice"
                part[words[0], method] = frozenset()
            else:
                part[words[0], method] |= {word}
    return made


# -- who stands how to what -----------------------------------------------------------------------------------------

# Who comes to every desk, and who besides to one of them.
EVERYWHERE = (ANONYMOUS, "stranger", "owner", "clerk", "secretary", "secretaryelsewhere", "administrator", "expert")
# Who stands for all where everyone, or everyone with an account, gets in.
SOME = (ANONYMOUS, "owner", "secretaryelsewhere", "administrator")
BESIDES = {
    "applicant": ("colleague", "neighbour", "sparer", "faraway", "invitee"),
    "unit": ("othercl", "clerkelsewhere", "colleague", "chair"),
    "expert": ("expertidle", "expertconflicted", "expertelsewhere"),
    "secretariat": ("chair", "chairelsewhere", "expertidle"),
    "api": ("colleague", "neighbour"),
}
# Who else is asked for what is not their own: those who get in at their own, and the administrator.
KEEN = {
    "applicant": ("owner", "colleague", "administrator"), "unit": ("clerk", "administrator"),
    "expert": ("expert", "expertconflicted", "administrator"), "secretariat": ("secretary", "chair", "administrator"),
    "api": ("owner", "administrator"), "public": (ANONYMOUS, "secretary"),
}  # fmt: skip
CASE_OF = {"own": "mine", "foreign": "theirs", "unchosen": "spare", "elsewhere": "elsewhere"}
COLLEAGUES = {"mine": {"owner", "colleague"}, "theirs": {"neighbour"}, "spare": {"sparer"}, "elsewhere": {"faraway"}, "distant": {"farther"}}
OFFICE = {"this": {"secretary", "chair", "cochair"}, "other": {"secretaryelsewhere", "chairelsewhere", "cochairelsewhere"}}
CLERKS = {"unit": {"clerk"}, "unittwo": {"othercl"}, "unitelsewhere": {"clerkelsewhere"}}
UNIT_OF = {"own": "unit", "foreign": "unittwo", "elsewhere": "unitelsewhere"}
EXPERT_OF = {"own": "expert", "foreign": "expertidle", "conflicted": "expertconflicted", "elsewhere": "expertelsewhere"}
NAMED = OFFICE["this"] | OFFICE["other"]


def standing(role: str, desk: str, thing: str, route: str = "") -> set[str]:
    """The words of the matrix that hold for a role towards a thing of a desk."""
    found = {"everyone"}
    if role != ANONYMOUS:
        found.add("signed-in")
    if role in NAMED:
        found.add("named")
    if role == "administrator":
        found.add("administrator")
    edition = "other" if thing == "elsewhere" else "this"
    if role in OFFICE[edition] and desk in ("unit", "secretariat"):
        found |= {"office"} | ({"chair"} if "chair" in role else set())
        if role == ("secretary" if edition == "this" else "secretaryelsewhere"):
            found.add("asker")
    if desk in ("applicant", "api"):
        case = CASE_OF[thing]
        if role in COLLEAGUES[case]:
            found |= {"applicant"} | ({"told"} if thing != "unchosen" else set())
        if role == OWNERS[case]:
            found |= {"owner", "uploader"}
        if role == "invitee":
            found.add("invited")
    if desk == "unit" and role in CLERKS[UNIT_OF[thing]]:
        found.add("unit")
    # The seat on the committee stays after a conflict; the assignment does not.
    if desk == "expert" and role == EXPERT_OF[thing] and (thing != "conflicted" or route in SEATS):
        found.add("expert")
    return found


SEATS = {"expert:expert", "expert:accept", "expert:decline", "expert:undertaking"}
OF_A_CASE = {"key", "slot_id", "invitation_id", "assignment_id", "finding_id", "match_id", "picture", "picture_key"}


def shown_by(route: Route, thing: str) -> set[str]:
    """Whose marks an answer must show to one who is let in."""
    if route.desk == "applicant":
        return {CASE_OF[thing]}
    if route.desk == "unit":
        return {UNIT_OF[thing]}
    if route.desk == "expert":
        return {EXPERT_OF[thing]} if "expert_id" in route.parameters else {"elsewhere" if thing == "elsewhere" else CASE_OF.get(thing, "mine")}
    edition = "other" if thing == "elsewhere" else "this"
    if "unit_code" in route.parameters:
        return {"unitelsewhere" if thing == "elsewhere" else "unit"}
    if OF_A_CASE & set(route.parameters):
        return {CASE_OF[thing]}
    if "expert_id" in route.parameters:
        return {role for role, (where, _case) in houses.EXPERTS.items() if where == edition}
    return {edition, *(case for case, where in EDITION_OF.items() if where == edition)}


# -- what one may know ----------------------------------------------------------------------------------------------

READ = {"title", "text", "caption", "credit", "partner", "partnerrole", "organisation", "number", "file", "filename"}
PUBLISHED = (READ - {"number"}) | {"display", "presenter"}
# What letters and links show to whoever has them, whoever it is.
BY_LINK = {
    "applicant:partner": {"title", "organisation", "partner", "partnerrole"},
    "applicant:colleague": {"organisation", "name", "mail"},
    "public:invitation": {"title", "presenter", "contact", "venue", "organisation"},
}


def may_know(role: str, mark: Mark, part: str, route: str) -> bool:
    """Whether what a mark stands for is for this reader, by the lines of the threat model."""
    if role == mark.owner or mark.what == "edition" or mark.what in BY_LINK.get(route, ()):
        return True
    if mark.owner in EDITION_OF:
        return _may_know_of_case(role, mark, part)
    if mark.owner in CLERKS:
        edition = "other" if mark.owner == "unitelsewhere" else "this"
        return mark.what == "organisation" or role in CLERKS[mark.owner] | OFFICE[edition]
    if mark.owner in OFFICE:
        told = {name for case, names in COLLEAGUES.items() if EDITION_OF[case] == mark.owner and case not in houses.SPARE.values() for name in names}
        return role in OFFICE[mark.owner] or (mark.what in ("venue", "rehearsal") and role in told) or part == "released"
    return _may_know_person(role, mark)


def _may_know_of_case(role: str, mark: Mark, part: str) -> bool:
    case = mark.owner
    if role in COLLEAGUES[case] | OFFICE[EDITION_OF[case]]:
        return True
    if part == "released" and case not in houses.SPARE.values() and mark.what in PUBLISHED:
        return True
    if role in (CLERKS.get(houses.UNIT_OF.get(case, ""), set())):
        return mark.what in ("title", "organisation", "number")
    seat = houses.EXPERTS.get(role)
    return seat is not None and seat[1] == case and mark.what in READ


def _may_know_person(role: str, mark: Mark) -> bool:
    """People of one organisation know each other, and the office knows who has to do with its edition."""
    person = mark.owner
    if any({role, person} <= names for names in (*COLLEAGUES.values(), *OFFICE.values())):
        return True
    if role == "administrator":
        return person in NAMED
    if role in NAMED:
        edition = "this" if role in OFFICE["this"] else "other"
        return person in _people_of(edition)
    if person == "invitee":
        return any(role in names for names in COLLEAGUES.values())
    # Who answered for the office stands under its answer.
    return person in NAMED and mark.what == "name" and any(role in COLLEAGUES[case] and person in OFFICE[EDITION_OF[case]] for case in COLLEAGUES)


def _people_of(edition: str) -> set[str]:
    found = set(OFFICE[edition])
    found |= {name for case, names in COLLEAGUES.items() if EDITION_OF[case] == edition for name in names}
    found |= {role for role, (where, _case) in houses.EXPERTS.items() if where == edition}
    return found | ({"clerk", "othercl", "invitee"} if edition == "this" else {"clerkelsewhere", "invitee"})


# -- asking ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """An address for one thing; `thing` is its name, or "mixed: …" where one part is somebody else's."""

    route: Route
    thing: str
    path: str

    @property
    def mixed(self) -> bool:
        return self.thing.startswith("mixed")


@dataclass
class Survey:
    """Asks one part of the year; `holes` are the differences from the statement, in words."""

    house: House
    part: str
    only: frozenset[str] | None = None
    methods: frozenset[str] = frozenset(METHODS)
    holes: list[str] = field(default_factory=list)
    asked: int = 0
    _forms: dict[str, Data] = field(default_factory=dict)

    def run(self) -> list[str]:
        houses.note_files(self.house)
        statement = rows()[self.part]
        known = houses.things(self.house)
        routes = [
            route for route in addresses.routes()
            if any(name == route.name for name, _method in statement) and (self.only is None or route.name in self.only)
        ]  # fmt: skip
        inspection = Inspection(self.house)
        before = digest()
        # Pages first: what can be sent stands on them.
        for method in ("GET", "POST", "HEAD", "PATCH", "DELETE"):
            for route in routes if method in self.methods else ():
                words = statement.get((route.name, method))
                if words is None:
                    if method in ("GET", "POST"):
                        self._closed(inspection, route, method, known)
                    continue
                for door in doors(route, known.get(route.desk, {})):
                    self._try(inspection, door, method, words)
        if digest() != before:
            self.holes.append(f"{self.part}: what was refused has changed rows")
        self.asked = inspection.asked
        return self.holes

    def _closed(self, inspection: Inspection, route: Route, method: str, known: dict[str, dict[str, Thing]]) -> None:
        """A method without a line is taken from nobody, not even from one who may do all else."""
        for door in doors(route, known.get(route.desk, {}))[:1]:
            for role in KEEN.get(route.desk, ("owner",))[:1]:
                answer = inspection.ask(role, method, door.path)
                if answer.status not in (405, 412):
                    self.holes.append(f"{method} {route.name} has no line in matrix.txt and answers {answer.status} to {role}")

    def _try(self, inspection: Inspection, door: Door, method: str, words: frozenset[str]) -> None:
        route, desk = door.route, door.route.desk
        data = self._data(door, method)
        for role in self._roles(door, words):
            expected = not door.mixed and bool(words & standing(role, desk, door.thing, route.name))
            answer = inspection.ask(role, method, door.path, data, keep=not expected)
            for path, sent in answer.forms:
                self._forms.setdefault(path, sent)
            said = f"{self.part}: {method} {route.name} ({door.thing}) as {role}"
            if expected:
                self._let_in(inspection, door, method, role, answer, said)
            else:
                self._kept_out(answer, said)
            strange = sorted(str(mark) for mark in answer.marks if not may_know(role, mark, self.part, route.name))
            if strange:
                self.holes.append(f"{said}: shows {', '.join(strange[:6])}")

    def _roles(self, door: Door, words: frozenset[str]) -> list[str]:
        desk = door.route.desk
        if "everyone" in words or ("signed-in" in words and not door.route.parameters):
            return list(SOME)
        there = [*EVERYWHERE, *BESIDES.get(desk, ())] if door.thing == "own" else list(KEEN.get(desk, ()))
        if not door.mixed and door.thing != "own":
            # And whose it is, so that the address is known to lead somewhere.
            theirs = [*OWNERS.values(), *EXPERT_OF.values(), "othercl", "clerkelsewhere", "secretaryelsewhere", "chairelsewhere"]
            there += [role for role in theirs if words & standing(role, desk, door.thing, door.route.name) and role not in there][:1]
        elif door.mixed:
            there = [role for role in there if words & standing(role, desk, "own", door.route.name)]
        return [role for role in there if role == ANONYMOUS or role in self.house.people]

    def _data(self, door: Door, method: str) -> Data | None:
        """What the page of this address, or the one it belongs to, sends; with its texts changed."""
        if method != "POST":
            return None
        own = self._forms.get(door.path)
        if own is None and door.route.name.endswith("_save"):
            # What a script saves now and then is the form of the page above.
            own = self._forms.get(re.sub(r"[^/]+/$", "", door.path))
        return tuple((name, _changed(value)) for name, value in own or ())

    def _let_in(self, inspection: Inspection, door: Door, method: str, role: str, answer: Answer, said: str) -> None:
        if answer.status >= 500:
            self.holes.append(f"{said}: {answer.status}")
        elif answer.refused:
            self.holes.append(f"{said}: is refused ({answer.status}), and the matrix lets it in")
        elif set(door.route.parameters) - WAYS - {"token"} and door.route.desk != "api":
            owners = shown_by(door.route, door.thing)
            if any(mark.owner in owners for mark in answer.marks) or (method == "POST" and answer.written):
                return
            # What scripts ask for is answered in a few figures, and what is not the time for with a reason.
            if method == "POST" and (answer.kind.startswith("application/json") or (answer.status == 409 and door.route.name in NOT_NOW)):
                return
            if answer.status in (302, 303) and self._leads_to(inspection, role, answer.location, owners):
                return
            self.holes.append(f"{said}: answers {answer.status} and shows nothing of {'/'.join(sorted(owners))}")

    def _leads_to(self, inspection: Inspection, role: str, location: str, owners: set[str]) -> bool:
        shown = inspection.ask(role, "GET", location)
        return not shown.refused and any(mark.owner in owners for mark in shown.marks)

    def _kept_out(self, answer: Answer, said: str) -> None:
        if not answer.refused:
            self.holes.append(f"{said}: gets in ({answer.status}), and the matrix keeps it out")
        if answer.written:
            self.holes.append(f"{said}: is refused, but rows of {', '.join(sorted(answer.written))} were written")


def _changed(value: Any) -> Any:
    return f"{value} and more" if isinstance(value, str) and " " in value and len(value) > 12 else value


# What nothing stands ready for in its part of the year: who may do it is told that it is not the time.
NOT_NOW = {"expert:reopen"}


def doors(route: Route, things: dict[str, Thing]) -> list[Door]:
    """The addresses of a route: for each thing, and for one's own with one part of somebody else's."""
    if route.name in ELSEWHERE:
        return []
    sources = {parameter: ALIASES.get((route.name, parameter), parameter) for parameter in route.parameters}
    if not sources:
        return [Door(route, "own", route.path("en", {}))]
    made: dict[str, Door] = {}
    filled = {name: {p: thing[source] for p, source in sources.items()} for name, thing in things.items() if set(sources.values()) <= set(thing)}
    if "own" not in filled:
        raise addresses.UnknownParameter(f"{route.name}: tests/permissions/house.py knows nothing to stand for {sorted(set(sources.values()))}")
    for name, values in filled.items():
        if name == "unchosen" and route.desk not in ("applicant", "api"):
            continue
        _add(made, route, name, values)
    first, *others = [parameter for parameter in route.parameters if parameter not in WAYS] or [""]
    for parameter in others:
        for name in ("foreign", "elsewhere"):
            values = filled.get(name, filled["own"])
            # Another case of one's own edition is no one else's where nothing but the edition stands before it.
            within = len(others) == 1 and values[first] == filled["own"][first]
            if values[parameter] != filled["own"][parameter] and not within:
                _add(made, route, f"mixed: {parameter} {name}", {**filled["own"], parameter: values[parameter]})
    return list(made.values())


def _add(made: dict[str, Door], route: Route, name: str, values: Thing) -> None:
    try:
        path = route.path("en", values)
    except NoReverseMatch as problem:
        raise addresses.UnknownParameter(f"{route.name} does not take {values}") from problem
    if path not in made:
        made[path] = Door(route, name, path)


def digest() -> str:
    """A hash of every row of the house but sessions."""
    kept = hashlib.sha256()
    with connection.cursor() as cursor:
        for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table):
            if model._meta.db_table != "django_session":
                cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')
                for row in cursor:
                    kept.update(repr(row).encode())
    return kept.hexdigest()


def missing_rows() -> list[str]:
    """Addresses of the URL configuration without a line, and lines without an address."""
    stated = {name for part in rows().values() for name, _method in part}
    there = {route.name for route in addresses.routes()}
    return sorted({*(there - stated - set(ELSEWHERE)), *(stated - there)})


"""What is asked of a world: every route of the URL configuration, as everyone who is not named on the edition.

Each role asks for its own things in both languages: it follows the page, sends its forms filled in, spoiled and empty,
and tries its filters, orders and searches; where there is no page, it sends a form all the same. And each role tries
things that are not its own, those chosen in one world and in the other: with a GET and with a form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.support import addresses, page_forms, requests
from tests.support.addresses import LANGUAGES, Route, Thing
from tests.support.requests import ANONYMOUS, Answer, Ask, Data
from tests.support.small_edition import Facts

OUTSIDERS = (
    ANONYMOUS, "applicant_a", "applicant_b", "clerk_1", "expert_1", "applicant_both", "applicant_neither", "colleague",
    "other_secretary", "administrator",
)  # fmt: skip
# What is a role's own, by desk or route: there it is asked in both languages, and pages are followed.
OWN = {
    "applicant": {
        "applicant_a": ("a",), "applicant_b": ("b",), "applicant_both": ("both",), "applicant_neither": ("neither",),
        "colleague": ("neither",),
    },
    # Whoever has the link of a partner or of an invited colleague.
    "applicant:partner": {ANONYMOUS: ("both", "a", "b", "neither")},
    "applicant:colleague": {ANONYMOUS: ("both",)},
    "unit": {"clerk_1": ("unit_1",)},
    "expert": {"expert_1": ("expert_1_round2", "expert_1_round1")},
    "secretariat": {"other_secretary": ("other",)},
    "public": {ANONYMOUS: ("both", "a", "b", "neither")},
    "api": {role: (role,) for role in ("applicant_a", "applicant_b", "clerk_1")},
}  # fmt: skip
# What everyone else tries: guesses at things of cases chosen in one world or the other.
FOREIGN = {
    "applicant": ("a", "b"), "unit": ("unit_2", "unit_1"), "expert": ("expert_2_round2", "expert_1_round2"),
    "secretariat": ("this", "this_b"), "public": ("a", "b"), "api": ("applicant_a", "applicant_neither", "any"),
}  # fmt: skip
# Pages that are the same for all who may see them are followed by these; the others look at them.
FOLLOWERS = {ANONYMOUS, "applicant_a", "other_secretary"}
QUERIES_EACH = 4
# A form with something in it, for addresses whose page nobody outside is shown.
ANYTHING: Data = (
    ("reason", "Because"), ("confirmed", "1"), ("action", "save"), ("message", "Words"), ("body", "Words"),
    ("tier", "casebook"), ("q", "a"), ("email", "somebody@example.org"), ("answer", "yes"),
)  # fmt: skip
EMPTY: Data = ()
CURIOUS_QUERY = "?q=a&order=-title&sort=-title&cursor=x&after=1&page=2"
# Health and readiness of this very process: they read nothing of any edition (a test says so).
STATE_OF_THIS_PROCESS = {"readyz"}
TUS = ("Tus-Resumable", "1.0.0")
JSON = ("Accept", "application/json")
HALF = b"x" * 32
# What a program sends to the upload transport: a method, headers, a body. DELETE comes last.
UPLOADS: tuple[tuple[str, tuple[tuple[str, str], ...], bytes], ...] = (
    ("OPTIONS", (), b""),
    ("GET", (TUS,), b""),
    ("POST", (TUS, ("Upload-Length", "100"), ("Upload-Metadata", "filename YS5wbmc=,purpose cGljdHVyZQ==")), b""),
    ("POST", (TUS, ("Upload-Length", "many"), ("Upload-Metadata", "filename ???")), b""),
    ("HEAD", (TUS,), b""),
    ("PATCH", (TUS, ("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", "0")), HALF),
    ("PATCH", (TUS, ("Content-Type", "application/offset+octet-stream"), ("Upload-Offset", "999")), HALF),
    ("PATCH", (TUS, ("Content-Type", "text/plain")), b"x"),
    ("DELETE", (TUS,), b""),
)
# How a file is fetched anew, in part, or asked after.
FETCHES = (
    ("HEAD", ()), ("GET", (("Range", "bytes=0-9"),)), ("GET", (("Range", "bytes=999999999-"),)),
    ("GET", (("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"),)),
)  # fmt: skip


def is_refusal(answer: Answer) -> bool:
    """Whether there was nothing to see and nothing was done: not found, not allowed, sign in first."""
    return 300 <= answer.status < 500 and answer.status not in {303, 304, 409, 422} and not answer.letters


@dataclass
class Survey:
    """Asks a world everything there is to ask and keeps the answers. `known` is what can stand in addresses."""

    facts: Facts
    days: float
    known: dict[str, dict[str, Thing]]
    words: tuple[str, ...] = ()
    roles: tuple[str, ...] = OUTSIDERS
    only: frozenset[str] | None = None
    answers: dict[Ask, Answer] = field(default_factory=dict)
    asked: dict[Ask, tuple[str, str, str, str]] = field(default_factory=dict)
    _route: Route = field(init=False)
    _language: str = field(init=False, default="")

    def run(self) -> tuple[dict[Ask, Answer], dict[Ask, tuple[str, str, str, str]]]:
        """Every answer by what was asked; and by what was asked, the route, role, method and language."""
        for place, route in enumerate(addresses.routes()):
            if route.name not in STATE_OF_THIS_PROCESS and (self.only is None or route.name in self.only):
                self._route = route
                self._routes_turn(route, addresses.addresses(route, self.known), place)
        return self.answers, self.asked

    def _ask(self, role: str, method: str, path: str, data: Data | None = None, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> Answer:
        ask = Ask(role, method, path, data, headers, body)
        if ask not in self.answers:
            self.answers[ask] = requests.answer(self.facts, ask, self.days, follow=True)
            self.asked[ask] = (self._route.name, role, method, self._language)
        return self.answers[ask]

    def _routes_turn(self, route: Route, known: dict[str, Thing], place: int) -> None:
        # Methods the address does not take are found out once.
        taken = {"GET": True, "POST": True}
        sendable: dict[tuple[str, Data], None] = {}
        for turn, role in enumerate(self.roles):
            own = _named(OWN.get(route.name, OWN.get(route.desk, {})).get(role, ()), known)
            for name in [""] if "" in known else own:
                follows = bool(name) or role in FOLLOWERS
                sendable.update(dict.fromkeys(self._own(role, route, known[name], taken, turn, follows)))
            others = _foreign(route, own, known, turn + place)
            alone = len(others) == 1 or route.desk == "public"
            for step, name in enumerate(others):
                self._language = _language(route, turn + place + step)
                self._try(role, route.path(self._language, known[name]), taken, step=step, alone=alone)
        self._swap(sendable)
        if not any(row[0] == route.name and row[2] == "POST" for row in self.asked.values()):
            # A page without a form: whether it takes one all the same.
            self._send(self.roles[place % len(self.roles)], route.path(LANGUAGES[0], next(iter(known.values()))), taken, ANYTHING)

    def _own(self, role: str, route: Route, thing: Thing, taken: dict[str, bool], turn: int, follows: bool) -> Iterator[tuple[str, Data]]:
        """Look at a page in both languages, and follow it in one. Yields what could be sent."""
        followed = _language(route, turn)
        for language in LANGUAGES if route.under_language else LANGUAGES[:1]:
            self._language = language
            path = route.path(language, thing)
            if route.desk == "api":
                self._upload(role, path)
                continue
            answer = self._look(role, path, taken)
            if answer is None or answer.status != 200:
                self._send(role, path, taken, EMPTY if language == followed else ANYTHING)
            elif not follows:
                continue
            elif "text/html" not in answer.header("content-type"):
                for method, headers in FETCHES if language == followed else ():
                    self._ask(role, method, path, headers=headers)
            elif language == followed:
                yield from self._follow(role, path, answer)
            else:
                self._ask(role, "GET", path + CURIOUS_QUERY)

    def _follow(self, role: str, path: str, answer: Answer) -> Iterator[tuple[str, Data]]:
        """Try the filters and orders of a page, and send its forms: filled in, spoiled, empty."""
        for query in page_forms.queries(path, answer.text, self.words, most=QUERIES_EACH):
            self._ask(role, "GET", query)
        for word in self.words if self._route.desk == "public" else ():
            self._ask(role, "GET", f"{path}?{urlencode({'q': word})}")
        for to, data in page_forms.posts(path, answer.text):
            self._ask(role, "POST", to, data)
            if data:
                yield to, data

    def _try(self, role: str, path: str, taken: dict[str, bool], *, step: int, alone: bool) -> None:
        """Ask for what is not the role's own: a page of the first thing, a form to the second; of one alone, both."""
        if self._route.desk == "api":
            self._upload(role, path)
            return
        if alone or step == 0 or not taken["POST"]:
            self._look(role, path, taken, headers=(JSON,) if role == "colleague" else ())
        if alone or step or not taken["GET"]:
            self._send(role, path, taken, ANYTHING)

    def _swap(self, sendable: dict[tuple[str, Data], None]) -> None:
        """What one could send, somebody else sends as well."""
        for turn, (path, data) in enumerate(sendable):
            self._ask(self.roles[turn % len(self.roles)], "POST", path, data)

    def _look(self, role: str, path: str, taken: dict[str, bool], headers: tuple[tuple[str, str], ...] = ()) -> Answer | None:
        if not taken["GET"]:
            return None
        answer = self._ask(role, "GET", path, headers=headers)
        taken["GET"] = answer.status != 405
        return answer

    def _send(self, role: str, path: str, taken: dict[str, bool], data: Data) -> None:
        if taken["POST"]:
            taken["POST"] = self._ask(role, "POST", path, data).status != 405

    def _upload(self, role: str, path: str) -> None:
        for method, headers, body in UPLOADS:
            self._ask(role, method, path, headers=headers, body=body)


def _language(route: Route, turn: int) -> str:
    return LANGUAGES[turn % 2] if route.under_language else LANGUAGES[0]


def _named(names: tuple[str, ...], known: dict[str, Thing]) -> list[str]:
    """The known things of these names, of either world."""
    return [name for name in known if name.rstrip("\N{PRIME}") in names]


def _foreign(route: Route, own: list[str], known: dict[str, Thing], turn: int) -> list[str]:
    """Somebody else's things to try; roles take turns: two each, of the edition one. In public, all."""
    if "" in known:
        return []
    others = [name for name in _named(FOREIGN.get(route.desk, tuple(known)), known) if name not in own]
    others = others or [name for name in known if name not in own]
    if route.desk == "public":
        return others
    tries = min(len(others), 1 if route.desk in {"secretariat", "api"} else 2)
    return [others[(turn + step) % len(others)] for step in range(tries)]

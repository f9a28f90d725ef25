"""What is measured: one go of each, by someone at a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils import translation

from bench.browser import Browser, Refused, expect, send
from bench.seed import Facts

LANGUAGE = "en"
STANDINGS = "secretariat:standings"


@dataclass(frozen=True, slots=True)
class Journey:
    """`go` takes the browser, the facts and the number of the go; `session` says who goes."""

    code: str
    label: str
    routes: tuple[str, ...]
    session: Callable[[Facts, int], str]
    go: Callable[[Browser, Facts, int], None]
    # How many goes stand for a hundred of a single page.
    weight: float = 1.0

    def missing(self, facts: Facts) -> str:
        """The first route of the journey that the house does not have yet, "" when all are there."""
        for route in self.routes:
            try:
                address(route, facts)
            except NoReverseMatch:
                return route
        return ""


def address(route: str, facts: Facts, **arguments: object) -> str:
    """The address of a named page of the seeded edition."""
    given: dict[str, object] = {}
    if route.startswith("secretariat:"):
        given["edition_id"] = facts.edition_id
    elif route.startswith("applicant:") and route != "applicant:start":
        given["key"] = facts.draft
        if route == "applicant:receipt":
            given["number"] = 1
    elif route.startswith("expert:"):
        given["key"] = "KEY"
    elif route == "public:edition":
        given.update(programme=facts.programme, code=facts.code)
    with translation.override(LANGUAGE):
        return reverse(route, kwargs={**given, **arguments})


def _page(route: str) -> Callable[[Browser, Facts, int], None]:
    def go(browser: Browser, facts: Facts, _number: int) -> None:
        expect(browser.get(address(route, facts)))

    return go


def _bare(browser: Browser, _facts: Facts, _number: int) -> None:
    expect(browser.get("/-/bare/"))


def _submission(browser: Browser, facts: Facts, number: int) -> None:
    """From the start page to the receipt, each page fetched and each form sent as an applicant does."""
    invented = facts.invented
    page = expect(browser.get(address("applicant:start", facts)))
    onward = send(browser, page, "title", {
        "organisation": str(facts.organisation_id), "title": f"{invented.texts[LANGUAGE]['title']} {number}",
    })  # fmt: skip
    page = expect(browser.get(onward.location))
    onward = send(browser, page, "category", {
        "category": invented.category, "kinds": list(invented.kinds), "started_on": f"{invented.started:%Y-%m}",
        "places": list(invented.places), "uses_internet": "yes", "contact_name": "Wanjiku Kamau",
        "contact_email": facts.contact, "contact_phone": "+254 20 1234567", "onward": "1",
    })  # fmt: skip
    page = expect(browser.get(onward.location))
    onward = send(browser, page, "en:summary", {**_written(facts, number), "onward": "1"})
    case = onward.location.removesuffix("partners/")
    page = expect(browser.get(f"{case}commitments/"))
    consents = {f"consent_{code}": "1" for code in facts.consents}
    onward = send(browser, page, f"consent_{facts.consents[0]}", {**consents, "onward": "1"})
    page = expect(browser.get(onward.location))
    onward = send(browser, page, "submission_key", {})
    expect(browser.get(onward.location))


def _written(facts: Facts, number: int) -> dict[str, str]:
    return {
        f"{language}:{field}": f"{body} {number}" if field == "title" else body
        for language, fields in facts.invented.texts.items()
        for field, body in fields.items()
    }


def _direct(browser: Browser, facts: Facts, number: int) -> None:
    """A draft whose particulars are in: open the form with every text, send and submit it, receipt."""
    drafts = facts.prepared[1::2]
    case = address("applicant:case", facts, key=drafts[number % len(drafts)])
    page = expect(browser.get(f"{case}texts/"))
    onward = send(browser, page, "en:summary", {**_written(facts, number), "onward": "submit"})
    if "/receipt/" not in onward.location:
        raise Refused(f"{case}texts/ does not submit: it leads to {onward.location}")
    expect(browser.get(onward.location))


def _one_form(browser: Browser, facts: Facts, number: int) -> None:
    """The same, but that the check of all rules is looked at in between: open, send, check, submit, receipt."""
    drafts = facts.prepared[::2]
    case = address("applicant:case", facts, key=drafts[number % len(drafts)])
    page = expect(browser.get(f"{case}texts/"))
    send(browser, page, "en:summary", _written(facts, number))
    page = expect(browser.get(f"{case}submit/"))
    onward = send(browser, page, "submission_key", {})
    expect(browser.get(onward.location))


def _score(browser: Browser, facts: Facts, number: int) -> None:
    """Open a case to be scored, fill in the sheet and hand it in."""
    key, _session = facts.sheets[number % len(facts.sheets)]
    page = expect(browser.get(address("expert:case", facts, key=key)))
    scores = {
        f"score_{code}": f"{facts.marks[(number + place) % len(facts.marks)]:g}" for place, code in enumerate(facts.criteria)
    }
    send(browser, page, "comment", {**scores, "comment": "Well founded; the figures can be checked.", "action": "submit"})


def _nobody(_facts: Facts, _number: int) -> str:
    return ""


def _applicant(facts: Facts, _number: int) -> str:
    return facts.applicant


def _secretary(facts: Facts, _number: int) -> str:
    return facts.secretary


def _expert(facts: Facts, number: int) -> str:
    return facts.sheets[number % len(facts.sheets)][1]


BARE = Journey("bare", "Bare page", (), _applicant, _bare)
JOURNEYS = (
    Journey("call", "Call page", ("public:edition",), _nobody, _page("public:edition")),
    Journey("edit", "Edit form (texts)", ("applicant:texts",), _applicant, _page("applicant:texts")),
    Journey(
        "direct", "Submission: open, save and submit, receipt",
        ("applicant:case", "applicant:texts", "applicant:receipt"), _applicant, _direct, weight=0.4,
    ),
    Journey(
        "one-form", "Submission with one form",
        ("applicant:case", "applicant:texts", "applicant:submit"), _applicant, _one_form, weight=0.4,
    ),
    Journey(
        "submission", "Whole journey of a submission",
        ("applicant:start", "applicant:basics", "applicant:texts", "applicant:consents", "applicant:submit"),
        _applicant, _submission, weight=0.4,
    ),
    Journey("list", "Secretariat's list of cases", ("secretariat:cases",), _secretary, _page("secretariat:cases")),
    Journey("standings", "Standings", (STANDINGS,), _secretary, _page(STANDINGS)),
    Journey("score", "Open and hand in a score sheet", ("expert:case",), _expert, _score, weight=0.6),
)  # fmt: skip

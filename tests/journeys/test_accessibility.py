"""Every page that can be reached by its links, for each role and in both languages.

Of each route one page is looked at: axe finds nothing (WCAG 2.2 AA), the console is silent, the content security
policy is strict, and nothing is wider than a telephone. Pages in Chinese are light, those in English dark.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from django.utils.translation import override
from playwright.sync_api import Error, Page, Response

from praxis.foundation.people.models import User
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.reviews.models import Assignment
from praxis.lifecycle.selection.models import Telling
from tests.journeys.desk import NARROW

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PUBLIC, OFFICE = ("public", ""), ("secretariat",)
# Addresses that answer with a file, or that end what one is doing.
NO_PAGES = ("file", "export", "media", "material_derived", "derived", "book", "logout", "approved_list")


@dataclass(frozen=True)
class Reader:
    """Somebody at a stage, the desks whose pages they are led through, and the least number of pages there are."""

    stage: str
    role: str
    desks: tuple[str, ...]
    least: int
    begin: tuple[str, ...] = ("",)
    # Only what lies below one of these, where the rest of the desk is looked at in another stage.
    within: tuple[str, ...] = ("",)

    def __str__(self) -> str:
        return f"{self.role} at {self.stage}"


READERS = (
    Reader("open", "visitor", PUBLIC, 9),
    Reader("open", "applicant", ("applicant", "account"), 20, ("apply/", "account/")),
    Reader("open", "unit", ("unit",), 4, ("unit/",)),
    Reader("screening", "secretary", OFFICE, 25, ("office/",)),
    Reader("reviewing", "expert", ("expert",), 4, ("expert/",)),
    Reader("reviewing", "chair", OFFICE, 8, ("office/",), ("/experts/", "/reviews/", "/standings/")),
    Reader("deciding", "chair", OFFICE, 6, ("office/",), ("/selection/", "/standings/", "/telling/")),
    Reader("told", "applicant chosen", ("applicant",), 5, ("apply/",), ("/cases/",)),
    Reader("told", "chair", OFFICE, 12, ("office/",), ("/casebook/", "/telling/", "/release/", "/stage/", "/stories/")),
    Reader("released", "visitor", PUBLIC, 14, ("", "library/")),
    Reader(
        "released",
        "chair",
        OFFICE,
        8,
        ("office/",),
        ("/casebook/", "/stage/", "/invitations/", "/certificates/", "/award/", "/stories/", "/release/"),
    ),
    Reader("released", "administrator", OFFICE, 3, ("office/",), ("/presets/", "/preview/")),
)


def _user(role: str) -> User | None:
    match role:
        case "visitor":
            return None
        case "applicant":
            return Case.objects.filter(state="submitted").order_by("id").first().created_by  # type: ignore[union-attr]
        case "applicant chosen":
            return Telling.objects.order_by("id").first().case.created_by  # type: ignore[union-attr]
        case "expert":
            row = Assignment.objects.filter(state__in=["open", "draft"]).select_related("expert__user").order_by("id")
            return row.first().expert.user  # type: ignore[union-attr]
    address = {"unit": "clerk@unit-1", "secretary": "desk1@secretariat", "chair": "chair1@secretariat"}
    return User.objects.get(email=f"{address.get(role, 'admin@secretariat')}.example")


@dataclass
class Walk:
    """A walk along the links of one language, breadth first, to one page of each route."""

    page: Page
    url: str
    language: str
    desks: tuple[str, ...]
    within: tuple[str, ...]
    seen: set[str] = field(default_factory=set)

    def pages(self, begin: tuple[str, ...]) -> Iterator[tuple[str, Response]]:
        """(path, answer) of each page, while the browser is there."""
        waiting = deque(f"/{self.language}/{path}" for path in begin)
        # Where one begins belongs to the walk, whatever its route.
        first = set(waiting)
        while waiting:
            path = waiting.popleft()
            route = self._route(path)
            if route is None or route in self.seen or not (path in first or self._mine(route, path)):
                continue
            self.seen.add(route)
            try:
                answer = self.page.goto(self.url + path)
            except Error as problem:
                # A link to a file, after all.
                if "Download" in str(problem) or "ERR_ABORTED" in str(problem):
                    continue
                raise
            if answer is not None and "text/html" in answer.headers.get("content-type", ""):
                waiting.extend(self._links())
                yield path, answer

    def _mine(self, route: str, path: str) -> bool:
        desk, _, name = route.rpartition(":")
        within = path.count("/") < 5 or any(part in path for part in self.within)
        return within and desk in self.desks and not any(name == no or name.endswith(f"_{no}") for no in NO_PAGES)

    def _route(self, path: str) -> str | None:
        try:
            with override(self.language):
                return str(resolve(path).view_name)
        except Resolver404:
            return None

    def _links(self) -> list[str]:
        found = self.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        parts = [urlsplit(link) for link in found if link.startswith(f"{self.url}/{self.language}/")]
        return [part.path for part in parts]


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_no_page_has_a_fault(world, desk, watch, reader, language):
    world.go_to(reader.stage)
    # One language by day, the other by night: contrast is looked at in both.
    page = desk(language, _user(reader.role), color_scheme="dark" if language == "en" else "light").page
    walk, faults, count, axe = Walk(page, world.url, language, reader.desks, reader.within), [], 0, Axe()
    for path, answer in walk.pages(reader.begin):
        count += 1
        faults += [f"{path}: {fault}" for fault in [*_answer(answer), *_axe(axe, page), *_width(page)]]
        faults += [f"{path}: {problem}" for problem in watch.problems()]
        watch.errors.clear()
        watch.elsewhere.clear()
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
    assert count >= reader.least, sorted(walk.seen)


def _answer(answer: Response) -> Iterator[str]:
    if answer.status != 200:
        yield f"status {answer.status}"
    policy = answer.headers.get("content-security-policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield f"policy {policy!r}"


def _axe(axe: Axe, page: Page) -> Iterator[str]:
    # What is folded away is read as well.
    page.evaluate("document.querySelectorAll('main details').forEach(details => { details.open = true })")
    found = axe.run(page, options={"runOnly": TAGS, "resultTypes": ["violations"]})
    for violation in found.response["violations"]:
        for node in violation["nodes"][:3]:
            said = (node["any"] or node["all"] or node["none"] or [{"message": ""}])[0]["message"]
            yield f"{violation['id']} {node['target'][0]}: {said[:200]}"


def _width(page: Page) -> Iterator[str]:
    before = page.viewport_size
    page.set_viewport_size({"width": NARROW, "height": 800})
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
            [...document.querySelectorAll('main *')].filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
            .slice(0, 3).map(element => element.tagName.toLowerCase() + '.' + element.className)"""
    )
    scroll = page.evaluate("document.documentElement.scrollWidth")
    if scroll > NARROW:
        yield f"{scroll} px wide at {NARROW}: {wide}"
    if before is not None:
        page.set_viewport_size(before)

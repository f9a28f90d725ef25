"""What a person does at a browser: go, press, fill in, look; words are those of the page's own language."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext, override
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.journeys.worlds import World

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "users" / "img"
NARROW = 390
MOST_BYTES = 200_000


@dataclass
class Desk:
    """One person's browser."""

    page: Page
    world: World
    language: str

    def say(self, msgid: str, **values: object) -> str:
        """A phrase of the house in this person's language."""
        with override(self.language):
            return gettext(msgid) % values if values else gettext(msgid)

    def path(self, name: str, *args: object, **kwargs: object) -> str:
        """The address of a page in this person's language."""
        with override(self.language):
            return reverse(name, args=args, kwargs=kwargs)

    def go(self, name: str, *args: object, **kwargs: object) -> Desk:
        """Open a page by the name of its route; it must be there."""
        return self.open(self.path(name, *args, **kwargs))

    def open(self, path: str) -> Desk:
        """Open an address; it must be there."""
        answer = self.page.goto(self.world.url + path)
        assert answer is not None, path
        assert answer.status == 200, f"{path}: {answer.status}"
        return self

    def link(self, msgid: str, **values: object) -> Locator:
        """The first link in the page's main part that says this."""
        return self.page.get_by_role("main").get_by_role("link", name=self.say(msgid, **values)).first

    def press(self, msgid: str, **values: object) -> None:
        """Press the first button in the page's main part that says this, and wait for the page that follows."""
        self.page.get_by_role("main").get_by_role("button", name=self.say(msgid, **values), exact=True).first.click()
        self.page.wait_for_load_state()

    def follow(self, msgid: str, **values: object) -> None:
        """Follow a link of the page's main part."""
        self.link(msgid, **values).click()
        self.page.wait_for_load_state()

    def fill(self, **values: str) -> None:
        """Write into controls by their names (two underscores stand for a dot)."""
        for name, value in values.items():
            self.control(name.replace("__", ".")).fill(value)

    def control(self, name: str, value: str | None = None) -> Locator:
        """A control of the page's main part by its name, and its value where there are several."""
        chosen = "" if value is None else f'[value="{value}"]'
        return self.page.locator(f'main [name="{name}"]:not([type="hidden"]){chosen}').first

    def tick(self, name: str, value: str | None = None) -> None:
        """Tick a box or choose a radio button."""
        self.control(name, value).check()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until a text stands in the page's main part."""
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def reads(self, msgid: str, **values: object) -> None:
        """Wait until a phrase of the house stands in the page's main part."""
        self.sees(self.say(msgid, **values))

    def is_at(self, name: str) -> None:
        """Wait until the page is one of this route, whatever it is about."""
        self.page.wait_for_url(lambda url: route_of(url) == name)

    def picture(self, name: str, *, narrow: bool = False, height: int = 900, end: bool = False) -> None:
        """Keep a picture of the page, or of its end, for the users' pages, when PRAXIS_SCREENSHOTS is set."""
        if os.environ.get("PRAXIS_SCREENSHOTS") != "1":
            return
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": NARROW if narrow else 1440, "height": height})
        at = "document.body.scrollHeight" if end else "0"
        self.page.evaluate(f"window.scrollTo(0, {at}); document.activeElement && document.activeElement.blur()")
        PICTURES.mkdir(parents=True, exist_ok=True)
        shot = Image.open(io.BytesIO(self.page.screenshot(animations="disabled"))).convert("RGB")
        _keep(shot, PICTURES / f"{name}.png")
        if before is not None:
            self.page.set_viewport_size(before)


def _keep(shot: Image.Image, path: Path) -> None:
    """Write a picture as it is; one that would be large with as many colours as a palette holds."""
    shot.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        shot.quantize(256, method=Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE).save(path, optimize=True)


def route_of(url: str) -> str:
    """The name of the route of an address, or "" where there is none."""
    path = urlsplit(url).path
    try:
        # An address resolves in the language it begins with.
        with override(path.split("/")[1] or None):
            return str(resolve(path).view_name)
    except Resolver404:
        return ""

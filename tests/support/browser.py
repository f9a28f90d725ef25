"""Chromium for journeys: it reaches nothing but this machine, and an error in its console fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, sync_playwright

ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter,Translate,InterestFeedContentSuggestions",
    "--no-first-run",
    "--no-pings",
    "--metrics-recording-only",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
]
HERE = "127.0.0.1"


@dataclass
class Watch:
    """What a browser did that it should not have: requests elsewhere, errors in the console or in a script.

    A test that means to meet an error allows it: `watch.allowed.append("404")`.
    """

    elsewhere: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def route(self, route: Route) -> None:
        url = urlsplit(route.request.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.hostname != HERE:
            self.elsewhere.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def problems(self) -> list[str]:
        """Every request elsewhere and every error that no test allowed."""
        unexpected = [error for error in self.errors if not any(text in error for text in self.allowed)]
        return [*(f"request to another host: {url}" for url in self.elsewhere), *unexpected]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run: the distribution's where there is one, else Playwright's own."""
    executable = os.environ.get("PRAXIS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def watch() -> Watch:
    """What the browser of this test did that it should not have; judged when the test ends."""
    return Watch()


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens a page in a context of its own (another person): `new_page(locale="zh-CN", java_script_enabled=False)`."""
    contexts: list[BrowserContext] = []

    def open_page(**options: object) -> Page:
        settings: dict[str, object] = {
            "viewport": {"width": 1440, "height": 900},
            "locale": "en-GB",
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
            "service_workers": "block",
            **options,
        }
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.route("**/*", watch.route)
        page = context.new_page()
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.errors.append(f"script: {error}"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not watch.problems(), "\n".join(watch.problems())


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of 1440 x 900 in English; fails its test on a console error or a request to another host."""
    return new_page()

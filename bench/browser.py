"""Someone at a page: fetches, fills in the form that is there, sends it. Over HTTP, or inside this process."""

from __future__ import annotations

import http.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

Fields = dict[str, list[str]]
Typed = Mapping[str, str | Sequence[str]]


class Refused(RuntimeError):
    """A page answered otherwise than the journey expects."""


@dataclass
class Form:
    """A form as a browser would send it untouched; `controls` are the names of all its controls."""

    action: str
    method: str
    fields: Fields = field(default_factory=dict)
    controls: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._area: str | None = None
        self._text: list[str] = []
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        if tag == "form":
            self._form = Form(said.get("action") or "", (said.get("method") or "get").lower())
            self.forms.append(self._form)
        form, name = self._form, said.get("name") or ""
        if form is None or "disabled" in said:
            return
        if tag == "option" and self._select is not None:
            self._options.append((said.get("value") or "", "selected" in said))
        if not name:
            return
        if tag in {"input", "textarea", "select"}:
            form.controls.add(name)
        if tag == "input":
            self._input(form, name, said)
        elif tag == "textarea":
            self._area, self._text = name, []
        elif tag == "select":
            self._select, self._options = name, []

    @staticmethod
    def _input(form: Form, name: str, said: Mapping[str, str | None]) -> None:
        kind = said.get("type") or "text"
        if kind in {"submit", "button", "image", "reset", "file"}:
            return
        if kind in {"checkbox", "radio"} and "checked" not in said:
            return
        form.fields.setdefault(name, []).append(said.get("value") or ("on" if kind in {"checkbox", "radio"} else ""))

    def handle_endtag(self, tag: str) -> None:
        if self._form is None:
            return
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None:
            # A browser drops the first line break of a text area.
            self._form.fields.setdefault(self._area, []).append("".join(self._text).removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected] or [row[0] for row in self._options[:1]]
            self._form.fields.setdefault(self._select, []).extend(chosen)
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text.append(data)


@dataclass
class Page:
    """An answer."""

    address: str
    status: int
    body: bytes
    location: str

    def form(self, control: str) -> Form:
        """The form that sends and has a control of this name."""
        parser = _Forms()
        parser.feed(self.body.decode())
        for form in parser.forms:
            if form.method == "post" and control in form.controls:
                return form
        raise Refused(f"{self.address} ({self.status}) has no form with {control!r}")


class Browser(Protocol):
    """What a journey needs."""

    bytes: int
    requests: int

    def get(self, address: str) -> Page: ...

    def post(self, address: str, fields: Fields) -> Page: ...


def expect(page: Page, status: int = 200) -> Page:
    """The page, if it answers as expected."""
    if page.status != status:
        raise Refused(f"{page.address} answers {page.status}, not {status}")
    return page


def send(browser: Browser, page: Page, control: str, typed: Typed) -> Page:
    """Fill in the form that has `control` and send it; it must lead onward (303). The page it leads to is not fetched."""
    form = page.form(control)
    fields = dict(form.fields)
    for name, value in typed.items():
        fields[name] = [value] if isinstance(value, str) else list(value)
    return expect(browser.post(form.action or page.address, fields), 303)


class Http:
    """A browser at the running server: one connection kept alive for each worker, used in turn from go to go."""

    def __init__(self, host: str, port: int, workers: int) -> None:
        self.host, self.port, self.workers = host, port, workers
        self.cookies: dict[str, str] = {}
        self.bytes = self.requests = 0
        self._lines: list[http.client.HTTPConnection] = []
        self._turn = 0

    def sign_in(self, session: str) -> None:
        """Go on as the reader of this session; "" is nobody."""
        self.cookies = {"sessionid": session} if session else {}

    def next_line(self) -> None:
        """Use the next worker's connection from here on."""
        if len(self._lines) < self.workers:
            self._connect()
        self._turn = (self._turn + 1) % len(self._lines)

    def get(self, address: str) -> Page:
        return self._ask("GET", address, None)

    def post(self, address: str, fields: Fields) -> Page:
        return self._ask("POST", address, urlencode(fields, doseq=True).encode())

    def close(self) -> None:
        for line in self._lines:
            line.close()
        self._lines = []

    def _connect(self) -> None:
        """Open connections until each worker has one: whoever is free takes what comes."""
        held: dict[bytes, http.client.HTTPConnection] = {}
        spare: list[http.client.HTTPConnection] = []
        self.close()
        for _attempt in range(20 * self.workers):
            line = http.client.HTTPConnection(self.host, self.port, timeout=60)
            line.request("GET", "/-/process/")
            worker = line.getresponse().read()
            if worker in held:
                spare.append(line)
            held.setdefault(worker, line)
            if len(held) == self.workers:
                break
        for line in spare:
            line.close()
        self._lines, self._turn = list(held.values()), 0

    def _ask(self, method: str, address: str, body: bytes | None) -> Page:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            response, content = self._once(method, address, body, headers)
        except (http.client.RemoteDisconnected, ConnectionError):
            # Kept alive for some seconds only.
            self._connect()
            response, content = self._once(method, address, body, headers)
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0" or morsel["max-age"] == 0:
                    del self.cookies[name]
        self.requests += 1
        self.bytes += len(content)
        return Page(address, response.status, content, response.headers.get("Location") or "")

    def _once(
        self, method: str, address: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if not self._lines:
            self._connect()
        line = self._lines[self._turn]
        line.request(method, address, body=body, headers=headers)
        response = line.getresponse()
        return response, response.read()


class InProcess:
    """A browser without a server: Django's test client, whose statements can be counted."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.bytes = self.requests = 0

    def sign_in(self, session: str) -> None:
        self.client.cookies.clear()
        if session:
            self.client.cookies["sessionid"] = session

    def get(self, address: str) -> Page:
        return self._page(address, self.client.get(urlsplit(address)._replace(scheme="", netloc="").geturl()))

    def post(self, address: str, fields: Fields) -> Page:
        body = urlencode(fields, doseq=True)
        return self._page(address, self.client.post(address, body, "application/x-www-form-urlencoded"))

    def _page(self, address: str, response: Any) -> Page:
        content = b"".join(response.streaming_content) if response.streaming else response.content
        self.requests += 1
        self.bytes += len(content)
        return Page(address, response.status_code, content, response.headers.get("Location", ""))

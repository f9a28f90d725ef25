"""The forms and the links of a page, and what a person could send with them: filled in well or badly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from tests.support.requests import Data

# A picture of one pixel; enough to be read, too small for most.
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)
GOOD = {
    "email": "somebody@example.org", "number": "1", "date": "2020-05-01", "datetime-local": "2026-06-01T10:00",
    "url": "https://example.org/", "tel": "+254 20 000000",
}  # fmt: skip
WORDS = "Words for this field 文字"
TYPED = {"text", "search"}
SKIPPED = {"csrfmiddlewaretoken"}


@dataclass
class Control:
    """One control: its kind (text, checkbox, select, file, ...), the value it has, and what else it offers."""

    name: str
    kind: str
    value: str
    checked: bool = False
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form; `submits` are its buttons that send a value of their own."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    submits: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, submit: tuple[str, str] | None = None) -> Data:
        """What a person sends who fills in everything."""
        sent: list[tuple[str, Any]] = []
        radios: dict[str, str] = {}
        for control in self.controls:
            if control.kind == "radio":
                if control.checked or control.name not in radios:
                    radios[control.name] = control.value
            elif control.kind == "checkbox":
                sent.append((control.name, control.value or "on"))
            elif control.kind == "file":
                sent.append((control.name, ("picture.png", PICTURE, "image/png")))
            elif control.kind == "select":
                value = control.value or next((option for option in control.options if option), "")
                sent.append((control.name, value))
            else:
                sent.append((control.name, control.value or GOOD.get(control.kind, WORDS)))
        return (*sent, *radios.items(), *([submit] if submit else []))

    def spoiled(self) -> Data:
        """What no field can take."""
        names = dict.fromkeys(control.name for control in self.controls)
        return tuple((name, "\u2603" * 400) for name in names) + tuple(self.submits[:1])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._select: Control | None = None
        self._area: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and "disabled" not in given:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "option" and self._select is not None:
            self._select.options.append(value)
            if "selected" in given:
                self._select.value = value
        if not name or name in SKIPPED:
            return
        kind = given.get("type", "text")
        if tag == "button" or (tag == "input" and kind == "submit"):
            self._form.submits.append((name, value))
        elif tag == "input":
            self._form.controls.append(Control(name, kind, value, checked="checked" in given))
        elif tag == "select":
            self._select = Control(name, "select", "")
            self._form.controls.append(self._select)
        elif tag == "textarea":
            self._area = Control(name, "textarea", "")
            self._form.controls.append(self._area)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


def read(body: str) -> _Reader:
    """The forms and links of a page."""
    reader = _Reader()
    reader.feed(body)
    return reader


def filled(path: str, body: str) -> Iterator[tuple[str, Data]]:
    """What a person sends who fills in each form of a page and presses its first button."""
    for form in read(body).forms:
        if form.method == "post":
            yield urlsplit(urljoin(path, form.action)).path, form.filled(form.submits[0] if form.submits else None)


def posts(path: str, body: str) -> Iterator[tuple[str, Data]]:
    """What can be posted from a page: each form filled in (with each of its buttons) and spoiled."""
    for form in read(body).forms:
        if form.method != "post":
            continue
        to = urlsplit(urljoin(path, form.action)).path
        for submit in form.submits or [None]:
            yield to, form.filled(submit)
        yield to, form.spoiled()


def queries(path: str, body: str, words: Sequence[str], *, most: int) -> list[str]:
    """Addresses of the same page with another filter, order or place in a list, as its links and forms offer (`most`
    of them), and a search for each of `words` where it can be searched."""
    reader = read(body)
    found: dict[str, None] = {}
    for link in reader.links:
        to = urlsplit(urljoin(path, link))
        if to.path == path and to.query and not to.netloc:
            found[f"{path}?{to.query}"] = None
    for form in reader.forms:
        if form.method == "get" and urlsplit(urljoin(path, form.action)).path == path:
            found[f"{path}?{urlencode(list(form.filled()))}"] = None
            for control in form.controls:
                for option in control.options[:3]:
                    found[f"{path}?{urlencode({control.name: option})}"] = None
    typed = [control.name for form in reader.forms if form.method == "get" for control in form.controls if control.kind in TYPED]
    searches = [f"{path}?{urlencode(dict.fromkeys(typed, word))}" for word in words] if typed else []
    return [*list(found)[:most], *searches]

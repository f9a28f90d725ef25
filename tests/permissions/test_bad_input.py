"""Every form of the house, found on its pages, sent with what no field can take: no error page, and no word lost.

What comes back is judged by its content: where nothing was taken (409, 422), every text that was typed stands in the
answer, so that it can be mended or copied.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from PIL import Image

from praxis.config import given_back
from praxis.foundation.audit import services as audit
from praxis.foundation.audit.verification import verify
from tests.permissions import house as houses
from tests.permissions import matrix
from tests.permissions.house import House
from tests.permissions.inspection import ANONYMOUS, Inspection
from tests.support import addresses, environment
from tests.support.page_forms import Control, Form
from tests.support.requests import Data

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(environment.ON_POSTGRES, reason="asked on SQLite; what databases differ in has tests of its own"),
]
# Who fills in the forms of a desk.
WRITERS = {"applicant": "owner", "unit": "clerk", "expert": "expert", "secretariat": "chair", "account": "owner", "public": ANONYMOUS}
TYPED = {"text", "search", "textarea", "email", "url", "tel", "number", "date", "datetime-local"}
# Words are given back, not these.
SECRET = {"password"}


def broken_picture() -> bytes:
    whole = io.BytesIO()
    Image.new("RGB", (1400, 900), "navy").save(whole, "JPEG")
    return whole.getvalue()[: len(whole.getvalue()) // 2]


def bomb() -> bytes:
    """A PNG that says it is 60,000 pixels wide and high, and is a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = (60_000).to_bytes(4, "big")
    body = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", side + side + b"\x08\x02\0\0\0") + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def no_sheet() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook>=cmd|' /C calc'!A0")
    return packed.getvalue()


FILES: dict[str, tuple[str, bytes, str]] = {
    "half a picture": ("half.jpg", broken_picture(), "image/jpeg"),
    "a bomb": ("bomb.png", bomb(), "image/png"),
    "no video": ("film.mp4", b"\0\0\0\x18ftypmp42" + b"no film" * 500, "video/mp4"),
    "no table": ("table.xlsx", no_sheet(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "a preset without its fields": ("preset.toml", b"[programme]\nnames = { en = 3 }\n", "application/toml"),
    "nothing": ("empty.bin", b"", "application/octet-stream"),
}


@dataclass(frozen=True)
class Sheet:
    """A form as somebody has it open."""

    role: str
    path: str
    name: str
    form: Form


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield houses.open_call()
        transaction.set_rollback(True)


def sheets(house: House, part: str) -> list[Sheet]:
    """Every form on the pages of a part of the year, each once, as whoever fills it in sees it."""
    inspection = Inspection(house)
    known = houses.things(house)
    stated = matrix.rows()[part]
    made: dict[str, Sheet] = {}
    for route in addresses.routes():
        role = WRITERS.get(route.desk, "owner" if route.name != "account_login" else ANONYMOUS)
        words = stated.get((route.name, "GET"), frozenset())
        # What the component page shows leads nowhere.
        if route.name in matrix.ELSEWHERE or route.desk == "ui" or not words - {"nobody"}:
            continue
        if words == {"administrator"}:
            role = "administrator"
        door = matrix.doors(route, known.get(route.desk, {}))[0]
        for to, form in inspection.forms(role, door.path):
            made.setdefault(to, Sheet(role, to, route.name, form))
    return list(made.values())


KINDS = ("control characters", "wrong types", "endless")
TEXTS = {"control characters": " \x00\x0b\x1b\ufffe", "endless": " " + "长" * 70_000}


def typed(form: Form, kind: str) -> tuple[Data, list[str]]:
    """What is sent, and the words of it that must not be lost."""
    wrong = kind in KINDS
    sent: list[tuple[str, Any]] = []
    words: list[str] = []
    for place, control in enumerate(form.controls):
        word = f"typed{place}word"
        if control.kind in TYPED:
            sent.append((control.name, word + TEXTS.get(kind, " ☃")))
            words.append(word)
        elif control.kind == "file":
            sent.append((control.name, FILES.get(kind, ("x.bin", b"\x00\x01", "text/plain"))))
        elif control.kind not in SECRET:
            sent.append((control.name, "☃ \x00" if wrong else control.value))
    return (*sent, *form.submits[:1]), words


def complaints(house: House, part: str, opened: list[Sheet], kinds: tuple[str, ...] = KINDS) -> list[str]:
    """What went wrong with the forms of `opened`, sent now."""
    inspection = Inspection(house)
    found: list[str] = []
    for sheet in opened:
        has_file = any(control.kind == "file" for control in sheet.form.controls)
        for kind in (*kinds, *(FILES if has_file else ())):
            data, words = typed(sheet.form, kind)
            said = f"{part}: {sheet.path} of {sheet.name} as {sheet.role}, {kind}"
            status, body = inspection.post(sheet.role, sheet.path, data)
            if status >= 500 or status == 405:
                found.append(f"{said}: {status}")
            elif status == 400 and kind == "endless":
                # More than a request may bring is not read; the page says to go back, where it still stands.
                continue
            elif status in (400, 403, 409, 422) and (lost := [word for word in words if word not in body]):
                found.append(f"{said}: {status}, lost {len(lost)} of {len(words)}")
    return found


@pytest.fixture(scope="module")
def year(house: House) -> dict[str, list[str]]:
    """What was found in each part of the year, and with forms that were opened in the part before and sent too late."""
    found: dict[str, list[str]] = {}
    opened = sheets(house, "open")
    assert len(opened) > 40
    found["open"] = complaints(house, "open", opened)
    for part, lead in houses.PHASES.items():
        lead(house)
        late = complaints(house, f"{part}, opened before", opened, ("as it should be",))
        opened = sheets(house, part)
        found[part] = late + complaints(house, part, opened)
    return found


@pytest.mark.parametrize("part", ["open", *houses.PHASES])
def test_no_form_breaks_or_loses_a_word(year: dict[str, list[str]], part: str) -> None:
    assert not year[part], "\n".join(year[part])


def test_a_form_that_breaks_or_loses_a_word_is_found(
    house: House, year: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The year is over: nothing of a case can be changed any more."""
    monkeypatch.setattr(given_back, "STATUSES", set())
    inspection = Inspection(house)
    role, path = "owner", f"/en/apply/cases/{house.cases['mine'].key}/partners/"
    form = Form(path, "post", [Control("name_en", "text", "")])
    assert inspection.post(role, path, (("name_en", "typed0word"),))[0] == 409
    assert complaints(house, "late", [Sheet(role, path, "applicant:partners", form)], ("as it should be",))
    monkeypatch.undo()
    assert complaints(house, "late", [Sheet(role, path, "applicant:partners", form)], ("as it should be",)) == []


def test_the_audit_log_of_the_whole_year_holds(year: dict[str, list[str]]) -> None:
    audit.seal()
    found = verify()
    assert (found.ok, found.first_problem) == (True, "")
    assert found.events > 200

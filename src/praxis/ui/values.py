"""The plain values that components take; views build them, templates pass them on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

Text = str | Promise
"""A text a person reads: a string, or one that is translated when it is drawn."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a navigation, breadcrumb or menu; `note` is a short count or state beside it."""

    label: Text
    url: str = ""
    current: bool = False
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `sort` is the key that a click on the header asks for."""

    label: Text
    numeric: bool = False
    sort: str = ""
    sort_url: str = ""
    sorted: str = ""
    """`ascending`, `descending` or empty; filled by `sortable`."""
    quiet: bool = False
    """The header is read out but not shown, as over a column of buttons."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: a cell per column (`None` is drawn as a dash) and a tone for the whole row."""

    cells: Sequence[object]
    tone: str = ""
    """Empty, `water` (marked), `amber`, or `muted`."""
    url: str = ""
    """Where the row header leads, if it is a link."""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A dense table; on the phone each row becomes a card."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    caption: Text = ""
    caption_visible: bool = False
    row_header: int | None = 0
    empty: Text = ""
    empty_hint: Text = ""
    """What to do, or when something will be there."""
    wide: bool = False
    """Scrolls sideways in its own frame instead of pushing the page."""


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a keyset-paginated list stands; `first_row` and `last_row` count from 1, zero when unknown."""

    first_row: int = 0
    last_row: int = 0
    total: int | None = None
    first_url: str = ""
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One language of a bilingual field: what is in it and how it stands."""

    lang: str
    name: str
    value: str = ""
    id: str = ""
    label: Text = ""
    errors: Sequence[Text] = ()
    limit: int | None = None
    rows: int = 6
    """1 draws a single line, which wraps where it is long; its form folds line breaks (`kit.LineField`)."""
    required: bool = False
    state: str = ""
    """Empty, or `missing`, `machine`, `human`, `reviewed`."""
    saved_at: datetime | None = None
    stale: bool = False
    """The text it was translated from has changed since."""
    readonly: bool = False
    autosave_url: str = ""
    maxlength: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a radio or checkbox group, or of a picker."""

    value: str
    label: Text
    hint: Text = ""
    selected: bool = False
    group: Text = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a timeline."""

    title: Text
    at: datetime | None = None
    text: Text = ""
    actor: Text = ""
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a stepper; `state` is `done`, `current`, `todo` or `care`."""

    label: Text
    state: str = "todo"
    url: str = ""
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of a checklist; `state` is `yes`, `no`, `warning` or `unknown`."""

    label: Text
    state: str
    why: Text = ""
    url: str = ""
    url_label: Text = ""


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure with what it counts; `value` of `None` reads as unknown."""

    label: Text
    value: object
    note: Text = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One message of a thread; `mine` marks the reader's own."""

    author: Text
    text: str
    at: datetime | None = None
    role: Text = ""
    mine: bool = False
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with what a reader needs beside it."""

    src: str
    alt: str
    caption: Text = ""
    credit: Text = ""
    href: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """Subtitles of a video in one language (WebVTT)."""

    src: str
    lang: str
    label: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """What one point of a score scale means."""

    value: float
    text: Text

"""Tables, pages of lists, figures and facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from praxis.ui.dates import closing, days_left, moment, with_zone
from praxis.ui.html import EMPTY, attributes, fill, join, safe, wrap
from praxis.ui.values import Column, Pager, Row, Stat, Table, Text

CURSOR_PARAMETERS = ("after", "before", "cursor", "page")


def query(get: QueryDict, **changes: object) -> str:
    """`?…` with some parameters set, or dropped where the value is `None` or empty."""
    copy = get.copy()
    for name, value in changes.items():
        copy.pop(name, None)
        if value not in (None, ""):
            copy[name] = str(value)
    return f"?{copy.urlencode()}" if copy else "?"


def sortable(columns: Iterable[Column], get: QueryDict, default: str = "", parameter: str = "sort") -> list[Column]:
    """Columns with the addresses that sort by them; a second click turns the order round (`-key`)."""
    current = get.get(parameter) or default
    dropped: dict[str, object] = dict.fromkeys(CURSOR_PARAMETERS)
    result = []
    for column in columns:
        if not column.sort:
            result.append(column)
            continue
        order = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(current, "")
        wanted = f"-{column.sort}" if order == "ascending" else column.sort
        result.append(replace(column, sorted=order, sort_url=query(get, **{**dropped, parameter: wanted})))
    return result


def table(value: Table) -> SafeString:
    """A dense table whose rows become cards on the phone; the roles keep it a table for screen readers there."""
    if not value.rows:
        return empty(value.empty or gettext("Nothing here yet"), value.empty_hint)
    head = join([_header(c) for c in value.columns])
    labels = [
        (
            c,
            attributes(
                {
                    "class": "number" if c.numeric else None,
                    "role": "cell",
                    "data-label": None if c.quiet else c.label,
                }
            ),
        )
        for c in value.columns
    ]
    body = join([_row(row, labels, value.row_header) for row in value.rows])
    caption = (
        fill(
            "<caption{}>{}</caption>",
            attributes({"class": None if value.caption_visible else "visually-hidden"}),
            value.caption,
        )
        if value.caption
        else EMPTY
    )
    frame = (
        attributes({"role": "region", "tabindex": "0", "aria-label": value.caption or None}) if value.wide else EMPTY
    )
    return fill(
        '<div class="table-frame{}"{}><table class="table" role="table">{}<thead role="rowgroup">'
        '<tr role="row">{}</tr></thead>'
        '<tbody role="rowgroup">{}</tbody></table></div>',
        " table-frame--wide" if value.wide else "",
        frame,
        caption,
        head,
        body,
    )


def _header(c: Column) -> SafeString:
    attrs = attributes(
        {
            "scope": "col",
            "role": "columnheader",
            "class": "number" if c.numeric else None,
            "aria-sort": c.sorted or None,
        }
    )
    if c.quiet:
        return fill('<th{}><span class="visually-hidden">{}</span></th>', attrs, c.label)
    if c.sort_url:
        return fill(
            '<th{}><a class="sort{}" href="{}">{}</a></th>',
            attrs,
            f" sort--{c.sorted}" if c.sorted else "",
            c.sort_url,
            c.label,
        )
    return fill("<th{}>{}</th>", attrs, c.label)


def _row(row: Row, labels: Sequence[tuple[Column, SafeString]], header: int | None) -> SafeString:
    cells = []
    for n, (cell, (column, attrs)) in enumerate(zip(row.cells, labels, strict=True)):
        shown = safe(figure(cell))
        if n == header:
            number = ' class="number"' if column.numeric else ""
            content = f'<a href="{safe(row.url)}">{shown}</a>' if row.url else shown
            cells.append(f'<th scope="row" role="rowheader"{number}>{content}</th>')
        else:
            cells.append(f"<td{attrs}>{shown}</td>")
    tone = f"row--{row.tone}" if row.tone else None
    return SafeString(f"<tr{attributes({'role': 'row', 'class': tone, 'id': row.id or None})}>{''.join(cells)}</tr>")


def figure(value: object) -> object:
    """A cell or figure as it is shown: numbers in the reader's format, `None` as a dash that is read as unknown."""
    if value is None:
        return fill(
            '<span class="unknown" title="{0}">–<span class="visually-hidden"> {0}</span></span>',
            gettext("unknown"),
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        return localize(value, use_l10n=True) if isinstance(value, float) else f"{value:,}"
    return value


def pager(value: Pager, label: Text = "") -> SafeString:
    """The way through a keyset-paginated list and which rows are on this page."""
    parts: list[SafeString] = []
    if value.first_url:
        parts.append(fill('<a class="pager__link" href="{}">{}</a>', value.first_url, gettext("First page")))
    if value.previous_url:
        parts.append(
            fill(
                '<a class="pager__link pager__link--previous" rel="prev" href="{}">{}</a>',
                value.previous_url,
                gettext("Previous"),
            )
        )
    if value.next_url:
        parts.append(
            fill(
                '<a class="pager__link pager__link--next" rel="next" href="{}">{}</a>',
                value.next_url,
                gettext("Next"),
            )
        )
    rows = _range(value)
    if not parts and not rows:
        return EMPTY
    return fill(
        '<nav class="pager" aria-label="{}">{}<span class="pager__links">{}</span></nav>',
        label or gettext("Pages of the list"),
        wrap("span", "pager__rows", rows),
        join(parts),
    )


def _range(value: Pager) -> str:
    if not value.last_row:
        return ""
    numbers = {"first": f"{value.first_row:,}", "last": f"{value.last_row:,}"}
    if value.total is None:
        return gettext("Rows %(first)s–%(last)s") % numbers
    return gettext("Rows %(first)s–%(last)s of %(total)s") % {**numbers, "total": f"{value.total:,}"}


def empty(title: Text, text: Text = "", action_label: Text = "", action_url: str = "") -> SafeString:
    """What stands where a list has nothing: why, and what to do next."""
    action = (
        fill('<p><a class="button button--secondary" href="{}">{}</a></p>', action_url, action_label)
        if action_url
        else EMPTY
    )
    return fill(
        '<div class="empty"><p class="empty__title">{}</p>{}{}</div>',
        title,
        wrap("p", "empty__text", text),
        action,
    )


def definitions(pairs: Mapping[Text, object] | Iterable[tuple[Text, object]]) -> SafeString:
    """Names and values; a missing value reads as unknown."""
    items = pairs.items() if isinstance(pairs, Mapping) else pairs
    return fill(
        '<dl class="definitions">{}</dl>',
        join([fill("<div><dt>{}</dt><dd>{}</dd></div>", k, figure(v)) for k, v in items]),
    )


def stats(items: Iterable[Stat]) -> SafeString:
    """Figures in a row, each with what it counts."""
    return fill('<dl class="stats">{}</dl>', join([_stat(s) for s in items]))


def _stat(s: Stat) -> SafeString:
    label: object = fill('<a href="{}">{}</a>', s.url, s.label) if s.url else s.label
    return fill(
        '<div class="stat{}"><dt>{}</dt><dd class="stat__value">{}</dd>{}</div>',
        f" stat--{s.tone}" if s.tone else "",
        label,
        figure(s.value),
        wrap("dd", "stat__note", s.note),
    )


def meter(value: float, maximum: float, label: Text, text: Text = "", tone: str = "") -> SafeString:
    """How far something has come, in words and as a bar; `text` defaults to “12 of 24”."""
    words = text or gettext("%(value)s of %(maximum)s") % {"value": f"{value:,g}", "maximum": f"{maximum:,g}"}
    return fill(
        '<div class="meter{}"><span class="meter__label">{}</span><span class="meter__text">{}</span>'
        "<progress{}>{}</progress></div>",
        f" meter--{tone}" if tone else "",
        label,
        words,
        attributes({"value": value, "max": maximum or 1, "aria-label": label}),
        words,
    )


def deadline(at: datetime, now: datetime, *, zone: str = "UTC", label: Text = "", note: Text = "") -> SafeString:
    """An exclusive end in the edition's zone and the reader's own (by script), and the days left."""
    left = days_left(at, now, zone)
    urgency = "past" if left < 0 else "near" if left <= 3 else "far"
    return fill(
        '<div class="deadline deadline--{}"><p class="deadline__label">{}</p><p class="deadline__at">{}</p>'
        '<p class="deadline__local" hidden><time datetime="{}" data-localtime="block"></time></p>'
        '<p class="deadline__left">{}</p>{}</div>',
        urgency,
        label or gettext("Closes"),
        fill('{}<span class="keep">{}</span>', closing(at, zone), with_zone("", zone)),
        at.astimezone(ZoneInfo(zone)).isoformat(),
        _left(left),
        wrap("p", "deadline__note", note),
    )


def _left(days: int) -> SafeString:
    if days < 0:
        return fill("<strong>{}</strong>", gettext("Closed"))
    if days == 0:
        return fill("<strong>{}</strong>", gettext("Closes today"))
    left = ngettext("%(count)d day left", "%(count)d days left", days)
    return fill("<strong>{}</strong>", left % {"count": days})


def time(at: datetime | None, zone: str = "UTC", style: str = "instant") -> SafeString:
    """An instant as a `<time>` element; see `praxis.ui.dates.moment`."""
    return moment(at, zone, style)

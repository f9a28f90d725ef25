"""The Casebook to download, the figures of a released edition, and its errata."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from praxis.desks.public import presenting, reading
from praxis.desks.public.library import LANGUAGE_NAMES
from praxis.foundation.errors import Missing
from praxis.foundation.files import responses
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import selectors
from praxis.lifecycle.cases import selectors as cases
from praxis.lifecycle.showcase import selectors as showcase
from praxis.ui import charts
from praxis.ui.values import Link, Stat

FORMATS = {"pdf": "PDF", "epub": "EPUB"}
MOST_BARS = 20
SUBMITTED = ("submitted", "returned", "admitted", "ineligible")


def _released(programme: str, code: str) -> Edition:
    """A released edition; anything else is an unknown address."""
    edition = programmes.public_edition(programme, code)
    if edition.state != "released":
        raise Missing()
    return edition


def _files(edition: Edition) -> list[dict[str, Any]]:
    """The published files, those in the reader's language first, PDF before EPUB."""
    spoken = presenting.language()
    builds = [build for build in selectors.published_builds(edition) if build.file is not None]
    builds.sort(key=lambda build: (build.language != spoken, build.language, list(FORMATS).index(build.format)))
    return [
        {
            "language": build.language, "name": LANGUAGE_NAMES.get(build.language, build.language),
            "format": FORMATS.get(build.format, build.format), "size": presenting.size(build.file.size if build.file else 0),
            "url": reverse("public:book", args=[*presenting.codes(edition), build.language, build.format]),
        }
        for build in builds
    ]  # fmt: skip


def _book(edition: Edition) -> dict[str, Any]:
    config, spoken = edition.settings, presenting.language()
    return {
        "edition": edition, "name": config.label(edition.names, spoken),
        "organiser": config.label(config.programme.organiser, spoken),
        "url": reverse("public:casebook", args=presenting.codes(edition)), "files": _files(edition),
        "has_statistics": reading.publishes(edition, "statistics"),
    }  # fmt: skip


@require_safe
def casebooks(request: HttpRequest) -> HttpResponse:
    """Every Casebook that has been released."""
    return render(request, "public/casebooks.html", {"books": [_book(edition) for edition in reading.released()]})


@require_safe
def casebook(request: HttpRequest, programme: str, code: str) -> HttpResponse:
    """One Casebook: its files, who was awarded, what was corrected."""
    edition = _released(programme, code)
    book = _book(edition)
    config = edition.settings
    award = config.unit_award
    return render(
        request,
        "public/casebook.html",
        {
            **book,
            "awards": [str(row.unit) for row in showcase.public_unit_awards(edition)],
            "award_label": config.label(award.label, presenting.language()) if award else "",
            "errata": len(selectors.public_errata(edition)),
            "crumbs": [Link(_("Casebook"), reverse("public:casebooks")), Link(str(edition.year))],
        },
    )


@require_safe
def file(request: HttpRequest, programme: str, code: str, language: str, format_: str) -> HttpResponseBase:
    """A published book; before the release there is none."""
    build = selectors.published_build(programmes.public_edition(programme, code), language, format_)
    if build.file is None:
        raise Missing()
    return responses.stream(request, build.file, public=True)


@require_safe
def errata(request: HttpRequest, programme: str, code: str) -> HttpResponse:
    """What has been found wrong in a Casebook since its release."""
    edition = _released(programme, code)
    rows = [
        {
            "at": row.at, "text": pick(row.texts), "title": pick(row.entry.titles),
            "url": reverse("public:entry", args=[row.entry.key]),
        }
        for row in selectors.public_errata(edition)
    ]  # fmt: skip
    return render(
        request,
        "public/errata.html",
        {
            "rows": rows, "edition": edition, "zone": edition.zone,
            "crumbs": [*_trail(edition), Link(_("Errata"))],
        },
    )  # fmt: skip


def _trail(edition: Edition) -> list[Link]:
    return [
        Link(_("Casebook"), reverse("public:casebooks")),
        Link(str(edition.year), reverse("public:casebook", args=presenting.codes(edition))),
    ]


@require_safe
def statistics(request: HttpRequest, programme: str, code: str) -> HttpResponse:
    """The figures of a released edition, each chart with its numbers beside."""
    edition = _released(programme, code)
    if not reading.publishes(edition, "statistics"):
        raise Missing()
    config, spoken = edition.settings, presenting.language()
    book = selectors.statistics(edition)
    received = cases.counts(edition)
    labels = {item.code: config.label(item.label, spoken) for item in config.categories}
    kinds = {item.code: config.label(item.label, spoken) for item in config.content_kinds}
    submitted = {code: sum(n for (c, state), n in received.items() if c == code and state in SUBMITTED) for code in labels}
    stats = [
        Stat(pgettext("a figure", "cases submitted"), sum(submitted.values())),
        Stat(pgettext("a figure", "cases in the Casebook"), book.entries),
        Stat(pgettext("a figure", "Outstanding Cases"), book.outstanding, tone="seal"),
        Stat(pgettext("a figure", "countries or regions"), len(book.places)),
    ]
    hues = presenting.hues(config)
    return render(
        request,
        "public/statistics.html",
        {
            "edition": edition,
            "stats": stats,
            "figures": [
                _fields_figure(labels, submitted, book.categories, hues),
                _bars(_("Countries or regions"), places.name, book.places),
                _bars(_("Kinds of content"), lambda kind: kinds.get(kind, kind), book.kinds),
            ],
            "crumbs": [*_trail(edition), Link(_("Statistics"))],
        },
    )


def _fields_figure(
    labels: dict[str, str], submitted: dict[str, int], chosen: dict[str, int], hues: dict[str, int]
) -> SafeString:
    """Cases in the Casebook by field; submitted ones beside them in the table."""
    data = [charts.Datum(label, chosen.get(code, 0), hues[code]) for code, label in labels.items()]
    title = _("Cases in the Casebook by field")
    return charts.with_table(
        charts.rank_chart(data, title),
        [_("Field"), _("Cases submitted"), _("In the Casebook")],
        [[label, submitted[code], chosen.get(code, 0)] for code, label in labels.items()],
        title,
    )


def _bars(title: str, name: Any, counted: dict[str, int]) -> SafeString:
    """The most frequent as bars, all of them in the table."""
    rows = [(name(code), n) for code, n in counted.items()]
    chart = charts.rank_chart([charts.Datum(label, n, "") for label, n in rows[:MOST_BARS]], title)
    caption = title if len(rows) <= MOST_BARS else _("%(title)s: the first %(n)d") % {"title": title, "n": MOST_BARS}
    return charts.with_table(chart, [title, _("Number of cases")], [[label, n] for label, n in rows], caption)

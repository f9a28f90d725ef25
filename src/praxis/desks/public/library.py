"""The library: cases of released editions, what is known of earlier ones, a case's page and its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_safe

from praxis.desks import kit
from praxis.desks.public import presenting, reading
from praxis.foundation.archive import selectors as archive
from praxis.foundation.archive.models import PastCase
from praxis.foundation.errors import Missing
from praxis.foundation.files import responses
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.foundation.programmes import selectors as programmes
from praxis.lifecycle.casebook import selectors
from praxis.lifecycle.casebook.models import Entry, EntryPicture
from praxis.lifecycle.showcase import selectors as showcase
from praxis.ui.html import fill, join
from praxis.ui.parts.actions import category as category_mark
from praxis.ui.parts.actions import status
from praxis.ui.parts.data import query
from praxis.ui.values import Column, Link, Pager, Picture, Row, Table

PER_PAGE = 24
PAST_SHOWN = 20


class FilterForm(forms.Form):
    """What the library is narrowed by. A value that is not among the choices finds nothing and breaks nothing."""

    q = forms.CharField(label=gettext_lazy("Search"), max_length=200, required=False)
    year = forms.ChoiceField(label=gettext_lazy("Year"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Field"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Country or region"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    outstanding = forms.BooleanField(label=gettext_lazy("Outstanding Cases only"), required=False)

    def __init__(self, data: Any, options: reading.Options) -> None:
        super().__init__(data)
        for name, choices in (
            ("year", options.years), ("category", options.categories), ("place", options.places),
            ("kind", options.kinds),
        ):  # fmt: skip
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 else None


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of a request, as they stand in its address."""

    query: str
    year: str
    category: str
    place: str
    kind: str
    outstanding: bool

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        get = request.GET
        names = ("q", "year", "category", "place", "kind")
        q, year, category, place, kind = (get.get(name, "").strip()[:200] for name in names)
        return cls(q, year, category, place, kind, bool(get.get("outstanding")))

    def any(self) -> bool:
        return bool(self.query or self.year or self.category or self.place or self.kind or self.outstanding)

    @property
    def impossible(self) -> bool:
        """A year that is none finds nothing."""
        return bool(self.year) and _year(self.year) is None

    def entries(self) -> selectors.Filters:
        return selectors.Filters(
            year=_year(self.year), category=self.category, place=self.place, kind=self.kind,
            outstanding=self.outstanding, query=self.query,
        )  # fmt: skip

    def past(self) -> archive.Filters:
        return archive.Filters(_year(self.year), self.category, self.place, self.outstanding, self.query)


@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The cases of released Casebooks, and below them what is known of earlier years."""
    asked = Asked.of(request)
    cursor = request.GET.get("cursor", "")
    editions = reading.released()
    options = reading.options(editions, archive.years())
    page = None
    if editions and not asked.impossible:
        page = selectors.public_entries(asked.entries(), cursor, PER_PAGE)
    past = None
    if not cursor and not asked.kind and not asked.impossible:
        past = archive.page(asked.past(), limit=PAST_SHOWN)
    return render(
        request,
        "public/library.html",
        {
            "form": FilterForm(request.GET, options) if editions else None,
            "cards": reading.cards(page.rows) if page else [],
            "pager": _pager(request, page),
            "fitting": _fitting(asked, page),
            "released": bool(editions),
            "asked": asked.any(),
            "past": _past_table(past.rows, _labels(options)) if past and past.rows else None,
            "more_past": reverse("public:earlier") + query(request.GET, cursor=None) if past and past.next else "",
            "certificates_url": reverse("public:certificates"),
        },
    )


def _fitting(asked: Asked, page: Any) -> str:
    """How many cases fit what was asked, where one page holds them all."""
    if not asked.any() or page is None or not page.rows or page.next or page.previous:
        return ""
    return ngettext("%(count)d case fits.", "%(count)d cases fit.", len(page.rows)) % {"count": len(page.rows)}


def _pager(request: HttpRequest, page: Any) -> Pager:
    if page is None:
        return Pager()
    return kit.pager(request, page)


@require_safe
def earlier(request: HttpRequest) -> HttpResponse:
    """All that is known of the cases of earlier years."""
    asked = Asked.of(request)
    editions = reading.released()
    options = reading.options(editions, archive.years())
    page = None if asked.impossible else archive.page(asked.past(), request.GET.get("cursor", ""))
    form = FilterForm(request.GET, options)
    del form.fields["kind"]
    if not options.places:
        del form.fields["place"]
    labels = _labels(options)
    form.fields["category"].choices = [("", _("All")), *labels.items()]  # type: ignore[attr-defined]
    return render(
        request,
        "public/earlier.html",
        {
            "form": form, "past": _past_table(page.rows if page else [], labels), "pager": _pager(request, page),
            "crumbs": [Link(_("Library"), reverse("public:library")), Link(_("Earlier years"))],
        },
    )  # fmt: skip


def _labels(options: reading.Options) -> dict[str, str]:
    """The fields by code; before the first release those of the current call."""
    if options.categories:
        return dict(options.categories)
    current = programmes.current()
    if current is None:
        return {}
    config = current.settings
    return {item.code: config.label(item.label, presenting.language()) for item in config.categories}


def _years(row: PastCase) -> SafeString | str:
    """The year of a past case, or the span of years that is known, kept on one line."""
    if row.year:
        return str(row.year)
    return fill('<span class="years">{}</span>', row.year_note.replace("-", "–")) if row.year_note else ""


def _past_table(rows: list[PastCase], labels: dict[str, str]) -> Table:
    columns = [
        Column(_("Case")), Column(_("Year")), Column(_("Field")), Column(_("Submitted by")),
        Column(_("Countries or regions")), Column(_("Result")),
    ]  # fmt: skip
    order = {code: place for place, code in enumerate(labels, start=1)}
    levels = {"outstanding": _("Outstanding Case"), "casebook": _("Casebook")}
    unknown = fill('<span class="unknown">{}</span>', _("unknown"))
    cells = []
    for row in rows:
        known = row.category in labels
        level = levels.get(row.level, "")
        mark = status(level, "seal") if row.level == "outstanding" else level
        cells.append(
            Row(
                [
                    pick(row.names) or unknown, _years(row) or unknown,
                    category_mark(labels[row.category], order[row.category]) if known else unknown,
                    row.applicant or unknown, _(", ").join(places.names(row.places)) or unknown, mark or unknown,
                ]
            )
        )  # fmt: skip
    return Table(columns, cells, empty=_("Nothing of this kind is known."))


@require_safe
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """A case of a released Casebook, in the reader's language or the other."""
    row = selectors.public_entry(key)
    edition = row.casebook.edition
    config = edition.settings
    texts = selectors.texts_of(row)
    written = [code for code in config.edition.languages if any(k[0] == code and t.body for k, t in texts.items())]
    spoken = _reading_language(request, written)
    shown = _shown(row)
    pictures = _pictures(row, shown)
    return render(
        request,
        "public/entry.html",
        {
            "category": pick(row.category.labels),
            "hue": row.category.position + 1,
            "applicant": pick(row.applicants),
            "entry": row,
            "edition": edition,
            "title": pick(row.titles, spoken),
            "spoken": spoken,
            "others": [Link(_language_name(code), f"?text={code}") for code in written if code != spoken],
            "parts": _parts(row, texts, spoken) if reading.publishes(edition, "texts") else [],
            "summary": _body(texts, spoken, "summary") if reading.publishes(edition, "texts") else "",
            "lead_picture": pictures[0] if pictures else None,
            "pictures": pictures[1:],
            "videos": _videos(row, shown),
            "facts": _facts(row, spoken),
            "errata": [(erratum.at, pick(erratum.texts)) for erratum in selectors.errata_of(row)],
            "stories": _stories(row, spoken),
            "zone": edition.zone,
            "crumbs": [Link(_("Library"), reverse("public:library")), Link(pick(row.titles))],
        },
    )


# As each language calls itself.
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}


def _language_name(code: str) -> str:
    """A language as the reader calls it."""
    names = {"zh-hans": pgettext("language of a text", "Chinese"), "en": pgettext("language of a text", "English")}
    return names.get(code, code)


def _reading_language(request: HttpRequest, written: list[str]) -> str:
    """Which language's text is shown: the one asked for, the reader's, or whichever there is."""
    for code in (request.GET.get("text", ""), presenting.language()):
        if code in written:
            return code
    return written[0] if written else presenting.language()


def _body(texts: Any, spoken: str, field: str) -> str:
    row = texts.get((spoken, field))
    return row.body if row else ""


def _parts(row: Entry, texts: Any, spoken: str) -> list[dict[str, str]]:
    """The elements of the case: the name of each, the heading its author gave it, its text."""
    config = row.casebook.edition.settings
    found = []
    for item in config.elements:
        body = _body(texts, spoken, item.code)
        if body:
            heading = _body(texts, spoken, f"{item.code}.heading")
            found.append({"label": config.label(item.label, spoken), "heading": heading, "body": body, "code": item.code})
    return found


def _facts(row: Entry, spoken: str) -> list[tuple[str, Any]]:
    """Who and where, as far as the edition makes it public."""
    edition = row.casebook.edition
    config = edition.settings
    kinds = {item.code: config.label(item.label, presenting.language()) for item in config.content_kinds}
    facts: list[tuple[str, Any]] = [(_("Submitted by"), pick(row.applicants, presenting.language()))]
    if row.partners and reading.publishes(edition, "partners"):
        facts.append((_("Partners"), _lines([_partner(item) for item in row.partners])))
    if row.places and reading.publishes(edition, "places"):
        facts.append((_("Countries or regions"), _(", ").join(places.names(row.places))))
    if row.kinds:
        facts.append((_("Kind"), _(", ").join(kinds.get(code, code) for code in row.kinds)))
    facts.append((_("Casebook"), str(edition)))
    return facts


def _partner(item: dict[str, Any]) -> str:
    name = pick(item.get("names"))
    place = places.name(item["place"]) if item.get("place") else ""
    return _("%(name)s (%(place)s)") % {"name": name, "place": place} if place else name


def _lines(lines: list[str]) -> SafeString:
    return fill('<ul class="plain">{}</ul>', join([fill("<li>{}</li>", line) for line in lines]))


def _shown(row: Entry) -> list[EntryPicture]:
    """The pictures that are printed and the videos, as far as they are ready and the edition makes them public."""
    public = {kind for kind in ("picture", "video") if reading.publishes(row.casebook.edition, f"{kind}s")}
    return [
        item
        for item in selectors.pictures_of(row)
        if item.kind in public and item.file.state == "ready" and (item.printed or item.kind == "video")
    ]


def _url(row: Entry) -> str:
    return reverse("public:entry", args=[row.key])


def _pictures(row: Entry, shown: list[EntryPicture]) -> list[Picture]:
    url = _url(row)
    return [
        Picture(
            reading.file_url(url, item, "page"), pick(item.alts), pick(item.captions), item.credit,
            reading.file_url(url, item), item.file.width, item.file.height,
        )
        for item in shown
        if item.kind == "picture"
    ]  # fmt: skip


def _videos(row: Entry, shown: list[EntryPicture]) -> list[dict[str, str]]:
    url = _url(row)
    return [
        {
            "src": reading.file_url(url, item),
            "poster": reading.file_url(url, item, "poster") if "poster" in item.file.derived else "",
            "title": pick(item.captions) or _("Video of the case"), "type": item.file.media_type,
            "caption": " · ".join(filter(None, (pick(item.captions), item.credit))),
        }
        for item in shown
        if item.kind == "video"
    ]  # fmt: skip


def _stories(row: Entry, spoken: str) -> list[Any]:
    """The story in the language that is read, else all there are."""
    found = showcase.public_stories(row)
    return [story for story in found if story.language == spoken] or found[:1]


@require_safe
def media(request: HttpRequest, key: str, picture_key: str, derived: str = "") -> HttpResponseBase:
    """A picture or video of a released case; anything else is an unknown address."""
    row = selectors.public_entry(key)
    item = selectors.picture(row, picture_key)
    shown = [shown.pk for shown in _shown(row)]
    if item.pk not in shown or (derived and derived not in item.file.derived):
        raise Missing()
    # Not as the applicant called it: that name was never meant for readers.
    name = f"{row.case.number}-{shown.index(item.pk) + 1}"
    return responses.stream(request, item.file, derived=derived or None, inline=True, public=True, name=name)

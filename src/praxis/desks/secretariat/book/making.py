"""The book: front matter, preflight, builds to download, and errata after the release."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from praxis.desks.kit import put_errors, see_other
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.book.entries import book_link
from praxis.desks.secretariat.book.forms import ErratumForm, FrontForm, label_of
from praxis.desks.secretariat.frames import at_edition, context, crumbs
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files.responses import stream
from praxis.foundation.jobs.models import Job
from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import selectors, services
from praxis.lifecycle.casebook.models import Build
from praxis.ui.dates import moment
from praxis.ui.html import EMPTY, fill
from praxis.ui.parts.actions import status
from praxis.ui.parts.entry import LANGUAGE_NAMES
from praxis.ui.values import Column, Link, Row, Table

FORMATS = {"pdf": "PDF", "epub": "EPUB"}


def _language_links(edition: Edition, route: str, current: str) -> list[Link]:
    return [
        Link(LANGUAGE_NAMES.get(code, code), reverse(f"secretariat:{route}", args=[edition.pk, code]), current=code == current)
        for code in edition.settings.edition.languages
    ]


def _of_edition(edition: Edition, language: str) -> str:
    if language not in edition.settings.edition.languages:
        raise Missing()
    return language


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def front(request: HttpRequest, edition: Edition, language: str) -> HttpResponse:
    """Title, imprint and foreword of the book in one language."""
    _of_edition(edition, language)
    book = selectors.casebook_of(request.user, edition)
    form = FrontForm(request.POST or None, initial=book.front.get(language, {}) if book else {})
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                services.set_front(request.user, edition, language, form.cleaned_data)
            except Invalid as invalid:
                put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved."))
                return see_other("secretariat:front", edition_id=edition.pk, language=language)
    return render(
        request,
        "secretariat/casebook/front.html",
        context(
            request, edition, "casebook", form=form, problems=[form, *problems], links=_language_links(edition, "front", language),
            language=language, may_edit=edition.state != "released", crumbs=crumbs(edition, book_link(edition), Link(_("Front matter"))),
        ),
        status=code,
    )  # fmt: skip


@require_safe
@at_edition
def preflight(request: HttpRequest, edition: Edition, language: str) -> HttpResponse:
    """What would spoil the book in a language, each finding with the entry it is about."""
    _of_edition(edition, language)
    problems: list[str] = []
    found: list[Any] = []
    try:
        found = services.preflight(request.user, edition, language)
    except Conflict as conflict:
        problems = [str(conflict)]
    numbered = dict(enumerate(selectors.all_entries(edition), start=1))
    rows = [_finding(edition, numbered, item) for item in found]
    errors = sum(1 for item in found if item.severity == "error")
    return render(
        request,
        "secretariat/casebook/preflight.html",
        context(
            request, edition, "casebook", errors=errors, warnings=len(found) - errors, links=_language_links(edition, "preflight", language),
            table=Table(
                [Column(_("Entry")), Column(_("Weight")), Column(_("Finding"))], rows, caption=_("Findings"),
                empty=_("Nothing would spoil the book."),
            ),
            problems=[("", text) for text in problems], crumbs=crumbs(edition, book_link(edition), Link(_("Preflight"))),
        ),
        status=409 if problems else 200,
    )  # fmt: skip


def _finding(edition: Edition, numbered: dict[int, Any], item: Any) -> Row:
    entry = numbered.get(item.entry) if item.entry else None
    weight = status(_("Error"), "alarm") if item.severity == "error" else status(_("Warning"), "amber")
    if entry is None:
        return Row([_("The book"), weight, pick(item.message)])
    name = f"{entry.case.number} {pick(entry.titles)}"
    return Row([name, weight, pick(item.message)], url=reverse("secretariat:entry", args=[edition.pk, entry.key]))


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def builds(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The books made so far; POST has one made, or all."""
    problems: list[str] = []
    code = 200
    if request.method == "POST":
        made: list[int] = []
        language, format_ = request.POST.get("language", ""), request.POST.get("format", "")
        every = bool(request.POST.get("all"))

        def make() -> None:
            books = services.build_all(request.user, edition) if every else [services.build(request.user, edition, language, format_)]
            made.append(len(books))

        problems, code = attempt(make)
        if not problems:
            said = ngettext("%(count)d book is being made.", "%(count)d books are being made.", made[0])
            messages.success(request, said % {"count": made[0]})
            return see_other("secretariat:builds", edition_id=edition.pk)
    book = selectors.casebook_of(request.user, edition)
    rows = selectors.builds(request.user, edition)
    languages = edition.settings.edition.languages
    current = {code: selectors.content_digest(book, code) for code in languages} if book and rows else {}
    return render(
        request,
        "secretariat/casebook/builds.html",
        context(
            request, edition, "casebook", book=book, table=_builds(edition, rows, current),
            choices=[(code, name, LANGUAGE_NAMES.get(code, code), FORMATS[name]) for code in languages for name in FORMATS],
            checks=_language_links(edition, "preflight", ""), fronts=_language_links(edition, "front", ""),
            problems=[("", text) for text in problems], crumbs=crumbs(edition, book_link(edition), Link(_("Books"))),
        ),
        status=code,
    )  # fmt: skip


def _builds(edition: Edition, rows: list[Build], current: dict[str, str]) -> Table:
    jobs = selectors.jobs_of(rows)
    drawn = [
        Row([
            f"{LANGUAGE_NAMES.get(row.language, row.language)} {FORMATS.get(row.format, row.format)}", moment(row.made_at, edition.zone),
            _state(row, jobs.get(row.pk), current.get(row.language, "")), row.file.size // 1024 if row.file else None, _download(edition, row),
        ])
        for row in rows
    ]  # fmt: skip
    columns = [Column(_("Book")), Column(_("Started")), Column(_("State")), Column("KB", numeric=True), Column(_("Actions"), quiet=True)]
    return Table(columns, drawn, caption=_("Books made"), empty=_("No book has been made yet."),
        empty_hint=_("Make one above; a draft can be made at any time, and is not public before the release."))


def _state(row: Build, job: Job | None, current: str) -> object:
    if row.state == Build.State.FAILED:
        why = " ".join(pick(words) for words in row.findings)
        return fill("{} {}", status(_("Failed"), "alarm"), why or row.problem)
    if row.state == Build.State.READY:
        marks = [status(_("Finished"), "jade")]
        if row.published:
            marks.append(status(_("Published"), "water"))
        elif row.digest != current:
            marks.append(status(_("Behind the entries"), "amber"))
        return fill("{} {}", marks[0], marks[1] if len(marks) > 1 else "")
    if job is None or job.state in (Job.State.CANCELLED, Job.State.DEAD):
        return status(_("Interrupted"), "alarm")
    if job.state == Job.State.RUNNING:
        return status(_("Being made: %(percent)s %%") % {"percent": job.progress}, "water")
    return status(_("Waiting"), "water")


def _download(edition: Edition, row: Build) -> object:
    if row.file is None:
        return EMPTY
    return fill('<a href="{}">{}</a>', reverse("secretariat:build_file", args=[edition.pk, row.pk]), _("Download"))


@require_safe
@at_edition
def build_file(request: HttpRequest, edition: Edition, build_id: int) -> HttpResponseBase:
    """A book that has been made."""
    row = selectors.build_for_desk(request.user, edition, build_id)
    if row.file is None:
        raise Missing()
    return stream(request, row.file)


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def errata(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What is wrong in the published Casebook, and what is right."""
    released = edition.state == "released"
    entries = selectors.all_entries(edition) if selectors.casebook_of(request.user, edition) else []
    form = ErratumForm(request.POST or None, entries=entries)
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            entry = selectors.entry_for_desk(request.user, edition, form.cleaned_data["entry"])
            said = {code: text for code, text in label_of(form.cleaned_data, "said").items() if code in edition.settings.edition.languages}
            try:
                services.add_erratum(request.user, entry, said=said)
            except Invalid as invalid:
                put_errors(form, invalid, {"said": "said_zh"})
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("The erratum is public."))
                return see_other("secretariat:errata", edition_id=edition.pk)
    return render(
        request,
        "secretariat/casebook/errata.html",
        context(
            request, edition, "casebook", form=form, problems=[form, *problems], released=released,
            rows=[{"row": row, "title": pick(row.entry.titles)} for row in (selectors.public_errata(edition) if released else [])], crumbs=crumbs(edition, book_link(edition), Link(_("Errata"))),
        ),
        status=code,
    )  # fmt: skip

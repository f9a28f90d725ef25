"""Stories for publicity, and the export of everything."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from praxis.desks.kit import put_errors, see_other
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.frames import at_edition, context, crumbs
from praxis.desks.secretariat.stage.forms import StoryForm
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files.responses import stream
from praxis.foundation.jobs.models import Job
from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import selectors as casebook
from praxis.lifecycle.showcase import selectors, services
from praxis.lifecycle.showcase.models import Story
from praxis.ui.dates import moment
from praxis.ui.html import EMPTY, fill
from praxis.ui.parts.actions import status
from praxis.ui.parts.entry import LANGUAGE_NAMES
from praxis.ui.values import Column, Link, Row, Table


@require_safe
@at_edition
def stories(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The Outstanding Cases with their stories in each language."""
    written = {(row.entry_id, row.language): row for row in selectors.stories(request.user, edition)}
    book = casebook.casebook_of(request.user, edition)
    entries = [row for row in casebook.all_entries(edition) if row.outstanding] if book else []
    languages = edition.settings.edition.languages
    rows = [
        Row([
            row.case.number, pick(row.titles),
            *(_cell(edition, row.key, code, written.get((row.pk, code))) for code in languages),
        ])
        for row in entries
    ]  # fmt: skip
    columns = [Column(_("Number")), Column(_("Case")), *(Column(LANGUAGE_NAMES.get(code, code)) for code in languages)]
    return render(
        request,
        "secretariat/showcase/stories.html",
        context(
            request, edition, "stories", released=edition.state == "released",
            table=Table(columns, rows, caption=_("Stories"), empty=_("There is no Outstanding Case yet."),
        empty_hint=_("Each Outstanding Case gets a line here once the entries of the Casebook are made.")),
            crumbs=crumbs(edition, Link(_("Stories"))),
        ),
    )  # fmt: skip


def _cell(edition: Edition, key: str, language: str, row: Story | None) -> object:
    href = reverse("secretariat:story", args=[edition.pk, key, language])
    if row is None:
        return fill('<a href="{}">{}</a>', href, _("Write"))
    mark = status(_("Published"), "jade") if row.published_at else status(_("Draft"), "neutral")
    return fill('<a href="{}">{}</a> {}', href, _("Change"), mark)


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def story(request: HttpRequest, edition: Edition, key: str, language: str) -> HttpResponse:
    """One story: writing it, and publishing it after the release."""
    entry = casebook.entry_for_desk(request.user, edition, key)
    if language not in edition.settings.edition.languages:
        raise Missing()
    row = selectors.story(request.user, entry, language)
    wanted = request.POST.get("do", "") if request.method == "POST" else ""
    form = StoryForm(
        request.POST if wanted == "write" else None, initial={"title": row.title, "body": row.body} if row else {}
    )
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if wanted == "write" and form.is_valid():
            try:
                services.write_story(request.user, entry, language, **form.cleaned_data)
            except Invalid as invalid:
                put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved."))
                return see_other("secretariat:story", edition_id=edition.pk, key=key, language=language)
        elif wanted in ("publish", "take_back") and row is not None:
            told, code = attempt(lambda: services.publish_story(request.user, row, publish=wanted == "publish"))
            if not told:
                messages.success(request, _("The story is public.") if wanted == "publish" else _("The story has been taken back."))
                return see_other("secretariat:stories", edition_id=edition.pk)
            problems = [("", text) for text in told]
        elif wanted != "write":
            problems = [("", _("Write the story first."))]
    return render(
        request,
        "secretariat/showcase/story.html",
        context(
            request, edition, "stories", entry=entry, story=row, form=form, language=language, problems=[form, *problems],
            summary=casebook.texts_of(entry).get((language, "summary")),
            title=pick(entry.titles, language), language_name=LANGUAGE_NAMES.get(language, language),
            released=edition.state == "released",
            crumbs=crumbs(
                edition, Link(_("Stories"), reverse("secretariat:stories", args=[edition.pk])), Link(entry.case.number or key)
            ),
        ),
        status=code,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def export(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The archives of everything made so far; POST has one made."""
    if request.method == "POST":
        services.export_everything(request.user, edition)
        messages.success(request, _("The archive is being made."))
        return see_other("secretariat:export", edition_id=edition.pk)
    rows = [
        Row([moment(job.created_at, edition.zone), _state(job), _download(edition, job)])
        for job in selectors.exports(request.user, edition)
    ]  # fmt: skip
    columns = [Column(_("Started")), Column(_("State")), Column(_("Actions"), quiet=True)]
    return render(
        request,
        "secretariat/showcase/export.html",
        context(
            request, edition, "export", table=Table(columns, rows, caption=_("Archives"), empty=_("No archive has been made yet.")),
            crumbs=crumbs(edition, Link(_("Export of everything"))),
        ),
    )  # fmt: skip


def _state(job: Job) -> object:
    if job.state == Job.State.DONE:
        return status(_("Finished"), "jade")
    if job.state == Job.State.RUNNING:
        return status(_("Being made: %(percent)s %%") % {"percent": job.progress}, "water")
    return status(job.get_state_display(), "alarm" if job.state == Job.State.DEAD else "water")


def _download(edition: Edition, job: Job) -> object:
    if job.state != Job.State.DONE:
        return EMPTY
    return fill('<a href="{}">{}</a>', reverse("secretariat:export_file", args=[edition.pk, job.handle]), _("Download"))


@require_safe
@at_edition
def export_file(request: HttpRequest, edition: Edition, handle: str) -> HttpResponseBase:
    """An archive of everything."""
    return stream(request, selectors.export_file(request.user, edition, handle))

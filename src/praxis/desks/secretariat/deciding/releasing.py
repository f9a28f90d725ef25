"""The release: where it stands, whose word is given, what will happen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from praxis.desks.kit import see_other
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.deciding.telling import STATE_TONES, state_of
from praxis.desks.secretariat.frames import at_edition, context, crumbs
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import selectors as casebook
from praxis.lifecycle.selection import selectors, services
from praxis.lifecycle.selection.models import Selection
from praxis.lifecycle.selection.states import SELECTION
from praxis.ui.dates import moment
from praxis.ui.values import Check, Column, Link, Row, Table


@require_safe
@at_edition
def release(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Where the release stands."""
    return _page(request, edition)


def _page(request: HttpRequest, edition: Edition, problems: list[str] | None = None, code: int = 200) -> HttpResponse:
    selection = selectors.selection_of(request.user, edition)
    state = state_of(selection)
    given = selectors.approvals(request.user, edition)
    mine = any(row.user_id == request.user.pk for row in given)
    table = Table(
        [Column(_("Person")), Column(_("Given"))],
        [Row([str(row.user), moment(row.at, edition.zone)]) for row in given],
        caption=_("Whose word is given"),
        empty=_("Nobody has given their word yet."),
    )
    return render(
        request,
        "secretariat/selection/release.html",
        context(
            request, edition, "release", selection=selection, state=state, state_label=SELECTION.states[state],
            state_tone=STATE_TONES[state], table=table, mine=mine, needed=services.RELEASERS,
            missing=max(0, services.RELEASERS - len(given)), unread=_unapproved(request, edition), checks=_checks(request, edition, selection),
            broken=selection is not None and services.is_broken(selection),
            problems=[("", text) for text in problems or []], crumbs=crumbs(edition, Link(_("Release"))),
        ),
        status=code,
    )  # fmt: skip


def _unapproved(request: HttpRequest, edition: Edition) -> int:
    """How many entries would be published without their applicant's approval."""
    counts = casebook.counts(request.user, edition) if edition.state == "told" else {}
    return sum(number for name, number in counts.items() if name not in ("approved", "dropped"))


def _checks(request: HttpRequest, edition: Edition, selection: Selection | None) -> list[Check]:
    """What should be ready; nothing of it is a wall but that the chosen have been told."""
    state = state_of(selection)
    book = casebook.casebook_of(request.user, edition)
    counts = casebook.counts(request.user, edition) if book else {}
    entries = sum(number for name, number in counts.items() if name != "dropped")
    approved = counts.get("approved", 0)
    wanted = {(language, format_) for language in edition.settings.edition.languages for format_ in ("pdf", "epub")}
    made = [row for row in casebook.builds(request.user, edition) if row.state == "ready"] if book else []
    now = {language: casebook.content_digest(book, language) for language in edition.settings.edition.languages} if book and made else {}
    ready = {(row.language, row.format) for row in made}
    current = {(row.language, row.format) for row in made if row.digest == now.get(row.language)}
    said = _("%(ready)s of %(wanted)s books are ready. The latest of each is published.") % {"ready": len(wanted & ready), "wanted": len(wanted)}
    if behind := len(wanted & ready - current):
        said += " " + ngettext(
            "%(count)d was made before the last change of an entry: make it again.",
            "%(count)d were made before the last change of an entry: make them again.", behind,
        ) % {"count": behind}  # fmt: skip
    book_url = reverse("secretariat:casebook", args=[edition.pk])
    return [
        Check(_("The chosen have been told"), "yes" if state in ("told", "released") else "no"),
        Check(
            _("Every proof is approved"), "yes" if entries and approved == entries else "warning",
            _("%(approved)s of %(entries)s entries are approved.") % {"approved": approved, "entries": entries}, book_url, _("Casebook"),
        ),
        Check(
            _("The Casebook is built in every language, as PDF and EPUB"), "yes" if wanted <= current else "warning", said,
            reverse("secretariat:builds", args=[edition.pk]), _("Books"),
        ),
    ]  # fmt: skip


@require_POST
@at_edition
def approve(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Give one's word for the release; the second person's releases."""
    if request.POST.get("confirmed") != "1":
        return _page(request, edition, [_("Tick that the edition may be released.")], 422)
    done: list[bool] = []
    problems, code = attempt(lambda: done.append(services.approve_release(request.user, edition)))
    if problems:
        return _page(request, edition, problems, code)
    if done[0]:
        messages.success(request, _("Released. The library and the Casebook are public."))
    else:
        messages.success(request, _("Your word is given. A second person must give theirs."))
    return see_other("secretariat:release", edition_id=edition.pk)

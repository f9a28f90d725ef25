"""Entries of the Casebook: the list, one entry in both languages, its pictures and its proofs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks.kit import pager, put_errors, see_other
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.book.forms import EntriesForm, ParticularsForm, PictureForm, codes
from praxis.desks.secretariat.frames import at_edition, context, crumbs
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files.responses import stream
from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import policies, selectors, services
from praxis.lifecycle.casebook.models import Entry, EntryPicture
from praxis.lifecycle.casebook.states import ENTRY
from praxis.lifecycle.selection import selectors as selection
from praxis.ui.html import join
from praxis.ui.parts.actions import category as category_tag
from praxis.ui.parts.actions import status
from praxis.ui.parts.entry import LANGUAGE_NAMES
from praxis.ui.values import Column, Event, Link, Row, Side, Stat, Table

TONES = {"drafted": "neutral", "proof_sent": "water", "changes_asked": "amber", "approved": "jade", "dropped": "neutral"}


def book_link(edition: Edition) -> Link:
    return Link(_("Casebook"), reverse("secretariat:casebook", args=[edition.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def entries(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The entries of the book; POST does what concerns all of them: begin, send all proofs."""
    problems: list[str] = []
    code = 200
    if request.method == "POST":
        problems, code = _for_all(request, edition)
        if not problems:
            return see_other("secretariat:casebook", edition_id=edition.pk)
    book = selectors.casebook_of(request.user, edition)
    form = EntriesForm(request.GET, edition=edition)
    page = selectors.entries(request.user, edition, **form.wanted(), cursor=request.GET.get("cursor", ""))
    counts = selectors.counts(request.user, edition)
    return render(
        request,
        "secretariat/casebook/entries.html",
        context(
            request, edition, "casebook", book=book, form=form, table=_table(edition, page.rows), pages=pager(request, page),
            counts=[Stat(label, counts.get(name, 0)) for name, label in ENTRY.states.items()],
            problems=[("", text) for text in problems], released=edition.state == "released",
            begun=book is not None, sealed=edition.state in ("decided", "told", "released"),
            may_send=edition.state == "told", drafted=counts.get("drafted", 0), crumbs=crumbs(edition, Link(_("Casebook"))),
        ),
        status=code,
    )  # fmt: skip


def _for_all(request: HttpRequest, edition: Edition) -> tuple[list[str], int]:
    wanted = request.POST.get("do", "")
    if wanted == "begin":
        problems, code = attempt(lambda: services.begin(request.user, edition))
        if not problems:
            messages.success(request, _("The entries are as the sealed decisions."))
        return problems, code
    if wanted == "proofs":
        done: list[int] = []
        problems, code = attempt(lambda: done.append(services.send_all_proofs(request.user, edition)))
        if not problems:
            said = ngettext("%(count)d proof has been sent.", "%(count)d proofs have been sent.", done[0])
            messages.success(request, said % {"count": done[0]})
        return problems, code
    return [_("Choose what is to be done.")], 422


def _table(edition: Edition, rows: list[Entry]) -> Table:
    drawn = []
    for row in rows:
        marks = [status(_("Outstanding Case"), "seal")] if row.outstanding else []
        if row.state == "drafted" and row.last_proof:  # type: ignore[attr-defined]
            marks.append(status(_("Changed since the last proof"), "amber"))
        drawn.append(
            Row([
                row.case.number, pick(row.titles), category_tag(str(row.category), row.category.code),
                status(ENTRY.states[row.state], TONES[row.state]), join(marks), row.printed_pictures,  # type: ignore[attr-defined]
            ], url=reverse("secretariat:entry", args=[edition.pk, row.key]), tone="muted" if row.state == "dropped" else "")
        )  # fmt: skip
    columns = [
        Column(_("Number")), Column(_("Case")), Column(_("Field")), Column(_("State")), Column(_("Note")),
        Column(_("Pictures printed"), numeric=True),
    ]  # fmt: skip
    return Table(columns, drawn, caption=_("Entries"), empty=_("There is no entry."),
        empty_hint=_("Take away the filters, or bring the entries up to the decisions."))


def field_label(edition: Edition, field: str) -> str:
    """What a text of an entry is called."""
    own = {"applicant": _("Applicant"), "partners": _("Partners"), "places": _("Countries or regions")}
    if field in own:
        return own[field]
    code, _dot, heading = field.partition(".")
    name = next((pick(item.label) for item in edition.settings.fields if item.code == code), code)
    return _("%(field)s: heading") % {"field": name} if heading else name


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def entry(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """One entry: both languages side by side to edit, what differs from the submission, pictures, proofs."""
    row = selectors.entry_for_desk(request.user, edition, key)
    form = ParticularsForm(request.POST or None, initial=ParticularsForm.initial_of(row))
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                services.edit_entry(
                    request.user, row, bodies=_bodies(request, edition), expected=_expected(request, edition), **form.values(row)
                )
            except Invalid as invalid:
                put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved."))
                return see_other("secretariat:entry", edition_id=edition.pk, key=row.key)
    return _entry_page(request, edition, row, form, [form, *problems], code)


def _bodies(request: HttpRequest, edition: Edition) -> dict[tuple[str, str], str]:
    found = {}
    for language, field in _keys(edition):
        typed = request.POST.get(f"{language}:{field}")
        if typed is not None:
            found[language, field] = typed
    return found


def _expected(request: HttpRequest, edition: Edition) -> dict[tuple[str, str], int]:
    found = {}
    for language, field in _keys(edition):
        seen = request.POST.get(f"version:{language}:{field}", "")
        if seen.isascii() and seen.isdigit() and len(seen) < 10:
            found[language, field] = int(seen)
    return found


def _keys(edition: Edition) -> list[tuple[str, str]]:
    names = []
    for item in edition.settings.fields:
        names += [f"{item.code}.heading", item.code] if item.heading else [item.code]
    return [(language, name) for language in edition.settings.edition.languages for name in names]


def _entry_page(
    request: HttpRequest, edition: Edition, row: Entry, form: ParticularsForm, problems: list[Any], code: int
) -> HttpResponse:
    texts = selectors.texts_of(row)
    proofs = selectors.proofs_of(row)
    verdict = policies.may_change(request.user, row)
    may_edit = bool(verdict) and ENTRY.find(row.state, "edit") is not None
    typed = request.POST if request.method == "POST" else None
    return render(
        request,
        "secretariat/casebook/entry.html",
        context(
            request, edition, "casebook", entry=row, case=row.case, form=form, problems=problems, may_edit=may_edit,
            groups=_groups(edition, texts, typed, readonly=not may_edit), title=pick(row.titles),
            versions=[(f"version:{language}:{field}", held.version) for (language, field), held in texts.items()],
            state_label=ENTRY.states[row.state], state_tone=TONES[row.state], locked_reason=verdict.reason,
            differences=[
                {
                    "item": item, "label": field_label(edition, item.field),
                    "language": LANGUAGE_NAMES.get(item.language, item.language),
                }
                for item in selectors.differences(row)
            ],
            pictures=[_picture(edition, item) for item in selectors.pictures_of(row)],
            events=_events(edition, proofs), accepted=selection.has_accepted(row.case),
            acts={name: bool(verdict) and ENTRY.find(row.state, name) is not None for name in ENTRY.actions},
            latest=proofs[-1] if proofs else None, languages=[short for short, _code in codes(edition)],
            crumbs=crumbs(edition, book_link(edition), Link(row.case.number or row.key)),
        ),
        status=code,
    )  # fmt: skip


def _groups(edition: Edition, texts: dict[tuple[str, str], Any], typed: Any, *, readonly: bool) -> list[dict[str, Any]]:
    config = edition.settings

    def sides(name: str, rows: int) -> list[Side]:
        found = []
        for language in config.edition.languages:
            held, control = texts.get((language, name)), f"{language}:{name}"
            body = held.body if held else ""
            limit = config.field(name).limits.get(language) if "." not in name else None
            found.append(
                Side(
                    language, control, value=typed.get(control, body) if typed is not None else body, rows=rows, limit=limit,
                    state=held.state if held else "missing", readonly=readonly,
                )
            )  # fmt: skip
        return found

    return [
        {
            "code": item.code,
            "label": field_label(edition, item.code),
            "headings": sides(f"{item.code}.heading", 1) if item.heading else None,
            "sides": sides(item.code, 1 if item.code == "title" else 10),
        }
        for item in config.fields
    ]


def _events(edition: Edition, proofs: list[Any]) -> list[Event]:
    found = []
    for row in proofs:
        found.append(Event(_("Proof %(number)s sent") % {"number": row.number}, row.sent_at, tone="water"))
        if row.answered_at:
            title = _("Approved") if row.answer == "approved" else _("Changes asked for")
            tone = "jade" if row.answer == "approved" else "amber"
            found.append(Event(title, row.answered_at, row.message, str(row.answered_by or ""), tone))
    return found


def _picture(edition: Edition, row: EntryPicture) -> dict[str, Any]:
    arguments = {"edition_id": edition.pk, "key": row.entry.key, "picture": row.key}
    small = next((name for name in ("thumb", "poster") if name in row.file.derived), "")
    lacking = []
    if row.printed and not all(row.alts.get(code) for code in edition.settings.edition.languages):
        lacking.append(_("Description missing"))
    if row.printed and not row.credit:
        lacking.append(_("Credit missing"))
    return {
        "row": row, "file": row.file, "caption": pick(row.captions), "alt": pick(row.alts), "lacking": lacking,
        "display": row.origin == EntryPicture.Origin.DISPLAY, "url": reverse("secretariat:entry_picture", kwargs=arguments),
        "file_url": reverse("secretariat:entry_file", kwargs=arguments) if row.file.state == "ready" else "",
        "thumb": reverse("secretariat:entry_file", kwargs={**arguments, "derived": small}) if small else "",
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def picture(request: HttpRequest, edition: Edition, key: str, picture: str) -> HttpResponse:
    """One picture of an entry: printed or not, its place, caption, description and credit."""
    row = selectors.picture(selectors.entry_for_desk(request.user, edition, key), picture)
    form = PictureForm(request.POST or None, initial=PictureForm.initial_of(row))
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                services.arrange_picture(request.user, row, **form.values())
            except Invalid as invalid:
                put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved."))
                return see_other("secretariat:entry", edition_id=edition.pk, key=key)
    return render(
        request,
        "secretariat/casebook/picture.html",
        context(
            request, edition, "casebook", entry=row.entry, item=_picture(edition, row), form=form, problems=[form, *problems],
            crumbs=crumbs(
                edition, book_link(edition),
                Link(row.entry.case.number or key, reverse("secretariat:entry", args=[edition.pk, key])), Link(row.file.name),
            ),
        ),
        status=code,
    )  # fmt: skip


@require_safe
@at_edition
def file(request: HttpRequest, edition: Edition, key: str, picture: str, derived: str | None = None) -> HttpResponseBase:
    """A picture or video of an entry, or a smaller picture of it."""
    row = selectors.picture(selectors.entry_for_desk(request.user, edition, key), picture)
    return stream(request, row.file, derived=derived, inline=True)


@require_POST
@at_edition
def act(request: HttpRequest, edition: Edition, key: str, action: str) -> HttpResponse:
    """What a button of an entry does: send its proof, approve in the applicant's place, reopen, take out, put back."""
    row = selectors.entry_for_desk(request.user, edition, key)
    reason = request.POST.get("reason", "")[:4000]
    known = {
        "send_proof": lambda: services.send_proof(request.user, row),
        "approve": lambda: services.approve_proof(request.user, row, reason=reason),
        "reopen": lambda: services.reopen_entry(request.user, row, reason=reason),
        "drop": lambda: services.drop_entry(request.user, row, reason=reason),
        "restore": lambda: services.restore_entry(request.user, row, reason=reason),
    }
    if action not in known:
        raise Missing()
    problems, code = attempt(known[action])
    if problems:
        row = selectors.entry_for_desk(request.user, edition, key)
        form = ParticularsForm(initial=ParticularsForm.initial_of(row))
        return _entry_page(request, edition, row, form, [("", text) for text in problems], code)
    messages.success(request, _("Done."))
    return see_other("secretariat:entry", edition_id=edition.pk, key=key)


@require_safe
@at_edition
def materials(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What applicants have handed in as display material, and from which Outstanding Cases nothing has come."""
    page = selectors.display_material(request.user, edition, cursor=request.GET.get("cursor", ""))
    missing = selectors.without_display_material(request.user, edition)
    rows = [
        Row([
            row.entry.case.number, pick(row.entry.titles), _("Video") if row.kind == "video" else _("Picture"), row.file.name,
            f"{row.file.width} × {row.file.height}" if row.file.width else None,
            status(_("Printed"), "jade") if row.printed else status(_("Not printed"), "neutral"),
        ], url=reverse("secretariat:entry_picture", args=[edition.pk, row.entry.key, row.key]))
        for row in page.rows
    ]  # fmt: skip
    columns = [
        Column(_("Number")), Column(_("Case")), Column(_("Kind")), Column(_("File")), Column(_("Pixels"), numeric=True),
        Column(_("In the Casebook")),
    ]  # fmt: skip
    return render(
        request,
        "secretariat/casebook/materials.html",
        context(
            request, edition, "materials", pages=pager(request, page),
            table=Table(columns, rows, caption=_("Display material"), empty=_("Nothing has been handed in yet."),
        empty_hint=_("Applicants hand in pictures and videos once they have been told and have accepted confidentiality.")),
            missing=[
                Link(f"{row.case.number} · {row.case}", reverse("secretariat:entry", args=[edition.pk, row.key])) for row in missing
            ],
            crumbs=crumbs(edition, Link(_("Display material"))),
        ),
    )  # fmt: skip

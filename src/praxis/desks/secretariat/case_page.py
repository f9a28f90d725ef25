"""One case with everything of it, and what the secretariat does with it besides screening."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import frames, reading, wording
from praxis.desks.secretariat.forms import MessageForm, ReasonForm, UntilForm
from praxis.foundation.audit import selectors as audit
from praxis.foundation.audit.services import chain_of
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.files.responses import stream
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import content, policies, selectors, services
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.states import STATES, TABLE
from praxis.lifecycle.recommendations import selectors as recommendations
from praxis.lifecycle.screening import selectors as screening_selectors
from praxis.ui.values import Column, Link, Post, Row, Table

# So many events are shown on the page; the rest is in the audit log.
EVENTS = 60


def title_of(case: Case) -> str:
    """What a case is called on this desk."""
    return str(case) if case.titles else _("Case without a title yet")


def address(case: Case, name: str = "case", **arguments: object) -> str:
    """A page of a case at this desk."""
    return reverse(f"secretariat:{name}", kwargs={"edition_id": case.edition_id, "key": case.key, **arguments})


def case_context(request: HttpRequest, edition: Edition, case: Case, heading: str = "", **more: Any) -> dict[str, Any]:
    """The variables of a page about one case."""
    trail = [Link(_("Cases"), reverse("secretariat:cases", args=[edition.pk]))]
    trail.append(Link(title_of(case), address(case) if heading else ""))
    if heading:
        trail.append(Link(heading))
    return frames.context(
        request, edition, "cases",
        case=case, title=title_of(case), heading=heading or title_of(case), state=STATES[case.state],
        tone=frames.CASE_TONES[case.state], crumbs=frames.crumbs(edition, *trail), **more,
    )  # fmt: skip


@require_safe
@frames.at_edition
def case(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """Everything of a case."""
    row = selectors.case_for_secretariat(request.user, edition, key)
    return _page(request, edition, row, MessageForm(), 200)


def _page(request: HttpRequest, edition: Edition, row: Case, form: MessageForm, status: int) -> HttpResponse:
    said = content.of(row)
    changed = _changed(row, said)
    screening = screening_selectors.screening_for(request.user, row)
    thread = selectors.messages_of(row)
    events = audit.events(chain_of(edition.pk), object=row, limit=EVENTS)
    return render(
        request,
        "secretariat/cases/case.html",
        case_context(
            request, edition, row,
            basics=reading.basics(said, edition.settings), texts=reading.texts(said, edition.settings),
            partners=reading.partners(said), attachments=reading.attachments(said, edition, row.key),
            changed=changed, closes_at=policies.closes_at(row),
            contact=_contact(row), revisions=_revisions(row), recommendations=_recommendations(row),
            screening=screening, findings=screening_selectors.findings(screening) if screening else [],
            posts=_posts(thread), unread=any(not line.from_secretariat and line.read_at is None for line in thread),
            form=form, timeline=wording.timeline(events), more_events=len(events) == EVENTS, acts=_acts(row),
        ),
        status=status,
    )  # fmt: skip


def _changed(row: Case, said: content.Content) -> str:
    """What reads differently from what was submitted last, by name; "" where nothing does."""
    if row.revision is None or row.revision.digest == content.digest(said):
        return ""
    config = row.edition.settings
    # A partner's answer is no change of what was submitted.
    submitted = content.answered(row.revision.content, ((one["names"], one["confirmed"]) for one in said["partners"]))
    found = reading.differences(submitted, said, config)
    return reading.separated(list(dict.fromkeys(one["label"] for one in found)))


def _contact(row: Case) -> list[tuple[str, str | None]]:
    return [
        (_("Contact"), row.contact_name or None), (_("E-mail"), row.contact_email or None),
        (_("Phone"), row.contact_phone or None),
    ]  # fmt: skip


def _acts(row: Case) -> list[Link]:
    """What can be done with the case as it stands."""
    acts = [
        (_("Edit on behalf of the applicant"), "case_edit", row.state in policies.EDITABLE),
        (_("Extend the deadline of this case"), "case_extend", row.state in ("draft", "submitted", "returned")),
        (_("Withdraw the case"), "case_withdraw", TABLE.find(row.state, "withdraw") is not None),
    ]
    return [Link(label, address(row, name)) for label, name, possible in acts if possible]


def _revisions(row: Case) -> Table:
    rows = list(reversed(selectors.revisions_of(row)))
    return Table(
        [Column(_("Submission"), numeric=True), Column(_("Submitted")), Column(_("Submitter")), Column(_("Receipt")),
         Column(_("Changes"), quiet=True)],
        [
            Row(
                [
                    one.number,
                    frames.written(one.submitted_at, row.edition.zone, ends=False),
                    str(one.submitted_by or _("the secretariat")),
                    one.receipt,
                    frames.link(_("What changed"), address(row, "case_changes", before=one.number - 1, after=one.number))
                    if one.number > 1
                    else "",
                ],
                url=address(row, "case_revision", number=one.number),
            )
            for one in rows
        ],
        caption=_("Submissions"),
        empty=_("Not submitted yet"),
    )  # fmt: skip


def _recommendations(row: Case) -> list[dict[str, Any]]:
    return [
        {"unit": str(one.unit), "endorsed": one.endorsed_at, "opinion": one.opinion}
        for one in recommendations.units_of_case(row)
    ]


def _posts(thread: list[Any]) -> list[Post]:
    return [
        Post(
            author=str(line.author or (_("the secretariat") if line.from_secretariat else _("the applicant"))),
            text=line.body, at=line.at, mine=line.from_secretariat,
            role=_("Secretariat") if line.from_secretariat else _("Applicant"),
        )
        for line in thread
    ]  # fmt: skip


@require_POST
@frames.at_edition
def write(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """Answer the applicant in the thread; what they wrote counts as read."""
    row = selectors.case_for_secretariat(request.user, edition, key)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            services.write(request.user, row, form.cleaned_data["body"])
        except Invalid as invalid:
            kit.put_errors(form, invalid)
        else:
            services.mark_read(request.user, row)
            messages.success(request, _("Your answer has been sent."))
            return kit.see_other(f"{address(row)}#thread")
    return _page(request, edition, row, form, 422)


@require_POST
@frames.at_edition
def mark_read(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """Note that the applicant's messages have been read."""
    row = selectors.case_for_secretariat(request.user, edition, key)
    services.mark_read(request.user, row)
    return kit.see_other(f"{address(row)}#thread")


def _act(
    request: HttpRequest, edition: Edition, row: Case, form: forms.Form, heading: str, act: Any, *, lead: str,
    danger: bool, done: str, check: str = "",
) -> HttpResponse:  # fmt: skip
    """A page with one form that does one thing to a case; what was typed is kept when it is refused."""
    status = 200
    if request.method == "POST":
        status = 422
        if check and request.POST.get("confirmed") != "1":
            form.add_error(None, _("Tick the box to confirm."))
        if form.is_valid():
            try:
                act(form.cleaned_data)
            except Invalid as invalid:
                kit.put_errors(form, invalid)
            except Conflict as conflict:
                form.add_error(None, str(conflict))
                status = 409
            else:
                messages.success(request, done)
                return kit.see_other(address(row))
    return render(
        request,
        "secretariat/cases/act.html",
        case_context(request, edition, row, heading, form=form, lead=lead, danger=danger, check=check),
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def extend(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """Give this case a later deadline, with a reason."""
    row = selectors.case_for_secretariat(request.user, edition, key)
    return _act(
        request, edition, row, UntilForm(request.POST or None, zone=edition.zone),
        _("Extend the deadline of this case"),
        lambda said: services.extend(request.user, row, until=said["until"], reason=said["reason"]),
        lead=_("Only this case may be changed and submitted until then. The applicant is told by letter."),
        danger=False, done=_("The case has a later deadline."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def withdraw(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """Take this case out of the call, with a reason."""
    row = selectors.case_for_secretariat(request.user, edition, key)
    return _act(
        request, edition, row, ReasonForm(request.POST or None), _("Withdraw the case"),
        lambda said: services.withdraw(request.user, row, reason=said["reason"]),
        lead=_("The case leaves every list of the review. What was submitted is kept."),
        danger=True, done=_("The case has been withdrawn."), check=_("The applicant has asked for this or agrees."),
    )  # fmt: skip


@require_safe
@frames.at_edition
def revision(request: HttpRequest, edition: Edition, key: str, number: int) -> HttpResponse:
    """One submission as it was frozen."""
    row = selectors.case_for_secretariat(request.user, edition, key)
    one = selectors.revision(row, number)
    config = edition.settings
    return render(
        request,
        "secretariat/cases/revision.html",
        case_context(
            request, edition, row, _("Submission %(number)d") % {"number": number}, revision=one,
            basics=reading.basics(one.content, config), texts=reading.texts(one.content, config),
            partners=reading.partners(one.content), attachments=reading.attachments(one.content, edition, row.key),
        ),
    )  # fmt: skip


@require_safe
@frames.at_edition
def changes(request: HttpRequest, edition: Edition, key: str, before: int, after: int) -> HttpResponse:
    """What differs between two submissions."""
    row = selectors.case_for_secretariat(request.user, edition, key)
    old, new = selectors.revision(row, before), selectors.revision(row, after)
    found = reading.differences(old.content, new.content, edition.settings)
    heading = _("Submissions %(before)d and %(after)d") % {"before": before, "after": after}
    return render(
        request, "secretariat/cases/changes.html",
        case_context(request, edition, row, heading, found=found, old=old, new=new),
    )  # fmt: skip


@require_safe
@frames.at_edition
def material(
    request: HttpRequest, edition: Edition, key: str, attachment_key: str, derived: str | None = None
) -> HttpResponseBase:
    """A file of a case, or a smaller picture of it; also one that only an earlier submission holds."""
    row = selectors.case_for_secretariat(request.user, edition, key)
    one = selectors.attachment(row, attachment_key, removed=True)
    return stream(request, one.file, derived=derived, inline=True)


urlpatterns: list[URLPattern] = [
    path("cases/<str:key>/", case, name="case"),
    path("cases/<str:key>/write/", write, name="case_write"),
    path("cases/<str:key>/read/", mark_read, name="case_read"),
    path("cases/<str:key>/extend/", extend, name="case_extend"),
    path("cases/<str:key>/withdraw/", withdraw, name="case_withdraw"),
    path("cases/<str:key>/submissions/<int:number>/", revision, name="case_revision"),
    path("cases/<str:key>/submissions/<int:before>/<int:after>/", changes, name="case_changes"),
    path("cases/<str:key>/files/<str:attachment_key>/", material, name="material"),
    path("cases/<str:key>/files/<str:attachment_key>/<slug:derived>/", material, name="material_derived"),
]

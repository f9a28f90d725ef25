"""Invitations, certificates and the award for units."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from praxis.desks.kit import pager, put_errors, see_other
from praxis.desks.secretariat.acting import attempt
from praxis.desks.secretariat.frames import at_edition, context, crumbs
from praxis.desks.secretariat.stage.forms import (
    INVITATION_STATES,
    INVITATION_TONES,
    KINDS,
    MODES,
    AwardForm,
    InvitationsForm,
)
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.files.responses import stream
from praxis.foundation.locale import pick
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.showcase import selectors, services
from praxis.lifecycle.showcase.models import Certificate, Invitation, UnitAward
from praxis.ui.dates import moment
from praxis.ui.html import EMPTY, fill
from praxis.ui.parts.actions import status
from praxis.ui.values import Column, Link, Row, Stat, Table

# Invitations


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def invitations(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Who is invited, on site or online, and who comes; POST drafts them or sends the drafts."""
    problems: list[str] = []
    code = 200
    if request.method == "POST":
        problems, code = _invite(request, edition)
        if not problems:
            return see_other("secretariat:invitations", edition_id=edition.pk)
    form = InvitationsForm(request.GET)
    page = selectors.invitations(request.user, edition, **form.wanted(), cursor=request.GET.get("cursor", ""))
    counts = selectors.invitation_counts(request.user, edition)
    return render(
        request,
        "secretariat/showcase/invitations.html",
        context(
            request, edition, "invitations", form=form, table=_invitations(request, edition, page.rows), pages=pager(request, page),
            stats=[Stat(label, counts.get(name, 0)) for name, label in INVITATION_STATES.items()],
            drafts=counts.get("draft", 0), lacking=_lacking(request, edition), problems=[("", text) for text in problems], crumbs=crumbs(edition, Link(_("Invitations"))),
        ),
        status=code,
    )  # fmt: skip


def _lacking(request: HttpRequest, edition: Edition) -> str:
    """What the letters name and the stage does not say yet, as words; "" where it says all."""
    stage = selectors.showcase_of(request.user, edition)
    names = [
        (_("the place"), bool(stage and pick(stage.venue))), (_("the time"), bool(stage and stage.starts_at)),
        (_("the live stream"), bool(stage and stage.stream)),
    ]  # fmt: skip
    return _(", ").join(name for name, there in names if not there)


def _invite(request: HttpRequest, edition: Edition) -> tuple[list[str], int]:
    done: list[int] = []
    wanted = request.POST.get("do", "")
    if wanted == "make":
        problems, code = attempt(lambda: done.append(services.make_invitations(request.user, edition)))
        said = "" if problems else ngettext("%(count)d new draft.", "%(count)d new drafts.", done[0])
    elif wanted == "send":
        problems, code = attempt(lambda: done.append(services.send_all_invitations(request.user, edition)))
        said = "" if problems else ngettext("%(count)d invitation sent.", "%(count)d invitations sent.", done[0])
    else:
        return [_("Choose what is to be done.")], 422
    if not problems:
        messages.success(request, said % {"count": done[0]})
    return problems, code


def _invitations(request: HttpRequest, edition: Edition, rows: list[Invitation]) -> Table:
    drawn = []
    for row in rows:
        about = row.entry.case.number if row.entry else str(row.unit.organisation) if row.unit else None
        href = reverse("secretariat:send_invitation", args=[edition.pk, row.pk])
        link: object = fill('<a href="{}">{}</a>', href, _("Send")) if row.state == "draft" and row.email else EMPTY
        drawn.append(
            Row([
                row.name, about, str(MODES.get(row.mode, row.mode)), row.email or status(_("No address"), "amber"),
                status(INVITATION_STATES.get(row.state, row.state), INVITATION_TONES.get(row.state, "neutral")),
                moment(row.sent_at, edition.zone) or None, link,
            ])
        )  # fmt: skip
    columns = [
        Column(_("Name")), Column(_("For")), Column(_("Kind")), Column(_("E-mail")), Column(_("State")), Column(_("Sent")),
        Column(_("Actions"), quiet=True),
    ]  # fmt: skip
    return Table(columns, drawn, caption=_("Invitations"), empty=_("There is no invitation."),
        empty_hint=_("Make drafts above, look at them, then send them."))


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def send(request: HttpRequest, edition: Edition, invitation_id: int) -> HttpResponse:
    """Send one invitation, after a look at it."""
    row = selectors.invitation(request.user, edition, invitation_id)
    problems: list[str] = []
    code = 200
    if request.method == "POST":
        problems, code = attempt(lambda: services.send_invitation(request.user, row))
        if not problems:
            messages.success(request, _("The invitation is on its way."))
            return see_other("secretariat:invitations", edition_id=edition.pk)
    return render(
        request,
        "secretariat/showcase/send.html",
        context(
            request, edition, "invitations", invitation=row, mode=MODES.get(row.mode, row.mode),
            letter=services.letter_of(request.user, row), lacking=_lacking(request, edition),
            problems=[("", text) for text in problems],
            crumbs=crumbs(
                edition, Link(_("Invitations"), reverse("secretariat:invitations", args=[edition.pk])), Link(row.name)
            ),
        ),
        status=code,
    )  # fmt: skip


# Certificates


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def certificates(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The certificates; POST writes those that are missing and has them set."""
    problems: list[str] = []
    code = 200
    if request.method == "POST":
        done: list[int] = []
        problems, code = attempt(lambda: done.append(services.make_certificates(request.user, edition)))
        if not problems:
            said = ngettext("%(count)d new certificate.", "%(count)d new certificates.", done[0])
            messages.success(request, said % {"count": done[0]})
            return see_other("secretariat:certificates", edition_id=edition.pk)
    page = selectors.certificates(request.user, edition, cursor=request.GET.get("cursor", ""))
    return render(
        request,
        "secretariat/showcase/certificates.html",
        context(
            request, edition, "certificates", table=_certificates(edition, page.rows), pages=pager(request, page),
            job=selectors.certificates_job(request.user, edition), problems=[("", text) for text in problems],
            crumbs=crumbs(edition, Link(_("Certificates"))),
        ),
        status=code,
    )  # fmt: skip


def _certificates(edition: Edition, rows: list[Certificate]) -> Table:
    drawn = []
    for row in rows:
        about = row.entry.case.number if row.entry else row.unit.code if row.unit else None
        href = reverse("secretariat:certificate_file", args=[edition.pk, row.pk])
        link: object = fill('<a href="{}">PDF</a>', href) if row.file else status(_("Being made"), "water")
        drawn.append(
            Row([pick(row.names), about, status(KINDS.get(row.kind, row.kind), "seal" if row.kind == "outstanding" else "water"), row.code, link])
        )
    columns = [Column(_("For")), Column(_("Case")), Column(_("Kind")), Column(_("Code on the certificate")), Column(_("File"))]
    return Table(columns, drawn, caption=_("Certificates"), empty=_("There is no certificate."),
        empty_hint=_("Make them above. Applicants see theirs after the release."))


@require_safe
@at_edition
def certificate_file(request: HttpRequest, edition: Edition, certificate_id: int) -> HttpResponseBase:
    """A certificate as PDF."""
    return stream(request, selectors.certificate_for_desk(request.user, edition, certificate_id))


# The award for units


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def unit_award(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Points of every unit; POST computes them anew."""
    problems: list[str] = []
    code = 200
    if request.method == "POST":
        problems, code = attempt(lambda: services.compute_unit_award(request.user, edition))
        if not problems:
            messages.success(request, _("The points have been computed."))
            return see_other("secretariat:unit_award", edition_id=edition.pk)
    config = edition.settings.unit_award
    rows = selectors.unit_awards(request.user, edition)
    return render(
        request,
        "secretariat/showcase/unit_award.html",
        context(
            request, edition, "unit_award", label=pick(config.label) if config else "", config=config,
            schemes=_schemes(edition), table=_awards(edition, rows), problems=[("", text) for text in problems],
            released=edition.state == "released", crumbs=crumbs(edition, Link(pick(config.label) if config else _("Award for units"))),
        ),
        status=code,
    )  # fmt: skip


def step_label(edition: Edition, code: str) -> str:
    """What a step that brings points is called."""
    own = {"submitted": _("Submitted"), "admitted": _("Admitted")}
    tier = next((item for item in edition.settings.tiers if item.code == code), None)
    return own.get(code) or (pick(tier.label) if tier else code)


def _schemes(edition: Edition) -> Table | None:
    config = edition.settings.unit_award
    if config is None:
        return None
    steps = ["submitted", "admitted", *(tier.code for tier in edition.settings.tiers)]

    def points(scheme: Any, step: str) -> float:
        return float(getattr(scheme, step) if step in ("submitted", "admitted") else scheme.tiers.get(step, 0))

    return Table(
        [Column(_("A case")), *(Column(step_label(edition, step), numeric=True) for step in steps)],
        [
            Row([label, *(number_format(points(scheme, step), 1) for step in steps)])
            for label, scheme in ((_("of the unit's own"), config.own), (_("collected by the unit"), config.collected))
        ],
        caption=_("Points for each step; they add up"),
        caption_visible=True,
    )


def _awards(edition: Edition, rows: list[UnitAward]) -> Table:
    drawn = []
    for row in rows:
        mark: object = status(_("Awarded"), "jade") if row.awarded else EMPTY
        if row.derivation.get("override"):
            mark = fill("{} {}", mark, status(_("By decision"), "amber"))
        drawn.append(
            Row(
                [row.rank, str(row.unit.organisation), len(row.derivation.get("cases", [])), number_format(row.points, 1), mark],
                url=reverse("secretariat:award", args=[edition.pk, row.pk]), tone="water" if row.awarded else "",
            )
        )  # fmt: skip
    columns = [Column(_("Rank"), numeric=True), Column(_("Unit")), Column(_("Cases"), numeric=True), Column(_("Points"), numeric=True), Column(_("Award"))]
    return Table(columns, drawn, caption=_("Points of the units"), empty=_("Nothing has been computed yet."), row_header=1)


@require_http_methods(["GET", "HEAD", "POST"])
@at_edition
def award(request: HttpRequest, edition: Edition, award_id: int) -> HttpResponse:
    """How a unit's points came about; POST gives or takes the award against the order, with a reason."""
    row = selectors.unit_award(request.user, edition, award_id)
    form = AwardForm(request.POST or None, initial={"awarded": "yes" if row.awarded else "no"})
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                services.grant_award(request.user, row, awarded=said["awarded"] == "yes", reason=said["reason"])
            except Invalid as invalid:
                put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved, with the reason."))
                return see_other("secretariat:unit_award", edition_id=edition.pk)
    cases = reverse("secretariat:cases", args=[edition.pk])
    table = Table(
        [Column(_("Number")), Column(_("Whose")), Column(_("Steps")), Column(_("Points"), numeric=True)],
        [
            Row([
                line["number"], _("own") if line["own"] else _("collected"),
                " + ".join(step_label(edition, step) for step in line["steps"]), number_format(line["points"], 1),
            ], url=f"{cases}?{urlencode({'q': line['number']})}")
            for line in row.derivation.get("cases", [])
        ],
        caption=_("Derivation"), empty=_("No case of this unit has brought points."),
    )  # fmt: skip
    return render(
        request,
        "secretariat/showcase/award.html",
        context(
            request, edition, "unit_award", award=row, form=form, problems=[form, *problems], table=table,
            points=number_format(row.points, 1), override=row.derivation.get("override", ""), may_change=edition.state != "released",
            crumbs=crumbs(
                edition, Link(_("Award for units"), reverse("secretariat:unit_award", args=[edition.pk])), Link(str(row.unit.organisation))
            ),
        ),
        status=code,
    )  # fmt: skip

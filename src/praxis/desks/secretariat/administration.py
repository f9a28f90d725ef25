"""The house behind an edition: notices, jobs, the audit log, people, presets, the preview clock."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, register_converter, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import audit_log, frames, house
from praxis.desks.secretariat.forms import JobFilterForm, NoticeFilterForm
from praxis.foundation.errors import Conflict, Missing
from praxis.foundation.jobs import policies as job_policies
from praxis.foundation.jobs import services as job_services
from praxis.foundation.jobs.models import Job
from praxis.foundation.locale import pick
from praxis.foundation.notices import kinds
from praxis.foundation.notices import selectors as notice_selectors
from praxis.foundation.notices import services as notice_services
from praxis.foundation.notices.models import Notice
from praxis.foundation.programmes import background
from praxis.foundation.programmes.models import Edition
from praxis.foundation.veil import Converter
from praxis.ui.dates import moment
from praxis.ui.parts import actions
from praxis.ui.values import Column, Link, Row, Stat, Table

LIMIT = 50
NOTICE_TONES = {"waiting": "water", "sent": "jade", "delayed": "amber", "dead": "alarm"}
JOB_TONES = {"ready": "water", "running": "water", "done": "jade", "dead": "alarm", "cancelled": "neutral"}


@require_safe
@frames.at_edition
def notices(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What was sent in this edition, newest first."""
    offered = sorted(((kind.code, pick(kind.label)) for kind in kinds.registered()), key=lambda item: item[1])
    form = NoticeFilterForm(request.GET, states=Notice.State.choices, kinds=offered)
    said = form.values()
    rows = notice_selectors.for_edition(
        request.user, edition.pk, after=frames.after_id(request), limit=LIMIT, state=said["state"], kind=said["kind"]
    )
    counts = notice_selectors.counts(request.user, edition.pk)
    labels = dict(Notice.State.choices)
    table = Table(
        [Column(_("Subject")), Column(_("Kind")), Column(_("Recipient")), Column(_("State")), Column(_("Created"))],
        [
            Row(
                [
                    row.subject, pick(row.label), row.to,
                    actions.status(labels[row.state], NOTICE_TONES[row.state]),
                    frames.stamp(row.created_at, edition.zone),
                ],
                url=reverse("secretariat:notice", args=[edition.pk, row.id]),
            )
            for row in rows
        ],
        caption=_("Notices"), empty=_("No notice is like this."),
    )  # fmt: skip
    figures = [Stat(labels[state], number, tone=_alarming(state, number)) for state, number in counts.items()]
    return render(
        request, "secretariat/administration/notices.html",
        frames.context(
            request, edition, "notices", form=form, table=table, figures=figures,
            pager=frames.id_pager(request, rows, LIMIT),
        ),
    )  # fmt: skip


def _alarming(state: str, number: int) -> str:
    return {"delayed": "amber", "dead": "alarm"}.get(state, "") if number else ""


def _notice(request: HttpRequest, edition: Edition, notice_id: int) -> Notice:
    """A notice of this edition; raises Missing."""
    row = notice_selectors.get(request.user, notice_id)
    if row.edition_id != edition.pk:
        raise Missing()
    return row


def _kind(row: Notice) -> str:
    try:
        return pick(kinds.get(row.kind).label)
    except LookupError:
        return row.kind


@require_safe
@frames.at_edition
def notice(request: HttpRequest, edition: Edition, notice_id: int) -> HttpResponse:
    """One notice with its words."""
    row = _notice(request, edition, notice_id)
    subject = _kind(row) if row.secret else row.subject
    facts = [
        (_("Recipient"), row.to), (_("Kind"), _kind(row)), (_("Language"), row.language),
        (_("Created"), moment(row.created_at, edition.zone)),
        (_("Sent at"), moment(row.sent_at, edition.zone) if row.sent_at else None),
        (_("Attempts"), row.attempts), (_("Last problem"), row.error or _("none")), ("Message-ID", row.message_id),
    ]  # fmt: skip
    return render(
        request, "secretariat/administration/notice.html",
        frames.context(
            request, edition, "notices", row=row, facts=facts, state=dict(Notice.State.choices)[row.state],
            tone=NOTICE_TONES[row.state], subject=subject, body="" if row.secret else row.body,
            crumbs=frames.crumbs(
                edition, Link(_("Notices"), reverse("secretariat:notices", args=[edition.pk])), Link(subject)
            ),
        ),
    )  # fmt: skip


@require_POST
@frames.at_edition
def resend(request: HttpRequest, edition: Edition, notice_id: int) -> HttpResponse:
    """Send a notice again."""
    row = _notice(request, edition, notice_id)
    try:
        notice_services.resend(request.user, row)
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, _("The notice will be sent again."))
    return kit.see_other("secretariat:notice", edition_id=edition.pk, notice_id=row.pk)


@require_safe
@frames.at_edition
def jobs(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What the house does in the background, newest first."""
    form = JobFilterForm(request.GET, states=Job.State.choices)
    said = form.values()
    rows = background.jobs(
        request.user, edition, state=said["state"], housekeeping=bool(said["housekeeping"]),
        after=frames.after_id(request), limit=LIMIT,
    )  # fmt: skip
    table = Table(
        [Column(_("Job")), Column(_("State")), Column(_("Progress"), numeric=True), Column(_("Attempts"), numeric=True),
         Column(_("Started")), Column(_("Ended"))],
        [
            Row(
                [
                    house.job_name(row.task), actions.status(Job.State(row.state).label, JOB_TONES[row.state]),
                    f"{row.progress}%", row.attempts,
                    frames.stamp(row.started_at, edition.zone), frames.stamp(row.finished_at, edition.zone),
                ],
                url=reverse("secretariat:job", args=[edition.pk, row.handle]),
                tone="amber" if row.state == Job.State.DEAD else "",
            )
            for row in rows
        ],
        caption=_("Background jobs"), empty=_("No job is like this."),
    )  # fmt: skip
    return render(
        request, "secretariat/administration/jobs.html",
        frames.context(
            request, edition, "jobs", form=form, table=table, pager=frames.id_pager(request, rows, LIMIT),
            failed=background.failed(request.user, edition),
        ),
    )  # fmt: skip


@require_safe
@frames.at_edition
def job(request: HttpRequest, edition: Edition, handle: str) -> HttpResponse:
    """One job: its state, its progress, why it failed."""
    row = background.job(request.user, edition, handle)
    managed = bool(job_policies.may_manage(request.user, row))
    facts = [
        (_("Task"), row.task), (_("Created"), moment(row.created_at, edition.zone)),
        (_("Not before"), moment(row.run_after, edition.zone)),
        (_("Started"), moment(row.started_at, edition.zone) if row.started_at else None),
        (_("Ended"), moment(row.finished_at, edition.zone) if row.finished_at else None),
        (_("Attempts"), f"{row.attempts} / {row.max_attempts}"), (_("Note"), row.message or _("none")),
    ]  # fmt: skip
    name = house.job_name(row.task)
    return render(
        request, "secretariat/administration/job.html",
        frames.context(
            request, edition, "jobs", row=row, facts=facts, name=name, state=Job.State(row.state).label,
            tone=JOB_TONES[row.state], may_retry=managed and row.state in (Job.State.DEAD, Job.State.CANCELLED),
            may_hurry=managed and row.state == Job.State.READY and bool(row.error),
            may_cancel=managed and row.state in Job.OPEN, waiting=row.state in Job.OPEN,
            crumbs=frames.crumbs(
                edition, Link(_("Background jobs"), reverse("secretariat:jobs", args=[edition.pk])), Link(name)
            ),
        ),
    )  # fmt: skip


@require_POST
@frames.at_edition
def job_act(request: HttpRequest, edition: Edition, handle: str) -> HttpResponse:
    """Run a job again, or cancel it."""
    row = background.job(request.user, edition, handle)
    cancels = request.POST.get("act") == "cancel"
    try:
        (job_services.cancel if cancels else job_services.retry)(request.user, row)
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, _("The job has been cancelled.") if cancels else _("The job will run again."))
    return kit.see_other("secretariat:job", edition_id=edition.pk, handle=row.handle)


register_converter(Converter, "veiled")
urlpatterns: list[URLPattern] = [
    path("notices/", notices, name="notices"),
    path("notices/<veiled:notice_id>/", notice, name="notice"),
    path("notices/<veiled:notice_id>/resend/", resend, name="notice_resend"),
    path("jobs/", jobs, name="jobs"),
    path("jobs/<slug:handle>/", job, name="job"),
    path("jobs/<slug:handle>/act/", job_act, name="job_act"),
    *audit_log.urlpatterns,
    *house.urlpatterns,
]
office_patterns: list[URLPattern] = house.office_patterns

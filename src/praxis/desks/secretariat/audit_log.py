"""The audit log of an edition: its events, and whether it is whole."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import frames, navigation, tasks, wording
from praxis.desks.secretariat.forms import AuditFilterForm
from praxis.foundation.audit import selectors as audit
from praxis.foundation.audit.models import AuditEvent
from praxis.foundation.audit.services import chain_of
from praxis.foundation.jobs import services as jobs
from praxis.foundation.jobs.models import Job
from praxis.foundation.people import selectors as people
from praxis.foundation.programmes import background
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import office
from praxis.ui.values import Column, Row, Table

LIMIT = 50
SHOWN = 240


@require_safe
@frames.at_edition
def events(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What was done, newest first."""
    form = AuditFilterForm(request.GET, actions=wording.subjects())
    rows = _events(request, edition, form.values())
    table = Table(
        [Column(_("Day and time")), Column(_("Who")), Column(_("What was done")), Column(_("On what")), Column(_("Details"))],
        [
            Row(
                [
                    frames.stamp(row.at, edition.zone), wording.actor(row), wording.action(row.action),
                    row.object_label or wording.object_name(row.object_kind, row.object_id), _details(row),
                ]
            )
            for row in rows
        ],
        caption=_("Audit log"), row_header=2, empty=_("Nothing of this kind was done."),
    )  # fmt: skip
    return render(
        request, "secretariat/administration/audit.html",
        frames.context(
            request, edition, "audit", form=form, table=table, pager=frames.id_pager(request, rows, LIMIT),
            verification=_verification(request, edition),
        ),
    )  # fmt: skip


def _events(request: HttpRequest, edition: Edition, said: dict[str, str]) -> list[AuditEvent]:
    narrowed: dict[str, Any] = {}
    if said["action"]:
        narrowed["action"] = said["action"]
    if said["case"].strip():
        case = office.by_number(request.user, edition, said["case"])
        if case is None:
            return []
        narrowed["object"] = case
    if said["person"].strip():
        person = people.by_email(said["person"])
        if person is None:
            return []
        narrowed["actor"] = person
    return audit.events(chain_of(edition.pk), after=frames.after_id(request), limit=LIMIT, **narrowed)


def _details(row: AuditEvent) -> str:
    body = getattr(row, "body", None)
    if body is None or body.erased_at is not None:
        return _("erased")
    parts = [text for text in (row.reason, _change(body.before, body.after)) if text]
    return " · ".join(parts)


def _change(before: Any, after: Any) -> str:
    """What changed, key by key: "State: open → screening"."""
    old, new = (value if isinstance(value, dict) else {"": value} for value in (before, after))
    parts = []
    for key in dict.fromkeys([*old, *new]):
        said = " → ".join(_plain(values[key]) for values in (old, new) if values.get(key) not in (None, "", {}, []))
        if said:
            parts.append(_("%(label)s: %(value)s") % {"label": wording.detail_name(key), "value": said} if key else said)
    text = _("; ").join(parts)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _plain(value: Any) -> str:
    """A value of the log in few words; long codes are cut, since nobody reads them to the end."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(_plain(part) for part in value)
    if isinstance(value, (str, bool)):
        text = wording.detail_value(str(value))
    else:
        text = json.dumps(value, ensure_ascii=False)
    return f"{text[:12]}…" if len(text) > 40 and " " not in text else text


def _verification(request: HttpRequest, edition: Edition) -> dict[str, Any] | None:
    """What the last check of the log that I asked for has found, or how far it is."""
    handle = request.GET.get("job", "")
    if not (handle.isascii() and handle.isalnum()):
        return None
    job = background.job(request.user, edition, handle)
    if job.task != tasks.verify_audit.module_path:
        return None
    result = job.result or {}
    return {
        "waiting": job.state in Job.OPEN, "failed": job.state == Job.State.DEAD, "ok": result.get("ok"),
        "events": result.get("events", 0), "problem": result.get("first_problem", ""),
    }  # fmt: skip


@require_POST
@frames.at_edition
def verify(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Have the log of this edition checked from its first event to its last."""
    job = jobs.enqueue(
        tasks.verify_audit, key=f"audit.verify:{edition.pk}", owner_id=request.user.pk, edition_id=edition.pk
    )
    messages.success(request, _("The log is being checked. Load this page again to see what was found."))
    return kit.see_other(f"{navigation.address('audit', edition_id=edition.pk)}?job={job.handle}")


urlpatterns: list[URLPattern] = [
    path("audit/", events, name="audit"),
    path("audit/verify/", verify, name="audit_verify"),
]

"""Pictures, videos and documents: adding, describing, ordering, removing, and showing them to those who may see."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing
from praxis.desks.applicant.forms import DescribeForm
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files.responses import stream
from praxis.foundation.locale import pick
from praxis.foundation.programmes.config import EditionConfig
from praxis.lifecycle.cases import materials as services
from praxis.lifecycle.cases import selectors
from praxis.lifecycle.cases.models import Attachment, Case
from praxis.ui.values import Link

KINDS = ("picture", "video", "document")
ACCEPT = {
    "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "heif": "image/heif,image/heic",
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


def kind_labels() -> dict[str, str]:
    return {"picture": _("Pictures"), "video": _("Videos"), "document": _("Documents")}


def _limits(config: EditionConfig, kind: str) -> Any:
    held = config.materials
    return {"picture": held.pictures, "video": held.videos, "document": held.documents}[kind]


def _hint(limit: Any, kind: str) -> str:
    said = [", ".join(name.upper() for name in limit.formats) + _(".")]
    said.append(ngettext("At most %(count)d file.", "At most %(count)d files.", limit.max_count)
                % {"count": limit.max_count})  # fmt: skip
    if kind == "picture":
        said.append(_("The long side needs at least %(pixels)d pixels.") % {"pixels": limit.min_long_side})
    if kind == "video":
        said.append(_("At most %(minutes)g minutes long.") % {"minutes": limit.max_seconds / 60})
    return " ".join(said)


def _upload_url() -> str:
    """Where files go in pieces; "" where this installation has no such transport."""
    try:
        return reverse("api:uploads")
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def materials(request: HttpRequest, key: str) -> HttpResponse:
    """The files of the case by kind; a plain form adds one, script sends large ones in pieces."""
    case = selectors.case_for_applicant(request.user, key)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        errors = _add(request, case, kind)
        if not errors:
            return kit.see_other(f"{frames.section_url(case, 'materials')}#{kind}")
    framed = frames.frame(request.user, case)
    rows = selectors.attachments_of(case)
    return render(
        request,
        "applicant/materials.html",
        frames.context(
            request, framed, "materials",
            groups=[_group(case, kind, rows, errors.get(kind, [])) for kind in KINDS],
            problems=[(f"id_{kind}_file" if kind in KINDS else "", text) for kind in errors for text in errors[kind]],
            notes=[pick(reason) for check in framed.checks
                   if check.section == "materials" and check.answer != "yes" for reason in check.reasons],
            uploaded_url=reverse("applicant:materials_uploaded", kwargs={"key": case.key}), upload_url=_upload_url(),
        ),
        status=422 if errors else 200,
    )  # fmt: skip


def _add(request: HttpRequest, case: Case, kind: str) -> dict[str, list[str]]:
    """Take the file of a plain form; what is wrong comes back by kind."""
    file = request.FILES.get("file")
    if file is None:
        return {kind if kind in KINDS else "": [_("Choose a file first.")]}
    try:
        row = services.take_in(request.user, case, kind, file, name=file.name or "", size=file.size or 0)
    except Invalid as invalid:
        said = [text for texts in parsing.as_errors(invalid).values() for text in texts]
        return {kind if kind in KINDS else "": said}
    messages.success(request, _("“%(name)s” has arrived. Now say what it shows.") % {"name": row.file.name})
    return {}


def _group(case: Case, kind: str, rows: list[Attachment], errors: list[str]) -> dict[str, Any]:
    limit = _limits(case.edition.settings, kind)
    mine = [row for row in rows if row.kind == kind]
    return {
        "kind": kind, "label": kind_labels()[kind], "errors": errors, "max_bytes": limit.max_bytes,
        "accept": ",".join(ACCEPT[name] for name in limit.formats), "hint": _hint(limit, kind),
        "full": len(mine) >= limit.max_count, "wanted": limit.max_count > 0 or bool(mine),
        "items": [_item(case, row, place, len(mine)) for place, row in enumerate(mine)],
    }  # fmt: skip


def _item(case: Case, row: Attachment, place: int, count: int) -> dict[str, Any]:
    arguments = {"key": case.key, "attachment_key": row.key}
    small = next((name for name in ("thumb", "poster") if name in row.file.derived), "")
    lacking = []
    if row.kind == "picture" and not any(row.alts.values()):
        lacking.append(_("Description missing"))
    if not row.credit:
        lacking.append(_("Credit missing"))
    return {
        "row": row, "file": row.file, "caption": pick(row.captions), "alt": pick(row.alts), "lacking": lacking,
        "url": reverse("applicant:material", kwargs=arguments),
        "file_url": reverse("applicant:material_file", kwargs=arguments) if row.file.state == "ready" else "",
        "thumb": reverse("applicant:material_derived", kwargs={**arguments, "derived": small}) if small else "",
        "move_url": reverse("applicant:material_move", kwargs=arguments),
        "remove_url": reverse("applicant:material_remove", kwargs=arguments),
        "first": place == 0, "last": place == count - 1,
        "state": {"processing": _("Being processed"), "ready": _("Ready"), "rejected": _("Not usable")}[row.file.state],
        "tone": {"processing": "water", "ready": "jade", "rejected": "alarm"}[row.file.state],
    }  # fmt: skip


@require_POST
@login_required
def uploaded(request: HttpRequest, key: str) -> JsonResponse:
    """What script calls when a file has arrived in pieces: `upload_id` and `purpose`."""
    case = selectors.case_for_applicant(request.user, key)
    try:
        row = services.take_upload(
            request.user, case, request.POST.get("purpose", ""), request.POST.get("upload_id", "")
        )  # fmt: skip
    except Invalid as invalid:
        return JsonResponse({"message": str(invalid)}, status=422)
    except Conflict as conflict:
        return JsonResponse({"message": str(conflict)}, status=409)
    except Missing:
        return JsonResponse({"message": _("This upload is not known here. Send the file again.")}, status=404)
    return JsonResponse({"key": row.key, "reload": True})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def describe(request: HttpRequest, key: str, attachment_key: str) -> HttpResponse:
    """Say what a file shows, whose it is, and that it may be shown."""
    case = selectors.case_for_applicant(request.user, key)
    row = selectors.attachment(case, attachment_key)
    form = DescribeForm(parsing.sent(request), initial=DescribeForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            services.describe(request.user, row, **form.values())
        except Invalid as invalid:
            kit.put_errors(form, invalid, DescribeForm.errors_at)
        else:
            messages.success(request, _("Saved."))
            return kit.see_other(frames.section_url(case, "materials"))
    framed = frames.frame(request.user, case)
    trail = [Link(_("Pictures, videos, documents"), frames.section_url(case, "materials")), Link(row.file.name)]
    return render(
        request,
        "applicant/material.html",
        frames.context(
            request, framed, "materials", form=form, item=_item(case, row, 0, 1), crumbs=frames.crumbs(case, *trail)
        ),
        status=422 if form.errors else 200,
    )


@require_POST
@login_required
def remove(request: HttpRequest, key: str, attachment_key: str) -> HttpResponse:
    """Take a file out of the case."""
    case = selectors.case_for_applicant(request.user, key)
    services.remove(request.user, selectors.attachment(case, attachment_key))
    messages.success(request, _("The file has been removed."))
    return kit.see_other(frames.section_url(case, "materials"))


@require_POST
@login_required
def move(request: HttpRequest, key: str, attachment_key: str) -> HttpResponse:
    """Move a file up or down among those of its kind."""
    case = selectors.case_for_applicant(request.user, key)
    row = selectors.attachment(case, attachment_key)
    services.move(request.user, row, -1 if request.POST.get("to") == "up" else 1)
    return kit.see_other(f"{frames.section_url(case, 'materials')}#{row.kind}")


@require_safe
@login_required
def file(request: HttpRequest, key: str, attachment_key: str, derived: str | None = None) -> HttpResponseBase:
    """A file of the case, or a smaller picture of it; also one that only an earlier submission holds."""
    case = selectors.case_for_applicant(request.user, key)
    row = selectors.attachment(case, attachment_key, removed=True)
    return stream(request, row.file, derived=derived, inline=True)

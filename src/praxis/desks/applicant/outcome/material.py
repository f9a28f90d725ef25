"""Display material: pictures and videos of better quality for the Casebook and the stage."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.applicant import parsing
from praxis.desks.applicant.outcome.forms import DisplayForm
from praxis.desks.applicant.outcome.views import accepted_case, page
from praxis.desks.applicant.views.materials import ACCEPT
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files.responses import stream
from praxis.foundation.locale import pick
from praxis.lifecycle.casebook import policies, selectors, services
from praxis.lifecycle.casebook.models import Entry, EntryPicture
from praxis.lifecycle.cases.models import Case

KINDS = ("picture", "video")


def _entry(request: HttpRequest, key: str) -> tuple[Case, Entry]:
    case, _result = accepted_case(request, key)
    return case, selectors.entry_for_applicant(request.user, case)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def material(request: HttpRequest, key: str) -> HttpResponse:
    """What has been handed in; a plain form adds a file, script sends large ones in pieces."""
    case, entry = _entry(request, key)
    errors: dict[str, list[str]] = {}
    code = 200
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        errors, code = _add(request, entry, kind if kind in KINDS else "")
        if not errors:
            return kit.see_other("applicant:result_material", key=case.key)
    rows = [row for row in selectors.pictures_of(entry) if row.origin == EntryPicture.Origin.DISPLAY]
    verdict = policies.may_hand_in(request.user, entry)
    try:
        upload_url = reverse("api:uploads")
    except NoReverseMatch:
        upload_url = ""
    return render(
        request,
        "applicant/result/material.html",
        page(
            request, case, _("Display material"), groups=[_group(case, kind, rows, errors.get(kind, [])) for kind in KINDS],
            problems=[(f"id_{kind}_file" if kind else "", text) for kind, texts in errors.items() for text in texts],
            may_add=bool(verdict) and len(selectors.pictures_of(entry)) < services.MAX_PICTURES, locked_reason=verdict.reason,
            upload_url=upload_url, uploaded_url=reverse("applicant:result_uploaded", args=[case.key]),
        ),
        status=code,
    )  # fmt: skip


def _add(request: HttpRequest, entry: Entry, kind: str) -> tuple[dict[str, list[str]], int]:
    file = request.FILES.get("file")
    if file is None or not kind:
        return {kind: [_("Choose a file first.")]}, 422
    try:
        services.take_material(request.user, entry, kind, file, name=file.name or "", size=file.size or 0)
    except Invalid as invalid:
        return {kind: [text for texts in parsing.as_errors(invalid).values() for text in texts]}, 422
    except Conflict as conflict:
        return {kind: [str(conflict)]}, 409
    messages.success(request, _("“%(name)s” has arrived. Now say what it shows.") % {"name": file.name})
    return {}, 200


def _group(case: Case, kind: str, rows: list[EntryPicture], errors: list[str]) -> dict[str, Any]:
    held = case.edition.settings.materials
    limit: Any = held.pictures if kind == "picture" else held.videos
    hint = ", ".join(name.upper() for name in limit.formats) + _(".")
    if kind == "picture":
        hint = " ".join([hint, _("The larger the better: printing needs 2000 pixels and more.")])
    return {
        "kind": kind, "label": _("Pictures") if kind == "picture" else _("Videos"), "errors": errors, "hint": hint,
        "max_bytes": limit.max_bytes, "accept": ",".join(ACCEPT[name] for name in limit.formats),
        "items": [_item(case, row) for row in rows if row.kind == kind],
    }  # fmt: skip


def _item(case: Case, row: EntryPicture) -> dict[str, Any]:
    arguments = {"key": case.key, "picture": row.key}
    small = next((name for name in ("thumb", "poster") if name in row.file.derived), "")
    return {
        "row": row, "file": row.file, "caption": pick(row.captions), "alt": pick(row.alts),
        "url": reverse("applicant:result_describe", kwargs=arguments),
        "remove_url": reverse("applicant:result_remove", kwargs=arguments),
        "file_url": reverse("applicant:result_file", kwargs=arguments) if row.file.state == "ready" else "",
        "thumb": reverse("applicant:result_file", kwargs={**arguments, "derived": small}) if small else "",
        "state": {"processing": _("Being processed"), "ready": _("Ready"), "rejected": _("Not usable")}[row.file.state],
        "tone": {"processing": "water", "ready": "jade", "rejected": "alarm"}[row.file.state],
    }  # fmt: skip


@require_POST
@login_required
def uploaded(request: HttpRequest, key: str) -> JsonResponse:
    """What script calls when a file has arrived in pieces: `upload_id` and `purpose`."""
    _case, entry = _entry(request, key)
    try:
        row = services.take_upload(
            request.user, entry, request.POST.get("purpose", ""), request.POST.get("upload_id", "")
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
def describe(request: HttpRequest, key: str, picture: str) -> HttpResponse:
    """Say what a file shows and whose it is."""
    case, entry = _entry(request, key)
    row = selectors.picture(entry, picture)
    form = DisplayForm(request.POST or None, initial=DisplayForm.initial_of(row))
    problems, code = [], 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                services.describe_material(request.user, row, **form.values())
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved."))
                return kit.see_other("applicant:result_material", key=case.key)
    return render(
        request,
        "applicant/result/describe.html",
        page(request, case, row.file.name, item=_item(case, row), form=form, problems=[form, *problems]),
        status=code,
    )


@require_POST
@login_required
def remove(request: HttpRequest, key: str, picture: str) -> HttpResponse:
    """Take back a file that is not printed."""
    case, entry = _entry(request, key)
    try:
        services.remove_material(request.user, selectors.picture(entry, picture))
    except Conflict as conflict:
        messages.error(request, str(conflict))
    else:
        messages.success(request, _("The file has been removed."))
    return kit.see_other("applicant:result_material", key=case.key)


@require_safe
@login_required
def file(request: HttpRequest, key: str, picture: str, derived: str | None = None) -> HttpResponseBase:
    """A picture or video of the entry, or a smaller picture of it."""
    _case, entry = _entry(request, key)
    return stream(request, selectors.picture(entry, picture).file, derived=derived, inline=True)

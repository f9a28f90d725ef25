"""People on an edition, presets, the preview clock; part of it for administrators alone."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import frames, navigation
from praxis.desks.secretariat.forms import PersonForm, PresetForm, PreviewForm
from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid, Missing, require
from praxis.foundation.locale import pick
from praxis.foundation.programmes import policies, presets, selectors, services
from praxis.foundation.programmes.config import EditionConfig
from praxis.foundation.programmes.models import Edition
from praxis.foundation.programmes.states import EDITION
from praxis.ui.parts.entry import LANGUAGE_NAMES
from praxis.ui.values import Column, Row, Table

PREVIEW = "preview_at"
MAX_PRESET = 1024 * 1024
JOBS = {
    "verify_audit": gettext_lazy("Check of the audit log"), "write_list": gettext_lazy("Export of cases"),
    "check_case": gettext_lazy("Check of a case"), "check_edition": gettext_lazy("Check of all cases"),
    "match_edition": gettext_lazy("Comparison of all cases"), "admit_clear": gettext_lazy("Admission of clear cases"),
    "make_book": gettext_lazy("Casebook"), "make_lists": gettext_lazy("Lists for approval"),
    "plan": gettext_lazy("Plan of the assignment"), "compute": gettext_lazy("Standings"),
    "remind": gettext_lazy("Reminders to experts"), "export_standings": gettext_lazy("Export of the standings"),
    "remove_bytes": gettext_lazy("Removal of a file"), "sweep": gettext_lazy("Clearing of abandoned uploads"),
    "tidy": gettext_lazy("Tidying up"), "set_certificates": gettext_lazy("Certificates"), "export_edition": gettext_lazy("Export of everything"),
    "deliver": gettext_lazy("Delivery of a notice"), "process": gettext_lazy("Processing of a file"),
    "seal_audit": gettext_lazy("Sealing of the audit log"), "prune_jobs": gettext_lazy("Clearing of old jobs"),
}  # fmt: skip


def job_name(task: str) -> str:
    """What a job is called; its task's own name where this desk has none for it."""
    name = task.rpartition(".")[2]
    return str(JOBS.get(name, name))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def people(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Who is named on an edition; administrators name people here."""
    edition = selectors.edition_for_people(request.user, edition_id)
    form = PersonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        require(policies.may_administer(request.user))
        if form.is_valid():
            try:
                row = services.name_by_address(
                    request.user, edition, form.cleaned_data["email"], form.cleaned_data["role"]
                )
            except Invalid as invalid:
                kit.put_errors(form, invalid)
            else:
                messages.success(request, _("%(name)s is named on the edition.") % {"name": row.user})
                return kit.see_other("secretariat:people", edition_id=edition.pk)
    named = policies.is_named(request.user, edition)
    return render(
        request,
        "secretariat/administration/people.html",
        {
            "edition": edition, "form": form, "people": selectors.people(edition),
            "roles": {"secretariat": _("Secretariat"), "chair": _("Chair")},
            "administers": bool(policies.may_administer(request.user)),
            "desk": navigation.desk(request, edition, "people") if named else navigation.outside(request),
        },
        status=status,
    )  # fmt: skip


@require_POST
@login_required
def person_remove(request: HttpRequest, edition_id: int, role_id: int) -> HttpResponse:
    """Take a person off an edition."""
    edition = selectors.edition_for_people(request.user, edition_id)
    require(policies.may_administer(request.user))
    row = selectors.role(edition, role_id)
    services.take_off(request.user, edition, row.user, row.role)
    messages.success(request, _("%(name)s has been taken off the edition.") % {"name": row.user})
    return kit.see_other("secretariat:people", edition_id=edition.pk)


@require_safe
@frames.at_edition
def preset(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The configuration the edition runs on."""
    config = edition.settings
    facts = [
        (_("Digest (SHA-256)"), edition.config_digest), (_("State"), EDITION.states[edition.state]),
        (_("Languages"), " · ".join(LANGUAGE_NAMES.get(code, code) for code in config.edition.languages)), (_("Zone"), edition.zone),
        (_("Opens at"), frames.written(edition.opens_at, edition.zone, ends=False)),
        (_("Closes at"), frames.written(edition.closes_at, edition.zone)),
    ]  # fmt: skip
    return render(
        request, "secretariat/administration/preset.html",
        frames.context(
            request, edition, "preset", facts=facts, tables=_preset_tables(config), administers=bool(policies.may_administer(request.user)),
            loadable=edition.state in ("draft", "open"),
        ),
    )  # fmt: skip


def _preset_tables(config: EditionConfig) -> list[tuple[str, Table]]:
    """What the file sets, part by part, in the reader's language."""
    severities = {"wall": _("stops a submission"), "warning": _("is noted")}
    criteria = {item.code: item for item in config.criteria}
    tiers = {item.code: pick(item.label) for item in config.tiers}

    def scored(codes: Sequence[str]) -> str:
        return _("; ").join(f"{pick(criteria[code].label)} × {criteria[code].weight:g}" for code in codes)

    languages = config.edition.languages
    limits = [Column(LANGUAGE_NAMES.get(code, code), numeric=True) for code in languages]
    return [
        (_("Fields"), Table(
            [Column(_("Code")), Column(_("Name"))],
            [Row([item.code, pick(item.label)]) for item in config.categories], caption=_("Fields"),
        )),
        (_("Texts of a case"), Table(
            [Column(_("Code")), Column(_("Name")), *limits],
            [Row([item.code, pick(item.label), *(item.limits.get(code) for code in languages)]) for item in config.fields],
            caption=_("Texts of a case"),
        )),
        (_("Rules"), Table(
            [Column(_("Code")), Column(_("Name")), Column(_("If it is not met"))],
            [Row([item.code, pick(item.label), severities.get(item.severity, item.severity)]) for item in config.rules],
            caption=_("Rules"),
        )),
        (_("Rounds"), Table(
            [Column(_("Code")), Column(_("Name")), Column(_("Reviews a case"), numeric=True), Column(_("Criteria and weights"))],
            [Row([item.code, pick(item.label), item.reviews_per_case, scored(item.criteria)]) for item in config.rounds],
            caption=_("Rounds"),
        )),
        (_("Tiers"), Table(
            [Column(_("Code")), Column(_("Name")), Column(_("About"), numeric=True), Column(_("From"), numeric=True), Column(_("To"), numeric=True)],
            [Row([item.code, tiers[item.code], item.size_about, item.size_low, item.size_high]) for item in config.tiers],
            caption=_("Tiers"),
        )),
    ]  # fmt: skip


@require_safe
@frames.at_edition
def preset_file(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The configuration as JSON."""
    data = json.dumps(edition.settings.to_json(), ensure_ascii=False, indent=2, sort_keys=True)
    response = HttpResponse(data, content_type="application/json; charset=utf-8")
    name = f"{edition.programme.code}-{edition.code}.json"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def load(request: HttpRequest) -> HttpResponse:
    """Load a preset file, or see what is wrong in it line by line; administrators alone."""
    require(policies.may_administer(request.user))
    form = PresetForm(request.POST or None, request.FILES or None) if request.method == "POST" else PresetForm()
    problems: list[presets.Problem] = []
    status = 200
    if request.method == "POST":
        status = 422
        text = _text(form)
        if text is not None:
            try:
                name = form.cleaned_data["file"].name
                edition = services.load_preset(request.user, text, name, rehearsal=form.cleaned_data["rehearsal"])
            except presets.PresetError as error:
                problems = error.problems
                form.add_error("file", _("The preset has mistakes. Nothing was loaded."))
            except Invalid as invalid:
                kit.put_errors(form, invalid)
            except Conflict as conflict:
                form.add_error(None, str(conflict))
                status = 409
            else:
                messages.success(request, _("The preset has been loaded: %(edition)s.") % {"edition": edition})
                return kit.see_other("secretariat:people", edition_id=edition.pk)
    language = get_language() or "en"
    lines = [(one.line, one.path, one.message.get(language, one.message["en"])) for one in problems]
    return render(
        request, "secretariat/administration/load.html",
        {"form": form, "lines": lines, "desk": navigation.outside(request)}, status=status,
    )  # fmt: skip


def _text(form: PresetForm) -> str | None:
    """What the file says; None, with a message at the field, where it cannot be read."""
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    if file.size > MAX_PRESET:
        form.add_error("file", _("The file is larger than 1 MB. A preset is a short text file."))
        return None
    try:
        text: str = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        form.add_error("file", _("This is not a text file in UTF-8."))
        return None
    if "\x00" in text:
        form.add_error("file", _("This is not a text file in UTF-8."))
        return None
    return text


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preview(request: HttpRequest) -> HttpResponse:
    """See the pages as they will look on another day; nothing can be changed meanwhile."""
    if not (policies.editions_of(request.user) or policies.may_administer(request.user)):
        raise Missing()
    edition = next(iter(selectors.for_desk(request.user)), None)
    zone = str(getattr(request.user, "zone", "")) or (edition.zone if edition else "UTC")
    form = PreviewForm(request.POST if request.method == "POST" and "end" not in request.POST else None, zone=zone)
    if request.method == "POST":
        if "end" in request.POST:
            request.session.pop(PREVIEW, None)
            messages.success(request, _("The clock is right again."))
            return kit.see_other("secretariat:home")
        if form.is_valid():
            request.session[PREVIEW] = form.cleaned_data["at"].isoformat()
            return kit.see_other("secretariat:home")
    return render(
        request, "secretariat/administration/preview.html",
        {"form": form, "desk": navigation.outside(request), "running": PREVIEW in request.session, "now": clock.now(), "zone": zone},
        status=422 if form.errors else 200,
    )  # fmt: skip


urlpatterns: list[URLPattern] = [
    path("people/", people, name="people"),
    path("people/<int:role_id>/remove/", person_remove, name="person_remove"),
    path("preset/", preset, name="preset"),
    path("preset/file/", preset_file, name="preset_file"),
]
office_patterns: list[URLPattern] = [
    path("presets/", load, name="presets"),
    path("preview/", preview, name="preview"),
]

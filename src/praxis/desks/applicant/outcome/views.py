"""The result in confidence: accepting, declining, who comes to the stage, the proof, certificates."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.applicant import frames, parsing
from praxis.desks.applicant.outcome.forms import ChangesForm, PersonForm, ReasonForm
from praxis.foundation.errors import Conflict, Invalid, Missing
from praxis.foundation.files.responses import stream
from praxis.foundation.locale import pick
from praxis.foundation.places import selectors as places
from praxis.lifecycle.casebook import policies
from praxis.lifecycle.casebook import selectors as casebook
from praxis.lifecycle.casebook import services as casebook_services
from praxis.lifecycle.casebook.models import Entry, EntryPicture
from praxis.lifecycle.cases import selectors
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.selection import selectors as selection
from praxis.lifecycle.selection import services as selection_services
from praxis.lifecycle.selection.selectors import Result
from praxis.lifecycle.showcase import selectors as stage
from praxis.lifecycle.showcase import services as stage_services
from praxis.ui.dates import moment
from praxis.ui.html import fill
from praxis.ui.shell import Desk, NavGroup
from praxis.ui.values import Check, Link


def told_case(request: HttpRequest, key: str) -> tuple[Case, Result]:
    """The case and its result; raises Missing, as for a case that does not exist, where nothing is to be known."""
    case = selectors.case_for_applicant(request.user, key)
    result = selection.result_for(request.user, case)
    if result is None:
        raise Missing()
    return case, result


def accepted_case(request: HttpRequest, key: str) -> tuple[Case, Result]:
    """The case and its result once confidentiality is accepted and the place is kept; raises Missing."""
    case, result = told_case(request, key)
    if not result.accepted or result.left:
        raise Missing()
    return case, result


def entry_of(request: HttpRequest, case: Case) -> Entry | None:
    """The entry of the case; None as long as there is none."""
    try:
        return casebook.entry_for_applicant(request.user, case)
    except Missing:
        return None


def page(request: HttpRequest, case: Case, current: str, **more: Any) -> dict[str, Any]:
    """The variables of every page of the result."""
    trail = [Link(_("Result"), reverse("applicant:result", args=[case.key]))]
    if current:
        trail.append(Link(current))
    return {
        "case": case, "title": frames.title_of(case), "desk": _desk(case), "zone": case.edition.zone, "section": "result",
        "crumbs": frames.crumbs(case, *trail), "released": case.edition.state == "released", "edition": case.edition, **more,
    }  # fmt: skip


def _desk(case: Case) -> Desk:
    """The side navigation of a case with its result in it: on pages that only those see who are told."""
    plain = frames.desk(case)
    news = Link(_("News of your case"), reverse("applicant:result", args=[case.key]), current=True)
    home, *sections = plain.groups
    return Desk(plain.label, [home, NavGroup([news]), *sections], note=plain.note)


@require_safe
@login_required
def result(request: HttpRequest, key: str) -> HttpResponse:
    """The result, or what must be accepted before it is shown."""
    case, found = told_case(request, key)
    if found.left or not found.accepted:
        return render(request, "applicant/result/accept.html", page(request, case, "", result=found))
    entry = entry_of(request, case)
    slot = stage.slot_for_applicant(request.user, entry) if entry and found.on_stage else None
    return render(
        request,
        "applicant/result/result.html",
        page(
            request, case, "", result=found, tiers=[pick(labels) for labels in found.tiers], entry=entry,
            steps=_steps(case, entry, slot) if not found.declined else [],
            certificates=stage.certificates_for_applicant(request.user, case), may_decline=case.edition.state == "told" and not found.declined,
        ),
    )  # fmt: skip


def _steps(case: Case, entry: Entry | None, slot: Any) -> list[Check]:
    """What the Casebook and the stage need of the applicant, what each is for, and where it is done."""
    if entry is None:
        return []
    pictures = [row for row in casebook.pictures_of(entry) if row.origin == EntryPicture.Origin.DISPLAY]
    handed_in = ngettext("%(count)d file is handed in.", "%(count)d files are handed in.", len(pictures)) % {"count": len(pictures)}
    found = [
        Check(
            _("Display material"), "yes" if pictures else "warning",
            handed_in if pictures else _("Larger pictures, and a video if you have one, for the Casebook and the stage. Without them the pictures of your submission are printed."),
            reverse("applicant:result_material", args=[case.key]), _("Look at it") if pictures else _("Hand in files"),
        )
    ]  # fmt: skip
    if slot is not None:
        presenter = stage.presenters(slot).get("presenter")
        why = str(presenter.name) if presenter else _("Who speaks on stage, and one person who comes along: we need their names for the invitations.")
        url = reverse("applicant:result_people", args=[case.key])
        found.append(Check(_("Presenter and assistant"), "yes" if presenter else "warning", why, url, _("Change") if presenter else _("Say who")))
    return [*found, _proof_step(case, entry)]


def _proof_step(case: Case, entry: Entry) -> Check:
    if casebook.latest_proof(entry) is None:
        why = _("The page of your case as it will be printed. The secretariat sends it, and you get a letter.")
        return Check(_("Proof"), "unknown", why)
    states = {
        "proof_sent": ("warning", _("Read both languages, then approve it or say what should be changed.")),
        "approved": ("yes", _("You have approved it. It will be printed like this.")),
        "changes_asked": ("unknown", _("You have asked for changes. The secretariat makes them and sends another proof.")),
    }
    state, why = states.get(entry.state, ("unknown", _("The secretariat is changing this entry. You will get another proof.")))
    return Check(_("Proof"), state, why, reverse("applicant:result_proof", args=[case.key]), _("Read the proof"))


@require_POST
@login_required
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Accept confidentiality and learn the result."""
    case, found = told_case(request, key)
    if found.left:
        raise Missing()
    if request.POST.get("confirmed") != "1":
        told = [("id_accept", _("Tick that you keep it in confidence."))]
        return render(request, "applicant/result/accept.html", page(request, case, "", result=found, problems=told), status=422)
    selection_services.accept_confidentiality(request.user, case)
    return kit.see_other("applicant:result", key=case.key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decline(request: HttpRequest, key: str) -> HttpResponse:
    """Give up the place, with a reason."""
    case, _found = accepted_case(request, key)
    form = ReasonForm(request.POST or None)
    problems: list[Any] = []
    code = 200
    if request.method == "POST":
        code = 422
        if form.is_valid():
            try:
                selection_services.decline(request.user, case, reason=form.cleaned_data["reason"])
            except Invalid as invalid:
                kit.put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("The secretariat has your answer."))
                return kit.see_other("applicant:result", key=case.key)
    return render(
        request, "applicant/result/decline.html", page(request, case, _("Give up the place"), form=form, problems=[form, *problems]), status=code
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def people(request: HttpRequest, key: str) -> HttpResponse:
    """Who presents the case on stage, and who comes along."""
    case, _found = accepted_case(request, key)
    slot = stage.slot_for_applicant(request.user, casebook.entry_for_applicant(request.user, case))
    if slot is None:
        raise Missing()
    named = stage.presenters(slot)
    wanted = request.POST.get("role", "") if request.method == "POST" else ""
    forms = {
        role: PersonForm(
            request.POST if wanted == role else None, auto_id=f"id_{role}_%s",
            initial=PersonForm.initial_of(named.get(role), getattr(request.user, "language", "en")),
        )
        for role in ("presenter", "assistant")
    }  # fmt: skip
    problems: list[Any] = []
    code = 200
    if request.method == "POST":
        form, code = forms.get(wanted), 422
        if form is None:
            raise Missing()
        if form.is_valid():
            try:
                if wanted == "assistant" and not form.cleaned_data["name"].strip():
                    stage_services.drop_assistant(request.user, slot)
                else:
                    stage_services.name_presenter(request.user, slot, wanted, **form.cleaned_data)
            except Invalid as invalid:
                kit.put_errors(form, invalid)
            except Conflict as conflict:
                problems, code = [("", str(conflict))], 409
            else:
                messages.success(request, _("Saved."))
                return kit.see_other("applicant:result_people", key=case.key)
    labels = {"presenter": _("Presenter"), "assistant": _("Assistant")}
    return render(
        request,
        "applicant/result/people.html",
        page(
            request, case, _("Presenter and assistant"), slot=slot, problems=[*forms.values(), *problems],
            roles=[(role, labels[role], forms[role]) for role in forms], facts=_stage_facts(case, slot),
        ),
        status=code,
    )  # fmt: skip


def _stage_facts(case: Case, slot: Any) -> list[tuple[str, object]]:
    """What the presenter should know: how long, where and when, and the rehearsals."""
    minutes = ngettext("%(count)d minute", "%(count)d minutes", slot.minutes) % {"count": slot.minutes}
    facts: list[tuple[str, object]] = [(_("Time on stage"), minutes)]
    venue, at = pick(slot.showcase.venue), slot.showcase.starts_at
    if venue:
        facts.append((_("Place"), venue))
    facts.append((_("Begins"), moment(at, case.edition.zone) if at else _("not fixed yet")))
    for row in slot.rehearsals.all():
        when = moment(row.at, case.edition.zone)
        facts.append((_("Rehearsal"), fill("{} · {}", when, row.place) if row.place else when))
    return facts


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def proof(request: HttpRequest, key: str) -> HttpResponse:
    """The entry as it will be printed and what differs from the submission; approve it, or say what should change."""
    case, _found = accepted_case(request, key)
    entry = casebook.entry_for_applicant(request.user, case)
    latest = casebook.latest_proof(entry)
    if latest is None:
        raise Missing()
    wanted = request.POST.get("do", "") if request.method == "POST" else ""
    form = ChangesForm(request.POST if wanted == "changes" else None)
    problems: list[Any] = []
    code = 200
    if request.method == "POST":
        problems, code, done = _answer(request, entry, form, wanted)
        if done:
            messages.success(request, done)
            return kit.see_other("applicant:result", key=case.key)
        entry = casebook.entry_for_applicant(request.user, case)
    return render(
        request,
        "applicant/result/proof.html",
        page(
            request, case, _("Proof"), entry=entry, proof=latest, form=form, problems=[form, *problems],
            printed=_printed(case, entry), differences=_differences(case, entry),
            may_answer=entry.state == "proof_sent" and bool(policies.may_hand_in(request.user, entry)),
        ),
        status=code,
    )  # fmt: skip


def _answer(request: HttpRequest, entry: Entry, form: ChangesForm, wanted: str) -> tuple[list[Any], int, str]:
    try:
        if wanted == "approve":
            if request.POST.get("confirmed") != "1":
                return [("id_approve", _("Tick that it may be printed like this."))], 422, ""
            casebook_services.approve_proof(request.user, entry)
            return [], 200, _("Thank you. The entry is approved.")
        if wanted == "changes" and form.is_valid():
            casebook_services.ask_changes(request.user, entry, message=form.cleaned_data["message"])
            return [], 200, _("The secretariat has your message.")
    except Invalid as invalid:
        if wanted == "changes":
            kit.put_errors(form, invalid)
            return [], 422, ""
        return [("", text) for texts in parsing.as_errors(invalid).values() for text in texts], 422, ""
    except Conflict as conflict:
        return [("", str(conflict))], 409, ""
    return ([] if wanted == "changes" else [("", _("Choose what is to be done."))]), 422, ""


def _printed(case: Case, entry: Entry) -> list[dict[str, Any]]:
    """The entry in each language, as it goes into the book."""
    config, texts = case.edition.settings, casebook.texts_of(entry)
    pictures = [row for row in casebook.pictures_of(entry) if row.printed]

    def body(language: str, field: str) -> str:
        held = texts.get((language, field))
        return held.body if held else ""

    return [
        {
            "language": language, "title": body(language, "title") or entry.titles.get(language, ""),
            "applicant": pick(entry.applicants, language),
            "partners": [name for row in entry.partners if (name := pick(row["names"], language))],
            "places": places.names(entry.places, language), "summary": body(language, "summary"),
            "elements": [
                (pick(item.label, language), body(language, f"{item.code}.heading"), body(language, item.code))
                for item in config.elements
            ],
            "pictures": [
                {"row": row, "caption": row.captions.get(language, ""), "alt": row.alts.get(language, ""), "thumb": _thumb(case, row)}
                for row in pictures
            ],
        }
        for language in config.edition.languages
    ]  # fmt: skip


def _thumb(case: Case, row: EntryPicture) -> str:
    name = next((name for name in ("page", "thumb") if name in row.file.derived), "")
    if not name:
        return ""
    return reverse("applicant:result_file", kwargs={"key": case.key, "picture": row.key, "derived": name})


def _differences(case: Case, entry: Entry) -> list[dict[str, Any]]:
    labels = {item.code: pick(item.label) for item in case.edition.settings.fields}
    own = {"applicant": _("Applicant"), "partners": _("Partners"), "places": _("Countries or regions")}
    found = []
    for item in casebook.differences(entry):
        code, _dot, heading = item.field.partition(".")
        name = own.get(item.field) or labels.get(code, code)
        found.append({"item": item, "label": _("%(field)s: heading") % {"field": name} if heading else name})
    return found


@require_safe
@login_required
def certificate(request: HttpRequest, key: str, certificate_id: int) -> HttpResponseBase:
    """A certificate of the case, after the release."""
    case = selectors.case_for_applicant(request.user, key)
    return stream(request, stage.certificate_file(request.user, case, certificate_id))

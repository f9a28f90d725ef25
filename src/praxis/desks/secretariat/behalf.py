"""Entering a case on behalf of an applicant: the organisation, then the whole case on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from praxis.desks import kit
from praxis.desks.secretariat import case_page, frames
from praxis.desks.secretariat.forms import BasicsForm, OrganisationForm
from praxis.foundation.errors import Conflict, DomainError, Invalid
from praxis.foundation.locale import pick
from praxis.foundation.people import selectors as people_read
from praxis.foundation.people import services as people
from praxis.foundation.people.models import Organisation
from praxis.foundation.programmes.config import TITLE, FieldConfig
from praxis.foundation.programmes.models import Edition
from praxis.foundation.randomness import uuid_hex
from praxis.foundation.texts.services import Key
from praxis.lifecycle.cases import checks, office, policies, selectors, services
from praxis.lifecycle.cases.models import Case, CaseText
from praxis.ui.values import Check, Link, Side


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def enter(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Find the applicant or enter it, and begin the case."""
    chosen = request.POST.get("organisation", "")
    form = OrganisationForm(None if chosen else request.POST or None, config=edition.settings)
    status, problems = 200, list[tuple[str, str]]()
    if request.method == "POST":
        status = 422
        try:
            case = _begin(request, edition, form, chosen)
        except Invalid as invalid:
            kit.put_errors(form, invalid, OrganisationForm.errors_at)
        except Conflict as conflict:
            problems, status = [("", str(conflict))], 409
        else:
            if case is not None:
                return kit.see_other(case_page.address(case, "case_edit"))
    asked = request.GET.get("name", "")[:200]
    trail = [Link(_("Cases"), reverse("secretariat:cases", args=[edition.pk])), Link(_("Enter a case on behalf"))]
    return render(
        request,
        "secretariat/cases/enter.html",
        frames.context(
            request, edition, "cases", form=form, problems=problems, asked=asked,
            takes=edition.state in ("open", "screening"), found=office.organisations(request.user, edition, asked),
            crumbs=frames.crumbs(edition, *trail),
        ),
        status=status,
    )  # fmt: skip


@transaction.atomic
def _begin(request: HttpRequest, edition: Edition, form: OrganisationForm, chosen: str) -> Case | None:
    """Begin a case for the organisation chosen, or for the one that was typed; None where something is wrong."""
    if chosen:
        number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
        organisation = office.organisation(request.user, edition, number)
    elif form.is_valid():
        organisation = _found(request, form)
    else:
        return None
    return services.start(request.user, edition, organisation, on_behalf=True)


def _found(request: HttpRequest, form: OrganisationForm) -> Organisation:
    said = form.cleaned_data
    owner = people.ensure_user(said["email"])
    return people.found_organisation(
        frames.person(request), names={"zh-hans": said["name_zh"], "en": said["name_en"]}, kind=said["kind"],
        place=said["place"], owner=owner,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """One field of the form: heading and text in each language."""

    label: str
    headings: list[Side]
    sides: list[Side]
    required: bool


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def edit(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """The whole case on one page: save it, or save and submit it."""
    case = selectors.case_for_secretariat(request.user, edition, key)
    form = BasicsForm(request.POST or None, config=edition.settings, initial=_initial(case))
    typed = _typed(request, case) if request.method == "POST" else {}
    status, at_texts = 200, dict[str, list[str]]()
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                return _save(request, case, form, typed)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            status = 409
        except Invalid as invalid:
            at_texts = _put(form, invalid)
        case = selectors.case_for_secretariat(request.user, edition, key)
    rows = selectors.texts_of(case)
    verdict = policies.may_edit(request.user, case)
    heading = _("Edit on behalf of the applicant")
    return render(
        request,
        "secretariat/cases/edit.html",
        case_page.case_context(
            request, edition, case, heading, form=form, verdict=verdict,
            version=request.POST.get("version") or _version(case, rows),
            groups=[_group(case, field, rows, typed, at_texts) for field in edition.settings.fields],
            problems=[(_id(*name.split(":", 1)), text) for name, said in at_texts.items() for text in said],
            checks=_checks(case), submission_key=request.POST.get("submission_key", "")[:64] or uuid_hex(),
        ),
        status=status,
    )  # fmt: skip


def _initial(case: Case) -> dict[str, Any]:
    """What the form shows; as long as no contact is given, whoever at the applicant has the case in hand."""
    initial = BasicsForm.initial_of(case)
    if not case.contact_email:
        owner = next((row.user for row in people_read.colleagues(case.organisation) if row.owner), None)
        if owner is not None:
            initial |= {"contact_email": owner.email, "contact_name": initial["contact_name"] or owner.name}
    return initial


def _save(request: HttpRequest, case: Case, form: BasicsForm, typed: Mapping[Key, str]) -> HttpResponse:
    """Save particulars, texts and commitments, all or nothing; then submit, if asked."""
    expected = request.POST.get("version", "")
    with transaction.atomic():
        if expected and expected != _version(case, selectors.texts_of(case)):
            raise Conflict(
                _("The case was changed meanwhile, by the applicant or a colleague. Load the page again to see it."),
                code="stale",
            )
        services.save_basics(request.user, case, **form.values())
        services.save_texts(request.user, case, typed)
        services.give_consents(request.user, case, form.consented())
    if "submit" not in request.POST:
        messages.success(request, _("Saved."))
        return kit.see_other(case_page.address(case, "case_edit"))
    try:
        revision = services.submit(request.user, case, submission_key=request.POST.get("submission_key", "") or uuid_hex())
    except (Invalid, Conflict) as refusal:
        messages.success(request, _("Saved, but not submitted yet."))
        for line in _lines(refusal):
            messages.error(request, line)
        return kit.see_other(case_page.address(case, "case_edit"))
    messages.success(request, _("Submitted. The receipt is %(receipt)s.") % {"receipt": revision.receipt})
    return kit.see_other(case_page.address(case))


def _lines(refusal: DomainError) -> list[str]:
    if isinstance(refusal, Invalid):
        return [str(message) for messages_ in refusal.fields.values() for message in messages_]
    return [str(refusal)]


def _put(form: BasicsForm, invalid: Invalid) -> dict[str, list[str]]:
    """Refusals of texts ("language:field") for their controls; all others go to the form."""
    texts = {name: [str(text) for text in said] for name, said in invalid.fields.items() if ":" in name}
    rest = {name: said for name, said in invalid.fields.items() if name not in texts}
    if rest:
        kit.put_errors(form, Invalid(rest))
    return texts


def _version(case: Case, rows: Mapping[Key, CaseText]) -> str:
    """Names the case as the page shows it, so that what changed meanwhile is not overwritten unseen."""
    return f"{case.version}.{sum(row.version for row in rows.values())}"


def _typed(request: HttpRequest, case: Case) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for language, name in services.text_keys(case):
        body = request.POST.get(_name(language, name))
        if body is not None:
            found[language, name] = body
    return found


def _name(language: str, name: str) -> str:
    return f"{language}:{name}"


def _id(language: str, name: str) -> str:
    return f"id_{language}_{name}".replace(".", "-")


def _group(
    case: Case, field: FieldConfig, rows: Mapping[Key, CaseText], typed: Mapping[Key, str],
    errors: Mapping[str, list[str]],
) -> Group:  # fmt: skip
    def side(language: str, name: str, lines: int, limit: int | None) -> Side:
        row = rows.get((language, name))
        return Side(
            lang=language, name=_name(language, name), value=typed.get((language, name), row.body if row else ""),
            id=_id(language, name), errors=errors.get(_name(language, name), ()), limit=limit, rows=lines,
        )  # fmt: skip

    languages = case.edition.settings.edition.languages
    heading = f"{field.code}.heading"
    return Group(
        pick(field.label),
        [side(language, heading, 1, None) for language in languages] if field.heading else [],
        [side(code, field.code, 1 if field.code == TITLE else 5, field.limits.get(code)) for code in languages],
        field.required,
    )


def _checks(case: Case) -> list[Check]:
    """The rules as the case stands; the secretariat may submit after the deadline."""
    answers: list[checks.Check] = services.check(case)
    return [
        Check(pick(one.label), one.answer, " ".join(pick(reason) for reason in one.reasons)) for one in answers
    ]


urlpatterns: list[URLPattern] = [
    path("cases/enter/", enter, name="enter"),
    path("cases/<str:key>/edit/", edit, name="case_edit"),
]

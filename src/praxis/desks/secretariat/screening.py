"""The screening queue, and one case in it: findings to judge, likenesses side by side, the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks import kit
from praxis.desks.secretariat import case_page, frames, navigation, reading
from praxis.desks.secretariat.forms import OptionalReasonForm, ReasonForm, ReturnForm, ScreeningFilterForm
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.locale import pick
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.cases import content
from praxis.lifecycle.cases import selectors as cases
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.cases.states import STATES
from praxis.lifecycle.screening import requests, selectors, services
from praxis.lifecycle.screening.contacts import contacts
from praxis.lifecycle.screening.models import Finding, Match, Screening
from praxis.lifecycle.screening.selectors import Filters
from praxis.ui.parts import actions
from praxis.ui.parts.data import sortable
from praxis.ui.values import Choice, Column, Link, Row, Stat, Table


def shows() -> dict[str, str]:
    """The parts of the queue."""
    return {
        "open": _("To decide"), "noes": _("With a no"), "warnings": _("With warnings"),
        "matches": _("With a likeness"), "clear": _("Nothing found"), "returned": _("Returned"),
        "decided": _("Decided"),
    }  # fmt: skip


def _filters(request: HttpRequest, edition: Edition) -> tuple[ScreeningFilterForm, Filters]:
    categories = [(row.code, str(row)) for row in programmes.categories(edition)]
    form = ScreeningFilterForm(request.GET, shows=list(shows().items()), categories=categories)
    said = form.values()
    order = request.GET.get("sort", "")
    return form, Filters(said["show"] or "open", said["category"], order if order in selectors.ORDERS else "number")


@require_safe
@frames.at_edition
def queue(request: HttpRequest, edition: Edition) -> HttpResponse:
    """What is to be screened, fifty to a page."""
    form, filters = _filters(request, edition)
    page = selectors.queue(request.user, edition, filters, request.GET.get("cursor", ""))
    counts = selectors.counts(edition)
    address = navigation.address("screening", edition_id=edition.pk)
    parts = [
        Stat(label, counts[show], url=f"{address}?show={show}", tone="water" if show == filters.show else "")
        for show, label in shows().items()
    ]
    return render(
        request,
        "secretariat/screening/queue.html",
        frames.context(
            request, edition, "screening", form=form, parts=parts, table=_table(request, edition, page.rows, filters),
            pager=kit.pager(request, page), counts=counts,
        ),
    )  # fmt: skip


def _suffix(filters: Filters) -> str:
    """What keeps the part of the queue one works through in the address of a case."""
    kept = {"show": filters.show if filters.show != "open" else "", "category": filters.category}
    said = "&".join(f"{name}={value}" for name, value in kept.items() if value)
    return f"?{said}" if said else ""


def _table(request: HttpRequest, edition: Edition, rows: list[Screening], filters: Filters) -> Table:
    columns = [
        Column(_("Number"), sort="number"), Column(_("Case")), Column(_("Applicant")), Column(_("Field")),
        Column(_("No"), numeric=True, sort="noes"), Column(_("Warnings"), numeric=True), Column(_("Likeness")),
        Column(_("State")),
    ]  # fmt: skip
    pattern = reverse("secretariat:screening_case", kwargs={"edition_id": edition.pk, "key": "KEY"}) + _suffix(filters)
    return Table(
        sortable(columns, request.GET, "number"),
        [
            Row(
                [
                    row.case.number,
                    str(row.case),
                    str(row.case.organisation),
                    actions.category(str(row.case.category), row.case.category.code) if row.case.category else None,
                    row.noes,
                    row.warnings,
                    percent(row.best_match) if row.best_match is not None else "",
                    actions.status(STATES[row.case.state], frames.CASE_TONES[row.case.state]),
                ],
                url=pattern.replace("KEY", row.case.key),
                tone="amber" if row.noes and row.case.state == "submitted" else "",
            )
            for row in rows
        ],
        caption=_("Screening queue"),
        row_header=1,
        empty=_("Nothing is waiting here."),
        empty_hint=_("Choose another view above, or go to the cases for all of them."),
    )


def percent(score: float) -> str:
    """A score between 0 and 1 as people read it."""
    return f"{min(1.0, max(0.0, score)):.0%}"


@require_POST
@frames.at_edition
def check_all(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Have all cases checked and compared anew."""
    requests.check_all(frames.person(request), edition)
    messages.success(request, _("All submitted cases are being checked and compared anew. See the background jobs."))
    return kit.see_other("secretariat:screening", edition_id=edition.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@frames.at_edition
def admit_clear(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Have all cases admitted in which nothing was found, after a second look."""
    count = selectors.counts(edition)["clear"]
    refused = False
    if request.method == "POST":
        if request.POST.get("confirmed") == "1":
            requests.admit_clear(frames.person(request), edition)
            messages.success(request, _("The cases are being admitted. See the background jobs."))
            return kit.see_other("secretariat:screening", edition_id=edition.pk)
        refused = True
    title = _("Admit all that are clear")
    return render(
        request,
        "secretariat/screening/admit_clear.html",
        frames.context(
            request, edition, "screening", count=count, heading=title,
            problems=[("id_confirmed", _("Tick the box to confirm."))] if refused else [],
            crumbs=frames.crumbs(
                edition, Link(_("Screening"), reverse("secretariat:screening", args=[edition.pk])), Link(title)
            ),
        ),
        status=422 if refused else 200,
    )  # fmt: skip


@require_safe
@frames.at_edition
def case(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """One case: what was found, what it resembles, and the decision."""
    return _page(request, edition, cases.case_for_secretariat(request.user, edition, key))


def _page(
    request: HttpRequest, edition: Edition, row: Case, *, status: int = 200,
    bound: dict[str, forms.Form] | None = None, problems: list[tuple[str, str]] | None = None,
    typed: dict[str, dict[str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    screening = selectors.screening_for(request.user, row)
    _form, filters = _filters(request, edition)
    said = content.with_answers(row.revision.content, row.pk) if row.revision else content.of(row)
    bound = bound or {}
    following = selectors.next_key(request.user, screening, filters) if screening else ""
    matches = selectors.matches(screening) if screening else []
    trail = [Link(_("Screening"), navigation.address("screening", edition_id=edition.pk) + _suffix(filters))]
    return render(
        request,
        "secretariat/screening/case.html",
        frames.context(
            request, edition, "screening", case=row, title=case_page.title_of(row), screening=screening,
            state=STATES[row.state], tone=frames.CASE_TONES[row.state],
            findings=_findings(row, screening, typed or {}), matches=[_match(row, one, typed or {}) for one in matches],
            same=any(one.verdict == Match.Verdict.SAME for one in matches),
            basics=reading.basics(said, edition.settings), texts=reading.texts(said, edition.settings),
            partners=reading.partners(said), attachments=reading.attachments(said, edition, row.key),
            admit=bound.get("admit") or OptionalReasonForm(prefix="admit"),
            exclude=bound.get("exclude") or ReasonForm(prefix="exclude"),
            back=bound.get("return") or ReturnForm(prefix="return", zone=edition.zone),
            reinstate=bound.get("reinstate") or ReasonForm(prefix="reinstate"),
            bound=list(bound.values()), problems=problems or [], suffix=_suffix(filters),
            next_url=_address(row, following, filters) if following else "",
            crumbs=frames.crumbs(edition, *trail, Link(row.number or case_page.title_of(row))),
        ),
        status=status,
    )  # fmt: skip


def _address(row: Case, key: str, filters: Filters) -> str:
    return navigation.address("screening_case", edition_id=row.edition_id, key=key) + _suffix(filters)


def _findings(row: Case, screening: Screening | None, typed: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    if screening is None:
        return []
    labels = {rule.code: pick(rule.label) for rule in row.edition.settings.rules}
    submitted = row.revision.submitted_at if row.revision else None
    return [
        {
            "row": one, "label": labels.get(one.rule, one.rule), "answer": frames.ANSWERS[one.answer],
            "tone": frames.ANSWER_TONES[one.answer], "why": pick(one.reasons),
            "old": bool(one.by_id and submitted and one.at < submitted),
            "url": navigation.address("screening_finding", edition_id=row.edition_id, key=row.key, finding_id=one.pk),
            "note": typed.get(f"finding-{one.pk}", {}).get("note", ""), "open": f"finding-{one.pk}" in typed,
            # What has to be looked at stands by itself; what is met is folded away.
            "apart": one.answer != Finding.Answer.YES or one.by_id is not None or f"finding-{one.pk}" in typed,
            "choices": [
                Choice(code, frames.ANSWERS[code], selected=typed.get(f"finding-{one.pk}", {}).get("answer") == code)
                for code in Finding.Answer.values
            ],
        }
        for one in selectors.findings(screening)
    ]  # fmt: skip


def _match(row: Case, one: Match, typed: dict[str, dict[str, str]]) -> dict[str, Any]:
    """A likeness with both texts, the passages they share marked in each."""
    verdicts = {"open": _("Not judged"), "same": _("The same case"), "different": _("Another case")}
    tones = {"open": "amber", "same": "alarm", "different": "jade"}
    channels = {
        "text": _("alike in their texts"), "numbers": _("alike in their figures"),
        "contacts": _("alike in applicant and contact"),
    }  # fmt: skip
    passages = [passage for passage in one.passages if isinstance(passage, str)]
    own = row.revision.content["texts"] if row.revision else {}
    return {
        "row": one, "score": percent(one.score), "verdict": verdicts[one.verdict], "tone": tones[one.verdict],
        "how": channels.get(one.channel, one.channel), "passages": passages, "shared": _shared(row, one.other),
        "other": _other(one), "mine": _marked(own, passages),
        "theirs": _marked(_texts_of(one), passages),
        "url": navigation.address("screening_match", edition_id=row.edition_id, key=row.key, match_id=one.pk),
        "note": typed.get(f"match-{one.pk}", {}).get("note", one.note),
    }  # fmt: skip


def _shared(row: Case, other: Case | None) -> list[str]:
    """What of applicant and contact is the same in both."""
    if other is None:
        return []
    same = [_("the same applicant")] if other.organisation_id == row.organisation_id else []
    if set(contacts(row)) & set(contacts(other)):
        same.append(_("the same contact"))
    return same


def _other(one: Match) -> dict[str, str]:
    if one.other is not None:
        return {
            "title": f"{one.other.number} {one.other}", "by": str(one.other.organisation),
            "state": str(STATES[one.other.state]),
            "url": navigation.address("case", edition_id=one.other.edition_id, key=one.other.key),
        }  # fmt: skip
    past = one.past
    year = str(past.year or past.year_note or "") if past else ""
    return {
        "title": str(past), "by": past.applicant if past else "", "url": "",
        "state": _("in the Casebook of %(year)s") % {"year": year} if year else _("in an earlier Casebook"),
    }  # fmt: skip


def _texts_of(one: Match) -> dict[str, dict[str, str]]:
    if one.other is not None and one.other.revision is not None:
        found: dict[str, dict[str, str]] = one.other.revision.content["texts"]
        return found
    return {language: {"title": name} for language, name in one.past.names.items()} if one.past else {}


def _marked(texts: dict[str, dict[str, str]], passages: list[str]) -> list[dict[str, Any]]:
    """Each language's text as one, with the shared passages marked."""
    return [
        {"language": language, "text": _mark("\n\n".join(fields.values()), passages)}
        for language, fields in sorted(texts.items())
    ]


def _mark(text: str, passages: list[str]) -> SafeString:
    """The text as HTML with what it shares marked; upper and lower case aside."""
    folded = text.lower()
    spans: list[tuple[int, int]] = []
    if len(folded) == len(text):
        for passage in passages:
            start = folded.find(passage.lower())
            if start >= 0:
                spans.append((start, start + len(passage)))
    parts, last = [], 0
    for start, end in sorted(spans):
        if start < last:
            continue
        parts.append(f"{escape(text[last:start])}<mark>{escape(text[start:end])}</mark>")
        last = end
    parts.append(escape(text[last:]))
    # Every part was escaped above, and the marks are ours.
    return mark_safe(linebreaks("".join(parts)))


def _typed(request: HttpRequest, *names: str) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in names}


@require_POST
@frames.at_edition
def judge_finding(request: HttpRequest, edition: Edition, key: str, finding_id: int) -> HttpResponse:
    """A person's word over the machine's."""
    row = cases.case_for_secretariat(request.user, edition, key)
    finding = selectors.finding(_screening(request, row), finding_id)
    said = _typed(request, "answer", "note")
    try:
        services.judge_finding(request.user, finding, answer=said["answer"], note=said["note"])
    except Invalid as invalid:
        return _refused(request, edition, row, f"finding-{finding.pk}", said, invalid)
    messages.success(request, _("Your judgement stands."))
    return kit.see_other(_address(row, row.key, _filters(request, edition)[1]) + f"#finding-{finding.pk}")


@require_POST
@frames.at_edition
def judge_match(request: HttpRequest, edition: Edition, key: str, match_id: int) -> HttpResponse:
    """Say whether a likeness is the same case."""
    row = cases.case_for_secretariat(request.user, edition, key)
    match = selectors.match(_screening(request, row), match_id)
    said = _typed(request, "verdict", "note")
    try:
        services.judge_match(request.user, match, verdict=said["verdict"], note=said["note"])
    except Invalid as invalid:
        return _refused(request, edition, row, f"match-{match.pk}", said, invalid)
    messages.success(request, _("Your judgement stands."))
    return kit.see_other(_address(row, row.key, _filters(request, edition)[1]) + f"#match-{match.pk}")


def _screening(request: HttpRequest, row: Case) -> Screening:
    screening = selectors.screening_for(request.user, row)
    if screening is None:
        raise Conflict(_("This case has not been checked yet. Try again in a minute."), code="state")
    return screening


def _refused(
    request: HttpRequest, edition: Edition, row: Case, place: str, said: dict[str, str], invalid: Invalid
) -> HttpResponse:
    """The page again, with what was typed and why it was refused."""
    problems = [(f"{place}-{name}", str(text)) for name, texts in invalid.fields.items() for text in texts]
    return _page(request, edition, row, status=422, problems=problems, typed={place: said})


@require_POST
@frames.at_edition
def decide(request: HttpRequest, edition: Edition, key: str) -> HttpResponse:
    """Admit, find not eligible, return for correction, or take back; then on to the next case."""
    row = cases.case_for_secretariat(request.user, edition, key)
    decision = request.POST.get("decision", "")
    form, act, done = _decision(request, edition, row, decision)
    if form is None or act is None:
        return _page(request, edition, row, status=422, problems=[("", _("Choose what is to become of the case."))])
    screening = selectors.screening_for(request.user, row)
    _form, filters = _filters(request, edition)
    following = selectors.next_key(request.user, screening, filters) if screening else ""
    status = 422
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Invalid as invalid:
            kit.put_errors(form, invalid)
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            status = 409
        else:
            messages.success(request, done % {"number": row.number})
            onward = following and following != row.key and decision != "reinstate"
            return kit.see_other(_address(row, following if onward else row.key, filters))
    return _page(request, edition, row, status=status, bound={decision: form})


def _decision(request: HttpRequest, edition: Edition, row: Case, decision: str) -> tuple[forms.Form | None, Any, str]:
    user = request.user
    if decision == "admit":
        form: forms.Form = OptionalReasonForm(request.POST, prefix="admit")
        return form, lambda said: services.admit(user, row, reason=said["reason"]), _("%(number)s has been admitted.")
    if decision == "exclude":
        form = ReasonForm(request.POST, prefix="exclude")
        done = _("%(number)s is not eligible; the applicant has been told.")
        return form, lambda said: services.exclude(user, row, reason=said["reason"]), done
    if decision == "return":
        form = ReturnForm(request.POST, prefix="return", zone=edition.zone)
        done = _("%(number)s has been returned; the applicant has been told.")
        return form, lambda said: services.return_case(user, row, message=said["message"], until=said["until"]), done
    if decision == "reinstate":
        form = ReasonForm(request.POST, prefix="reinstate")
        return form, lambda said: services.reinstate(user, row, reason=said["reason"]), _("%(number)s is back.")
    return None, None, ""


urlpatterns: list[URLPattern] = [
    path("screening/", queue, name="screening"),
    path("screening/check/", check_all, name="screening_check"),
    path("screening/clear/", admit_clear, name="screening_clear"),
    path("screening/<str:key>/", case, name="screening_case"),
    path("screening/<str:key>/decide/", decide, name="screening_decide"),
    path("screening/<str:key>/findings/<int:finding_id>/", judge_finding, name="screening_finding"),
    path("screening/<str:key>/matches/<int:match_id>/", judge_match, name="screening_match"),
]

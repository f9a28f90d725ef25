"""One case to be read and scored."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from praxis.desks.expert import frames, reading, sheets
from praxis.desks.expert.answers import not_saved, saved, texts_of
from praxis.desks.kit import see_other
from praxis.foundation import clock
from praxis.foundation.errors import Conflict, Invalid
from praxis.foundation.files.responses import stream
from praxis.foundation.locale import pick
from praxis.lifecycle.reviews import policies, selectors, services
from praxis.lifecycle.reviews.models import Assignment
from praxis.lifecycle.reviews.sheets import MAX_COMMENT
from praxis.ui.values import Link

Problems = list[tuple[str, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case(request: HttpRequest, key: str) -> HttpResponse:
    """Read a case, and save or hand in its score sheet."""
    assignment = selectors.my_assignment(request.user, key)
    if request.method != "POST":
        return _page(request, assignment)
    sent = sheets.sent(request, assignment)
    handing_in = request.POST.get("action") == "submit"
    try:
        sent.check()
        (services.hand_in if handing_in else services.save_sheet)(
            request.user, assignment, scores=sent.scores, comment=sent.comment, confidential=sent.confidential,
            expected_version=sent.version,
        )  # fmt: skip
    except Invalid as invalid:
        return _page(request, assignment, sent, errors=texts_of(invalid), status=422)
    except Conflict as conflict:
        if conflict.code == "stale":
            sheet, marks = selectors.sheet_of(assignment)
            return _page(request, assignment, sent, sheets.meanwhile(sheet, marks, assignment), status=409)
        return _page(request, assignment, sent, [("", str(conflict))], status=409)
    if not handing_in:
        messages.success(request, _("Saved."))
        return see_other("expert:case", key=key)
    return _onward(request, assignment)


def _onward(request: HttpRequest, assignment: Assignment) -> HttpResponse:
    """To the next case that is not handed in, else back to the list."""
    rows = selectors.neighbours(assignment)
    done = sum(row.state == "submitted" for row in rows)
    said = _("Case %(number)s is handed in: %(done)d of %(all)d.")
    messages.success(request, said % {"number": assignment.case.number, "done": done, "all": len(rows)})
    following = _next_to_do(rows, assignment.key)
    if following:
        return see_other("expert:case", key=following)
    return see_other(frames.expert_url(assignment.expert_id, assignment.round.code))


def _next_to_do(rows: list[selectors.Neighbour], key: str) -> str:
    place = next((number for number, row in enumerate(rows) if row.key == key), 0)
    later = [*rows[place + 1 :], *rows[:place]]
    return next((row.key for row in later if row.state in ("open", "draft")), "")


def _page(
    request: HttpRequest, assignment: Assignment, sent: sheets.Sent | None = None, problems: Problems | None = None,
    *, errors: dict[str, list[str]] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page; what was sent stays as it was typed, above what is kept."""
    sheet, marks = selectors.sheet_of(assignment)
    errors = errors or {}
    shown: dict[str, object] = {**marks, **(sent.shown if sent else {})}
    readable = reading.readable(assignment)
    rows = selectors.neighbours(assignment)
    place = next((number for number, row in enumerate(rows) if row.key == assignment.key), 0)
    # Asked for this page as it was fetched; the services ask again.
    verdict = policies.may_score(request.user, assignment)
    scale = sheets.scale(assignment)
    return render(
        request,
        "expert/case.html",
        {
            "assignment": assignment, "round": assignment.round, "zone": assignment.round.edition.zone,
            "readable": readable, "category": _category(assignment), "verdict": verdict,
            "state_label": frames.state_of(assignment.state), "now": clock.now(),
            "may_reopen": assignment.state == "submitted" and bool(policies.may_reopen(request.user, assignment)),
            "may_declare": assignment.state in ("open", "draft"),
            "lines": sheets.lines(assignment, shown, errors), "scale": scale, "sheet": sheet,
            "comment": sent.comment if sent else sheet.comment if sheet else "",
            "confidential": sent.confidential if sent else sheet.confidential if sheet else "",
            "version": sheet.version if sheet else 0, "errors": errors, "most": MAX_COMMENT,
            "problems": [*(problems or []), *sheets.summary(errors)],
            "previous": rows[place - 1] if place > 0 else None,
            "following": rows[place + 1] if place + 1 < len(rows) else None,
            "place": place + 1, "count": len(rows), "done": sum(row.state == "submitted" for row in rows),
            "crumbs": frames.case_crumbs(assignment, Link(assignment.case.number)), "jumps": _jumps(readable),
        },
        status=status,
    )  # fmt: skip


def _category(assignment: Assignment) -> tuple[str, str] | None:
    code = assignment.revision.content["category"]
    config = assignment.round.edition.settings
    return next(((pick(row.label), row.code) for row in config.categories if row.code == code), None)


def _jumps(readable: reading.Readable) -> list[Link]:
    links = [Link(side.name, f"#text-{side.language}") for side in readable.sides]
    if readable.pictures or readable.films or readable.documents:
        links.append(Link(_("Pictures, video, documents"), "#materials"))
    return [*links, Link(_("Score sheet"), "#sheet")]


@require_POST
@login_required
def save(request: HttpRequest, key: str) -> JsonResponse:
    """Autosave of the score sheet."""
    assignment = selectors.my_assignment(request.user, key)
    sent = sheets.sent(request, assignment)
    try:
        sent.check()
        sheet = services.save_sheet(
            request.user, assignment, scores=sent.scores, comment=sent.comment, confidential=sent.confidential,
            expected_version=sent.version,
        )  # fmt: skip
    except Invalid as invalid:
        return not_saved({sheets.control(name): texts for name, texts in texts_of(invalid).items()})
    return saved(version=str(sheet.version))


@require_POST
@login_required
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    """Open one's own sheet again."""
    assignment = selectors.my_assignment(request.user, key)
    services.reopen_sheet(request.user, assignment)
    messages.success(request, _("The sheet is open again. It does not count until you hand it in."))
    return see_other(reverse("expert:case", kwargs={"key": key}) + "#sheet")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def conflict(request: HttpRequest, key: str) -> HttpResponse:
    """Declare a conflict of interest with a case; it then leaves the list."""
    assignment = selectors.my_assignment(request.user, key)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            services.declare_conflict(
                request.user, assignment.expert, case=assignment.case, reason=request.POST.get("reason", "")
            )
        except Invalid as invalid:
            errors = texts_of(invalid)
        else:
            messages.success(request, _("Thank you. The case has gone back to the secretariat."))
            return see_other(frames.expert_url(assignment.expert_id, assignment.round.code))
    return render(
        request,
        "expert/conflict.html",
        {
            "assignment": assignment, "title": reading.title_of(assignment), "errors": errors,
            "problems": sheets.summary(errors), "reason": request.POST.get("reason", ""),
            "may_declare": assignment.state in ("open", "draft"),
            "crumbs": frames.case_crumbs(
                assignment, Link(assignment.case.number, reverse("expert:case", kwargs={"key": key})),
                Link(_("Declare a conflict")),
            ),
        },
        status=422 if errors else 200,
    )  # fmt: skip


@require_safe
@login_required
def file(request: HttpRequest, key: str, attachment_key: str, derived: str = "") -> HttpResponseBase:
    """A picture, video or document of the case, as far as the round shows it."""
    assignment = selectors.my_assignment(request.user, key)
    stored, kind = selectors.my_file(assignment, attachment_key)
    return stream(request, stored, derived=derived or None, inline=kind != "document")

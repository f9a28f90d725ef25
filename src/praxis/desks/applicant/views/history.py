"""What was submitted, and what differs between two submissions."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from praxis.desks.applicant import frames, reading
from praxis.lifecycle.cases import differences, selectors
from praxis.lifecycle.cases.models import Case
from praxis.ui.values import Link


def _trail(case: Case, *more: Link) -> list[Link]:
    return frames.crumbs(case, Link(_("Submissions"), frames.section_url(case, "history")), *more)


@require_safe
@login_required
def history(request: HttpRequest, key: str) -> HttpResponse:
    """Every submission of the case, the latest first."""
    case = selectors.case_for_applicant(request.user, key)
    framed = frames.frame(request.user, case)
    rows = list(reversed(selectors.revisions_of(case)))
    lines = [
        {
            "row": row, "by": str(row.submitted_by or _("the secretariat")),
            "url": reverse("applicant:revision", kwargs={"key": case.key, "number": row.number}),
            "receipt_url": reverse("applicant:receipt", kwargs={"key": case.key, "number": row.number}),
            "changes_url": reverse(
                "applicant:changes", kwargs={"key": case.key, "before": row.number - 1, "after": row.number}
            ) if row.number > 1 else "",
        }
        for row in rows
    ]  # fmt: skip
    return render(
        request, "applicant/history.html",
        frames.context(request, framed, "history", lines=lines, crumbs=_trail(case)),
    )  # fmt: skip


@require_safe
@login_required
def revision(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One submission, as it was frozen."""
    case = selectors.case_for_applicant(request.user, key)
    row = selectors.revision(case, number)
    framed = frames.frame(request.user, case)
    name = _("Submission %(number)d") % {"number": number}
    return render(
        request,
        "applicant/revision.html",
        frames.context(
            request, framed, "history", revision=row, heading=name, crumbs=_trail(case, Link(name)),
            content=reading.readable(row.content, case.edition.settings, key=case.key),
        ),
    )  # fmt: skip


@require_safe
@login_required
def changes(request: HttpRequest, key: str, before: int, after: int) -> HttpResponse:
    """What differs between two submissions."""
    case = selectors.case_for_applicant(request.user, key)
    old, new = selectors.revision(case, before), selectors.revision(case, after)
    config = case.edition.settings
    found = [reading.difference(one, config) for one in differences.between(old.content, new.content)]
    framed = frames.frame(request.user, case)
    name = _("Submissions %(before)d and %(after)d") % {"before": before, "after": after}
    return render(
        request,
        "applicant/changes.html",
        frames.context(
            request, framed, "history", found=found, heading=name, crumbs=_trail(case, Link(name)), old=old, new=new
        ),
    )

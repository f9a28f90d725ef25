"""A person's data in reviews: the committees they are on, what they wrote."""

from __future__ import annotations

from typing import Any

from django.utils.translation import ngettext

from praxis.foundation.people.models import User
from praxis.foundation.people.privacy import Part, register
from praxis.lifecycle.reviews.models import Expert, ScoreSheet


def collect(user: User) -> dict[str, Any]:
    """Committees, and the sheets with marks and comments."""
    sheets = ScoreSheet.objects.filter(assignment__expert__user=user).prefetch_related("scores__criterion")
    return {
        "committees": [
            {
                "edition": row.edition.names, "names": row.names, "affiliation": row.affiliation, "state": row.state,
                "languages": row.languages,
                "undertaking": row.undertaking_at.isoformat() if row.undertaking_at else None,
            }
            for row in Expert.objects.select_related("edition").filter(user=user).order_by("id")
        ],
        "sheets": [
            {
                "case": row.assignment.case.number, "comment": row.comment, "confidential": row.confidential,
                "scores": {score.criterion.code: score.value for score in row.scores.all()},
            }
            for row in sheets.select_related("assignment__case").order_by("id")
        ],
    }  # fmt: skip


def erase(user: User) -> list[str]:
    """Names and affiliation go; marks and comments that counted stay, without the name."""
    Expert.objects.filter(user=user).update(names={}, affiliation="", organisation=None)
    kept = ScoreSheet.objects.filter(assignment__expert__user=user, submitted_at__isnull=False).count()
    if not kept:
        return []
    said = ngettext(
        "%(count)d score sheet stays, without your name: it counted in a review.",
        "%(count)d score sheets stay, without your name: they counted in a review.",
        kept,
    )
    return [said % {"count": kept}]


def register_all() -> None:
    """Register the part."""
    register(Part("reviews", {"zh-hans": "评审", "en": "Reviews"}, collect, erase))

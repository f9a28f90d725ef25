"""What an applicant learns in confidence once told: the part of the desk that the later stages fill."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from praxis.desks.applicant.outcome import material, views
from praxis.lifecycle.cases.models import Case
from praxis.lifecycle.selection import selectors as selection

urlpatterns: list[URLPattern] = [
    path("result/", views.result, name="result"),
    path("result/accept/", views.accept, name="result_accept"),
    path("result/decline/", views.decline, name="result_decline"),
    path("result/people/", views.people, name="result_people"),
    path("result/proof/", views.proof, name="result_proof"),
    path("result/certificates/<int:certificate_id>/", views.certificate, name="result_certificate"),
    path("result/material/", material.material, name="result_material"),
    path("result/material/uploaded/", material.uploaded, name="result_uploaded"),
    path("result/material/<slug:picture>/", material.describe, name="result_describe"),
    path("result/material/<slug:picture>/remove/", material.remove, name="result_remove"),
    path("result/material/<slug:picture>/file/", material.file, name="result_file"),
    path("result/material/<slug:picture>/file/<slug:derived>/", material.file, name="result_file"),
]


def panel(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """The variables of `applicant/result/panel.html` on the page of a case; None while there is nothing to tell.

    Before the edition is told no row of a decision is read, so that the page of a chosen case costs what others cost.
    """
    found = selection.result_for(request.user, case)
    if found is None:
        return None
    return {
        "accepted": found.accepted, "left": found.left, "declined": found.declined, "released": case.edition.state == "released",
        "url": reverse("applicant:result", args=[case.key]),
    }  # fmt: skip

"""Addresses of the secretariat's desk: /office/ and one subject after the other below an edition."""

from __future__ import annotations

from django.urls import include, path

from praxis.desks.secretariat import (
    administration,
    casebook,
    cases,
    experts,
    overview,
    reviews,
    screening,
    selection,
    showcase,
)

app_name = "secretariat"

_SUBJECTS = (overview, cases, screening, experts, reviews, selection, casebook, showcase, administration)

urlpatterns = [
    *overview.office_patterns,
    *administration.office_patterns,
    *(path("<int:edition_id>/", include(subject.urlpatterns)) for subject in _SUBJECTS),
]

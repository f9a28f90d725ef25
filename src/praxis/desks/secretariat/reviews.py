"""The rounds, the progress of the reviews and the standings."""

from __future__ import annotations

from django.urls import URLPattern, path

from praxis.desks.secretariat.reviewing import assignments, rounds, standings

urlpatterns: list[URLPattern] = [
    path("reviews/", rounds.reviews, name="reviews"),
    path("reviews/<slug:round>/", rounds.round_page, name="round"),
    path("reviews/<slug:round>/step/<slug:action>/", rounds.step, name="round_step"),
    path("reviews/<slug:round>/remind/", rounds.remind, name="remind"),
    path("reviews/<slug:round>/order/", rounds.order, name="running_order"),
    path("reviews/<slug:round>/plan/", assignments.plan, name="plan"),
    path("reviews/<slug:round>/plans/<int:plan_id>/", assignments.plan_page, name="plan_page"),
    path("reviews/<slug:round>/assign/", assignments.assign, name="assign"),
    path("reviews/<slug:round>/assignments/", assignments.assignments, name="assignments"),
    path("reviews/<slug:round>/assignments/<int:assignment_id>/", assignments.assignment, name="assignment"),
    path("standings/", standings.standings, name="standings"),
    path("standings/<slug:round>/compute/", standings.compute, name="standings_compute"),
    path("standings/<slug:round>/export/", standings.export, name="standings_export"),
    path("standings/<slug:round>/export/<slug:handle>/", standings.exported, name="standings_file"),
]

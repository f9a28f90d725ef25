"""Choosing, telling and release."""

from __future__ import annotations

from django.urls import URLPattern, path

from praxis.desks.secretariat.deciding import choosing, releasing, telling

urlpatterns: list[URLPattern] = [
    path("selection/", telling.overview, name="selection"),
    path("selection/compare/", choosing.compare, name="compare"),
    path("selection/seal/", telling.seal, name="seal"),
    path("selection/unseal/", telling.unseal, name="unseal"),
    path("selection/forward/<slug:round>/", telling.put_forward, name="put_forward"),
    path("selection/list/<slug:format>/", telling.approved_list, name="approved_list"),
    path("selection/tiers/<slug:tier>/", choosing.tier, name="selection_tier"),
    path("selection/tiers/<slug:tier>/decide/", choosing.decide, name="decide"),
    path("selection/tiers/<slug:tier>/proposals/<int:proposal_id>/", choosing.proposal, name="proposal"),
    path("telling/", telling.telling, name="telling"),
    path("telling/tell/", telling.tell, name="tell"),
    path("telling/<slug:key>/replace/", telling.replace, name="replace"),
    path("release/", releasing.release, name="release"),
    path("release/approve/", releasing.approve, name="approve_release"),
]

"""The experts of an edition."""

from __future__ import annotations

from django.urls import URLPattern, path

from praxis.desks.secretariat.reviewing import committee

urlpatterns: list[URLPattern] = [
    path("experts/", committee.experts, name="experts"),
    path("experts/invite/", committee.invite, name="expert_invite"),
    path("experts/<int:expert_id>/", committee.expert, name="expert"),
    path("experts/<int:expert_id>/withdraw/", committee.withdraw, name="expert_withdraw"),
    path("experts/<int:expert_id>/conflicts/", committee.add_conflict, name="expert_conflict"),
    path(
        "experts/<int:expert_id>/conflicts/<int:conflict_id>/drop/", committee.drop_conflict, name="expert_conflict_drop"
    ),
]

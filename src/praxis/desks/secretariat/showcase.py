"""The stage, invitations, certificates, stories, the award for units, and the export of everything."""

from __future__ import annotations

from django.urls import URLPattern, path

from praxis.desks.secretariat.stage import honours, publicity, running

urlpatterns: list[URLPattern] = [
    path("stage/", running.showcase, name="showcase"),
    path("stage/slots/<int:slot_id>/", running.slot, name="slot"),
    path("stage/rehearsals/<int:rehearsal_id>/", running.rehearsal, name="rehearsal"),
    path("invitations/", honours.invitations, name="invitations"),
    path("invitations/<int:invitation_id>/", honours.send, name="send_invitation"),
    path("certificates/", honours.certificates, name="certificates"),
    path("certificates/<int:certificate_id>/", honours.certificate_file, name="certificate_file"),
    path("award/", honours.unit_award, name="unit_award"),
    path("award/<int:award_id>/", honours.award, name="award"),
    path("stories/", publicity.stories, name="stories"),
    path("stories/<slug:key>/<slug:language>/", publicity.story, name="story"),
    path("export/", publicity.export, name="export"),
    path("export/<slug:handle>/", publicity.export_file, name="export_file"),
]

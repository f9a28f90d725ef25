"""Addresses of the applicant's desk."""

from django.urls import include, path

from praxis.desks.applicant import result
from praxis.desks.applicant.views import (
    basics,
    history,
    home,
    materials,
    organisations,
    overview,
    partners,
    questions,
    submission,
    texts,
)

app_name = "applicant"

case_patterns = [
    path("", overview.case, name="case"),
    path("print/", overview.printed, name="print"),
    path("withdraw/", overview.withdraw, name="withdraw"),
    path("reopen/", overview.reopen, name="reopen"),
    path("basics/", basics.basics, name="basics"),
    path("basics/save/", basics.save, name="basics_save"),
    path("texts/", texts.texts, name="texts"),
    path("texts/save/", texts.save, name="texts_save"),
    path("texts/<slug:language>/<str:field>/", texts.text_history, name="text_history"),
    path("partners/", partners.partners, name="partners"),
    path("partners/<int:partner_id>/", partners.change, name="partner_change"),
    path("partners/<int:partner_id>/remove/", partners.remove, name="partner_remove"),
    path("partners/<int:partner_id>/ask/", partners.ask, name="partner_ask"),
    path("materials/", materials.materials, name="materials"),
    path("materials/uploaded/", materials.uploaded, name="materials_uploaded"),
    path("materials/<slug:attachment_key>/", materials.describe, name="material"),
    path("materials/<slug:attachment_key>/remove/", materials.remove, name="material_remove"),
    path("materials/<slug:attachment_key>/move/", materials.move, name="material_move"),
    path("materials/<slug:attachment_key>/file/", materials.file, name="material_file"),
    path("materials/<slug:attachment_key>/file/<slug:derived>/", materials.file, name="material_derived"),
    path("commitments/", submission.consents, name="consents"),
    path("commitments/save/", submission.consents_save, name="consents_save"),
    path("submit/", submission.submit, name="submit"),
    path("receipt/<int:number>/", submission.receipt, name="receipt"),
    path("questions/", questions.questions, name="questions"),
    path("history/", history.history, name="history"),
    path("history/<int:number>/", history.revision, name="revision"),
    path("history/<int:before>/<int:after>/", history.changes, name="changes"),
    *result.urlpatterns,
]

urlpatterns = [
    path("", home.home, name="home"),
    path("start/", home.start, name="start"),
    path("organisations/new/", organisations.found, name="organisation_new"),
    path("organisations/<int:organisation_id>/", organisations.organisation, name="organisation"),
    path("organisations/<int:organisation_id>/invite/", organisations.invite, name="invite"),
    path(
        "organisations/<int:organisation_id>/colleagues/<int:membership_id>/",
        organisations.colleague_change,
        name="colleague_change",
    ),
    path("colleague/<slug:token>/", organisations.colleague, name="colleague"),
    path("partner/<slug:token>/", partners.answer, name="partner"),
    path("cases/<slug:key>/", include(case_patterns)),
]

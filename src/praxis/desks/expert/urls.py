"""Addresses of the expert's desk."""

from django.urls import include, path

from praxis.desks.expert.views import cases, committees

app_name = "expert"

case_patterns = [
    path("", cases.case, name="case"),
    path("save/", cases.save, name="save"),
    path("reopen/", cases.reopen, name="reopen"),
    path("conflict/", cases.conflict, name="conflict"),
    path("file/<slug:attachment_key>/", cases.file, name="file"),
    path("file/<slug:attachment_key>/<slug:derived>/", cases.file, name="derived"),
]

urlpatterns = [
    path("", committees.home, name="home"),
    path("<int:expert_id>/", committees.expert, name="expert"),
    path("<int:expert_id>/accept/", committees.accept, name="accept"),
    path("<int:expert_id>/decline/", committees.decline, name="decline"),
    path("<int:expert_id>/undertaking/", committees.undertaking, name="undertaking"),
    path("case/<slug:key>/", include(case_patterns)),
]

"""Addresses of the upload transport, under /uploads/."""

from django.urls import path, re_path

from praxis.api import views

app_name = "api"
urlpatterns = [
    path("", views.uploads, name="uploads"),
    re_path(r"^(?P<key>[0-9a-f]{32})$", views.upload, name="upload"),
]

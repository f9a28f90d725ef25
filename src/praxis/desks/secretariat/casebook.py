"""Casebook and display material."""

from __future__ import annotations

from django.urls import URLPattern, path

from praxis.desks.secretariat.book import entries, making

urlpatterns: list[URLPattern] = [
    path("casebook/", entries.entries, name="casebook"),
    path("casebook/materials/", entries.materials, name="materials"),
    path("casebook/books/", making.builds, name="builds"),
    path("casebook/books/<int:build_id>/", making.build_file, name="build_file"),
    path("casebook/errata/", making.errata, name="errata"),
    path("casebook/front/<slug:language>/", making.front, name="front"),
    path("casebook/preflight/<slug:language>/", making.preflight, name="preflight"),
    path("casebook/entries/<slug:key>/", entries.entry, name="entry"),
    path("casebook/entries/<slug:key>/do/<slug:action>/", entries.act, name="entry_act"),
    path("casebook/entries/<slug:key>/pictures/<slug:picture>/", entries.picture, name="entry_picture"),
    path("casebook/entries/<slug:key>/pictures/<slug:picture>/file/", entries.file, name="entry_file"),
    path("casebook/entries/<slug:key>/pictures/<slug:picture>/file/<slug:derived>/", entries.file, name="entry_file"),
]

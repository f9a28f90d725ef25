"""The rounds, the progress of the reviews and the standings."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

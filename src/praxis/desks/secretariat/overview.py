"""Where the editions stand."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
office_patterns: list[URLPattern] = []

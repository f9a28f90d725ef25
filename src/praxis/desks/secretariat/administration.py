"""Notices, jobs, the audit log, people, presets and the preview clock."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

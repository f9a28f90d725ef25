"""The showcase: stage, invitations, certificates, stories and the unit award."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

"""Addresses. Pages live under their language; what machines call does not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from praxis.config import views

urlpatterns = [
    path("", views.language_choice, name="language"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("uploads/", include("praxis.api.urls")),
    *i18n_patterns(
        path("account/", include("allauth.account.urls")),
        path("account/", include("praxis.desks.account.urls")),
        path("apply/", include("praxis.desks.applicant.urls")),
        path("unit/", include("praxis.desks.unit.urls")),
        path("expert/", include("praxis.desks.expert.urls")),
        path("office/", include("praxis.desks.secretariat.urls")),
        path("ui/", include("praxis.ui.urls")),
        path("", include("praxis.desks.public.urls")),
        prefix_default_language=True,
    ),
]
handler400 = "praxis.config.views.bad_request"
handler403 = "praxis.config.views.forbidden"
handler404 = "praxis.config.views.not_found"
handler500 = "praxis.config.views.server_error"

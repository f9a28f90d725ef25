"""The component page's address."""

from django.urls import path

from praxis.ui import views

app_name = "ui"
urlpatterns = [path("", views.components, name="components")]

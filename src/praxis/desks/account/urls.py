"""Addresses of the account desk; signing in itself is allauth's."""

from django.urls import path

from praxis.desks.account import views

app_name = "account"
urlpatterns = [
    path("link/<str:secret>/", views.sign_in_link, name="sign_in_link"),
    path("sent-mail/", views.sent_mail, name="sent_mail"),
]

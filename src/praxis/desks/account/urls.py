"""Addresses of the account desk; signing in itself is allauth's."""

from django.urls import path

from praxis.desks.account import pages, views

app_name = "account"
urlpatterns = [
    path("", pages.home, name="home"),
    path("profile/", pages.profile, name="profile"),
    path("sent-to-me/", pages.sent_to_me, name="sent_to_me"),
    path("data/", pages.data, name="data"),
    path("data/file/", pages.data_file, name="data_file"),
    path("data/erase/", pages.erase, name="erase"),
    path("password/", views.password, name="password"),
    path("link/<str:secret>/", views.sign_in_link, name="sign_in_link"),
    path("sent-mail/", views.sent_mail, name="sent_mail"),
]

"""Addresses of the pages anyone may read."""

from django.urls import path

from praxis.desks.public import books, calls, certificates, invitations, library

app_name = "public"
urlpatterns = [
    path("", calls.home, name="home"),
    path("calls/", calls.call, name="call"),
    path("calls/<slug:programme>/<slug:code>/", calls.edition, name="edition"),
    path("calls/<slug:programme>/<slug:code>/check/", calls.check, name="check"),
    path("calls/<slug:programme>/<slug:code>/questions/", calls.edition_questions, name="edition_questions"),
    path("calls/<slug:programme>/<slug:code>/u/<slug:unit_code>/", calls.unit, name="unit"),
    path("questions/", calls.questions, name="questions"),
    path("library/", library.entries, name="library"),
    path("library/earlier/", library.earlier, name="earlier"),
    path("library/<slug:key>/", library.entry, name="entry"),
    path("library/<slug:key>/<slug:picture_key>/", library.media, name="media"),
    path("library/<slug:key>/<slug:picture_key>/<slug:derived>/", library.media, name="media_derived"),
    path("casebooks/", books.casebooks, name="casebooks"),
    path("casebooks/<slug:programme>/<slug:code>/", books.casebook, name="casebook"),
    path("casebooks/<slug:programme>/<slug:code>/statistics/", books.statistics, name="statistics"),
    path("casebooks/<slug:programme>/<slug:code>/errata/", books.errata, name="errata"),
    path("casebooks/<slug:programme>/<slug:code>/<slug:language>/<slug:format_>/", books.file, name="book"),
    path("certificates/", certificates.check, name="certificates"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
    path("contact/", calls.contact, name="contact"),
    path("privacy/", calls.privacy, name="privacy"),
    path("accessibility/", calls.accessibility, name="accessibility"),
]

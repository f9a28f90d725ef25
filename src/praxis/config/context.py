"""What surrounds every page, for the base template. It asks the database nothing about a reader not signed in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from praxis.desks.kit import address
from praxis.foundation import clock
from praxis.foundation.people import policies as people
from praxis.foundation.people.models import User
from praxis.foundation.programmes import policies as programmes
from praxis.foundation.statements import Statement
from praxis.lifecycle.recommendations.models import Unit
from praxis.lifecycle.reviews.models import Expert
from praxis.ui.dates import instant
from praxis.ui.shell import Banner, Language, Shell
from praxis.ui.values import Link


def shell(request: HttpRequest) -> dict[str, object]:
    """The variable `shell` of `ui/base.html`."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    home = address("public:home") or "/"
    return {
        "shell": Shell(
            tagline=_("Practice cases, from the call to the book"),
            home_url=home,
            nav=public_links(request),
            languages=languages(request),
            user_label=str(user) if signed_in else "",
            user_links=desks(request) if signed_in else (),
            sign_in_url="" if signed_in else address("account_login"),
            sign_out_url=address("account_logout") if signed_in else "",
            banners=banners(request),
            footer_links=footer_links(),
            footer_text=_("Praxis is free software under the Apache License 2.0."),
        )
    }


def _desks_of(user: int, organisations: list[int]) -> QuerySet[User, tuple[bool, bool]]:
    return User.objects.filter(pk=user).values_list(
        Exists(Unit.objects.filter(active=True, organisation_id__in=organisations)),
        Exists(Expert.objects.filter(user_id=user, state__in=[Expert.State.INVITED, Expert.State.ACTIVE])),
    )


_DESKS: Statement[tuple[bool, bool]] = Statement(_desks_of, user=int, organisations=list)


def languages(request: HttpRequest) -> list[Language]:
    """This same address in each language, whether or not there is a page at it (so that 404 pages are alike)."""
    current = translation.get_language() or settings.LANGUAGE_CODE
    prefix, _slash, rest = request.path.lstrip("/").partition("/")
    known = prefix in dict(settings.LANGUAGES)
    kept = [(name, value) for name, values in request.GET.lists() for value in values if "\x00" not in value]
    query = f"?{urlencode(kept)}" if kept else ""
    return [
        Language(
            code=code,
            label=label,
            url=f"/{code}/{rest}{query}" if known else f"/{code}/",
            current=code == current,
        )
        for code, label in settings.LANGUAGES
    ]


def public_links(request: HttpRequest) -> list[Link]:
    """The pages anyone may read."""
    pages = [
        ("public:call", _("The call")),
        ("public:library", _("Library")),
        ("public:casebooks", _("Casebook")),
        ("public:questions", _("Questions and answers")),
    ]
    return links(request, pages)


def desks(request: HttpRequest) -> list[Link]:
    """The desks this person works at, and their own account; costs three statements whoever it is."""
    user: Any = request.user
    organisations = people.memberships(user)
    ((at_unit, is_expert),) = _DESKS.all(user=user.pk, organisations=list(organisations))
    named = user.is_superuser or bool(programmes._roles(user))
    pages = [
        ("applicant:home", _("My cases"), True),
        ("unit:home", _("Recommending unit"), at_unit),
        ("expert:home", _("Reviews"), is_expert),
        ("secretariat:home", _("Secretariat"), named),
        ("account:home", _("My account"), True),
    ]
    return links(request, [(name, label) for name, label, shown in pages if shown])


def links(request: HttpRequest, pages: list[tuple[str, str]]) -> list[Link]:
    """Links to those pages that exist; the one the reader is on, or under, is marked."""
    found = [(address(name), label) for name, label in pages]
    return [Link(label, url, current=request.path.startswith(url)) for url, label in found if url]


def banners(request: HttpRequest) -> list[Banner]:
    """The line that says that the clock is set, or that this is a demonstration."""
    lines: list[Banner] = []
    if clock.is_set() and "preview_at" in getattr(request, "session", {}):
        text = _("Preview: the pages as of %(instant)s UTC. Nothing can be changed while it is on.")
        lines.append(
            Banner(
                text % {"instant": instant(clock.now())},
                url=address("secretariat:preview"),
                url_label=_("End the preview"),
            )
        )
    if settings.DEMO:
        lines.append(
            Banner(
                _("Demonstration: every organisation and case here is invented, and no mail leaves this machine."),
                tone="water",
                url=address("account:sent_mail"),
                url_label=_("Mail that was written"),
            )
        )
    return lines


def footer_links() -> list[Link]:
    """The links at the foot of every page."""
    pages = [
        ("public:privacy", _("Privacy")),
        ("public:accessibility", _("Accessibility")),
        ("public:contact", _("Contact")),
    ]
    found = [(address(name), label) for name, label in pages]
    return [Link(label, url) for url, label in found if url]

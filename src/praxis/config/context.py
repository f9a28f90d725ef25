"""What surrounds every page, for the base template. It asks the database nothing about a reader not signed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from praxis.desks.kit import address
from praxis.foundation import clock
from praxis.foundation.people.models import Membership, User
from praxis.foundation.programmes.models import EditionRole
from praxis.foundation.statements import Statement
from praxis.lifecycle.recommendations.models import Unit
from praxis.lifecycle.reviews.models import Expert
from praxis.ui.dates import instant
from praxis.ui.shell import Banner, Language, Shell
from praxis.ui.texts import kept_by_language
from praxis.ui.values import Link


@kept_by_language
def _words() -> dict[str, str]:
    """What stands around every page, in the reader's language."""
    return {
        "tagline": _("Practice cases, from the call to the book"),
        "footer": _("Praxis is free software under the Apache License 2.0."),
        "public:call": _("The call"),
        "public:library": _("Library"),
        "public:casebooks": _("Casebook"),
        "public:questions": _("Questions and answers"),
        "public:privacy": _("Privacy"),
        "public:accessibility": _("Accessibility"),
        "public:contact": _("Contact"),
        "applicant:home": _("My cases"),
        "unit:home": _("Recommending unit"),
        "expert:home": _("Reviews"),
        "secretariat:home": _("Secretariat"),
        "account:home": _("My account"),
    }


PUBLIC = ("public:call", "public:library", "public:casebooks", "public:questions")
FOOTER = ("public:privacy", "public:accessibility", "public:contact")


def shell(request: HttpRequest) -> dict[str, object]:
    """The variable `shell` of `ui/base.html`."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    home = address("public:home") or "/"
    said = _words()
    return {
        "shell": Shell(
            tagline=said["tagline"],
            home_url=home,
            nav=public_links(request),
            languages=languages(request),
            user_label=str(user) if signed_in else "",
            user_links=desks(request) if signed_in else (),
            sign_in_url="" if signed_in else address("account_login"),
            sign_out_url=address("account_logout") if signed_in else "",
            banners=banners(request),
            footer_links=footer_links(),
            footer_text=said["footer"],
        )
    }


def _desks_of(user: int) -> QuerySet[User, tuple[bool, bool, bool]]:
    # The organisations by a subquery: not every page has asked for them.
    mine = Membership.objects.filter(user_id=user).values("organisation_id")
    return User.objects.filter(pk=user).values_list(
        Exists(Unit.objects.filter(active=True, organisation_id__in=mine)),
        Exists(Expert.objects.filter(user_id=user, state__in=[Expert.State.INVITED, Expert.State.ACTIVE])),
        Exists(EditionRole.objects.filter(user_id=user)),
    )


_DESKS: Statement[tuple[bool, bool, bool]] = Statement(_desks_of, user=int)


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
    return links(request, PUBLIC)


def desks(request: HttpRequest) -> list[Link]:
    """The desks this person works at, and their own account; costs one statement whoever it is."""
    user: Any = request.user
    ((at_unit, is_expert, named),) = _DESKS.all(user=user.pk)
    pages = [
        ("applicant:home", True),
        ("unit:home", at_unit),
        ("expert:home", is_expert),
        ("secretariat:home", user.is_superuser or named),
        ("account:home", True),
    ]
    return links(request, [name for name, shown in pages if shown])


def links(request: HttpRequest, names: Iterable[str]) -> list[Link]:
    """Links to those pages that exist; the one the reader is on, or under, is marked."""
    called, here = _words(), request.path
    return [Link(called[name], url, current=here.startswith(url)) for name in names if (url := address(name))]


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
    called = _words()
    return [Link(called[name], url) for name in FOOTER if (url := address(name))]

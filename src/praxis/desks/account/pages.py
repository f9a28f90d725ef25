"""My own account: where I work, who I am, what was sent to me, and my data."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from praxis.desks import kit
from praxis.desks.account.forms import EraseForm, ProfileForm
from praxis.desks.account.kept import draw
from praxis.desks.account.views import LIMIT, after_of, pager
from praxis.desks.kit import SeeOther
from praxis.foundation import clock
from praxis.foundation.errors import Invalid
from praxis.foundation.locale import pick
from praxis.foundation.notices import selectors as notices
from praxis.foundation.notices.models import Notice
from praxis.foundation.people import privacy, selectors, services
from praxis.foundation.people.policies import memberships
from praxis.foundation.programmes import policies as programmes
from praxis.foundation.programmes import selectors as editions
from praxis.lifecycle.recommendations import selectors as recommendations
from praxis.lifecycle.reviews import selectors as reviews
from praxis.ui.dates import zone_label
from praxis.ui.shell import Desk, NavGroup
from praxis.ui.values import Link

TONES = {"waiting": "neutral", "sent": "jade", "delayed": "amber", "dead": "alarm"}


def desk(current: str) -> Desk:
    """The side navigation of the account."""
    pages = [
        ("home", _("Where I work")), ("profile", _("Name and language")), ("sent_to_me", _("What was sent to me")),
        ("data", _("My data")),
    ]  # fmt: skip
    links = [Link(label, reverse(f"account:{name}"), current=name == current) for name, label in pages]
    return Desk(_("My account"), [NavGroup(links)])


def _zone(user: Any) -> str:
    """The reader's own zone; else that of the call, as the profile promises."""
    edition = None if user.zone else editions.current()
    return str(user.zone) or (edition.zone if edition else "UTC")


def _address(name: str, *arguments: object) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def _doors(user: Any) -> list[tuple[str, str, str]]:
    """(label, what one does there, address) of the desks this person works at."""
    units = recommendations.units_of(user)
    places = reviews.my_places(user)
    named = user.is_superuser or bool(programmes.editions_of(user))
    doors = [
        ("applicant:home", True, _("My cases"), _("Enter an organisation, describe cases and submit them.")),
        ("unit:home", bool(units), _("Recommending unit"), ", ".join(dict.fromkeys(str(unit) for unit in units))),
        (
            "expert:home", bool(places), _("Reviews"),
            ", ".join(dict.fromkeys(str(place.edition) for place in places)),
        ),
        ("secretariat:home", named, _("Secretariat"), _("Run an edition from the call to the Casebook.")),
    ]  # fmt: skip
    return [(label, text, url) for name, shown, label, text in doors if shown and (url := _address(name))]


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My desks and my organisations."""
    user: Any = request.user
    owned = memberships(user)
    page = selectors.organisations_page(user, request.GET.get("organisations", ""))
    organisations = [(str(row), _address("applicant:organisation", row.pk), owned[row.pk]) for row in page.rows]
    return render(
        request,
        "account/home.html",
        {
            "desk": desk("home"), "doors": _doors(user), "organisations": organisations,
            "organisations_pager": kit.pager(request, page, name="organisations"),
            "has_password": user.has_usable_password(), "new_url": _address("applicant:organisation_new"),
        },
    )  # fmt: skip


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language of letters, time zone."""
    user: Any = request.user
    initial = {"name": user.name, "language": user.language, "zone": user.zone}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_profile(user, **form.cleaned_data)
        except Invalid as invalid:
            for name, texts in invalid.fields.items():
                form.add_error(name if name in form.fields else None, [str(text) for text in texts])
        else:
            messages.success(request, _("Saved."))
            return SeeOther(reverse("account:profile"))
    return render(
        request, "account/profile.html", {"desk": desk("profile"), "form": form}, status=422 if form.errors else 200
    )


@never_cache
@login_required
@require_safe
def sent_to_me(request: HttpRequest) -> HttpResponse:
    """Every letter to me, newest first; those with a code without their words."""
    user: Any = request.user
    rows = notices.for_user(user, after=after_of(request), limit=LIMIT + 1)
    labels = dict(Notice.State.choices)
    zone = _zone(user)
    letters = [(row, labels[row.state], TONES[row.state]) for row in rows[:LIMIT]]
    return render(
        request,
        "account/sent_to_me.html",
        {
            "desk": desk("sent_to_me"), "letters": letters, "zone": zone, "zone_name": zone_label(zone), "pager": pager(request, [row.id for row in rows]),
        },
    )  # fmt: skip


@never_cache
@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Everything kept about me, part by part."""
    user: Any = request.user
    zone = _zone(user)
    labels = {part.code: part.label for part in privacy.parts()}
    parts = [
        (pick(labels.get(code)) or _("Name and sign-in"), draw(kept, zone))
        for code, kept in privacy.collect(user).items()
    ]
    return render(request, "account/data.html", {"desk": desk("data"), "parts": parts})


def _written(kept: Any) -> str:
    return json.dumps(kept, ensure_ascii=False, indent=2, default=str)


@never_cache
@login_required
@require_safe
def data_file(request: HttpRequest) -> HttpResponse:
    """The same as a file to take away."""
    user: Any = request.user
    response = HttpResponse(_written(privacy.collect(user)), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="my-data-{clock.now():%Y-%m-%d}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Erase my data; says before and after what stays and why."""
    user: Any = request.user
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        stays = privacy.erase(user, user)
        logout(request)
        return render(request, "account/erased.html", {"stays": stays})
    return render(
        request, "account/erase.html", {"desk": desk("data"), "form": form}, status=422 if form.errors else 200
    )

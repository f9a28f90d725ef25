"""The call: the front page, an edition's call, its questions, the self-check, and a unit's page for its members."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from praxis.desks.public import presenting, reading
from praxis.foundation import clock
from praxis.foundation.errors import Missing
from praxis.foundation.locale import pick
from praxis.foundation.programmes import selectors as programmes
from praxis.foundation.programmes.config import SelfCheckConfig
from praxis.foundation.programmes.models import Edition
from praxis.lifecycle.casebook import selectors as casebook
from praxis.lifecycle.recommendations import selectors as units
from praxis.ui.dates import closing, instant, with_zone
from praxis.ui.values import Check, Link

# Two rows of three.
OUTSTANDING_SHOWN = 6
STATES = {("wall", False): "no", ("warning", False): "warning"}


def own_time(request: HttpRequest, edition: Edition) -> str:
    """The deadline in the reader's own zone, where the account names another than the edition's."""
    zone = getattr(request.user, "zone", "")
    if not zone or zone == edition.zone:
        return ""
    try:
        ZoneInfo(zone)
    except (ValueError, KeyError, OSError):
        return ""
    return with_zone(instant(edition.closes_at, zone), zone)


def frame(request: HttpRequest, edition: Edition) -> dict[str, Any]:
    """What every page of a call shares."""
    config, spoken = edition.settings, presenting.language()
    now = clock.now()
    return {
        "edition": edition,
        "said_in": spoken if spoken in config.edition.languages else config.edition.default_language,
        "name": config.label(edition.names, spoken),
        "organiser": config.label(config.programme.organiser, spoken),
        "short": config.label(config.programme.short_names or config.programme.names, spoken),
        "lead": config.label(config.call.lead, spoken),
        "fields_heading": presenting.fields_heading(config),
        "phase": presenting.phase(edition, now),
        "now": now,
        "own_time": own_time(request, edition),
        "closes": with_zone(closing(edition.closes_at, edition.zone), edition.zone),
        "call_url": reverse("public:edition", args=presenting.codes(edition)),
        "check_url": reverse("public:check", args=presenting.codes(edition)) if config.self_check else "",
        "questions_url": presenting.questions_url(edition),
        "begin_url": presenting.begin_url(request, edition),
        "contact": config.contact,
        "office": config.label(config.contact.office, spoken),
    }


def _crumbs(context: dict[str, Any], *trail: str) -> list[Link]:
    return [Link(context["short"], context["call_url"]), *(Link(label) for label in trail)]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The current call, and what earlier ones have brought."""
    edition = programmes.current()
    if edition is None:
        return render(request, "public/no_call.html")
    context = frame(request, edition)
    config = edition.settings
    released = programmes.public().filter(state="released").order_by("-year", "-id").first()
    return render(
        request,
        "public/home.html",
        {
            **context,
            "categories": presenting.categories(config, presenting.language()),
            "how": presenting.steps(config, presenting.language()),
            "released": released,
            **(_outstanding(released) if released else {}),
        },
    )


def _outstanding(released: Edition) -> dict[str, Any]:
    """Some Outstanding Cases of the newest Casebook, and where all of them are."""
    shown = casebook.public_entries(casebook.Filters(year=released.year, outstanding=True), limit=OUTSTANDING_SHOWN)
    return {
        "cards": reading.cards(shown.rows),
        "outstanding_url": f"{reverse('public:library')}?year={released.year}&outstanding=on",
    }


@require_safe
def call(request: HttpRequest) -> HttpResponse:
    """The call that is current."""
    edition = programmes.current()
    return render(request, "public/no_call.html") if edition is None else _call(request, edition)


@require_safe
def edition(request: HttpRequest, programme: str, code: str) -> HttpResponse:
    """The call of one edition."""
    return _call(request, programmes.public_edition(programme, code))


def _call(request: HttpRequest, edition: Edition) -> HttpResponse:
    context = frame(request, edition)
    return render(request, "public/call.html", {**context, "body": presenting.body(edition, context["phase"])})


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """The questions and answers of the current call."""
    edition = programmes.current()
    return render(request, "public/no_call.html") if edition is None else _questions(request, edition)


@require_safe
def edition_questions(request: HttpRequest, programme: str, code: str) -> HttpResponse:
    """The questions and answers of one edition."""
    return _questions(request, programmes.public_edition(programme, code))


def _questions(request: HttpRequest, edition: Edition) -> HttpResponse:
    context = frame(request, edition)
    found = presenting.questions(edition.settings, presenting.language())
    return render(
        request,
        "public/questions.html",
        {**context, "questions": found, "crumbs": _crumbs(context, _("Questions and answers"))},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, programme: str, code: str) -> HttpResponse:
    """A few questions that show whether a case is eligible; nothing of the answers is kept."""
    edition = programmes.public_edition(programme, code)
    config = edition.settings
    if not config.self_check:
        raise Missing()
    context = frame(request, edition)
    given = {item.code: request.POST.get(f"q-{item.code}", "") for item in config.self_check}
    asked = [
        {
            "name": f"q-{item.code}", "label": config.label(item.label, presenting.language()),
            "choices": presenting.yes_no(given[item.code]),
            "errors": [_("Answer yes or no.")] if request.method == "POST" and given[item.code] not in ANSWERS else [],
        }
        for item in config.self_check
    ]  # fmt: skip
    problems = [(f"id_{row['name']}_0", f"{row['label']} {row['errors'][0]}") for row in asked if row["errors"]]
    results = [_result(edition, item, given[item.code]) for item in config.self_check]
    done = request.method == "POST" and not problems
    return render(
        request,
        "public/check.html",
        {
            **context, "asked": asked, "problems": problems, "results": results if done else [], "done": done,
            "verdict": _verdict(results), "crumbs": _crumbs(context, _("Is my case eligible?")),
        },
        status=422 if problems else 200,
    )  # fmt: skip


ANSWERS = {"yes": True, "no": False}


def _result(edition: Edition, item: SelfCheckConfig, answer: str) -> Check:
    """The answer to one question, with what follows from it and why."""
    config, spoken = edition.settings, presenting.language()
    fits = ANSWERS.get(answer) is item.expected
    said = _("yes") if answer == "yes" else _("no")
    label = _("%(question)s You said %(answer)s.") % {"question": config.label(item.label, spoken), "answer": said}
    return Check(label, "yes" if fits else STATES[item.on_no, False], config.label(item.explanation, spoken))


def _verdict(results: list[Check]) -> str:
    found = {row.state for row in results}
    return "no" if "no" in found else "warning" if "warning" in found else "yes"


@require_safe
def unit(request: HttpRequest, programme: str, code: str, unit_code: str) -> HttpResponse:
    """A recommending unit's page for its members, with its own earlier deadline."""
    found = units.public_unit(programmes.public_edition(programme, code), unit_code)
    edition = found.edition
    context = frame(request, edition)
    config = edition.settings
    open_to_members = context["phase"] == "open" and (found.closes_at is None or context["now"] < found.closes_at)
    return render(
        request,
        "public/unit.html",
        {
            **context,
            "unit": found,
            "unit_label": config.label(config.nominators.label, presenting.language()),
            "welcome": pick(found.welcome),
            "closes_at": found.closes_at or edition.closes_at,
            "own": found.closes_at is not None,
            "open_to_members": open_to_members,
            "begin_url": presenting.begin_url(request, edition, found.code),
            "categories": presenting.categories(config, presenting.language()),
            "crumbs": _crumbs(context, str(found)),
        },
    )


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """How to reach the secretariat of the current call."""
    edition = programmes.current()
    return render(request, "public/contact.html", frame(request, edition) if edition else {})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of whom, and why."""
    return render(request, "public/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How these pages can be used."""
    return render(request, "public/accessibility.html")

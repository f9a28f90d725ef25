"""The words of an edition as pages show them: its configuration in the reader's language, and its phase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from praxis.foundation.programmes.config import EditionConfig
from praxis.foundation.programmes.models import Edition
from praxis.ui.dates import closing, instant, with_zone
from praxis.ui.values import Choice, Step

# Small numbers are written out in headings.
WORDS = {
    "en": ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "zh-hans": tuple("零一二三四五六七八九十"),
}
_bodies: dict[tuple[object, ...], SafeString] = {}


def language() -> str:
    """The reader's language."""
    return get_language() or "en"


def phase(edition: Edition, now: datetime) -> str:
    """What the world may know of where an edition stands: upcoming, open, review or released.

    Everything between the deadline and the release is `review`: what happens within it is told to nobody.
    """
    if edition.state == "released":
        return "released"
    if now < edition.opens_at:
        return "upcoming"
    return "open" if edition.state == "open" and now < edition.closes_at else "review"


def address(name: str, *arguments: object, **named: object) -> str:
    """The address of a page, or "" where this installation has none."""
    try:
        return reverse(name, args=arguments, kwargs=named)
    except NoReverseMatch:
        return ""


def codes(edition: Edition) -> list[str]:
    """What is in the address of an edition."""
    return [edition.programme.code, edition.code]


def hues(config: EditionConfig) -> dict[str, int]:
    """A hue for each category: its place, from 1."""
    return {category.code: place for place, category in enumerate(config.categories, start=1)}


@dataclass(frozen=True, slots=True)
class Titled:
    """A name with some words about it; `more` are further lines, `hue` a category's place."""

    label: str
    text: str = ""
    note: str = ""
    more: tuple[str, ...] = ()
    hue: int = 0
    code: str = ""


def fields_heading(config: EditionConfig) -> str:
    """How many fields there are, as a heading says it: “Five fields”, “五个领域”."""
    count = len(config.categories)
    words = WORDS.get(language(), WORDS["en"])
    number = words[count] if count < len(words) else str(count)
    text = ngettext("%(number)s field", "%(number)s fields", count) % {"number": number}
    return text[:1].upper() + text[1:]


def categories(config: EditionConfig, spoken: str) -> list[Titled]:
    """The fields, with what belongs there and examples."""
    return [
        Titled(
            config.label(item.label, spoken), config.label(item.description, spoken),
            more=tuple(config.label(example, spoken) for example in item.examples), hue=place, code=item.code,
        )
        for place, item in enumerate(config.categories, start=1)
    ]  # fmt: skip


def size(count: int) -> str:
    """A number of bytes as people read it."""
    for unit, scale in (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024)):
        if count >= scale:
            return f"{round(count / scale, 1):g} {unit}"
    return f"{count} B"


def _minutes(seconds: int) -> str:
    if seconds % 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}


def materials(config: EditionConfig) -> list[Titled]:
    """What may be attached, each with its limits in words."""
    limits = config.materials
    found = []
    if limits.pictures.max_count:
        count = ngettext("up to %(n)d picture", "up to %(n)d pictures", limits.pictures.max_count)
        text = _("%(formats)s, at least %(pixels)s pixels on the long side, each up to %(size)s")
        found.append(
            Titled(
                _("Pictures"), count % {"n": limits.pictures.max_count},
                text % {
                    "formats": _formats(limits.pictures.formats), "size": size(limits.pictures.max_bytes),
                    "pixels": number_format(limits.pictures.min_long_side, use_l10n=True, force_grouping=True),
                },
            )
        )  # fmt: skip
    if limits.videos.max_count:
        count = ngettext("up to %(n)d video", "up to %(n)d videos", limits.videos.max_count)
        text = _("%(formats)s, at most %(length)s, each up to %(size)s")
        found.append(
            Titled(
                _("Videos"), count % {"n": limits.videos.max_count},
                text % {
                    "formats": _formats(limits.videos.formats), "length": _minutes(limits.videos.max_seconds),
                    "size": size(limits.videos.max_bytes),
                },
            )
        )  # fmt: skip
    if limits.documents.max_count:
        count = ngettext("up to %(n)d document", "up to %(n)d documents", limits.documents.max_count)
        text = _("%(formats)s, each up to %(size)s")
        found.append(
            Titled(
                _("Documents"), count % {"n": limits.documents.max_count},
                text % {"formats": _formats(limits.documents.formats), "size": size(limits.documents.max_bytes)},
            )
        )  # fmt: skip
    return found


def _formats(names: tuple[str, ...]) -> str:
    return _(", ").join({"webp": "WebP", "webm": "WebM"}.get(name, name.upper()) for name in names)


def _limit(limits: dict[str, int]) -> str:
    """The limits of a text in words, for each language that has one."""
    lines = []
    for code, count in limits.items():
        if code.startswith("zh"):
            lines.append(_("%(n)d characters in Chinese") % {"n": count})
        else:
            lines.append(_("%(n)d words in English") % {"n": count} if code == "en" else f"{count} ({code})")
    return _(", ").join(lines) if len(limits) > 1 else (lines[0] if lines else "")


def dates(edition: Edition, config: EditionConfig) -> list[tuple[str, str, datetime | None]]:
    """(what, when in the edition's zone, the instant for the reader's own) of the dates that are known."""
    known = config.dates
    zone = edition.zone
    rows: list[tuple[str, str, datetime | None]] = [
        (_("Opens"), with_zone(instant(edition.opens_at, zone), zone), edition.opens_at),
        (_("Closes"), with_zone(closing(edition.closes_at, zone), zone), edition.closes_at),
    ]
    if known.announcement:
        rows.append((_("Release"), with_zone(instant(known.announcement, zone), zone), known.announcement))
    return rows


def stages(config: EditionConfig, spoken: str, now_in: str) -> list[tuple[Step, Titled]]:
    """What happens when; the stage we are in is marked as coarsely as the world may know it."""
    last = len(config.call.stages) - 1
    current = {"upcoming": -1, "open": 0, "review": min(1, last), "released": last + 1}[now_in]
    found = []
    for place, item in enumerate(config.call.stages):
        state = "done" if place < current else "current" if place == current else "todo"
        label = config.label(item.label, spoken)
        words = Titled(label, config.label(item.text, spoken), config.label(item.when, spoken))
        found.append((Step(label, state), words))
    return found


def call_words(edition: Edition, now_in: str) -> dict[str, Any]:
    """Everything the call says, in the reader's language."""
    config, spoken = edition.settings, language()

    def say(labels: dict[str, str]) -> str:
        return config.label(labels, spoken)

    return {
        "background": say(config.call.background),
        "who": say(config.call.who),
        "applicant_kinds": [say(item.label) for item in config.applicant_kinds],
        "content_kinds": [say(item.label) for item in config.content_kinds],
        "rules": [Titled(say(rule.label), say(rule.explanation), rule.severity) for rule in config.rules],
        "categories": categories(config, spoken),
        "fields_heading": fields_heading(config),
        "how": steps(config, spoken),
        "stages": stages(config, spoken, now_in),
        "texts": [
            Titled(say(item.label), say(item.guidance), _limit(item.limits)) for item in config.fields
        ],
        "materials": materials(config),
        "criteria": [
            Titled(
                say(item.label), say(item.guidance),
                more=tuple(f"{mark:g}\u2003{say(text)}" for mark, text in sorted(item.anchors.items(), reverse=True)),
            )
            for item in config.criteria
        ],
        "principles": [say(item.label) for item in config.principles],
        "propositions": [say(item.label) for item in config.propositions],
        "consents": [Titled(say(item.label), say(item.text)) for item in config.consents],
        "dates": dates(edition, config),
        "zone": edition.zone,
        "questions": questions(config, spoken)[:4],
        "tiers": [(say(item.label), item.size_about, item.on_stage) for item in config.tiers],
    }  # fmt: skip


def steps(config: EditionConfig, spoken: str) -> list[Titled]:
    """How to apply."""
    return [Titled(config.label(step.label, spoken), config.label(step.text, spoken)) for step in config.call.how]


def questions(config: EditionConfig, spoken: str) -> list[Titled]:
    """Frequent questions with their answers."""
    return [Titled(config.label(item.question, spoken), config.label(item.answer, spoken)) for item in config.questions]


def body(edition: Edition, now_in: str) -> SafeString:
    """The long part of the call's page. It depends on nothing but the configuration, language and phase: kept."""
    key = (edition.pk, edition.config_digest, edition.opens_at, edition.closes_at, now_in, language())
    kept = _bodies.get(key)
    if kept is None:
        kept = render_to_string(
            "public/parts/call_body.html",
            {**call_words(edition, now_in), "edition": edition, "questions_url": questions_url(edition)},
        )
        if len(_bodies) >= 64:
            _bodies.clear()
        _bodies[key] = kept
    return kept


def questions_url(edition: Edition) -> str:
    """Where all questions and answers of an edition are."""
    return reverse("public:edition_questions", args=codes(edition))


def begin_url(request: HttpRequest, edition: Edition, unit: str = "") -> str:
    """Where one begins a case: at once when signed in, else after registering."""
    start = address("applicant:start") or address("account:home")
    start = f"{start}?edition={edition.pk}" + (f"&unit={unit}" if unit else "")
    if request.user.is_authenticated:
        return start
    return f"{address('account_signup')}?{urlencode({'next': start})}"


def yes_no(answer: str) -> list[Choice]:
    """The two choices of a question, with the one given."""
    return [Choice("yes", _("Yes"), selected=answer == "yes"), Choice("no", _("No"), selected=answer == "no")]

"""Components that hold other content: notices, panels, confirmations, filter bars."""

from __future__ import annotations

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from praxis.ui.html import EMPTY, ICONS, attributes, fill, join, wrap
from praxis.ui.parts.actions import TONES, button
from praxis.ui.parts.fields import field
from praxis.ui.values import Text

_TONE_ICONS = {"amber": "alert", "alarm": "alert", "jade": "yes"}


def callout(content: object, *, tone: str = "water", title: Text = "", role: str = "") -> SafeString:
    """A passage set apart; `tone` is `water`, `jade`, `amber`, `alarm`, `seal` or `neutral`."""
    tone = tone if tone in TONES else "neutral"
    body = content if isinstance(content, SafeString) and "<" in content else wrap("p", "", content)
    return fill(
        '<div class="callout callout--{}"{}>{}<div class="callout__body">{}{}</div></div>',
        tone,
        attributes({"role": role or None}),
        ICONS[_TONE_ICONS.get(tone, "notice")],
        wrap("p", "callout__title", title),
        body,
    )


def panel(
    content: object, *, title: Text = "", id: str = "", lead: Text = "", level: int = 2, tone: str = ""
) -> SafeString:
    """A sheet of paper on the page, with a heading."""
    heading = (
        fill(
            '<h{0} class="panel__title"{1}>{2}</h{0}>',
            level,
            attributes({"id": f"{id}-title" if id else None}),
            title,
        )
        if title
        else EMPTY
    )
    return fill(
        '<section class="panel{}"{}>{}{}{}</section>',
        f" panel--{tone}" if tone else "",
        attributes({"id": id or None, "aria-labelledby": f"{id}-title" if id and title else None}),
        heading,
        wrap("p", "panel__lead", lead),
        content,
    )


def confirm(
    content: object,
    token: str,
    *,
    title: Text,
    action: str = "",
    label: Text,
    tone: str = "danger",
    check: Text = "",
    cancel_url: str = "",
    name: str = "",
    value: str = "",
    id: str = "confirmed",
) -> SafeString:
    """What is about to happen and the button that does it; `check` is a sentence one has to tick first."""
    tick = EMPTY
    if check:
        tick = fill(
            '<div class="choice"><input type="checkbox" name="confirmed" id="id_{0}" value="1" required>'
            '<label for="id_{0}">{1}</label></div>',
            id,
            check,
        )
    back = fill('<a class="confirm__back" href="{}">{}</a>', cancel_url, gettext("Go back")) if cancel_url else EMPTY
    return fill(
        '<section class="confirm confirm--{}"><h2 class="confirm__title">{}</h2>'
        '<form method="post" action="{}" data-submit-once>'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><div class="confirm__text">{}</div>{}'
        '<p class="actions">{}{}</p></form></section>',
        tone,
        title,
        action,
        token,
        content,
        tick,
        button(label, "danger" if tone == "danger" else "primary", name=name or None, value=value or None),
        back,
    )


def filter_bar(
    form: forms.BaseForm, *, action: str = "", reset_url: str = "", label: Text = "", button_label: Text = ""
) -> SafeString:
    """A GET form above a list; the address says everything that is filtered, so it can be shared."""
    controls = join([field(bound, mark=False) for bound in form])
    reset = fill('<a class="filter-bar__reset" href="{}">{}</a>', reset_url, gettext("Clear")) if reset_url else EMPTY
    return fill(
        '<form class="filter-bar" method="get" action="{}" role="search" aria-label="{}">{}'
        '<div class="filter-bar__actions">{}{}</div></form>',
        action,
        label or gettext("Filter the list"),
        controls,
        button(button_label or gettext("Show"), "secondary"),
        reset,
    )

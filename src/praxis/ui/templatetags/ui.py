"""The components as template tags; docs/developers/components.md has one line for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.middleware.csrf import get_token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from praxis.ui import charts
from praxis.ui.changes import changes
from praxis.ui.parts import actions, blocks, data, entry, fields, page, story, widgets
from praxis.ui.values import Side, Text

register = template.Library()

for _function in (
    actions.button,
    actions.link_button,
    actions.status,
    actions.category,
    actions.breadcrumbs,
    actions.section_nav,
    actions.nav_link,
    actions.more_link,
    actions.icon,
    data.table,
    data.pager,
    data.empty,
    data.definitions,
    data.stats,
    data.meter,
    data.deadline,
    data.time,
    entry.bilingual,
    entry.file_field,
    entry.score_scale,
    entry.save_state,
    entry.text_state,
    fields.error_summary,
    fields.field,
    fields.choice_group,
    fields.pick_list,
    page.alternates,
    page.desk_side,
    story.timeline,
    story.stepper,
    story.checklist,
    story.thread,
    story.diff,
    story.pictures,
    story.video,
    blocks.filter_bar,
    charts.bar_chart,
    charts.rank_chart,
    charts.line_chart,
    charts.tile_chart,
    charts.funnel_chart,
    charts.interval_chart,
):
    register.simple_tag(_function)
register.simple_tag(page.opening, name="page_opening")
register.simple_tag(page.links, name="page_links")
register.simple_tag(page.closing, name="page_closing")


@register.simple_tag(takes_context=True)
def post_button(
    context: Context,
    label: Text,
    action: str,
    tone: str = "secondary",
    name: str = "",
    value: object = "",
    **attrs: object,
) -> SafeString:
    """A form of one button that posts to `action`, with one hidden pair if `name` is given."""
    return actions.post_button(label, action, _token(context), tone, {name: value} if name else None, **attrs)


@register.simple_tag
def bilingual_fields(
    first: Any,
    second: Any,
    label: Text,
    hint: Text = "",
    langs: str = "zh-hans en",
    limits: str = "",
    rows: int = 6,
    required: bool | None = None,
) -> SafeString:
    """Two bound fields side by side; `langs` and `limits` are pairs parted by a space (`"300 200"`)."""
    counts: list[int | None] = [int(part) for part in limits.split()] or [None, None]
    sides: list[Side] = [
        entry.side(bound, lang, limit=limit, rows=rows)
        for bound, lang, limit in zip((first, second), langs.split(), counts, strict=True)
    ]
    return entry.bilingual(sides, label=label, hint=hint, required=required)


@register.simple_tag
def input_field(
    name: str,
    label: Text,
    value: object = "",
    hint: Text = "",
    type: str = "text",
    errors: Any = (),
    required: bool = False,
    width: str = "",
    id: str = "",
    lang: str = "",
    **attrs: object,
) -> SafeString:
    """A one-line field without a Django form behind it."""
    return fields.field_box(
        lambda tied: widgets.text_input(name, value, {**tied, "type": type, **attrs}),
        id=id or f"id_{name}",
        label=label,
        hint=hint,
        errors=errors,
        required=required,
        width=width,
        lang=lang,
    )


@register.simple_tag
def textarea_field(
    name: str,
    label: Text,
    value: object = "",
    hint: Text = "",
    rows: int = 6,
    limit: int | None = None,
    unit: str = "",
    lang: str = "",
    errors: Any = (),
    required: bool = False,
    id: str = "",
    **attrs: object,
) -> SafeString:
    """A text area without a Django form behind it; `limit` with `lang` or `unit` shows a counter."""
    return fields.field_box(
        lambda tied: widgets.textarea(name, value, {**tied, "rows": rows, **attrs}),
        id=id or f"id_{name}",
        label=label,
        hint=hint,
        errors=errors,
        required=required,
        limit=limit,
        unit=unit,
        lang=lang,
    )


@register.simple_tag
def select_field(
    name: str,
    label: Text,
    choices: Any,
    hint: Text = "",
    errors: Any = (),
    required: bool = False,
    id: str = "",
    **attrs: object,
) -> SafeString:
    """A select without a Django form behind it; `choices` are `Choice` values."""
    return fields.field_box(
        lambda tied: widgets.select(name, choices, {**tied, **attrs}),
        id=id or f"id_{name}",
        label=label,
        hint=hint,
        errors=errors,
        required=required,
    )


@register.simple_tag
def diff_texts(before: str, after: str, lang: str = "") -> SafeString:
    """The differences between two texts."""
    return story.diff(changes(before, after), lang)


@register.simple_tag
def query(get: QueryDict, **changes_: object) -> str:
    """`?…` of this page with some parameters changed; empty drops one."""
    return data.query(get, **changes_)


@register.simple_tag
def page_lang() -> str:
    """The reader's language for the `lang` attribute of the page."""
    return entry.html_lang(get_language() or "en")


@register.filter
def html_lang(code: str) -> str:
    """A language code as the `lang` attribute wants it."""
    return entry.html_lang(code)


@register.filter
def hue(code: object) -> str:
    """The class that gives a field its hue."""
    return actions.hue_class(code)


@register.filter
def instant(at: datetime | None, zone: str = "UTC") -> SafeString:
    """An instant in a zone as a `<time>` element."""
    return data.time(at, zone)


@register.filter
def day(at: datetime | None, zone: str = "UTC") -> SafeString:
    """The day of an instant in a zone as a `<time>` element."""
    return data.time(at, zone, "day")


@register.simple_block_tag
def callout(content: str, tone: str = "water", title: Text = "", role: str = "") -> SafeString:
    """`{% callout tone="amber" title="…" %}…{% endcallout %}`"""
    return blocks.callout(content, tone=tone, title=title, role=role)


@register.simple_tag
def notice(text: Text, tone: str = "water", title: Text = "") -> SafeString:
    """A callout of one sentence."""
    return blocks.callout(text, tone=tone, title=title)


@register.simple_block_tag
def panel(content: str, title: Text = "", id: str = "", lead: Text = "", level: int = 2, tone: str = "") -> SafeString:
    """`{% panel title="…" %}…{% endpanel %}`"""
    return blocks.panel(content, title=title, id=id, lead=lead, level=level, tone=tone)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    title: Text,
    label: Text,
    action: str = "",
    tone: str = "danger",
    check: Text = "",
    cancel_url: str = "",
    name: str = "",
    value: str = "",
    id: str = "confirmed",
) -> SafeString:
    """`{% confirm title="…" label="…" check="…" %}what will happen{% endconfirm %}`: a form of its own."""
    return blocks.confirm(
        content,
        _token(context),
        title=title,
        action=action,
        label=label,
        tone=tone,
        check=check,
        cancel_url=cancel_url,
        name=name,
        value=value,
        id=id,
    )


@register.simple_tag(takes_context=True)
def page_top(context: Context) -> SafeString:
    """What comes before the content of a page, from the variable `shell`."""
    shell = context.get("shell")
    return page.top(shell, _token(context) if shell and shell.sign_out_url else "")


@register.simple_tag(takes_context=True)
def page_told(context: Context) -> SafeString:
    """What was done or refused just now."""
    return page.told(context.get("messages"))


def _token(context: Context) -> str:
    token = context.get("csrf_token")
    if token:
        return str(token)
    request = context.get("request")
    return get_token(request) if request is not None else ""

"""Form fields: label, hint, error and control in this order, and the summary of errors above the form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from praxis.ui.html import EMPTY, ICONS, attributes, fill, join, slug, wrap
from praxis.ui.parts import widgets
from praxis.ui.values import Choice, Text

Problem = tuple[str, Text]
"""The id of the control that is wrong, and what to do about it."""


def error_summary(source: object) -> SafeString:
    """What is wrong with the form, at the top, each line a link to its control.

    Takes a form, several forms, or pairs of (control id, message); draws nothing where nothing is wrong.
    """
    problems = list(_problems(source))
    if not problems:
        return EMPTY
    title = ngettext("There is a problem", "There are %(count)d problems", len(problems)) % {"count": len(problems)}
    lines = join(
        [
            fill('<li><a href="#{}">{}</a></li>', id_, text) if id_ else fill("<li>{}</li>", text)
            for id_, text in problems
        ]
    )
    return fill(
        '<div class="error-summary" role="alert" tabindex="-1" data-error-summary '
        'aria-labelledby="{0}"><h2 id="{0}">{1}</h2><ul>{2}</ul></div>',
        f"error-summary-{slug(problems[0][0]) or 'form'}",
        title,
        lines,
    )


def _problems(source: object) -> Iterable[Problem]:
    if source is None:
        return
    if isinstance(source, forms.BaseForm):
        for text in source.non_field_errors():
            yield "", str(text)
        for bound in source:
            for text in bound.errors:
                yield (
                    focus_id(bound),
                    fill("{}{}{}", str(bound.label).rstrip("。．.:：?？ "), gettext(": "), text),
                )
        return
    for item in source:  # type: ignore[attr-defined]
        if isinstance(item, forms.BaseForm):
            yield from _problems(item)
        else:
            yield item[0], item[1]


def focus_id(bound: BoundField) -> str:
    """The id a link to this field should lead to: its control, or the first of a group."""
    grouped = isinstance(bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"{bound.auto_id}_0" if grouped else bound.auto_id


def field(
    bound: BoundField,
    *,
    label: Text | None = None,
    hint: Text | None = None,
    limit: int | None = None,
    unit: str = "",
    width: str = "",
    lang: str = "",
    pick: bool = False,
    inline: bool = False,
    mark: bool = True,
    **attrs: object,
) -> SafeString:
    """A whole form field from Django's bound field, whatever its control is."""
    widget = bound.field.widget
    if isinstance(widget, forms.HiddenInput):
        return widgets.control(bound, {})
    label = bound.label if label is None else label
    hint = bound.help_text if hint is None else hint
    errors = [str(text) for text in bound.errors]
    required = bool(bound.field.required)
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        # Django derives its checkboxes from its radio buttons.
        kind = "checkbox" if isinstance(widget, forms.CheckboxSelectMultiple) else "radio"
        choices = [c for c in widgets.bound_choices(bound) if c.value or kind == "checkbox"]
        draw = pick_list if pick else choice_group
        return draw(
            bound.html_name,
            label,
            choices,
            kind=kind,
            id=bound.auto_id,
            hint=hint,
            errors=errors,
            required=required,
            mark=mark,
            inline=inline,
        )
    if isinstance(widget, forms.CheckboxInput):
        return _checkbox(bound, label, hint, errors, attrs)
    return field_box(
        lambda described: widgets.control(bound, {**described, "lang": lang or None, **attrs}),
        id=bound.auto_id,
        label=label,
        hint=hint,
        errors=errors,
        required=required,
        limit=limit,
        unit=unit,
        width=width,
        lang=lang,
        mark=mark,
    )


def field_box(
    draw: Callable[[dict[str, object]], SafeString],
    *,
    id: str,
    label: Text,
    hint: Text = "",
    errors: Sequence[Text] = (),
    required: bool = False,
    limit: int | None = None,
    unit: str = "",
    width: str = "",
    lang: str = "",
    mark: bool = True,
    foot: SafeString = EMPTY,
    note: SafeString = EMPTY,
) -> SafeString:
    """Label, hint, error and foot around a control; `draw` gets the attributes that tie them to it."""
    hint_id, error_id, count_id = f"{id}_hint", f"{id}_error", f"{id}_count"
    described = " ".join(part for part, there in ((hint_id, hint), (error_id, errors), (count_id, limit)) if there)
    control = draw(
        {
            "id": id,
            "aria_describedby": described or None,
            "aria_invalid": "true" if errors else None,
            "required": required,
            "data_counter": count_id if limit else None,
        }
    )
    tail = counter(count_id, limit, unit or unit_of(lang)) if limit else EMPTY
    return fill(
        '<div class="field{}{}"{}>{}{}{}{}{}</div>',
        " field--wrong" if errors else "",
        f" field--{width}" if width else "",
        attributes({"data-field": id}),
        fill(
            '<label class="field__label" for="{}">{}{}</label>{}',
            id,
            label,
            optional_mark(required) if mark else EMPTY,
            note,
        ),
        wrap("div", "field__hint", hint, id=hint_id),
        error_list(error_id, errors),
        control,
        wrap("div", "field__foot", join([foot, tail])),
    )


def optional_mark(required: bool) -> SafeString:
    """The words that mark a field one may leave empty; a required one carries none."""
    return EMPTY if required else fill(' <span class="field__optional">{}</span>', gettext("(optional)"))


def error_list(id_: str, errors: Sequence[Text]) -> SafeString:
    """The messages at a field."""
    if not errors:
        return EMPTY
    lines = join([fill("<span>{}</span>", text) for text in errors])
    return fill(
        '<p class="field__error" id="{}">{}<span class="visually-hidden">{}</span>{}</p>',
        id_,
        ICONS["alert"],
        gettext("Error:"),
        lines,
    )


def unit_of(lang: str) -> str:
    """What a language's length is counted in: `characters` for Chinese, `words` else."""
    return "characters" if lang.startswith("zh") else "words"


def counter(id_: str, limit: int, unit: str) -> SafeString:
    """The slot of a word counter: the limit without script, the running count with it."""
    words = gettext("at most %(limit)d characters") if unit == "characters" else gettext("at most %(limit)d words")
    return fill(
        '<span class="counter" id="{}" data-limit="{}" data-unit="{}">{}</span>',
        id_,
        limit,
        unit,
        words % {"limit": limit},
    )


def _checkbox(bound: BoundField, label: Text, hint: Text, errors: list[str], attrs: dict[str, object]) -> SafeString:
    id_ = bound.auto_id
    described = " ".join(part for part, there in ((f"{id_}_hint", hint), (f"{id_}_error", errors)) if there)
    box = attributes(
        {
            "type": "checkbox",
            "name": bound.html_name,
            "id": id_,
            "checked": bool(bound.value()),
            "required": bound.field.required,
            "disabled": bound.field.disabled,
            "aria-describedby": described or None,
            "aria-invalid": "true" if errors else None,
            **attrs,
        }
    )
    return fill(
        '<div class="field{}">{}<div class="choice"><input{}><label for="{}">{}</label>{}</div></div>',
        " field--wrong" if errors else "",
        error_list(f"{id_}_error", errors),
        box,
        id_,
        label,
        wrap("span", "choice__hint", hint, id=f"{id_}_hint"),
    )


def choice_group(
    name: str,
    legend: Text,
    choices: Iterable[Choice],
    *,
    kind: str = "radio",
    id: str = "",
    hint: Text = "",
    errors: Sequence[Text] = (),
    required: bool = False,
    mark: bool = True,
    inline: bool = False,
) -> SafeString:
    """Radio buttons or checkboxes under one legend."""
    id_ = id or f"id_{slug(name)}"
    inputs = widgets.choice_list(name, choices, kind, id_, {"required": required and kind == "radio"})
    return fieldset(
        legend,
        fill('<div class="choices{}">{}</div>', " choices--inline" if inline else "", inputs),
        id=id_,
        hint=hint,
        errors=errors,
        required=required,
        mark=mark,
    )


def fieldset(
    legend: Text,
    content: SafeString,
    *,
    id: str,
    hint: Text = "",
    errors: Sequence[Text] = (),
    required: bool = True,
    mark: bool = True,
    class_: str = "",
) -> SafeString:
    """A fieldset with legend, hint and error before its content."""
    described = " ".join(part for part, there in ((f"{id}_hint", hint), (f"{id}_error", errors)) if there)
    return fill(
        '<fieldset class="field{}{}"{}><legend class="field__label">{}{}</legend>{}{}{}</fieldset>',
        " field--wrong" if errors else "",
        f" {class_}" if class_ else "",
        attributes({"id": id, "aria-describedby": described or None}),
        legend,
        optional_mark(required) if mark else EMPTY,
        wrap("div", "field__hint", hint, id=f"{id}_hint"),
        error_list(f"{id}_error", errors),
        content,
    )


def pick_list(
    name: str,
    legend: Text,
    choices: Iterable[Choice],
    *,
    kind: str = "checkbox",
    id: str = "",
    hint: Text = "",
    errors: Sequence[Text] = (),
    required: bool = False,
    mark: bool = True,
    inline: bool = False,
) -> SafeString:
    """A long list to tick in: chosen ones first, the rest folded away; script adds a box to filter by."""
    id_ = id or f"id_{slug(name)}"
    all_ = list(choices)
    chosen = sum(c.selected for c in all_)
    inputs = widgets.choice_list(name, sorted(all_, key=lambda c: not c.selected), kind, id_)
    summary = ngettext("%(count)d chosen", "%(count)d chosen", chosen) % {"count": chosen}
    body = fill(
        '<details class="pick" data-pick{}><summary><span class="pick__count" data-pick-count>{}</span>'
        '<span class="pick__names" data-pick-names>{}</span></summary>'
        '<div class="pick__filter" hidden><label class="visually-hidden" for="{}_filter">{}</label>'
        '<input class="input" type="search" id="{}_filter" placeholder="{}" autocomplete="off">'
        '<button class="button button--secondary" type="button" data-pick-done>{}</button></div>'
        '<div class="pick__list choices" tabindex="-1">{}</div></details>',
        attributes({"open": bool(errors)}),
        summary,
        _names(all_),
        id_,
        gettext("Filter the list"),
        id_,
        gettext("Type to filter"),
        gettext("Close the list"),
        inputs,
    )
    return fieldset(legend, body, id=id_, hint=hint, errors=errors, required=required, mark=mark)


def _names(choices: list[Choice]) -> str:
    return gettext(", ").join(str(c.label) for c in choices if c.selected)

"""Form controls drawn without a template each, since an edit form holds dozens of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from praxis.ui.html import attributes, fill, join, wrap
from praxis.ui.values import Choice

_PLAIN_INPUTS = (
    forms.TextInput,
    forms.EmailInput,
    forms.URLInput,
    forms.NumberInput,
    forms.PasswordInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.TimeInput,
)


def control(bound: BoundField, attrs: dict[str, object]) -> SafeString:
    """The control of a bound field with our attributes on it; unusual widgets fall back to Django's own drawing."""
    widget = bound.field.widget
    merged: dict[str, object] = {"id": bound.auto_id, **widget.attrs, **attrs}
    if bound.field.disabled:
        merged["disabled"] = True
    kind = type(widget)
    if kind is forms.Textarea:
        value = widget.format_value(bound.value()) or ""
        return textarea(bound.html_name, value, merged)
    if kind is forms.Select or kind is forms.NullBooleanSelect:
        return _select(bound, merged)
    if kind in _PLAIN_INPUTS:
        value = widget.format_value(bound.value())
        given = widget.attrs.get("type", widget.input_type)
        return text_input(bound.html_name, value, {"type": given, **_limits(bound), **merged})
    if isinstance(widget, forms.FileInput):
        merged.setdefault("class", "file")
    given_attrs: dict[str, Any] = {name.replace("_", "-"): v for name, v in merged.items() if v not in (None, False)}
    return bound.as_widget(attrs=given_attrs)


def _limits(bound: BoundField) -> dict[str, object]:
    found = bound.field.widget_attrs(bound.field.widget)
    return {name: found[name] for name in ("maxlength", "minlength", "min", "max", "step") if name in found}


def text_input(name: str, value: object, attrs: dict[str, object]) -> SafeString:
    """A one-line input; a password is never sent back."""
    shown = None if attrs.get("type") == "password" else value
    return fill(
        "<input{}>",
        attributes(
            {
                "class": "input",
                "type": "text",
                **attrs,
                "name": name,
                "value": None if shown in (None, "") else shown,
            }
        ),
    )


def textarea(name: str, value: object, attrs: dict[str, object]) -> SafeString:
    """A text area; the line break after the tag keeps a first empty line of the text."""
    return fill("<textarea{}>\n{}</textarea>", attributes({"class": "input", "rows": 6, **attrs, "name": name}), value)


def line(name: str, value: object, attrs: dict[str, object]) -> SafeString:
    """One line of text that is shown whole: it wraps and grows where it is longer than its control is wide."""
    # No line break after the tag: a line has no empty line to keep.
    return fill("<textarea{}>{}</textarea>", attributes({"class": "input input--line", "rows": 1, **attrs, "data_line": True, "name": name}), value)


def _select(bound: BoundField, attrs: dict[str, object]) -> SafeString:
    widget = bound.field.widget
    value = widget.format_value(bound.value())
    groups: list[SafeString] = []
    for label, options, _ in widget.optgroups(bound.html_name, value):
        drawn = join(
            [
                _plain_option(o["value"], o["label"], bool(o["selected"]))
                if isinstance(o["value"], str) and isinstance(o["label"], str) and not o["attrs"].get("disabled")
                else fill(
                    "<option{}>{}</option>",
                    attributes(
                        {
                            "value": o["value"],
                            "selected": bool(o["selected"]),
                            "disabled": o["attrs"].get("disabled"),
                        }
                    ),
                    o["label"],
                )
                for o in options
            ]
        )
        groups.append(fill('<optgroup label="{}">{}</optgroup>', label, drawn) if label else drawn)
    return fill(
        '<span class="select"><select{}>{}</select></span>',
        attributes({"class": "input", **attrs, "name": bound.html_name}),
        join(groups),
    )


@lru_cache(maxsize=4096, typed=True)
def _plain_option(value: str, label: str, selected: bool) -> SafeString:
    return fill("<option{}>{}</option>", attributes({"value": value, "selected": selected}), label)


def select(name: str, choices: Iterable[Choice], attrs: dict[str, object]) -> SafeString:
    """A select without a Django form behind it."""
    options = join(
        [
            fill("<option{}>{}</option>", attributes({"value": c.value, "selected": c.selected}), c.label)
            for c in choices
        ]
    )
    return fill(
        '<span class="select"><select{}>{}</select></span>',
        attributes({"class": "input", **attrs, "name": name}),
        options,
    )


def bound_choices(bound: BoundField) -> Iterator[Choice]:
    """The choices of a bound radio or checkbox group, with those that are chosen marked."""
    widget = bound.field.widget
    value = widget.format_value(bound.value())
    hints = getattr(bound.field, "choice_hints", {})
    choices = list(widget.choices)
    if type(widget) is forms.CheckboxSelectMultiple and not any(isinstance(label, (list, tuple)) for _, label in choices):
        # What Django's `optgroups` says, without a dictionary for each of 250 countries.
        chosen = set(value)
        for key, label in choices:
            yield Choice(str(key), label, hints.get(str(key), ""), str(key) in chosen)
        return
    for group, options, _ in widget.optgroups(bound.html_name, value):
        for option in options:
            key = str(option["value"])
            yield Choice(key, option["label"], hints.get(key, ""), bool(option["selected"]), group or "")


def choice_list(
    name: str, choices: Iterable[Choice], kind: str, base_id: str, attrs: dict[str, object] | None = None
) -> SafeString:
    """The inputs of a radio or checkbox group, each with its label and hint."""
    return join([_choice(name, c, kind, f"{base_id}_{n}", attrs or {}) for n, c in enumerate(choices)])


def _choice(name: str, choice: Choice, kind: str, id_: str, attrs: dict[str, object]) -> SafeString:
    if not choice.hint and not attrs and isinstance(choice.label, str):
        return _plain_choice(name, choice.value, choice.label, bool(choice.selected), kind, id_)
    hint_id = f"{id_}_hint" if choice.hint else None
    return fill(
        '<div class="choice"><input{}><label for="{}">{}</label>{}</div>',
        attributes(
            {
                "type": kind,
                "name": name,
                "id": id_,
                "value": choice.value,
                "checked": choice.selected,
                "aria-describedby": hint_id,
                **attrs,
            }
        ),
        id_,
        choice.label,
        wrap("span", "choice__hint", choice.hint, id=hint_id),
    )


# Typed: a text that is safe HTML already is another value than the same text that is not.
@lru_cache(maxsize=4096, typed=True)
def _plain_choice(name: str, value: str, label: str, selected: bool, kind: str, id_: str) -> SafeString:
    """A choice without a hint: a list of countries draws the same 250 each time."""
    box = attributes({"type": kind, "name": name, "id": id_, "value": value, "checked": selected})
    return fill('<div class="choice"><input{}><label for="{}">{}</label></div>', box, id_, label)

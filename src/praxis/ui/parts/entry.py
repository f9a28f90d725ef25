"""Fields of this platform: two languages side by side, files that upload in pieces, scores on a scale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.forms.boundfield import BoundField
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from praxis.ui.dates import moment
from praxis.ui.html import EMPTY, attributes, fill, join, safe, slug, wrap
from praxis.ui.parts import fields, widgets
from praxis.ui.parts.actions import status
from praxis.ui.values import Anchor, Side, Text

LANGUAGE_NAMES = {
    "zh-hans": "中文",
    "en": "English",
    "ar": "العربية",
    "fr": "Français",
    "ru": "Русский",
    "es": "Español",
}


def html_lang(code: str) -> str:
    """A language code as the `lang` attribute wants it (`zh-hans` becomes `zh-Hans`)."""
    head, _, tail = code.partition("-")
    return f"{head}-{tail.title() if len(tail) == 4 else tail.upper()}" if tail else head


def save_state(saved_at: datetime | None = None, zone: str = "UTC") -> SafeString:
    """Where script tells how saving goes; without script it tells when the text was last saved."""
    text = fill("{} {}", gettext("Saved"), moment(saved_at, zone)) if saved_at else EMPTY
    return fill(
        '<span class="save-state" data-save-state{}>{}</span>',
        attributes({"data-state": "saved" if saved_at else None}),
        text,
    )


def text_state(state: str) -> SafeString:
    """How a text in one language stands: not written, machine draft, written by a person, reviewed."""
    if not state:
        return EMPTY
    names = {
        "missing": (pgettext("text", "Not written yet"), "neutral"),
        "machine": (pgettext("text", "Machine draft"), "amber"),
        "human": (pgettext("text", "Written by a person"), "water"),
        "reviewed": (pgettext("text", "Reviewed"), "jade"),
    }
    if state not in names:
        return EMPTY
    return status(*names[state])


def side(bound: BoundField, lang: str, **more: Any) -> Side:
    """One language of a bilingual field from Django's bound field; `more` sets limit, rows, state, saved_at, stale."""
    value = bound.value()
    return Side(
        lang=lang,
        name=bound.html_name,
        value="" if value is None else str(value),
        id=bound.auto_id,
        errors=tuple(str(text) for text in bound.errors),
        required=bool(bound.field.required),
        **more,
    )


def bilingual(
    sides: Sequence[Side],
    *,
    label: Text,
    hint: Text = "",
    required: bool | None = None,
    zone: str = "UTC",
    id: str = "",
) -> SafeString:
    """The same text in the languages of the edition, side by side, the reader's own first; stacked on the phone."""
    id_ = id or f"bi_{slug(sides[0].name)}"
    sides = [sides[place] for place in _own_first(sides)]
    needed = any(s.required for s in sides) if required is None else required
    columns = join([_side(s, f"{id_}_hint" if hint else "", zone) for s in sides])
    box = fill('<div class="bilingual bilingual--{}">{}</div>', len(sides), columns)
    return fields.fieldset(label, box, id=id_, hint=hint, required=needed, class_="field--bilingual")


def _own_first(sides: Sequence[Side]) -> list[int]:
    """The places of the sides in the order in which the reader meets them."""
    own = get_language()
    return sorted(range(len(sides)), key=lambda place: sides[place].lang != own)


class KeptBilingual:
    """A bilingual field that is drawn at many looks and differs in what stands in it: the rest is drawn once.

    For one language of the reader: whoever keeps it keeps it for each. `sides` hold no value, no error and no state.
    """

    # In place of what stands in a field while the rest is drawn: a sign that no text holds.
    HOLE = "\ufdd0"

    def __init__(self, sides: Sequence[Side], *, label: Text, hint: Text = "", required: bool | None = None) -> None:
        self.sides, self.label, self.hint, self.required = tuple(sides), label, hint, required
        self._order = _own_first(sides)
        self._kept: dict[tuple[bool, ...], tuple[str, ...]] = {}

    def draw(self, values: Sequence[str]) -> SafeString:
        """The field with these values, one a side."""
        filled = tuple([value != "" for value in values])
        pieces = self._kept.get(filled) or self._pieces(filled)
        parts = [pieces[0]]
        for place, piece in zip(self._order, pieces[1:], strict=True):
            parts += (safe(values[place]), piece)
        return SafeString("".join(parts))

    def with_states(self, sides: Sequence[Side]) -> SafeString:
        """The field with sides of which something is to be said: an error, a state, or that one is behind the other."""
        return bilingual(sides, label=self.label, hint=self.hint, required=self.required)

    def _pieces(self, filled: tuple[bool, ...]) -> tuple[str, ...]:
        """What stands around the values; where there is none its place is empty and nothing is put in."""
        sides = [replace(side, value=self.HOLE if there else "") for side, there in zip(self.sides, filled, strict=True)]
        drawn = iter(self.with_states(sides).split(self.HOLE))
        pieces = [next(drawn)]
        pieces += [next(drawn) if filled[place] else "" for place in self._order]
        if list(drawn):
            raise ValueError("a label or a name holds the sign that stands for a text")
        self._kept[filled] = found = tuple(pieces)
        return found


def _side(s: Side, shared_hint: str, zone: str) -> SafeString:
    id_ = s.id or f"id_{slug(s.name)}"
    foot = join([_stale(s, id_), save_state(s.saved_at, zone)])

    def draw(tied: dict[str, object]) -> SafeString:
        described = " ".join(
            str(p) for p in (shared_hint, tied.get("aria_describedby"), f"{id_}_stale" if s.stale else "") if p
        )
        attrs = {
            **tied,
            "aria_describedby": described or None,
            "lang": html_lang(s.lang),
            "dir": "rtl" if s.lang in ("ar", "fa", "ur", "he") else None,
            "readonly": s.readonly,
            "required": s.required,
            "maxlength": s.maxlength,
            "data_autosave": s.autosave_url or None,
        }
        if s.rows == 1:
            return widgets.line(s.name, s.value, attrs)
        return widgets.textarea(s.name, s.value, {"rows": s.rows, **attrs})

    name = s.label or LANGUAGE_NAMES.get(s.lang, s.lang)
    return fields.field_box(
        draw,
        id=id_,
        label=fill('<span lang="{}">{}</span>', html_lang(s.lang), name),
        errors=s.errors,
        required=True,
        limit=s.limit,
        lang=s.lang,
        foot=foot,
        note=wrap("span", "field__note", text_state(s.state)),
    )


def _stale(s: Side, id_: str) -> SafeString:
    if not s.stale:
        return EMPTY
    return fill(
        '<span class="stale" id="{}_stale">{}</span>',
        id_,
        gettext("The text this was translated from has changed since"),
    )


def file_field(
    name: str,
    label: Text,
    *,
    accept: str = "",
    hint: Text = "",
    max_bytes: int | None = None,
    multiple: bool = False,
    required: bool = False,
    errors: Sequence[Text] = (),
    upload_url: str = "",
    complete_url: str = "",
    purpose: str = "",
    id: str = "",
) -> SafeString:
    """A file input; with `upload_url` (tus) script sends the file in pieces, shows progress and can resume."""
    limit = gettext("Up to %(size)s a file.") % {"size": filesizeformat(max_bytes)} if max_bytes else ""
    whole = fill("{} {}", hint, limit) if limit else hint
    return fields.field_box(
        lambda tied: fill(
            '<input{}><div class="upload" data-upload-list hidden></div>',
            attributes(
                {
                    **{k: v for k, v in tied.items() if k != "data_counter"},
                    "class": "file",
                    "type": "file",
                    "name": name,
                    "accept": accept or None,
                    "multiple": multiple,
                    "data_upload": upload_url or None,
                    "data_complete": complete_url or None,
                    "data_max_bytes": max_bytes,
                    "data_purpose": purpose or None,
                }
            ),
        ),
        id=id or f"id_{slug(name)}",
        label=label,
        hint=whole,
        errors=errors,
        required=required,
    )


def scale_points(low: float, high: float, step: float) -> list[str]:
    """The points of a scale as they are written and sent (`0`, `0.5`, … or `1`, `2`, …)."""
    count = round((high - low) / step)
    return [f"{low + n * step:.4f}".rstrip("0").rstrip(".") for n in range(count + 1)]


def score_scale(
    name: str,
    legend: Text,
    *,
    low: float = 1,
    high: float = 10,
    step: float = 1,
    value: object = None,
    anchors: Iterable[Anchor] = (),
    hint: Text = "",
    errors: Sequence[Text] = (),
    required: bool = True,
    disabled: bool = False,
    id: str = "",
) -> SafeString:
    """Radio buttons in one row, one a point, with what the anchored points mean beneath."""
    id_ = id or f"id_{slug(name)}"
    points = scale_points(low, high, step)
    chosen = _point(value)
    cells = join(
        [
            fill(
                '<div class="scale__point"><input{}><label for="{}">{}</label></div>',
                attributes(
                    {
                        "type": "radio",
                        "name": name,
                        "id": f"{id_}_{n}",
                        "value": point,
                        "checked": point == chosen,
                        "disabled": disabled,
                    }
                ),
                f"{id_}_{n}",
                point,
            )
            for n, point in enumerate(points)
        ]
    )
    meaning = join(
        [
            fill(
                '<div class="anchor{}"><dt>{}</dt><dd>{}</dd></div>',
                " anchor--chosen" if _point(a.value) == chosen else "",
                _point(a.value),
                a.text,
            )
            for a in anchors
        ]
    )
    content = fill(
        '<div class="scale scale--{}" data-scale>{}</div>{}',
        len(points),
        cells,
        wrap("dl", "anchors", meaning),
    )
    return fields.fieldset(legend, content, id=id_, hint=hint, errors=errors, required=required, class_="field--scale")


def _point(value: object) -> str:
    if value is None or value == "":
        return ""
    try:
        return f"{float(str(value)):.4f}".rstrip("0").rstrip(".")
    except ValueError:
        return ""

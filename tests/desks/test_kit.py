"""What every desk needs to answer a form."""

from __future__ import annotations

from django import forms

from praxis.desks import kit
from praxis.ui.parts import fields


class Titled(forms.Form):
    title = kit.LineField(max_length=40)


def test_a_line_is_drawn_whole_and_kept_in_one() -> None:
    form = Titled({"title": "A name\r\n  in two\nlines "})
    assert form.is_valid()
    assert form.cleaned_data["title"] == "A name in two lines"
    drawn = str(fields.field(form["title"], label="Name"))
    assert '<textarea class="input input--line"' in drawn
    assert "data-line" in drawn


def test_a_line_too_long_is_refused_and_given_back() -> None:
    form = Titled({"title": "x" * 41})
    assert not form.is_valid()
    assert "x" * 41 in str(fields.field(form["title"]))

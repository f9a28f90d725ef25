"""Components as HTML: what is typed is kept, what is wrong is tied to its control, nothing is let through unescaped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django import forms
from django.contrib.messages import SUCCESS
from django.contrib.messages.storage.base import Message
from django.http import QueryDict
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from praxis.ui.changes import changes
from praxis.ui.parts import actions, blocks, data, entry, fields, page, story, widgets
from praxis.ui.shell import Banner, Desk, Language, NavGroup, Shell
from praxis.ui.values import Check, Choice, Column, Link, Pager, Picture, Post, Row, Side, Table

EVIL = "<script>alert(1)</script>\"'&"


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As in print", max_length=40)
    start = forms.IntegerField(label="Start", required=False, min_value=1969)
    summary = forms.CharField(label="Summary", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], required=False)
    route = forms.ChoiceField(label="Route", choices=[("x", "X"), ("y", "Y")], widget=forms.RadioSelect)
    places = forms.MultipleChoiceField(
        label="Places", choices=[("CN", "China"), ("KE", "Kenya")], widget=forms.CheckboxSelectMultiple
    )
    true = forms.BooleanField(label="It is true.")
    password = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def test_the_order_is_label_hint_error_control():
    html = fields.field(Sample({"name": ""})["name"])
    places = [html.index(part) for part in ("<label", "As in print", "This field is required", "<input")]
    assert places == sorted(places)
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_what_was_typed_comes_back_escaped():
    form = Sample(
        {
            "name": EVIL,
            "summary": "\nfirst line empty " + EVIL,
            "start": "soon",
            "kind": "b",
            "places": ["KE"],
            "route": "y",
        }
    )
    assert "<script>" not in "".join(fields.field(bound) for bound in form)
    assert 'value="&lt;script&gt;' in fields.field(form["name"])
    assert ">\n\nfirst line empty" in fields.field(form["summary"])
    assert 'value="soon"' in fields.field(form["start"])
    assert '<option value="b" selected>' in fields.field(form["kind"])
    assert 'value="y" checked' in fields.field(form["route"])
    assert 'value="KE" checked' in fields.field(form["places"], pick=True)


def test_a_password_is_never_sent_back():
    assert "hunter" not in fields.field(Sample({"password": "hunter2hunter2"})["password"])


def test_only_a_field_that_may_stay_empty_is_marked():
    form = Sample()
    assert "(optional)" in fields.field(form["start"])
    assert "(optional)" not in fields.field(form["name"])


def test_limits_of_the_form_field_reach_the_control():
    assert 'maxlength="40"' in fields.field(Sample()["name"])
    assert 'min="1969"' in fields.field(Sample()["start"])


def test_an_unusual_widget_falls_back_to_django_s():
    class Dated(forms.Form):
        day = forms.DateField(widget=forms.SelectDateWidget(years=[2026]))

    html = fields.field(Dated()["day"])
    assert html.count("<select") == 3


def test_the_summary_leads_to_each_control_and_to_the_first_of_a_group():
    html = fields.error_summary(Sample({"name": "x"}))
    assert 'href="#id_route_0"' in html
    assert 'href="#id_places_0"' in html
    assert 'href="#id_true"' in html
    assert "It is true: This field is required." in html
    assert fields.error_summary(Sample()) == ""


def test_the_summary_takes_pairs_and_several_forms():
    html = fields.error_summary([Sample({"name": ""}, prefix="one"), ("id_other", "Wrong")])
    assert 'href="#id_one-name"' in html
    assert 'href="#id_other"' in html


def test_the_readers_own_language_stands_first_in_a_bilingual_field():
    sides = [Side(lang="zh-hans", name="a-zh"), Side(lang="en", name="a-en")]
    for language, first, second in (("en", "a-en", "a-zh"), ("zh-hans", "a-zh", "a-en"), ("fr", "a-zh", "a-en")):
        with override(language):
            html = entry.bilingual(sides, label="Name")
        assert html.index(f'name="{first}"') < html.index(f'name="{second}"')


def test_each_side_of_a_bilingual_field_names_its_language():
    sides = [Side("zh-hans", "a_zh", "案例", limit=300, stale=True, errors=("太长",)), Side("ar", "a_ar", rows=1)]
    html = entry.bilingual(sides, label="Name", hint="Short")
    assert "<textarea" in html
    assert 'lang="zh-Hans"' in html
    assert 'dir="rtl"' in html
    assert 'data-unit="characters"' in html
    assert "id_a-zh_stale" in html
    assert 'aria-describedby="bi_a-zh_hint id_a-zh_error id_a-zh_count id_a-zh_stale"' in html


def test_a_scale_of_halves_has_its_points_and_keeps_the_choice():
    assert entry.scale_points(0, 5, 0.5) == ["0", "0.5", "1", "1.5", "2", "2.5", "3", "3.5", "4", "4.5", "5"]
    html = entry.score_scale("s", "Score", low=0, high=5, step=0.5, value=3.50)
    assert html.count('type="radio"') == 11
    assert html.count("checked") == 1
    assert 'value="3.5" checked' in html
    assert "checked" not in entry.score_scale("s", "Score", value="rubbish")


def test_zero_is_a_score():
    assert 'value="0" checked' in entry.score_scale("s", "Score", low=0, value=0)


def test_a_table_labels_its_cells_for_the_cards_of_the_phone():
    table = Table(
        [Column("Case"), Column("Mean", numeric=True), Column("Do", quiet=True)],
        [Row((EVIL, 8.4, "x"), url="/c"), Row(("B", None, ""))],
    )
    html = data.table(table)
    assert 'data-label="Mean">8.4</td>' in html
    assert 'data-label="Do"' not in html
    assert "&lt;script&gt;" in html
    assert 'title="unknown"' in html
    assert html.count('scope="row"') == 2


def test_a_table_refuses_a_row_of_another_length():
    with pytest.raises(ValueError, match="zip"):
        data.table(Table([Column("A")], [Row(("1", "2"))]))


def test_an_empty_table_says_so():
    assert "No cases" in data.table(Table([Column("A")], [], empty="No cases"))


def test_a_click_on_a_sorted_header_turns_the_order_and_forgets_the_cursor():
    columns = data.sortable(
        [Column("Mean", sort="mean"), Column("Name", sort="name"), Column("Plain")],
        QueryDict("sort=mean&after=77&year=2026"),
    )
    assert columns[0].sorted == "ascending"
    assert QueryDict(columns[0].sort_url[1:]) == QueryDict("sort=-mean&year=2026")
    assert QueryDict(columns[1].sort_url[1:]) == QueryDict("sort=name&year=2026")
    assert columns[2].sort_url == ""


def test_a_pager_says_which_rows_and_only_the_ways_there_are():
    html = data.pager(Pager(51, 100, 1238, next_url="?after=9"))
    assert "Rows 51–100 of 1,238" in html
    assert "Previous" not in html
    assert data.pager(Pager()) == ""


def test_hues_are_stable_and_known_codes_have_their_own():
    assert [actions.hue_class(c) for c in ("infrastructure", "culture", "economy", "security", "governance")] == [
        f"hue-{n}" for n in range(1, 6)
    ]
    assert actions.hue_class(9) == "hue-1"
    assert actions.hue_class("other") == actions.hue_class("other")


def test_an_unknown_tone_is_neutral():
    assert "status--neutral" in actions.status("x", "loud")


def test_a_button_carries_further_attributes():
    assert 'data-x="1"' in actions.button("Go", data_x="1")
    assert " disabled>" in actions.button("Go", disabled=True)


def test_a_check_says_its_answer_in_words():
    html = story.checklist([Check("Two countries", "no", "Only one", "/fix"), Check("Odd", "nonsense")])
    assert "No: " in html
    assert 'href="/fix"' in html
    assert "check--unknown" in html


def test_a_message_of_a_thread_is_escaped_and_keeps_its_lines():
    html = story.thread([Post("A", f"one\ntwo\n\n{EVIL}", datetime(2026, 6, 1, tzinfo=UTC))])
    assert "one<br>two" in html
    assert "<script>" not in html


def test_a_picture_without_alt_keeps_an_empty_one():
    assert 'alt=""' in story.pictures([Picture("/a.png", "")])


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_both_texts_whole(before, after):
    pairs = list(changes(before, after))
    assert "".join(text for kind, text in pairs if kind != "ins") == before
    assert "".join(text for kind, text in pairs if kind != "del") == after


def test_a_difference_is_of_characters_in_chinese_and_words_in_english():
    assert ("ins", "共同") in list(changes("三国机构实施", "三国机构共同实施"))
    assert list(changes("twenty schools", "thirty schools"))[:2] == [("del", "twenty"), ("ins", "thirty")]


@given(st.text(max_size=80))
def test_no_text_breaks_out_of_a_component(text):
    drawn = [
        actions.status(text),
        actions.button(text, name=text),
        actions.category(text, text),
        fields.field_box(lambda tied: widgets.textarea(text, text, tied), id="x", label=text, hint=text, errors=[text]),
        data.empty(text, text, text, text),
        blocks.callout(text, title=text),
        fields.pick_list("p", text, [Choice(text, text, text, selected=True)]),
    ]
    for html in drawn:
        assert "<script" not in html.lower()
        assert html.count("<") == html.count(">")


def test_block_tags_hold_what_is_inside():
    html = Template(
        '{% load ui %}{% panel title="Rounds" id="r" %}<p>{{ evil }}</p>{% endpanel %}'
        '{% callout tone="amber" %}Plain {{ evil }}{% endcallout %}'
    ).render(Context({"evil": EVIL}))
    assert '<section class="panel" id="r" aria-labelledby="r-title">' in html
    assert "<script>" not in html
    assert "callout--amber" in html


def test_the_framework_s_refusals_are_said_in_the_house_s_own_chinese():
    class Asked(forms.Form):
        address = forms.EmailField()
        count = forms.IntegerField(min_value=2)
        name = forms.CharField()

    with override("zh-hans"):
        errors = {name: list(said) for name, said in Asked({"address": "x", "count": "1"}).errors.items()}
    assert errors == {"address": ["请输入有效的电子邮箱地址。"], "count": ["不能小于 2。"], "name": ["请填写此项。"]}


SIDES = [
    Side(lang="zh-hans", name="zh-hans:title", id="id_zh", limit=50, rows=1),
    Side(lang="en", name="en:title", id="id_en", limit=30, rows=4),
]


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), min_size=1, max_size=4))
def test_a_bilingual_field_that_is_kept_reads_as_one_that_is_drawn_anew(looks):
    kept = entry.KeptBilingual(SIDES, label="Case & name", hint="Short", required=True)
    for values in looks:
        sides = [replace(side, value=value) for side, value in zip(SIDES, values, strict=True)]
        assert kept.draw(values) == entry.bilingual(sides, label="Case & name", hint="Short", required=True)


def test_what_stands_in_a_kept_field_is_escaped_and_may_hold_its_sign():
    kept = entry.KeptBilingual(SIDES, label="Case name")
    drawn = kept.draw([EVIL, entry.KeptBilingual.HOLE])
    assert EVIL not in drawn
    assert drawn.count(entry.KeptBilingual.HOLE) == 1
    with pytest.raises(ValueError, match="sign"):
        entry.KeptBilingual(SIDES, label=entry.KeptBilingual.HOLE).draw(["a", "b"])


def test_words_that_are_kept_are_kept_for_each_language():
    for language, word in (("en", "Menu"), ("zh-hans", "菜单"), ("en", "Menu")):
        with override(language):
            assert word in page.masthead(Shell())
            assert ("Saving" in page.script_texts()) == (language == "en")
            assert f'lang="{entry.html_lang(language)}" dir="ltr"' in page.opening()
    with override("ar"):
        assert 'lang="ar" dir="rtl"' in page.opening()


def test_the_masthead_lets_nothing_through_unescaped():
    shell = Shell(
        brand=EVIL, tagline=EVIL, home_url=EVIL, nav=[Link(EVIL, EVIL)], user_label=EVIL, user_links=[Link(EVIL, EVIL)],
        languages=[Language("en", EVIL, EVIL)], sign_out_url=EVIL, footer_text=EVIL, footer_links=[Link(EVIL, EVIL)],
    )
    desk = Desk(EVIL, [NavGroup([Link(EVIL, EVIL, current=True, note=EVIL)], title=EVIL)], note=EVIL)
    banners = Shell(banners=[Banner(EVIL, EVIL, EVIL, EVIL)])
    told = page.told([Message(SUCCESS, EVIL), Message(SUCCESS, mark_safe(EVIL))])
    for drawn in (told, page.top(banners), page.closing(shell), page.masthead(shell, EVIL), page.footer(shell), page.desk_side(desk), page.alternates(shell.languages)):
        assert EVIL not in drawn
        assert "<script>" not in drawn

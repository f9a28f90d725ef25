"""Samples of forms."""

from __future__ import annotations

from datetime import UTC, datetime

from django import forms
from django.utils.safestring import SafeString

from praxis.ui.gallery.words import Words
from praxis.ui.html import join
from praxis.ui.parts import blocks, entry, fields, widgets
from praxis.ui.values import Anchor, Choice, Side

SAVED_AT = datetime(2026, 6, 3, 6, 32, tzinfo=UTC)


def _form(w: Words) -> forms.Form:
    class SampleForm(forms.Form):
        name = forms.CharField(
            label=w("案例名称", "Case name"),
            max_length=120,
            help_text=w(
                "突出特色，不必写机构名称。",
                "Bring out what is special. The institution's name is not needed.",
            ),
        )
        email = forms.EmailField(label=w("联系邮箱", "Contact e-mail"))
        start = forms.IntegerField(
            label=w("实施起始年份", "Year it began"),
            required=False,
            help_text=w("四位数字，例如 2019", "Four digits, for example 2019"),
        )
        kind = forms.ChoiceField(
            label=w("内容类型", "Kind of content"),
            choices=[
                ("", w("请选择", "Choose one")),
                ("project", w("项目", "Project")),
                ("training", w("培训", "Training")),
            ],
        )
        truthful = forms.BooleanField(label=w("我承诺所填内容真实。", "I declare that what is written here is true."))

    return SampleForm(
        {"name": w("山地学校联网计划", "Mountain schools online"), "email": "office@", "start": "", "kind": "project"},
        auto_id=f"id_%s_{w.language[:2]}",
        prefix=None,
    )


def error_summary(w: Words) -> SafeString:
    """Summary of errors."""
    return fields.error_summary(_form(w))


def form_fields(w: Words) -> SafeString:
    """Fields: label, hint before the field, error at the field."""
    form = _form(w)
    return join(
        [
            fields.field(form["name"], limit=30, lang=w.language),
            fields.field(form["email"], autocomplete="email", width="medium"),
            fields.field(form["start"], width="short", inputmode="numeric"),
            fields.field(form["kind"], width="medium"),
            fields.field(form["truthful"]),
        ]
    )


def choices(w: Words) -> SafeString:
    """Radio buttons and checkboxes."""
    return join(
        [
            fields.choice_group(
                w.id("applicant"),
                w("申报单位类型", "Kind of applicant"),
                [
                    Choice("university", w("高校", "University")),
                    Choice(
                        "company",
                        w("企业", "Enterprise"),
                        w("包括国有与民营企业", "State-owned or private"),
                        selected=True,
                    ),
                    Choice("other", w("国际组织", "International organisation")),
                ],
                required=True,
            ),
            fields.choice_group(
                w.id("material"),
                w("可提供的材料", "Material at hand"),
                [
                    Choice("pictures", w("图片", "Pictures"), selected=True),
                    Choice("video", w("视频", "Video")),
                    Choice("text", w("文件", "Documents")),
                ],
                kind="checkbox",
                inline=True,
            ),
        ]
    )


def pick_list(w: Words) -> SafeString:
    """Countries or regions: a long list to tick in."""
    places = [
        ("BR", w("巴西", "Brazil")),
        ("CN", w("中国", "China")),
        ("EG", w("埃及", "Egypt")),
        ("FR", w("法国", "France")),
        ("ID", w("印度尼西亚", "Indonesia")),
        ("KE", w("肯尼亚", "Kenya")),
        ("LA", w("老挝", "Lao PDR")),
        ("MX", w("墨西哥", "Mexico")),
        ("NP", w("尼泊尔", "Nepal")),
        ("PE", w("秘鲁", "Peru")),
        ("TH", w("泰国", "Thailand")),
        ("ZA", w("南非", "South Africa")),
    ]
    return fields.pick_list(
        w.id("places"),
        w("涉及的国家或地区", "Countries or regions involved"),
        [Choice(code, name, selected=code in {"KE", "CN"}) for code, name in places],
        hint=w("至少两个。", "At least two."),
        required=True,
    )


def bilingual(w: Words) -> SafeString:
    """The same text in two languages, side by side."""
    return entry.bilingual(
        [
            Side(
                "zh-hans",
                w.id("zh"),
                "项目由三国五家机构共同实施：一家负责站址与频率协调，两家培训教师，其余建设与维护网络。",
                limit=800,
                state="human",
                saved_at=SAVED_AT,
                rows=5,
            ),
            Side(
                "en",
                w.id("en"),
                "Five institutions from three countries carry out the project: one coordinates sites and "
                "spectrum, two train teachers.",
                limit=500,
                state="machine",
                stale=True,
                rows=5,
            ),
        ],
        label=w("国际合作", "International cooperation"),
        hint=w(
            "写清与哪些国家或地区的哪些机构、各自做了什么。",
            "Which institutions from which countries or regions took part, and what each of them did.",
        ),
        required=True,
        zone="Asia/Shanghai",
    )


def textarea(w: Words) -> SafeString:
    """Long text with a counter, over its limit."""
    text = w("把二十所山地学校接入宽带网络，", "Broadband for twenty schools in the mountains, ") * 3
    return fields.field_box(
        lambda tied: widgets.textarea(w.id("summary"), text, {**tied, "rows": 4}),
        id=w.id("id_summary"),
        label=w("摘要", "Summary"),
        errors=[w("摘要超过 20 字，请删减。", "The summary is over 20 words. Shorten it.")],
        required=True,
        limit=20,
        lang=w.language,
        foot=entry.save_state(SAVED_AT, "Asia/Shanghai"),
    )


def score_scale(w: Words) -> SafeString:
    """Scores on a scale with anchors."""
    anchors = [
        Anchor(1, w("没有国际合作伙伴", "No partner from abroad")),
        Anchor(4, w("一家伙伴，作用有限", "One partner with a small part")),
        Anchor(7, w("联合申报，分工清楚", "Joint application, parts clearly divided")),
        Anchor(10, w("长期机制，惠及多国", "A lasting mechanism that serves many countries")),
    ]
    return join(
        [
            entry.score_scale(
                w.id("cooperation"), w("国际合作性", "International cooperation"), value=7, anchors=anchors
            ),
            entry.score_scale(
                w.id("benefit"),
                w("普惠性（0–5 分，步长 0.5）", "Inclusiveness (0 to 5 in halves)"),
                low=0,
                high=5,
                step=0.5,
                value=3.5,
            ),
        ]
    )


def file_field(w: Words) -> SafeString:
    """Files, sent in pieces where script runs."""
    return entry.file_field(
        w.id("video"),
        w("视频", "Video"),
        accept="video/mp4,video/webm",
        max_bytes=2 * 1024**3,
        hint=w("MP4、MOV 或 WebM，最长 5 分钟。", "MP4, MOV or WebM, five minutes at most."),
    )


def filter_bar(w: Words) -> SafeString:
    """Filters above a list."""

    class FilterForm(forms.Form):
        q = forms.CharField(label=w("搜索", "Search"), required=False)
        year = forms.ChoiceField(
            label=w("年份", "Year"), required=False, choices=[("", w("全部", "All")), ("2026", "2026")]
        )

    form = FilterForm(auto_id=f"id_filter_%s_{w.language[:2]}")
    return blocks.filter_bar(
        form, action="#filter-bar", reset_url="#filter-bar", label=w("筛选案例", "Filter the cases")
    )


SAMPLES = (
    error_summary,
    form_fields,
    choices,
    pick_list,
    textarea,
    bilingual,
    score_scale,
    file_field,
    filter_bar,
)

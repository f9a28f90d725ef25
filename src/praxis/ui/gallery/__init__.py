"""The component page: every component with invented samples, in both languages side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from praxis.ui.gallery import doing, figures, forms, showing
from praxis.ui.gallery.words import Words

LANGUAGES = ("zh-hans", "en")
WIDE = {"table", "bilingual"}
TITLES = {
    "buttons": "按钮与按钮式链接",
    "breadcrumbs": "面包屑",
    "section_navigation": "各部分导航",
    "stepper": "步骤",
    "confirmation": "确认不可撤销的操作",
    "callouts": "提示与说明",
    "error_summary": "错误汇总",
    "form_fields": "字段：名称、提示、错误、输入框",
    "choices": "单选与多选",
    "pick_list": "国家或地区：长列表多选",
    "textarea": "长文本与字数",
    "bilingual": "两种语言并列",
    "score_scale": "评分与锚点",
    "file_field": "文件（支持分段上传）",
    "filter_bar": "列表筛选",
    "tags": "状态与领域",
    "table": "表格（手机上变为卡片）",
    "empty": "空列表",
    "definitions": "名称与内容",
    "stats": "数字与进度",
    "deadline": "截止时间：尚早、临近、已过",
    "checklist": "逐条检查及原因",
    "timeline": "时间线",
    "thread": "往来消息",
    "difference": "两版文本的差异",
    "pictures": "图片与视频",
    "panels": "版块与卡片",
    "bars": "按领域的条形图",
    "bars_standing": "柱形图",
    "curve": "每日曲线",
    "funnel": "漏斗图",
    "tiles": "国家或地区方格图（不绘地图）",
    "intervals": "得分区间与入选线",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One component on the page, drawn once a language."""

    id: str
    title: str
    drawings: tuple[tuple[str, SafeString], ...]
    wide: bool = False
    """The two languages stand one above the other."""


def samples() -> Iterator[Sample]:
    """Every sample, in the order of the page."""
    for room in (doing, forms, showing, figures):
        for function in room.SAMPLES:
            yield _sample(function)


def _sample(function: Callable[[Words], SafeString]) -> Sample:
    drawings = []
    for language in LANGUAGES:
        with override(language):
            drawings.append((language, function(Words(language))))
    name = function.__name__.replace("_", "-")
    return Sample(name, _title(function), tuple(drawings), wide=name in WIDE)


def _title(function: Callable[[Words], SafeString]) -> str:
    english = (function.__doc__ or "").rstrip(".")
    return TITLES[function.__name__] if (get_language() or "").startswith("zh") else english

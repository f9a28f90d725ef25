"""Samples of what is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import QueryDict
from django.templatetags.static import static
from django.utils.safestring import SafeString

from praxis.ui.changes import changes
from praxis.ui.gallery.words import FIELDS, Words
from praxis.ui.html import join, wrap
from praxis.ui.parts import actions, blocks, data, entry, story
from praxis.ui.values import Check, Column, Event, Link, Pager, Picture, Post, Row, Stat, Table, Track

CLOSES = datetime(2026, 6, 15, 16, tzinfo=UTC)
BEIJING = "Asia/Shanghai"


def tags(w: Words) -> SafeString:
    """States and fields."""
    states = [
        actions.status(w("草稿", "Draft")),
        actions.status(w("已提交", "Submitted"), "water"),
        actions.status(w("通过形式审查", "Admitted"), "jade"),
        actions.status(w("退回补正", "Returned"), "amber"),
        actions.status(w("不符合条件", "Ineligible"), "alarm"),
        actions.status(w("精品案例", "Outstanding"), "seal"),
        entry.text_state("machine"),
        entry.text_state("reviewed"),
    ]
    names = [actions.category(w(zh, en), code) for code, zh, en, _ in FIELDS]
    return join([wrap("p", "actions", join(states)), wrap("p", "actions", join(names))])


def table(w: Words) -> SafeString:
    """A table that becomes cards on the phone."""
    columns = data.sortable(
        [
            Column(w("案例", "Case"), sort="name"),
            Column(w("领域", "Field")),
            Column(w("均分", "Mean"), numeric=True, sort="mean"),
            Column(w("校准分（90% 区间）", "Calibrated (90 % interval)"), numeric=True),
            Column(w("位次", "Rank"), numeric=True, sort="rank"),
            Column(w("说明", "Note"), quiet=True),
        ],
        QueryDict("sort=rank"),
    )
    seal = actions.status(w("精品", "Outstanding"), "seal")
    rows = [
        Row(
            (
                w("山地学校联网计划", "Mountain schools online"),
                actions.category(w("基础设施", "Infrastructure"), 1),
                8.4,
                "8.61 (8.1–9.1)",
                "1–4",
                seal,
            ),
            url="#table",
        ),
        Row(
            (
                w("海岛远程课堂", "Classrooms between islands"),
                actions.category(w("文化交流", "Culture"), 2),
                7.1,
                "7.02 (6.5–7.6)",
                "52–71",
                w("临界：再评一次最有价值", "On the line: another review helps most"),
            ),
            tone="water",
            url="#table",
        ),
        Row(
            (
                w("跨境小微商户培训", "Training small traders"),
                actions.category(w("数字经济", "Economy"), 3),
                None,
                "6.95 (6.4–7.5)",
                "55–76",
                "",
            ),
            tone="water",
            url="#table",
        ),
    ]
    return join(
        [
            data.table(Table(columns, rows, caption=w("第一轮结果", "Results of round 1"), caption_visible=True)),
            data.pager(Pager(51, 100, 238, "#table", "#table", "#table"), w("第一轮结果的页", "Pages of round 1")),
        ]
    )


def empty(w: Words) -> SafeString:
    """An empty list."""
    return data.empty(
        w("还没有案例", "No cases yet"),
        w(
            "一家单位可申报多项案例，每项选择一个领域。",
            "One organisation may submit several cases, each in one field.",
        ),
        w("新建案例", "Start a case"),
        "#empty",
    )


def definitions(w: Words) -> SafeString:
    """Names and values."""
    return data.definitions(
        [
            (w("申报单位", "Applicant"), w("云岭教育网络中心（虚构）", "Yunling Education Network Centre (invented)")),
            (w("国家或地区", "Countries or regions"), w("中国、老挝、肯尼亚", "China, Lao PDR, Kenya")),
            (w("受益人数", "People reached"), 18250),
            (w("起始年份", "Began"), None),
        ]
    )


def stats(w: Words) -> SafeString:
    """Figures and progress."""
    return join(
        [
            data.stats(
                [
                    Stat(
                        w("收到案例", "Cases received"),
                        238,
                        w("比去年同日多 12", "12 more than a year ago today"),
                        "#stats",
                    ),
                    Stat(w("国家或地区", "Countries or regions"), 61),
                    Stat(w("待处理", "To do"), 7, w("3 项超过两天", "3 older than two days"), tone="amber"),
                    Stat(w("观看人次", "Viewers"), None),
                ]
            ),
            data.meter(312, 720, w("评审进度", "Reviews handed in")),
        ]
    )


def deadline(w: Words) -> SafeString:
    """Deadlines: far, near, past."""
    label = w("申报截止", "Applications close")
    return join([data.deadline(CLOSES, CLOSES - timedelta(days=d), zone=BEIJING, label=label) for d in (12, 2, -1)])


def checklist(w: Words) -> SafeString:
    """A check of rules, with why."""
    return story.checklist(
        [
            Check(w("只选一个领域", "Exactly one field"), "yes"),
            Check(
                w("至少涉及两个国家或地区", "At least two countries or regions"),
                "no",
                w("目前只有一个：中国。", "Only one so far: China."),
                "#checklist",
                w("补充国家或地区", "Add a country or region"),
            ),
            Check(
                w("2015 年后开始实施", "Began after 2015"),
                "warning",
                w("填写的是 2015 年，秘书处会核实。", "It says 2015. The secretariat will look at it."),
            ),
            Check(
                w("未入选往届案例集", "Not in an earlier Casebook"),
                "unknown",
                w("提交后核对。", "Looked up after submitting."),
            ),
        ]
    )


def timeline(w: Words) -> SafeString:
    """What happened, in order."""
    at = CLOSES - timedelta(days=20)
    return story.timeline(
        [
            Event(w("创建案例", "Case started"), at, actor=w("李晓（申报人）", "Li Xiao (applicant)")),
            Event(
                w("第一次提交", "Submitted for the first time"),
                at + timedelta(days=6),
                tone="water",
                text=w("版本 1，回执 7F3A。", "Revision 1, receipt 7F3A."),
            ),
            Event(
                w("退回补正", "Returned for correction"),
                at + timedelta(days=9),
                w("缺少合作机构的确认函。", "The partner's letter is missing."),
                w("秘书处", "Secretariat"),
                "amber",
            ),
            Event(w("再次提交", "Submitted again"), at + timedelta(days=11), tone="jade"),
        ],
        BEIJING,
    )


def thread(w: Words) -> SafeString:
    """Messages between people."""
    at = CLOSES - timedelta(days=8)
    return story.thread(
        [
            Post(
                w("秘书处", "Secretariat"),
                w(
                    "合作机构的确认函可以是扫描件吗？\n请在周五前上传。",
                    "A scan of the partner's letter will do.\nPlease upload it by Friday.",
                ),
                at,
            ),
            Post(
                w("李晓", "Li Xiao"),
                w("已上传。", "It is uploaded."),
                at + timedelta(hours=5),
                w("申报人", "Applicant"),
                mine=True,
                links=[Link(w("确认函.pdf", "letter.pdf"), "#thread")],
            ),
        ],
        BEIJING,
    )


def difference(w: Words) -> SafeString:
    """What changed between two texts."""
    before = w(
        "项目覆盖二十所学校，由两国机构实施。",
        "The project reaches twenty schools and is run by two countries.",
    )
    after = w(
        "项目覆盖三十二所学校，由三国机构共同实施。",
        "The project reaches thirty-two schools and is run jointly by three countries.",
    )
    return story.diff(changes(before, after), w.language)


def pictures(w: Words) -> SafeString:
    """Pictures with caption and credit, and a video."""
    src = static("ui/img/sample.svg")
    return join(
        [
            story.pictures(
                [
                    Picture(
                        src,
                        w("示意图：山谷与信号塔", "Drawing of a valley with a mast"),
                        w("开通首日的山谷", "The valley on the first day online"),
                        w("示意图，虚构", "Drawing, invented"),
                        width=600,
                        height=400,
                    ),
                    Picture(
                        src,
                        w("示意图：山谷与信号塔", "Drawing of a valley with a mast"),
                        w("第二阶段的站址", "Sites of the second phase"),
                        w("示意图，虚构", "Drawing, invented"),
                        width=600,
                        height=400,
                    ),
                ]
            ),
            story.video(
                src,
                title=w("项目短片（样例无影像）", "Short film of the project (sample without footage)"),
                poster=src,
                tracks=[Track(src, w.language, w("中文", "English"), default=True)],
            ),
        ]
    )


def panels(w: Words) -> SafeString:
    """Panels and cards."""
    cards = join(
        [
            wrap(
                "li",
                "",
                wrap(
                    "div",
                    f"card {actions.hue_class(code)}",
                    join(
                        [
                            wrap("h3", "", w(zh, en)),
                            wrap("p", "", w(f"已收到 {count} 项", f"{count} cases received")),
                        ]
                    ),
                ),
            )
            for code, zh, en, count in FIELDS
        ]
    )
    return join(
        [
            blocks.panel(
                wrap("p", "", w("案例经两轮评审。", "Cases are reviewed in two rounds.")),
                title=w("评审", "Review"),
                id=w.id("panel-sample"),
            ),
            wrap("ul", "cards", cards),
        ]
    )


SAMPLES = (
    tags,
    table,
    empty,
    definitions,
    stats,
    deadline,
    checklist,
    timeline,
    thread,
    difference,
    pictures,
    panels,
)

"""Samples of what one does and of moving about."""

from __future__ import annotations

from django.utils.safestring import SafeString

from praxis.ui.gallery.words import Words
from praxis.ui.html import join, wrap
from praxis.ui.parts import actions, blocks, story
from praxis.ui.values import Link, Step


def buttons(w: Words) -> SafeString:
    """Buttons and links that look like them."""
    return wrap(
        "p",
        "actions",
        join(
            [
                actions.button(w("提交申报", "Submit the case"), type="button"),
                actions.link_button(w("保存并返回", "Save and go back"), "#buttons", "secondary"),
                actions.button(w("撤回案例", "Withdraw the case"), "danger", type="button"),
                actions.button(w("取消", "Cancel"), "quiet", type="button"),
                actions.button(w("已截止", "Closed"), type="button", disabled=True),
                actions.more_link(w("查看征集通知", "Read the call"), "#buttons"),
            ]
        ),
    )


def breadcrumbs(w: Words) -> SafeString:
    """Breadcrumbs."""
    return actions.breadcrumbs(
        [
            Link(w("首页", "Home"), "#breadcrumbs"),
            Link(w("我的案例", "My cases"), "#breadcrumbs"),
            Link(w("山地学校联网计划", "Mountain schools online")),
        ]
    )


def section_navigation(w: Words) -> SafeString:
    """Navigation between sections."""
    return actions.section_nav(
        [
            Link(w("基本信息", "Basic information"), "#section-navigation", note=w("已填", "done")),
            Link(w("背景", "Background"), "#section-navigation", current=True),
            Link(w("国际合作", "Cooperation"), "#section-navigation", note=w("缺 2 项", "2 missing")),
            Link(w("图片与视频", "Pictures and video"), "#section-navigation"),
        ],
        w("申报各部分", "Sections of the application"),
    )


def stepper(w: Words) -> SafeString:
    """Steps of a task."""
    return story.stepper(
        [
            Step(w("填写", "Write"), "done", "#stepper"),
            Step(w("补充材料", "Add material"), "care", "#stepper", w("视频仍缺", "video missing")),
            Step(w("核对", "Check"), "current"),
            Step(w("提交", "Submit")),
        ]
    )


def confirmation(w: Words) -> SafeString:
    """Confirming what cannot be undone."""
    return blocks.confirm(
        wrap(
            "p",
            "",
            w(
                "撤回后，案例不再进入评审；截止前可以重新提交。",
                "A withdrawn case is not reviewed. Until the deadline it can be submitted again.",
            ),
        ),
        "sample",
        title=w("撤回这项案例？", "Withdraw this case?"),
        action="#confirmation",
        label=w("撤回案例", "Withdraw the case"),
        check=w("我已告知合作机构", "The partners have been told"),
        cancel_url="#confirmation",
        id=w.id("confirmed"),
    )


def callouts(w: Words) -> SafeString:
    """Notices and callouts."""
    return join(
        [
            blocks.callout(
                w("截止时间以北京时间为准。", "The deadline is counted in Beijing time."), title=w("时区", "Time zone")
            ),
            blocks.callout(
                w(
                    "案例已提交，回执已发送至您的邮箱。",
                    "The case is submitted. A receipt is on its way to your mailbox.",
                ),
                tone="jade",
            ),
            blocks.callout(
                w(
                    "英文文本早于中文文本的最近一次修改。",
                    "The English text is older than the last change to the Chinese.",
                ),
                tone="amber",
            ),
            blocks.callout(
                w("未能发送。请检查网络后重试。", "Nothing was sent. Check the connection and try again."), tone="alarm"
            ),
            blocks.callout(
                w("入选结果在正式发布前保密。", "The result is confidential until it is released."),
                tone="seal",
                title=w("精品案例", "Outstanding Case"),
            ),
        ]
    )


SAMPLES = (buttons, breadcrumbs, section_navigation, stepper, confirmation, callouts)

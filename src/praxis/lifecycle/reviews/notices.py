"""The letters of the review."""

from __future__ import annotations

from praxis.foundation.notices.kinds import Kind, register

KINDS = (
    Kind(
        "expert.invited",
        {"zh-hans": "邀请加入评审委员会", "en": "Invitation to the review committee"},
        {"zh-hans": "邀请您担任评审专家：{edition}", "en": "Invitation to review: {edition}"},
        {
            "zh-hans": (
                "{name}，您好：\n\n诚邀您加入{edition}评审委员会。"
                "请用本邮箱登录，接受或谢绝邀请，并签署保密承诺：\n\n{link}\n"
            ),
            "en": (
                "Dear {name},\n\nyou are invited to join the review committee of “{edition}”. Please sign in with this "
                "address to accept or decline, and to give the undertaking of confidentiality:\n\n{link}\n"
            ),
        },
    ),
    Kind(
        "expert.assigned",
        {"zh-hans": "有案例待评审", "en": "Cases to review"},
        {"zh-hans": "{round}：有案例待您评审", "en": "{round}: cases to review"},
        {
            "zh-hans": (
                "{name}，您好：\n\n“{round}”的案例已分配给您，请登录评审：\n\n{link}\n\n"
                "如与某个案例存在利害关系，请在该案例页面申报。\n"
            ),
            "en": (
                "Dear {name},\n\ncases of “{round}” have been assigned to you:\n\n{link}\n\n"
                "If you have an interest in one of them, please declare it on the page of that case.\n"
            ),
        },
    ),
    Kind(
        "expert.reminder",
        {"zh-hans": "评审提醒", "en": "Reminder to review"},
        {"zh-hans": "{round}：您还有 {missing} 份评分表未提交", "en": "{round}: score sheets to hand in: {missing}"},
        {
            "zh-hans": (
                "{name}，您好：\n\n“{round}”中您还有 {missing} 份评分表未提交。截止时间：{due}。\n\n{link}\n\n"
                "如无法按时完成，请尽早告知秘书处，以便另行安排。\n"
            ),
            "en": (
                "Dear {name},\n\nin “{round}” these score sheets of yours are not in yet: {missing}. Due: {due}.\n\n"
                "{link}\n\nIf you cannot finish in time, please tell the secretariat soon, so that others can help.\n"
            ),
        },
    ),
)


def register_all() -> None:
    """Make the kinds known."""
    for kind in KINDS:
        register(kind)

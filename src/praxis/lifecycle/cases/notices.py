"""Letters about cases."""

from __future__ import annotations

from praxis.foundation.notices.kinds import Kind, register

KINDS = [
    Kind(
        "case.submitted",
        {"zh-hans": "申报回执", "en": "Receipt of a submission"},
        {"zh-hans": "已收到案例 {number}：{title}", "en": "Received: case {number}, {title}"},
        {
            "zh-hans": (
                "您好：\n\n"
                "已收到案例《{title}》（编号 {number}）。回执号：{receipt}。\n"
                "在 {closes} 之前可以修改并重新提交，以最后一次提交为准。\n\n"
                "查看案例：{link}\n"
            ),
            "en": (
                "Hello,\n\n"
                "we have received the case “{title}” (number {number}). Your receipt: "
                "{receipt}.\n"
                "You can change it and submit it again until {closes}; the last submission counts.\n\n"
                "The case: {link}\n"
            ),
        },
    ),
    Kind(
        "case.returned",
        {"zh-hans": "退回补正", "en": "Returned for correction"},
        {"zh-hans": "案例 {number} 需要补正", "en": "Case {number} needs a correction"},
        {
            "zh-hans": (
                "您好：\n\n"
                "案例《{title}》（编号 {number}）需要补正：\n\n"
                "{message}\n\n"
                "请在 {until} 之前修改后重新提交：{link}\n"
            ),
            "en": (
                "Hello,\n\n"
                "the case “{title}” (number {number}) needs a correction:\n\n"
                "{message}\n\n"
                "Please correct it and submit it again before {until}: {link}\n"
            ),
        },
    ),
    Kind(
        "case.excluded",
        {"zh-hans": "不符合申报条件", "en": "Not eligible"},
        {"zh-hans": "关于案例 {number} 的形式审查", "en": "Screening of case {number}"},
        {
            "zh-hans": (
                "您好：\n\n"
                "案例《{title}》（编号 {number}）经形式审查不符合申报条件，原因如下：\n\n"
                "{reason}\n\n"
                "如有疑问，请在案例页面向秘书处提问：{link}\n"
            ),
            "en": (
                "Hello,\n\n"
                "the screening found that the case “{title}” (number {number}) is not eligible, for this "
                "reason:\n\n"
                "{reason}\n\n"
                "If you have a question, ask the secretariat on the page of the case: {link}\n"
            ),
        },
    ),
    Kind(
        "case.extended",
        {"zh-hans": "延长截止时间", "en": "A later deadline"},
        {"zh-hans": "案例 {number} 的截止时间已延长", "en": "A later deadline for case {number}"},
        {
            "zh-hans": "您好：\n\n案例《{title}》（编号 {number}）的提交截止时间延长至 {until}。\n\n查看案例：{link}\n",
            "en": (
                "Hello,\n\n"
                "the case “{title}” (number {number}) may now be submitted until "
                "{until}.\n\n"
                "The case: {link}\n"
            ),
        },
    ),
    Kind(
        "case.message",
        {"zh-hans": "秘书处来信", "en": "A message from the secretariat"},
        {"zh-hans": "秘书处就案例 {number} 给您留言", "en": "The secretariat wrote to you about case {number}"},
        {
            "zh-hans": "您好：\n\n秘书处就案例《{title}》留言：\n\n{message}\n\n请在案例页面回复：{link}\n",
            "en": (
                "Hello,\n\n"
                "the secretariat wrote about the case “{title}”:\n\n"
                "{message}\n\n"
                "Please answer on the page of the case: {link}\n"
            ),
        },
    ),
    Kind(
        "partner.asked",
        {"zh-hans": "请确认参与案例", "en": "Please confirm that you take part"},
        {"zh-hans": "请确认参与案例《{title}》", "en": "Please confirm that you take part in “{title}”"},
        {
            "zh-hans": (
                "您好：\n\n"
                "{applicant}申报了案例《{title}》，并将{partner}列为参与机构。请通过以下链接确认或说明并未参与：\n\n"
                "{link}\n"
            ),
            "en": (
                "Hello,\n\n"
                "{applicant} has entered the case “{title}” and named {partner} as an institution that takes "
                "part. Please confirm this, or say that you do not take part:\n\n"
                "{link}\n"
            ),
        },
    ),
    Kind(
        "organisation.invited",
        {"zh-hans": "邀请加入单位", "en": "Invitation to an organisation"},
        {"zh-hans": "邀请您加入{organisation}", "en": "You are invited to join {organisation}"},
        {
            "zh-hans": (
                "您好：\n\n"
                "{inviter}邀请您加入{organisation}，共同填写案例。请用本邮箱登录后接受邀请：\n\n"
                "{link}\n"
            ),
            "en": (
                "Hello,\n\n"
                "{inviter} invites you to join {organisation} and work on its cases. Sign in with this address "
                "to accept:\n\n"
                "{link}\n"
            ),
        },
    ),
]


def register_all() -> None:
    for kind in KINDS:
        register(kind)

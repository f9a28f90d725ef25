"""What reviews register."""

from praxis.foundation.notices.kinds import Kind, register

register(
    Kind(
        "expert.invited",
        {"zh-hans": "邀请加入评审委员会", "en": "Invitation to the review committee"},
        {"zh-hans": "邀请您担任评审专家：{edition}", "en": "Invitation to review: {edition}"},
        {
            "zh-hans": "{name}，您好：\n\n诚邀您加入“{edition}”评审委员会。请用本邮箱登录，接受或谢绝邀请，并签署保密承诺：\n\n{link}\n",
            "en": "Dear {name},\n\nyou are invited to join the review committee of “{edition}”. Please sign in with this address to accept or decline, and to give the undertaking of confidentiality:\n\n{link}\n",
        },
    )
)
register(
    Kind(
        "expert.assigned",
        {"zh-hans": "有案例待评审", "en": "Cases to review"},
        {"zh-hans": "{round}：有案例待您评审", "en": "{round}: cases to review"},
        {
            "zh-hans": "{name}，您好：\n\n“{round}”的案例已分配给您，请登录评审：\n\n{link}\n\n如与某个案例存在利害关系，请在该案例页面申报。\n",
            "en": "Dear {name},\n\ncases of “{round}” have been assigned to you:\n\n{link}\n\nIf you have an interest in one of them, please declare it on the page of that case.\n",
        },
    )
)

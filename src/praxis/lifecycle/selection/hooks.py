"""What the selection registers."""

from praxis.foundation.notices.kinds import Kind, register

# Says no word of the result: that is read after signing in and accepting confidentiality.
register(
    Kind(
        "selection.told",
        {"zh-hans": "案例评审消息（保密）", "en": "News of a case, in confidence"},
        {"zh-hans": "关于案例 {number} 的消息（请保密）", "en": "News of case {number}, in confidence"},
        {
            "zh-hans": "您好：\n\n关于案例《{title}》有一条需要保密的消息。请登录并确认保密后查看，正式发布前请勿对外透露：\n\n{link}\n",
            "en": "Hello,\n\nthere is news of the case “{title}”, in confidence. Please sign in and accept confidentiality to read it, and tell nobody before the official release:\n\n{link}\n",
        },
    )
)

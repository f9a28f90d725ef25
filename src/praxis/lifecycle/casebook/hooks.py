"""What the Casebook registers."""

from praxis.foundation.notices.kinds import Kind, register
from praxis.lifecycle.casebook import services
from praxis.lifecycle.selection import after_release, after_replacement

after_release.register("casebook", services.publish)
after_replacement.register("casebook", services.follow_replacement)

# Names no book: the letter may be read by people who are not in the know.
register(
    Kind(
        "entry.proof",
        {"zh-hans": "请审阅校样", "en": "A proof to read"},
        {"zh-hans": "案例 {number} 的校样请您审阅（请保密）", "en": "A proof of case {number} to read, in confidence"},
        {
            "zh-hans": "您好：\n\n案例《{title}》的校样已备好。请登录审阅，确认无误或提出修改意见。内容请保密：\n\n{link}\n",
            "en": "Hello,\n\na proof of the case “{title}” is ready. Please sign in to read it and approve it, or say what should be changed. It is in confidence:\n\n{link}\n",
        },
    )
)

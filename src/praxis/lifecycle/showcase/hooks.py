"""What the showcase registers."""

from praxis.foundation.notices.kinds import Kind, register
from praxis.lifecycle.showcase import privacy

privacy.register_all()

register(
    Kind(
        "showcase.invited_onsite",
        {"zh-hans": "邀请现场参会", "en": "Invitation on site"},
        {"zh-hans": "诚邀出席发布展示活动：{edition}", "en": "Invitation to the release: {edition}"},
        {
            "zh-hans": "{name}，您好：\n\n诚邀您出席{edition}发布展示活动。\n地点：{venue}\n时间：{starts}\n直播：{stream}\n\n请告知是否出席，正式发布前请注意保密：\n\n{link}\n",
            "en": "Dear {name},\n\nyou are invited to the release of “{edition}”.\nPlace: {venue}\nTime: {starts}\nLive stream: {stream}\n\nPlease let us know whether you come, and keep it in confidence until the release:\n\n{link}\n",
        },
    )
)
register(
    Kind(
        "showcase.invited_online",
        {"zh-hans": "邀请线上参会", "en": "Invitation online"},
        {"zh-hans": "诚邀线上观看发布展示活动：{edition}", "en": "Watch the release online: {edition}"},
        {
            "zh-hans": "{name}，您好：\n\n诚邀您线上观看{edition}发布展示活动。\n时间：{starts}\n直播：{stream}\n地点：{venue}\n\n请告知是否参加：\n\n{link}\n",
            "en": "Dear {name},\n\nyou are invited to watch the release of “{edition}” online.\nTime: {starts}\nLive stream: {stream}\nPlace: {venue}\n\nPlease let us know whether you take part:\n\n{link}\n",
        },
    )
)

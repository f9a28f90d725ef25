"""What recommendations register."""

from praxis.foundation.notices.kinds import Kind, register

register(
    Kind(
        "unit.appointed",
        {"zh-hans": "成为推荐单位", "en": "Recommending unit"},
        {"zh-hans": "{unit}已登记为推荐单位", "en": "{unit} is now a recommending unit"},
        {
            "zh-hans": "您好：\n\n{unit}已登记为{edition}的推荐单位。您可以在工作台发布面向会员的页面、导入项目基本情况表并推荐案例：\n\n{link}\n",
            "en": "Hello,\n\n{unit} is now a recommending unit of “{edition}”. At its desk you can set up a page for your members, import your table of projects and endorse cases:\n\n{link}\n",
        },
    )
)

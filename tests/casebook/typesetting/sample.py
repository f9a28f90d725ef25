"""Books of invented cases for the tests: both languages, varied lengths, pictures of varied shape."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime
from functools import cache

from PIL import Image, ImageDraw

from praxis.lifecycle.casebook.typesetting.book import Book, BookEntry, Element, Foreword, Part, Picture

FIELDS = (
    ("infrastructure", "#2f74b5", "网络基础设施建设", "Internet Infrastructure Construction",
     "让更多人连得上、用得起、用得好：网络覆盖、新一代信息基础设施与互联互通的合作实践。",
     "More people connected, at a price they can bear: networks, new information infrastructure and the links between them."),
    ("culture", "#b4533c", "网上文化交流", "Online Cultural Exchanges and Mutual Learning",
     "以网络为桥，文化与学术相互往来，知识与人才共同成长。",
     "The network as a bridge: cultures and scholars meet, knowledge is shared and talent grows on both sides."),
    ("economy", "#b58a1d", "数字经济创新发展", "Innovative Development of Digital Economy",
     "数字技术走进各行各业，让增长的机会为更多人所及。",
     "Digital technology for every trade, and a fair share of growth for those who were far from it."),
    ("security", "#2e7d62", "网络安全保障", "Cybersecurity Maintenance",
     "共同守护关键信息基础设施与数据，携手处置网络安全事件。",
     "Guarding critical information infrastructure and data, and handling incidents across borders together."),
    ("governance", "#6b5aa8", "网络空间国际治理", "Global Governance in Cyberspace",
     "为各方搭建对话与协作的平台，推动形成广泛认可的规则。",
     "Places where governments, companies and communities talk and agree on how the network is run."),
)
PLACES = (
    ("中国", "China"), ("肯尼亚", "Kenya"), ("巴西", "Brazil"), ("老挝", "Lao PDR"), ("塞尔维亚", "Serbia"),
    ("埃及", "Egypt"), ("印度尼西亚", "Indonesia"), ("科特迪瓦", "Côte d’Ivoire"), ("秘鲁", "Peru"), ("葡萄牙", "Portugal"),
    ("哈萨克斯坦", "Kazakhstan"), ("泰国", "Thailand"), ("中国香港", "Hong Kong, China"), ("德国", "Germany"),
    ("重庆友城联盟所在地区", "Region of the River Cities League"), ("乌拉圭", "Uruguay"), ("坦桑尼亚", "Tanzania"),
    ("越南", "Viet Nam"), ("土耳其", "Türkiye"), ("阿联酋", "United Arab Emirates"),
)
STEMS = (
    ("青禾", "Qinghe"), ("远岫", "Yuanxiu"), ("长汀", "Changting"), ("澄湖", "Lake Cheng"), ("北辰桥", "Beichen Bridge"),
    ("萨瓦河", "Sava River"), ("基图伊", "Kitui"), ("安第斯", "Andean"), ("湄公", "Mekong"), ("重山", "Chongshan"),
    ("Örebro 北极星", "Örebro Polaris"), ("云杉", "Spruce"), ("碧桐", "Bitong"), ("珊瑚海", "Coral Sea"), ("驼铃", "Camel Bell"),
)
BODIES = (
    ("互联网研究院", "Institute for Internet Studies"), ("大学", "University"), ("科技有限公司", "Technology Co., Ltd."),
    ("博物馆协会", "Association of Museums"), ("应急响应中心", "Emergency Response Centre"), ("基金会", "Foundation"),
    ("电信联合体", "Telecom Consortium"), ("数字合作社", "Digital Cooperative"),
)
SUBJECTS = (
    ("山区学校共享光纤", "Shared fibre for mountain schools"), ("沿海渔村低功耗预警网", "A low-power warning network for fishing villages"),
    ("古籍联合数字修复", "Restoring old books together, page by digital page"), ("跨境电商助农直通车", "A direct line from smallholders to buyers abroad"),
    ("港口数据可信流转", "Trusted data on the quay"), ("中小企业安全体检", "A health check for the security of small firms"),
    ("青年互联网治理营", "The youth camp on internet governance"), ("多语种远程问诊", "Remote clinics in seven languages"),
    ("沙漠光伏算力站", "Computing from desert sun"), ("方言声音地图", "A sound map of spoken languages"),
    ("女性编程夜校", "Evening school of programming for women"), ("海缆抢修互助机制", "Mutual aid for the repair of submarine cables"),
)
ZH_SENTENCES = (
    "项目启动之初，当地仅有{n}%的家庭能够稳定上网，学校和卫生站之间的资料往来全靠人力传送。",
    "合作各方先后召开{n}次线上协调会，商定了统一的接口、共同的维护手册，以及“谁建设、谁培训”的分工办法。",
    "团队没有照搬既有方案，而是请村民参与选址；雨季到来之前，第一批{n}个站点全部开通。",
    "设备由三方共同采购，软件全部开放源代码，任何一方退出，其余各方仍可独立运行（参见项目手册第{n}页）。",
    "截至目前，累计培训当地技术人员{n}名，其中女性占四成；“不懂英语”不再是参与的门槛。",
    "一位老师说：“过去我们要翻过两座山去取教材，如今孩子们在教室里就能同远方的同学一起上课。”",
    "项目每季度公布一次运行数据，接受社区质询；两次中断的原因与改进办法，都写在公开的记录里。",
    "与传统做法相比，单点能耗下降{n}%，维护成本约为原来的三分之一，经验已被邻近地区采用。",
    "为保护个人信息，所有数据在本地脱敏后才参与统计；跨境传输须经双方数据保护官共同批准。",
)
EN_SENTENCES = (
    "When the work began, only {n} per cent of households had a connection that held through the rainy season, and the clinic sent its records by motorcycle.",
    "The partners met {n} times online, agreed on one interface and one maintenance handbook, and settled who would train whom before any equipment was bought.",
    "Rather than copy an existing design, the team asked the villages to choose the sites; the first {n} were running before the rains came.",
    "The equipment was bought jointly and the software is open source, so that any partner may leave and the others carry on (see page {n} of the handbook).",
    "So far {n} local technicians have been trained, four in ten of them women, and nobody needs English to take part.",
    "“We used to cross two mountains to fetch the textbooks,” says one teacher. “Now the children sit in the same lesson as friends they have never met.”",
    "Figures are published every quarter and questioned in public; the causes of both outages, and what was done about them, are on record.",
    "Each site uses {n} per cent less energy than the usual design and costs about a third to maintain; two neighbouring provinces have taken it up.",
    "Personal data are stripped before they leave the village, and a transfer across the border needs the approval of both data-protection officers.",
)
ELEMENTS = (("背景", "Background"), ("国际合作", "International cooperation"), ("实施", "Implementation"), ("普惠成效", "Inclusive effect"))
HEADINGS = (
    ("山路尽头没有信号", "No signal at the end of the road"), ("三地同修一本手册", "One handbook, written in three places"),
    ("雨季之前完成首批站点", "First sites before the rains"), ("把机会留在当地", "Opportunity that stays in the village"),
    ("各方缺什么，项目补什么", "What each side lacked"), ("从一份备忘录开始", "It began with a memorandum"),
    ("小步快走，边用边改", "Small steps, corrected in use"), ("听得懂、用得上、负担得起", "Understood, useful and affordable"),
)
CAPTIONS = (
    ("技术人员在新站点调试天线", "Technicians align the antenna of a new site"),
    ("学生通过共享链路参加联合课堂", "Pupils join a shared lesson over the link"),
    ("合作各方签署共同维护手册", "The partners sign the joint maintenance handbook"),
    ("项目展厅一角", "A corner of the project’s exhibition"),
)


@cache
def picture_bytes(seed: int, width: int = 1800, height: int = 1200, media_type: str = "image/jpeg") -> bytes:
    """A landscape of hills under a sky, different for each seed."""
    draw_from = random.Random(seed)
    sky = tuple(draw_from.randint(150, 235) for _ in range(3))
    image = Image.new("RGB", (width, height), sky)
    pen = ImageDraw.Draw(image)
    sun = draw_from.randint(width // 8, width * 7 // 8)
    pen.ellipse((sun, height // 8, sun + height // 6, height // 8 + height // 6), fill=(250, 240, 210))
    for layer in range(5):
        level = height * (4 + layer) // 9
        tone = tuple(max(20, part - 28 * (layer + 1)) for part in sky)
        ridge = [(x, level + draw_from.randint(-height // 14, height // 14)) for x in range(0, width + 120, 120)]
        pen.polygon([(0, height), *ridge, (width, height)], fill=tone)
    out = io.BytesIO()
    image.save(out, media_type.rpartition("/")[2].upper(), quality=85)
    return out.getvalue()


def picture(seed: int, language: str, width: int = 1800, height: int = 1200) -> Picture:
    at = 0 if language == "zh-hans" else 1
    caption = CAPTIONS[seed % len(CAPTIONS)][at]
    alt = ("层叠的山丘与天空：", "Layered hills under a pale sky: ")[at] + caption
    credit = ("项目团队", "Project team")[at]
    return Picture(picture_bytes(seed, width, height), "image/jpeg", width, height, caption, alt, credit)


def entry(number: int, language: str, pictures: bool = True) -> BookEntry:
    """One invented case; the same number gives the same case in both languages."""
    draw_from = random.Random(number)
    at = 0 if language == "zh-hans" else 1
    pick = draw_from.choice
    sentences = (ZH_SENTENCES, EN_SENTENCES)[at]

    def paragraphs(most: int) -> tuple[str, ...]:
        chosen = []
        for _ in range(draw_from.randint(1, most)):
            order = draw_from.sample(range(len(ZH_SENTENCES)), draw_from.randint(2, 5))
            chosen.append(("", " ")[at].join(sentences[i].format(n=draw_from.randint(7, 96)) for i in order))
        return tuple(chosen)

    def organisation() -> str:
        stem, body = pick(STEMS), pick(BODIES)
        return (stem[0] + body[0], f"{stem[1]} {body[1]}")[at]

    subject, stem = SUBJECTS[number % len(SUBJECTS)], STEMS[number % len(STEMS)]
    title = (f"{stem[0]}：{subject[0]}", f"{stem[1]}: {subject[1]}")[at]
    shapes = ((1800, 1200), (1800, 1200), (1200, 1600), (1600, 1200), (2000, 900), (1200, 1200))
    count = draw_from.choice((0, 1, 2, 3, 3, 4, 5)) if pictures else 0
    return BookEntry(
        number=number,
        title=title,
        applicant=organisation(),
        partners=tuple(dict.fromkeys(organisation() for _ in range(draw_from.randint(0, 4)))),
        places=tuple(one[at] for one in draw_from.sample(PLACES, draw_from.randint(2, 5))),
        summary=("", " ")[at].join(sentences[i].format(n=draw_from.randint(7, 96)) for i in draw_from.sample(range(9), 3)),
        elements=tuple(
            Element(label[at], pick(HEADINGS)[at], paragraphs(3)) for label in ELEMENTS
        ),
        pictures=tuple(picture(number * 10 + i, language, *pick(shapes)) for i in range(count)),
        outstanding=number % 5 == 2,
    )


def book(language: str = "zh-hans", cases: int = 10, *, pictures: bool = True) -> Book:
    """A whole invented Casebook, the cases dealt to the five fields in turn."""
    at = 0 if language == "zh-hans" else 1
    dealt: list[list[BookEntry]] = [[] for _ in FIELDS]
    for number in range(1, cases + 1):
        dealt[(number - 1) * len(FIELDS) // cases].append(entry(number, language, pictures))
    parts = tuple(
        Part(code, (zh, en)[at], (zh_text, en_text)[at], hue, tuple(entries))
        for (code, hue, zh, en, zh_text, en_text), entries in zip(FIELDS, dealt, strict=True)
    )
    foreword = (
        Foreword("前言", tuple("".join(s.format(n=12) for s in ZH_SENTENCES[i : i + 4]) for i in (0, 3, 5)), "世界互联网大会秘书处（演练）"),
        Foreword("Foreword", tuple(" ".join(s.format(n=12) for s in EN_SENTENCES[i : i + 4]) for i in (0, 3, 5)), "The Secretariat (rehearsal)"),
    )[at]
    return Book(
        language=language,
        programme=("“携手构建网络空间命运共同体”实践案例", "Practice Cases of Jointly Building a Community with a Shared Future in Cyberspace")[at],
        edition_label=("2026年度", "2026 edition")[at],
        title=("携手构建网络空间命运共同体\n实践案例集", "Jointly Building a Community with a Shared Future in Cyberspace:\nCasebook of Practice Cases")[at],
        subtitle=("六十个国家和地区的合作实践", "Cooperation in practice, from sixty countries and regions")[at],
        year=2026,
        publisher=("世界互联网大会（演练）", "World Internet Conference (rehearsal)")[at],
        contact="cases@example.org",
        identifier=f"urn:example:casebook:2026:{language}",
        timestamp=datetime(2026, 11, 8, 9, 0, tzinfo=UTC),
        parts=parts,
        imprint=(
            ("本书内容由各申报单位提供，经主办方编辑。", "版权所有。图片版权归所注明的权利人。"),
            ("Texts were supplied by the applicants and edited by the organiser.", "All rights reserved. Pictures belong to those credited."),
        )[at],
        foreword=foreword,
        languages=("zh-hans", "en"),
        specimen=True,
    )

"""A generator of cases and of their repeats, in Chinese and English from one grammar, and what the index finds.

All texts share the same templates, so that two unrelated cases look alike (hard negatives). A repeat is the earlier case
renamed, in another order, with new numbers, in other words, shortened, as told a year later, all of that at once, or
translated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from praxis.engines.similarity import Document, Index

KINDS: Final = ("renamed", "reordered", "numbers", "paraphrased", "shortened", "next year", "all at once", "translated")

# Each word in Chinese and in English.
_PLACES: Final = (
    ("青石", "Qingshi"), ("临江", "Linjiang"), ("白塔", "Baita"), ("东湖", "Donghu"), ("云岭", "Yunling"), ("海门", "Haimen"),
    ("双桥", "Shuangqiao"), ("红谷", "Honggu"), ("北滩", "Beitan"), ("龙口", "Longkou"), ("南屏", "Nanping"), ("西陵", "Xiling"),
    ("金沙", "Jinsha"), ("沙河", "Shahe"), ("凤台", "Fengtai"), ("长洲", "Changzhou"), ("玉泉", "Yuquan"), ("石门", "Shimen"),
)  # fmt: skip
_BODIES: Final = (
    ("数据中心", "Data Centre"), ("互联网协会", "Internet Society"), ("大学", "University"), ("医院", "Hospital"),
    ("港务集团", "Port Group"), ("电力公司", "Power Company"), ("农业局", "Bureau of Agriculture"), ("图书馆", "Library"),
    ("科技公司", "Technology Company"), ("基金会", "Foundation"), ("研究院", "Research Institute"), ("水务局", "Water Board"),
)  # fmt: skip
_TOPICS: Final = (
    ("跨境贸易单证", "cross-border trade documents"), ("乡村远程问诊", "remote consultations in villages"),
    ("老年人上网培训", "internet courses for the old"), ("网络诈骗预警", "warnings of online fraud"),
    ("农产品溯源", "tracing of farm produce"), ("海洋数据共享", "sharing of ocean data"),
    ("残障人士无障碍阅读", "accessible reading for the disabled"), ("智慧水务监测", "monitoring of water supplies"),
    ("青少年网络保护", "protection of minors online"), ("绿色数据中心节能", "saving energy in data centres"),
    ("多语种在线课堂", "online classes in many languages"), ("公共数据开放", "opening of public data"),
    ("文化遗产数字化", "digitising cultural heritage"), ("应急通信保障", "emergency communications"),
    ("中小企业上云", "moving small firms to the cloud"), ("港口自动调度", "automatic dispatch in ports"),
)  # fmt: skip
_MEANS: Final = (
    ("区块链存证", "evidence on a blockchain"), ("卫星链路", "satellite links"), ("语音助手", "a voice assistant"),
    ("图像识别", "image recognition"), ("开放接口", "open interfaces"), ("志愿者网络", "a network of volunteers"),
    ("联邦学习", "federated learning"), ("低功耗传感器", "low-power sensors"), ("知识图谱", "a knowledge graph"),
    ("移动工作站", "mobile stations"), ("双语客服", "bilingual support"), ("共享机房", "shared machine rooms"),
    ("边缘计算", "edge computing"), ("电子签章", "electronic seals"), ("云端仿真", "simulation in the cloud"),
)  # fmt: skip
_GROUPS: Final = (
    ("渔民", "fishermen"), ("教师", "teachers"), ("护士", "nurses"), ("商户", "merchants"), ("学生", "students"),
    ("司机", "drivers"), ("果农", "fruit growers"), ("盲人读者", "blind readers"), ("社区工作者", "community workers"),
    ("外贸企业", "exporters"), ("牧民", "herders"), ("工程师", "engineers"),
)  # fmt: skip
_TROUBLES: Final = (
    ("纸质单据多、往返慢", "there was much paper and little speed"), ("专业人员不足", "trained staff were short"),
    ("数据分散在各部门", "data lay scattered between departments"), ("偏远地区信号差", "remote places had poor signal"),
    ("群众不信任线上办理", "people did not trust to do it online"), ("语言不通", "people did not share a language"),
    ("运维费用高", "running costs were high"), ("标准不统一", "standards differed"),
)  # fmt: skip

# Each sentence in two wordings for each language; the marks are words and numbers of the story.
_SENTENCES: Final = (
    (("{org}面向{group}开展{topic}工作。", "围绕{topic}，{org}长期服务{group}。"),
     ("{org} works on {topic} for {group}.", "For {group}, {org} has long attended to {topic}.")),
    (("项目启动前，{trouble}，{n0}名{group}受到影响。", "由于{trouble}，受影响的{group}达{n0}名。"),
     ("Before it began {trouble}; {n0} {group} were affected.", "As {trouble}, {n0} {group} suffered.")),
    (("团队采用{means0}，投入资金{n1}万元。", "以{means0}为基础，共投入{n1}万元。"),
     ("The team used {means0} and spent {n1}0,000 yuan.", "Built on {means0}, it cost {n1}0,000 yuan in all.")),
    (("同时引入{means1}，覆盖{n2}个站点。", "{n2}个站点还部署了{means1}。"),
     ("It also brought in {means1} at {n2} sites.", "At {n2} sites {means1} was set up as well.")),
    (("在{place0}和{place1}两地先行试点，历时{n3}天。", "试点为期{n3}天，地点为{place0}与{place1}。"),
     ("A trial in {place0} and {place1} took {n3} days.", "For {n3} days it was tried out in {place0} and {place1}.")),
    (("平台累计处理{n4}笔业务，平均用时下降{n5}%。", "平均用时缩短{n5}%，累计完成业务{n4}笔。"),
     ("The platform handled {n4} transactions; the time for one fell by {n5}%.",
      "It takes {n5}% less time now, over {n4} transactions in all.")),
    (("为{group}举办培训{n6}场，参加者{n7}人次。", "{n7}人次参加了面向{group}的{n6}场培训。"),
     ("There were {n6} courses for {group} with {n7} participants.", "{n7} people took part in {n6} courses for {group}.")),
    (("经验已推广到{place2}，节约成本{n8}元。", "{place2}已采用这一做法，节省{n8}元。"),
     ("The approach went on to {place2} and saved {n8} yuan.", "{place2} has taken it up, saving {n8} yuan.")),
    (("项目坚持共建共享，保护个人信息。", "项目注重个人信息保护，坚持共建共享。"),
     ("It is built and used in common, and personal data are protected.", "Personal data are protected; all build and share.")),
    (("下一步将扩大{means1}的应用，服务更多{group}。", "今后将进一步推广{means1}，惠及更多{group}。"),
     ("Next, {means1} will be used more widely, for more {group}.", "Later more {group} are to profit from {means1}.")),
)  # fmt: skip
_ROUND_NUMBERS: Final = (9, 4, 3, 3, 6, 2, 3, 4, 7)


@dataclass(frozen=True)
class Story:
    """What a case is about: places of its words in the lists, its numbers, and how it is told."""

    number: int
    words: tuple[int, ...]
    numbers: tuple[int, ...]
    wording: tuple[int, ...]
    order: tuple[int, ...]
    contact: str

    def told(self, language: str, *, keep: Sequence[int] | None = None) -> Document:
        """Tell the story in a language, `zh-hans` or `en`, in those sentences."""
        side = 0 if language == "zh-hans" else 1
        w = self.words
        organisation = (_PLACES[w[0]][side] + ("" if side == 0 else " ")) + _BODIES[w[1]][side]
        said = {
            "org": organisation,
            "topic": _TOPICS[w[2]][side],
            "group": _GROUPS[w[3]][side],
            "trouble": _TROUBLES[w[4]][side],
            "means0": _MEANS[w[5]][side],
            "means1": _MEANS[w[6]][side],
            "place0": _PLACES[w[7]][side],
            "place1": _PLACES[w[8]][side],
            "place2": _PLACES[w[9]][side],
        }
        said |= {f"n{i}": str(n) for i, n in enumerate(self.numbers)}
        used = [i for i in self.order if keep is None or i in keep]
        text = [_SENTENCES[i][side][self.wording[i]].format(**said) for i in used]
        joined = ("" if side == 0 else " ").join(text)
        return Document(
            f"case {self.number}", {language: joined}, organisation, (self.contact,) if self.contact else ()
        )


def story(number: int, random: np.random.Generator) -> Story:
    """Make up a case."""
    sizes = (len(_PLACES), len(_BODIES), len(_TOPICS), len(_GROUPS), len(_TROUBLES), len(_MEANS), len(_MEANS))
    words = tuple(int(random.integers(size)) for size in (*sizes, *(len(_PLACES),) * 3))
    order = [0, 1, *(2 + random.permutation(len(_SENTENCES) - 2)).tolist()]
    wording = tuple(int(w) for w in random.integers(0, 2, len(_SENTENCES)))
    return Story(number, words, _numbers(random), wording, tuple(order), f"+86{random.integers(10**10, 2 * 10**10)}")


def repeat(given: Story, kind: str, number: int, language: str, random: np.random.Generator) -> Document:
    """Tell an earlier case again, changed in that way; all but a plain copy has another contact."""
    other = replace(given, number=number, contact="")
    every, keep = kind == "all at once", None
    if kind in ("renamed", "next year") or every:
        place = int((given.words[0] + random.integers(1, len(_PLACES))) % len(_PLACES))
        body = int((given.words[1] + random.integers(1, len(_BODIES))) % len(_BODIES))
        other = replace(other, words=(place, body, *given.words[2:]))
    if kind == "reordered" or every:
        other = replace(other, order=tuple(int(i) for i in random.permutation(len(_SENTENCES))))
    if kind == "numbers":
        other = replace(other, numbers=_numbers(random))
    if kind == "next year" or every:
        changed = random.random(len(given.numbers)) < 0.6
        fresh = [
            round(n * (1 + random.uniform(0.05, 0.5))) if c else n for n, c in zip(given.numbers, changed, strict=True)
        ]
        other = replace(other, numbers=tuple(fresh))
    if kind == "paraphrased" or every:
        other = replace(other, wording=tuple(1 - w for w in given.wording))
    if kind == "shortened" or every:
        keep = random.permutation(len(_SENTENCES))[:6].tolist()
    if kind == "translated":
        language = "en" if language == "zh-hans" else "zh-hans"
    return other.told(language, keep=keep)


def _numbers(random: np.random.Generator) -> tuple[int, ...]:
    """Return numbers as they are told: some exact, some round, so that unrelated cases share a few."""
    found = []
    for digits in _ROUND_NUMBERS:
        size = min(digits, 6)
        number = int(random.integers(10 ** (size - 1), 10**size))
        if size > 2 and random.random() < 0.4:
            number = round(number, 1 - size) or 10 ** (size - 1)
        found.append(number)
    return tuple(found)


@dataclass(frozen=True)
class Found:
    """Shares of the repeats that come first, and that stand above what unrelated cases reach once in a hundred."""

    first: dict[str, float]
    above: dict[str, float]
    false_alarms: float
    threshold: float


def search(earlier: int = 600, queries: int = 200, *, rate: float = 0.01, seed: int = 0) -> Found:
    """Index earlier cases, half in each language, and ask about repeats of each kind and about unrelated cases.

    The level is the one that `rate` of the unrelated new cases reach, and `threshold` what the index itself says.
    """
    random = np.random.default_rng([seed, 3])
    stories = [story(i, random) for i in range(earlier)]
    languages = ["zh-hans" if i % 2 == 0 else "en" for i in range(earlier)]
    index = Index.build(s.told(language) for s, language in zip(stories, languages, strict=True))
    strange = [story(earlier + i, random).told(languages[i % 2]) for i in range(max(queries * 2, 200))]
    best = np.array(
        [max((hit.score for hit in hits), default=0.0) for hits in index.answers(strange, 1, passages=False)]
    )
    level = float(np.quantile(best, 1.0 - rate, method="higher"))
    first, above = {}, {}
    for kind in KINDS:
        places, asked = [], []
        for number in range(queries):
            places.append(int(random.integers(earlier)))
            asked.append(repeat(stories[places[-1]], kind, 10**6 + number, languages[places[-1]], random))
        right = reached = 0
        for place, hits in zip(places, index.answers(asked, 1, passages=False), strict=True):
            if hits and hits[0].id == f"case {place}":
                right += 1
                reached += hits[0].score > level
        first[kind], above[kind] = right / queries, reached / queries
    threshold = index.threshold(rate)
    return Found(first, above, float((best >= threshold).mean()), threshold)

"""Invented names of organisations, people and places, and the running names of real countries and regions."""

from __future__ import annotations

from functools import cache
from random import Random

from babel import Locale
from phonenumbers import country_code_for_region

from praxis.rehearsal.invention.grammar import EN, ZH, name_parts

_OWN_NAMES = {
    "HK": ("中国香港", "Hong Kong, China"),
    "MO": ("中国澳门", "Macao, China"),
    "TW": ("中国台湾", "Taiwan, China"),
    "AE": ("阿联酋", "the United Arab Emirates"),
    "BA": ("波黑", "Bosnia and Herzegovina"),
    "CQ": ("萨克岛", "Sark"),
    "CD": ("刚果（金）", "the Democratic Republic of the Congo"),
    "CG": ("刚果（布）", "the Republic of the Congo"),
    "CZ": ("捷克", "Czechia"),
    "KP": ("朝鲜", "the Democratic People's Republic of Korea"),
    "KR": ("韩国", "the Republic of Korea"),
    "MM": ("缅甸", "Myanmar"),
    "PS": ("巴勒斯坦", "Palestine"),
    "RU": ("俄罗斯", "Russia"),
    "CI": ("科特迪瓦", "Côte d'Ivoire"),
}


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_THE = _codes("US GB NL PH MV BS GM CF DO SB KM MH SC")
_SINIC = frozenset({"CN", "HK", "MO", "TW", "SG"})
_ARAB = _codes("AE BH DZ EG IQ IR JO KW LB LY MA MR OM PK PS QA SA SD SY TN TR YE AF UZ KZ KG TJ TM AZ")
_SEA = _codes("ID MY TH VN PH KH LA MM BN TL LK IN BD NP BT MV FJ PG WS TO VU SB KI MH FM NR PW TV MN")
_AFRO = _codes(
    "AO BF BI BJ BW CD CF CG CI CM CV DJ ER ET GA GH GM GN GQ GW KE KM LR LS MG ML MU MW MZ NA NE NG RW SC SL SN "
    "SO SS ST SZ TD TG TZ UG ZA ZM ZW"
)
_KIND_HINTS = (
    ("gov", "government"),
    ("minist", "government"),
    ("international", "international"),
    ("think", "think_tank"),
    ("communit", "community"),
    ("univ", "university"),
    ("school", "university"),
    ("research", "research"),
    ("institut", "research"),
    ("social", "social"),
    ("assoc", "social"),
    ("ngo", "social"),
    ("civil", "social"),
    ("enterprise", "enterprise"),
    ("compan", "enterprise"),
    ("business", "enterprise"),
)
_WITH_ARTICLE = _codes(
    "Agency Alliance Association Bureau Centre Collective College Committee Community Consortium Co-operative "
    "Council Department Federation Forum Foundation Group Institute Laboratory Network Office Organisation Society"
)
# Real places that the parts of invented names would also make.
_REAL = _codes(
    "suzhou tingzhou lanzhou liaoyuan hanyuan hanchuan hanzhou jingchuan jingyuan jingjin jingxi yuzhou yuxi yuling "
    "huaiyuan huaijin hongyuan hongxi lanling lanxi qizhou qijin qixi qiyuan shuozhou shuoyuan luxi luchuan luzhou "
    "rizal manila malabo bamako lusaka soweto kigali madina medina salina marina tarifa panama "
    "lujin jixi jizhou jiyuan weizhou weiyuan yanling yanchuan yanyuan yanjin yanxi yunxi yunling yunyuan xiuzhou "
    "xiuyu xiuwan liaozhou zhixi zhijin qichuan suxi hanling hanjin"
)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@cache
def place_names(code: str) -> tuple[str, str]:
    """Return the name of a country or region as it runs in a Chinese and in an English sentence."""
    if code in _OWN_NAMES:
        return _OWN_NAMES[code]
    zh = Locale.parse("zh_Hans_CN").territories.get(code, code)
    en = Locale.parse("en").territories.get(code, code).replace("&", "and").replace("St. ", "Saint ")
    return zh, f"the {en}" if code in _THE else en


def list_places(codes: tuple[str, ...], *, chinese: bool) -> str:
    """Join the names of several countries or regions; names with a comma in them come last in English."""
    names = [place_names(code)[0 if chinese else 1] for code in codes]
    if not chinese:
        names.sort(key=lambda name: "," in name)
    if len(names) == 1:
        return names[0]
    if chinese:
        return "、".join(names[:-1]) + "和" + names[-1]
    return ", ".join(names[:-1]) + " and " + names[-1]


def _flavour(place: str) -> str:
    if place in _SINIC:
        return "sinic"
    if place in ("JP", "KR"):
        return place.lower()
    for flavour, members in (("arab", _ARAB), ("sea", _SEA), ("afro", _AFRO)):
        if place in members:
            return flavour
    return "euro"


def toponym(place: str, random: Random) -> tuple[str, str]:
    """Invent a place name in the manner of a country or region, in Chinese and in Latin letters."""
    parts = name_parts()
    flavour = _flavour(place)
    if flavour in ("sinic", "jp", "kr"):
        while True:
            first, last = random.choice(parts[flavour]), random.choice(parts[f"{flavour}_end"])
            if first[1] + last[1] not in _REAL:
                return first[0] + last[0], (first[1] + last[1]).capitalize()
    while True:
        syllables = random.sample(parts[flavour], 3)
        latin = "".join(s[1] for s in syllables)
        # Two consonants at either end or three in a row cannot be pronounced.
        if latin[-1] not in "aeiou" and latin[-2] not in "aeiou":
            continue
        if latin in _REAL:
            continue
        opens = latin[0] in "aeiou" or latin[1] in "aeiou"
        if opens and not any(all(c not in "aeiou" for c in latin[i : i + 3]) for i in range(len(latin) - 2)):
            return "".join(s[0] for s in syllables), latin.capitalize()


def person(place: str, random: Random) -> tuple[str, str]:
    """Invent a person's name, in Chinese and in Latin letters."""
    parts = name_parts()
    if _flavour(place) == "sinic":
        family, given = random.choice(parts["surname_sinic"]), random.choice(parts["given_sinic"])
        return family[0] + given[0], f"{given[1]} {family[1]}"
    given, family = random.choice(parts["given_other"]), toponym(place, random)
    return f"{given[0]}·{family[0]}", f"{given[1]} {family[1]}"


def style_of(kind: str) -> str:
    """Return in which style organisations of a kind are named; unknown kinds are centres."""
    return next((style for hint, style in _KIND_HINTS if hint in kind), "centre")


def organisation_names(kind: str, place: str, random: Random, taken: set[str]) -> dict[str, str]:
    """Invent an organisation's name in both languages that is not yet taken, and take it."""
    parts = name_parts()
    style = kind if kind.startswith("unit_") else style_of(kind)
    while True:
        pattern = random.choice(parts[f"org_{style}"])
        top, dom, noun = toponym(place, random), random.choice(parts["dom"]), random.choice(parts["noun"])
        zh, en = (
            pattern[i].replace("{top}", top[i]).replace("{dom}", dom[i]).replace("{noun}", noun[i]) for i in (0, 1)
        )
        if zh not in taken and en not in taken:
            taken.update((zh, en))
            return {ZH: zh, EN: en}


def running_english(name: str) -> str:
    """Return an organisation's English name as it runs in a sentence, with its article where it takes one."""
    takes = any(word in name.replace(",", " ").split() for word in _WITH_ARTICLE)
    return f"the {name}" if takes else name


def registration_number(place: str, random: Random) -> str | None:
    """Invent a registration number: a well-formed one of no real district for China, sometimes none elsewhere."""
    if place != "CN":
        return None if random.random() < 0.3 else f"{place}-X{random.randrange(10**7):07d}"
    body = "92000000" + "".join(random.choice(_USCC_ALPHABET) for _ in range(9))
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + _USCC_ALPHABET[(31 - total % 31) % 31]


def phone(place: str, random: Random) -> str:
    """Invent a telephone number with the country code of a place and the 555 of fiction."""
    return f"+{country_code_for_region(place) or 999} 555 {random.randrange(10**4):04d}"

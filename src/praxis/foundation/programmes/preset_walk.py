"""Walks the raw data of a preset along the shapes of the configuration and finds what is wrong in one place.

What is wrong between two places is in `preset_checks`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from praxis.foundation.programmes.config import ANY_LANGUAGE
from praxis.foundation.programmes.shapes import Holds, Refers, Shape, Within, members_of, written_number
from praxis.foundation.programmes.toml_lines import Path

Message = dict[str, str]
Found = tuple[Path, Message]

INVALID = object()
"""Stands for a value that cannot be read, so that what depends on it is not judged."""

PAPERS = ("#fbfaf7", "#10181e")  # the light and the dark paper of the pages
CONTRAST = 3.0  # WCAG 2.2, 1.4.11: graphical objects

_CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_CODE_LENGTH = 40
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_WEBSITE = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:/\S*)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

_KINDS = {
    "text": ("一段文字", "a text in quotation marks"),
    "integer": ("一个整数", "a whole number"),
    "number": ("一个数", "a number"),
    "flag": ("true 或 false", "true or false"),
    "instant": (
        "带时区偏移的日期和时间，如 2026-06-16T00:00:00+08:00",
        "a date and time with an offset, such as 2026-06-16T00:00:00+08:00",
    ),
    "list": ("一个列表", "a list"),
    "map": ("一张对照表", "a table of keys and values"),
    "table": ("一张表", "a table"),
}
_PYTHON_TYPES: dict[str, type[Any]] = {"text": str, "flag": bool, "list": list, "map": dict, "table": dict}


def say(zh: str, en: str) -> Message:
    """A message in the two languages of the screens."""
    return {"zh-hans": zh, "en": en}


def meant(word: str, known: Iterable[str]) -> tuple[Message, str | None]:
    """The ending "did you mean ...?" for a word that is not known, and the word meant; both may be empty."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    if not close:
        return say("", ""), None
    return say(f"，是否想写“{close[0]}”？", f"; did you mean “{close[0]}”?"), close[0]


def join(message: Message, ending: Message) -> Message:
    """Two pieces of a message put together."""
    return {language: text + ending[language] for language, text in message.items()}


def contrast(one: str, other: str) -> float:
    """Contrast of two #rrggbb colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@dataclass(slots=True)
class Walk:
    """One walk over the data of a preset; `found` grows in the order of the walk."""

    languages: tuple[str, ...]
    codes: dict[str, list[str]]
    found: list[Found]

    def tell(self, path: Path, zh: str, en: str, ending: Message | None = None) -> None:
        message = say(zh, en)
        self.found.append((path, join(message, ending) if ending else message))

    def value(self, shape: Shape, raw: Any, path: Path) -> Any:
        """The value as the configuration holds it, or INVALID."""
        if not self.right_type(shape, raw, path):
            return INVALID
        value: Any
        if shape.kind == "list":
            value = self.items(shape, raw, path)
        elif shape.kind == "map":
            value = self.mapping(shape, raw, path)
        elif shape.kind == "table":
            assert shape.table is not None
            value = self.table(shape.table, raw, path)
        else:
            value = float(raw) if shape.kind == "number" else raw
            if shape.choices and raw not in shape.choices:
                listed = ", ".join(shape.choices)
                self.tell(
                    path,
                    f"“{raw}”不在可选值之内（{listed}）",
                    f"“{raw}” is not one of {listed}",
                    meant(raw, shape.choices)[0],
                )
                return INVALID
        for constraint in shape.constraints:
            self.hold(constraint, raw, path)
        return value

    def right_type(self, shape: Shape, raw: Any, path: Path) -> bool:
        """Whether the raw value can be read as this shape; says so where not."""
        if shape.kind == "instant":
            right = isinstance(raw, datetime) and raw.tzinfo is not None
            if isinstance(raw, (date, time)) and not right:
                self.tell(
                    path,
                    f"{raw} 没有时区偏移，不是确定的时刻；应写成 2026-06-16T00:00:00+08:00 的样子",
                    f"{raw} has no offset and is not an instant; write it like 2026-06-16T00:00:00+08:00",
                )
                return False
        elif shape.kind in ("integer", "number"):
            kinds = (int,) if shape.kind == "integer" else (int, float)
            right = isinstance(raw, kinds) and not isinstance(raw, bool) and math.isfinite(raw)
        else:
            right = isinstance(raw, _PYTHON_TYPES[shape.kind])
        if not right:
            if Holds.LABEL in shape.constraints:
                example = "{ " + ", ".join(f'{language} = "..."' for language in self.languages) + " }"
                self.tell(
                    path,
                    f"应当按语言分别给出文字：{example}",
                    f"this needs a text for each language: {example}",
                )
            else:
                zh, en = _KINDS[shape.kind]
                self.tell(path, f"这里应当是{zh}", f"this must be {en}")
        return right

    def items(self, shape: Shape, raw: list[Any], path: Path) -> Any:
        """The items in their order, None for one that cannot be read; repeated ones are named."""
        assert shape.item is not None
        seen: set[str] = set()
        values = []
        for index, item in enumerate(raw):
            value = self.value(shape.item, item, (*path, index))
            values.append(None if value is INVALID else value)
            if shape.item.kind == "text":
                key, where = item, (*path, index)
            else:
                key = item.get("code") if isinstance(item, dict) else None
                where = (*path, index, "code")
            if not isinstance(key, str):
                continue
            if key in seen:
                self.tell(where, f"“{key}”重复出现", f"“{key}” appears more than once")
            seen.add(key)
        if shape.item.kind != "table" and None in values:
            return INVALID
        return tuple(values)

    def mapping(self, shape: Shape, raw: dict[str, Any], path: Path) -> Any:
        assert shape.item is not None
        if Holds.LABEL in shape.constraints or Holds.PER_LANGUAGE in shape.constraints:
            self.each_language(raw, path)
        values: dict[Any, Any] = {}
        for name, item in raw.items():
            key: Any = _number(name) if shape.number_keys else name
            if key is None:
                self.tell((*path, name), f"“{name}”应当是一个数", f"“{name}” must be a number")
            if key is None or (shape.number_keys and self.split_number(name, item, path)):
                values[INVALID] = item
                continue
            if Holds.LABEL in shape.constraints and self.languages and name not in self.languages:
                continue
            values[key] = self.value(shape.item, item, (*path, name))
            if Holds.LABEL in shape.constraints and isinstance(item, str):
                self.readable(item, (*path, name))
        return INVALID if INVALID in values or INVALID in values.values() else values

    def split_number(self, name: str, item: Any, path: Path) -> bool:
        """Whether a key like 2.5 was written without quotation marks, which TOML reads as 5 within 2."""
        pieces = [piece for piece in item if piece.isdigit()] if isinstance(item, dict) else []
        for piece in pieces:
            self.tell(
                (*path, name, piece),
                f'带小数点的键要加引号，写成 "{name}.{piece}"',
                f'a key with a point needs quotation marks: "{name}.{piece}"',
            )
        return bool(pieces)

    def each_language(self, raw: dict[str, Any], path: Path) -> None:
        """Every language of the edition is there, and no other."""
        ending: Message | None = None
        misspelt = set()
        for name in raw:
            if self.languages and name not in self.languages:
                ending, suggested = meant(name, [code for code in self.languages if code not in raw])
                misspelt.add(suggested)
                self.tell(
                    (*path, name),
                    f"“{name}”不是本届活动的语言",
                    f"“{name}” is not a language of this edition",
                    ending,
                )
        missing = [code for code in self.languages if code not in raw and code not in misspelt]
        if missing:
            listed = ", ".join(missing)
            self.tell(path, f"缺少语言：{listed}", f"missing language: {listed}")

    def readable(self, text: str, path: Path) -> None:
        if not text.strip():
            self.tell(path, "文字为空", "the text is empty")
        elif _CONTROL.search(text):
            self.tell(path, "文字中有控制字符", "the text contains a control character")

    def table(self, table: type[Any], raw: dict[str, Any], path: Path) -> Any:
        """An instance, or INVALID if any of its members cannot be read."""
        values = self.members(table, raw, path)
        lacking = any(member.required and name not in values for name, member in members_of(table).items())
        unread = any(value is INVALID or (isinstance(value, tuple) and None in value) for value in values.values())
        return INVALID if lacking or unread else table(**values)

    def members(self, table: type[Any], raw: dict[str, Any], path: Path) -> dict[str, Any]:
        """The members that are given, by name; unknown and missing keys are named."""
        members = members_of(table)
        absent = [name for name, member in members.items() if name not in raw]
        misspelt = set()
        for name in raw:
            if name not in members:
                ending, suggested = meant(name, absent)
                misspelt.add(suggested)
                self.tell((*path, name), f"不认识的键“{name}”", f"unknown key “{name}”", ending)
        for name in absent:
            if members[name].required and name not in misspelt:
                self.tell((*path, name), f"缺少“{name}”", f"“{name}” is missing")
        return {
            name: self.value(member.shape, raw[name], (*path, name)) for name, member in members.items() if name in raw
        }

    def hold(self, constraint: object, raw: Any, path: Path) -> None:
        """Say where a value of the right type does not hold what it must."""
        if isinstance(constraint, Within):
            self.within(constraint, raw, path)
        elif isinstance(constraint, Refers):
            self.refers(constraint, raw, path)
        elif constraint is Holds.NOT_EMPTY:
            if not raw:
                self.tell(path, "不能为空", "this must not be empty")
        elif constraint is Holds.COLOUR:
            self.colour(raw, path)
        elif isinstance(constraint, Holds) and constraint in _PATTERNS:
            right, zh, en = _PATTERNS[constraint]
            if not right(raw):
                self.tell(path, f"“{raw}”{zh}", f"“{raw}” {en}")

    def within(self, limits: Within, raw: float, path: Path) -> None:
        low = written_number(limits.low)
        if raw < limits.low or (limits.above and raw == limits.low):
            if limits.above:
                self.tell(path, f"{raw} 应当大于 {low}", f"{raw} must be more than {low}")
            else:
                self.tell(path, f"{raw} 不能小于 {low}", f"{raw} must be at least {low}")
        elif raw > limits.high:
            high = written_number(limits.high)
            self.tell(path, f"{raw} 不能大于 {high}", f"{raw} must be at most {high}")

    def refers(self, refers: Refers, raw: Any, path: Path) -> None:
        known = [code for name in refers.lists for code in self.codes.get(name, [])]
        where = " / ".join(f"[[{name}]]" for name in refers.lists)
        names = [(raw, path)] if isinstance(raw, str) else [(name, (*path, name)) for name in raw]
        for name, place in names:
            if name not in known:
                self.tell(
                    place,
                    f"{where} 中没有“{name}”",
                    f"there is no “{name}” in {where}",
                    meant(name, known)[0],
                )

    def colour(self, raw: str, path: Path) -> None:
        if not _COLOUR.fullmatch(raw):
            self.tell(path, f"“{raw}”不是 #rrggbb 形式的颜色", f"“{raw}” is not a colour of the form #rrggbb")
            return
        for paper, zh, en in zip(PAPERS, ("浅色", "深色"), ("light", "dark"), strict=True):
            ratio = contrast(raw, paper)
            if ratio < CONTRAST:
                self.tell(
                    path,
                    f"{raw} 在{zh}底上对比度只有 {ratio:.2f}，至少应为 {CONTRAST:.0f}",
                    f"{raw} has a contrast of only {ratio:.2f} on the {en} paper; at least {CONTRAST:.0f}",
                )


def texts_of(raw: Any) -> list[str]:
    """The texts of a list that may be anything."""
    return [item for item in raw if isinstance(item, str)] if isinstance(raw, list) else []


def codes_of(raw: Any) -> list[str]:
    """The codes of a list of tables that may be anything."""
    items = raw if isinstance(raw, list) else []
    return texts_of([item.get("code") for item in items if isinstance(item, dict)])


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


_PATTERNS: dict[Holds, tuple[Callable[[str], bool], str, str]] = {
    Holds.CODE: (
        lambda raw: len(raw) <= _CODE_LENGTH and _CODE.fullmatch(raw) is not None,
        f"不是合格的代码：小写字母、数字、连字符或下划线，最多 {_CODE_LENGTH} 个字符",
        f"is not a code: small letters, digits, hyphens or underscores, at most {_CODE_LENGTH} of them",
    ),
    Holds.LANGUAGE: (
        lambda raw: raw != ANY_LANGUAGE and _LANGUAGE.fullmatch(raw) is not None,
        "不是语言代码，应写成 zh-hans、en 的样子",
        "is not a language code; write it like zh-hans or en",
    ),
    Holds.MAILBOX: (
        lambda raw: _MAILBOX.fullmatch(raw) is not None,
        "不是电子邮箱地址",
        "is not an e-mail address",
    ),
    Holds.WEBSITE: (
        lambda raw: _WEBSITE.fullmatch(raw) is not None,
        "不是以 http:// 或 https:// 开头的网址",
        "is not a web address that begins with http:// or https://",
    ),
    Holds.ZONE: (
        _is_zone,
        "不是时区名称，应写成 Asia/Shanghai 的样子",
        "is not a time zone; write it like Asia/Shanghai",
    ),
}

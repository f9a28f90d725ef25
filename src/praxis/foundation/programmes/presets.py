"""Presets: an edition described in TOML. Reading one, or saying in words and with the line what is wrong."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from praxis.foundation.programmes import date_words
from praxis.foundation.programmes.config import EditionConfig
from praxis.foundation.programmes.preset_checks import contradictions
from praxis.foundation.programmes.preset_walk import INVALID, Message, Walk, codes_of, say, texts_of
from praxis.foundation.programmes.shapes import members_of
from praxis.foundation.programmes.toml_lines import Path, line_of, locate

# The reader's own phrases, since a person may read no English.
_SYNTAX_ZH = (
    ("Cannot overwrite a value", "同一个键写了两次"),
    ("Cannot declare", "同一张表写了两次，或与别的键冲突"),
    ("Cannot mutate immutable namespace", "已写完的表不能再添加内容"),
    ("Cannot redefine namespace", "已写完的表不能再添加内容"),
    ("Unterminated string", "引号没有结束"),
    ('Expected "\'"', "引号没有结束"),
    ("Illegal character", "引号没有结束，或文字中有不允许的字符"),
    ("Expected '='", "键后面缺少等号"),
    ("Expected ']", "表名缺少右方括号"),
    ("Unclosed array", "列表没有结束，或缺少逗号"),
    ("Unclosed inline table", "花括号没有结束，或缺少逗号"),
    ("Duplicate inline table key", "同一个键写了两次"),
    ("Expected newline", "一行里有多余的内容"),
    ("Invalid date", "日期或时间不存在"),
    ("Invalid value", "等号后面的值写法不对"),
    ("Invalid initial character", "键的写法不对"),
    ("Invalid statement", "这一行的写法不对"),
    ("Unescaped '\\' in a string", "文字中的反斜杠写法不对"),
)
_ENDLESS = re.compile(r"[0-9_]{1000}")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: its 1-based line, where it is (`tiers[1].size_low`), and what it is in zh-hans and en."""

    line: int
    path: str
    message: Message


class PresetError(Exception):
    """A preset that cannot be used; `problems` are all of its mistakes in the order of their lines."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = problems
        super().__init__(self.told("en"))

    def told(self, language: str) -> str:
        """All mistakes as text, one a line: file, line, path, words."""
        return "\n".join(
            f"{self.name}:{problem.line}: {problem.path + ': ' if problem.path else ''}"
            f"{problem.message.get(language, problem.message['en'])}"
            for problem in self.problems
        )


def load(text: str, name: str) -> EditionConfig:
    """The edition a preset describes; PresetError with every mistake if there is one."""
    config, problems = _read(text)
    if config is None:
        raise PresetError(name, problems)
    return config


def check(text: str, name: str) -> list[Problem]:
    """Every mistake of a preset, in the order of the lines; an empty list if `load` would succeed."""
    try:
        load(text, name)
    except PresetError as error:
        return error.problems
    return []


def written_path(path: Path) -> str:
    """A path as people write it: tiers[1].label.en."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _read(text: str) -> tuple[EditionConfig | None, list[Problem]]:
    text = text.removeprefix("\ufeff")
    try:
        data = tomllib.loads(text)
        lines = locate(text)
    except tomllib.TOMLDecodeError as error:
        return None, [_syntax(str(error), text)]
    except ValueError:
        # The reader lets Python's own limit on the digits of a number through.
        line = next((at for at, row in enumerate(text.split("\n"), 1) if _ENDLESS.search(row)), 1)
        return None, [Problem(line, "", say("数字过长", "the number is too long"))]
    except RecursionError:
        return None, [Problem(1, "", say("括号嵌套过深", "brackets are nested too deeply"))]
    parts, found = _walk(data)
    problems = [Problem(line_of(lines, path), written_path(path), message) for path, message in found]
    if problems:
        return None, sorted(problems, key=lambda problem: problem.line)
    return EditionConfig(**parts), []


def _walk(data: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[Path, Message]]]:
    edition = data.get("edition")
    languages = texts_of(edition.get("languages")) if isinstance(edition, dict) else []
    walk = Walk(tuple(languages), {name: codes_of(data.get(name)) for name in members_of(EditionConfig)}, [])
    members = walk.members(EditionConfig, data, ())
    parts = {name: value for name, value in members.items() if value is not INVALID}
    return parts, [*walk.found, *contradictions(parts), *date_words.problems(data)]


def _syntax(words: str, text: str) -> Problem:
    """The one mistake that stops the TOML reader."""
    position = _POSITION.search(words)
    line = int(position.group(1)) if position and position.group(1) else text.count("\n") + 1
    words = _POSITION.sub("", words)
    known = next((zh for start, zh in _SYNTAX_ZH if words.startswith(start)), "")
    return Problem(
        line,
        "",
        say(f"不是合格的 TOML：{known or words}", f"this is not valid TOML: {words[:1].lower()}{words[1:]}"),
    )

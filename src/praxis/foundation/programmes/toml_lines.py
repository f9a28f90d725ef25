"""The line on which each key, table and list item of a TOML document stands; the standard reader gives none."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}#\n]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


def locate(text: str) -> dict[Path, int]:
    """The 1-based line of every path of a document that `tomllib` accepts; of any other the answer is undefined.

    A list item is a number in the path. A table that is only named by its children stands where the first does.
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest table around it; 1 where nothing of it is written."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.counted = 0
        self.line = 1
        self.lines: dict[Path, int] = {}
        self.sizes: dict[Path, int] = {}  # arrays of tables, how many so far

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self.skip(newlines=True):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.lines

    def here(self) -> int:
        """The line of the present position; positions only grow."""
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def skip(self, newlines: bool) -> bool:
        """Go past blanks and comments; False at the end."""
        blanks = " \t\n" if newlines else " \t"
        while self.at < len(self.text):
            if self.text[self.at] in blanks:
                self.at += 1
            elif self.text[self.at] == "#" and newlines:
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return True
        return False

    def mark(self, path: Path, line: int) -> None:
        """Keep the line of a path, and of the tables around it that had no line yet."""
        self.lines[path] = line
        for length in range(1, len(path)):
            self.lines.setdefault(path[:length], line)

    def resolve(self, table: Path, keys: list[str]) -> Path:
        """The path of dotted keys below a table, each array of tables standing for its last item."""
        path = table
        for key in keys:
            path = (*path, key)
            if path in self.sizes:
                path = (*path, self.sizes[path] - 1)
        return path

    def header(self) -> Path:
        line = self.here()
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        keys = self.keys()
        self.at += 2 if array else 1
        path = (*self.resolve((), keys[:-1]), keys[-1])
        if array:
            self.sizes[path] = self.sizes.get(path, 0) + 1
            self.lines.setdefault(path, line)
            path = (*path, self.sizes[path] - 1)
        self.mark(path, line)
        return path

    def keys(self) -> list[str]:
        """Dotted keys up to the `=` or `]` behind them."""
        found = []
        while True:
            self.skip(newlines=False)
            if self.text[self.at] in "\"'":
                found.append(self.string())
            else:
                match = _BARE.match(self.text, self.at)
                assert match is not None, "a key in a document that was accepted"
                found.append(match.group())
                self.at = match.end()
            self.skip(newlines=False)
            if self.text[self.at] != ".":
                return found
            self.at += 1

    def pair(self, table: Path) -> None:
        line = self.here()
        path = self.resolve(table, self.keys())
        self.mark(path, line)
        self.at += 1  # =
        self.skip(newlines=False)
        self.value(path)

    def value(self, path: Path) -> None:
        start = self.text[self.at]
        if start in "\"'":
            self.string()
        elif start == "[":
            self.at += 1
            index = 0
            while self.skip(newlines=True) and self.text[self.at] != "]":
                self.mark((*path, index), self.here())
                self.value((*path, index))
                index += 1
                self.comma()
            self.at += 1
        elif start == "{":
            self.at += 1
            while self.skip(newlines=True) and self.text[self.at] != "}":
                self.pair(path)
                self.comma()
            self.at += 1
        else:
            match = _SCALAR.match(self.text, self.at)
            assert match is not None, "a value in a document that was accepted"
            self.at = match.end()

    def comma(self) -> None:
        if self.skip(newlines=True) and self.text[self.at] == ",":
            self.at += 1

    def string(self) -> str:
        """Go past a string of any of the four kinds and give what a key written so is called."""
        quote = self.text[self.at]
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        start = self.at = self.at + len(mark)
        while not self.text.startswith(mark, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        end = self.at
        self.at += len(mark)
        # A multi-line string may end in one or two quotation marks of its own.
        while len(mark) == 3 and self.text.startswith(quote, self.at):
            self.at += 1
        raw = self.text[start:end]
        return raw if quote == "'" else _ESCAPE.sub(_unescape, raw)


def _unescape(match: re.Match[str]) -> str:
    digits = match.group(1) or match.group(2)
    return chr(int(digits, 16)) if digits else _ESCAPED.get(match.group(3), match.group(3))

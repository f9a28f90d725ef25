"""What changed between two texts, in words for Latin scripts and characters for Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\w+|\s+|.", re.DOTALL)


def changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Pairs of (`same`, `del` or `ins`, text) that lead from one text to the other."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[i1:i2])
            continue
        if i2 > i1:
            yield "del", "".join(old[i1:i2])
        if j2 > j1:
            yield "ins", "".join(new[j1:j2])

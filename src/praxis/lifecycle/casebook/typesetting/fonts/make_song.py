"""Make Praxis Song (Regular, Bold) from Noto Serif CJK SC; run by hand when the glyph set changes.

    python make_song.py FOLDER_OF_NOTO_SERIF_CJK_TTC

Holds GB 2312, every character of pypinyin's phrases, CJK punctuation and full-width forms; about four megabytes
a weight. Characters outside it are set in Noto Sans SC. The name differs because a subset is a modified font.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont
from pypinyin.phrases_dict import phrases_dict

FEATURES = ["kern", "halt", "palt", "vert", "ccmp", "locl", "chws", "vchw", "liga"]
PUNCTUATION = "\u00a0·×‐–—―‘’“”•…‧‰※□■○●￥"


def code_points() -> set[int]:
    wanted = {ord(character) for phrase in phrases_dict for character in phrase}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                wanted.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    wanted |= {ord(character) for character in PUNCTUATION}
    wanted |= {*range(0x20, 0x7F), *range(0x3000, 0x3020), *range(0xFF01, 0xFF5F)}
    # Kana, Greek, Cyrillic and box drawing belong to the other book fonts.
    for first, last in ((0x370, 0x530), (0x2500, 0x2580), (0x3040, 0x3200)):
        wanted -= set(range(first, last))
    return wanted


def make(source: Path, weight: str, target: Path) -> None:
    collection = TTCollection(str(source), lazy=True)
    font: TTFont = next(one for one in collection.fonts if one["name"].getDebugName(1).endswith(" SC"))
    options = Options()
    options.hinting = False
    options.layout_features = FEATURES
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=code_points())
    subsetter.subset(font)
    for record in font["name"].names:
        text = record.toUnicode().replace("Noto Serif CJK SC", "Praxis Song")
        record.string = text.replace("NotoSerifCJKsc", "PraxisSong")
    table = font["CFF "].cff
    table.fontNames = [f"PraxisSong-{weight}"]
    table.topDictIndex[0].FullName = f"Praxis Song {weight}"
    table.topDictIndex[0].FamilyName = "Praxis Song"
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    font.save(str(target))


if __name__ == "__main__":
    for weight in ("Regular", "Bold"):
        make(Path(sys.argv[1]) / f"NotoSerifCJK-{weight}.ttc", weight, Path(__file__).with_name(f"PraxisSong-{weight}.otf"))

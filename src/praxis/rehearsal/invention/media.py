"""Small files for invented cases: words for pictures, a two-second video, a one-page document."""

from __future__ import annotations

import io
from random import Random

import av
import numpy as np

from praxis.rehearsal.invention.grammar import EN, ZH, polish_english
from praxis.rehearsal.invention.model import InventedCase, InventedPicture
from praxis.rehearsal.invention.pictures import FAMILIES, family_index, palette

_CAPTIONS = (
    ("{A}的{sites}与{thing}示意图", "A drawing of {sites} in {A} and the {thing}"),
    ("“{brand}”在{A}和{B}的联系（示意）", "How {brand} joins {A} and {B}, schematically"),
    ("{users}如何使用{thing}（示意图）", "How {users} use the {thing} (drawing)"),
    ("自{start}起逐步建立的合作（概念图）", "Cooperation built up since {start}, as a concept"),
    ("{thing}的工作场景（艺术图）", "The {thing} at work, an artist's view"),
    ("{B}：{sites}的新面貌（示意）", "{B}: the new look of {sites} (schematic)"),
    ("覆盖{N}{units}的“{brand}”（概念图）", "{brand} and its {N} {units}, as a concept"),
    ("{A}与{B}共同完成的第一步（示意图）", "The first step taken together by {A} and {B} (drawing)"),
)
_SHADES = {
    "infrastructure": ("蓝色", "blue"),
    "culture": ("赭红色", "russet"),
    "economy": ("金黄色", "gold"),
    "security": ("青绿色", "green"),
    "governance": ("紫色", "violet"),
}
_ENCODER = {"crf": "27", "preset": "ultrafast", "x264-params": "threads=1"}
_FONT = (
    b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/FontDescriptor 6 0 R"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[1[500] 2 95 500]>>"
)
_DESCRIPTOR = (
    b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
    b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>"
)


def picture_words(case: InventedCase, index: int, seed: int | None = None) -> InventedPicture:
    """Return caption, alternative text and credit of the picture drawn with `seed` and `index`.

    Without a seed it is the case's own, `picture_seeds[index]`.
    """
    seed = case.picture_seeds[index] if seed is None else seed
    start = Random(f"{case.key}/captions").randrange(len(_CAPTIONS))
    caption = _CAPTIONS[(start + 3 * index) % len(_CAPTIONS)]
    shows = FAMILIES[family_index(seed, index)][0]
    shade = _SHADES.get(case.category, ("蓝灰色", "blue-grey"))
    english = polish_english(caption[1].format_map(case.words[EN]))
    return InventedPicture(
        {ZH: caption[0].format_map(case.words[ZH]), EN: english},
        {ZH: f"{shade[0]}调的抽象画：{shows[0]}。", EN: f"Abstract picture in {shade[1]} tones: {shows[1]}."},
        {ZH: "演练用虚构图片，由程序绘制", EN: "Invented for a rehearsal, drawn by a program"},
    )


def video(seed: int, *, category: str = "infrastructure", width: int = 320, height: int = 192) -> bytes:
    """Encode a video of two seconds, H.264 in MP4; the same bytes each time for one build of the encoder.

    Planes are computed here and one thread encodes without looking ahead: the scaler and the look-ahead of
    libx264 were seen to differ from run to run. Width and height are even.
    """
    random = Random(f"{seed}/video")
    red, green, blue = np.array(palette(random, category)[:8], dtype=np.float64).T
    # BT.601, limited range.
    luma = (16 + 0.257 * red + 0.504 * green + 0.098 * blue).astype(np.uint8)
    cb = (128 - 0.148 * red - 0.291 * green + 0.439 * blue).astype(np.uint8)
    cr = (128 + 0.439 * red - 0.368 * green - 0.071 * blue).astype(np.uint8)
    bend, speed = random.uniform(2, 6), random.uniform(0.6, 1.6)
    y, x = np.mgrid[0:height, 0:width] / width
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=12, options=_ENCODER)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for step in range(24):
            t = step / 24 * speed
            tone = np.sin(bend * (x + t) + 3 * np.sin(4 * y + t)) * 3.49 + 4
            shade = tone.astype(np.intp)
            half = shade[::2, ::2]
            planes = np.concatenate([luma[shade].ravel(), cb[half].ravel(), cr[half].ravel()])
            frame = av.VideoFrame.from_ndarray(planes.reshape(height * 3 // 2, width), format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def document(seed: int, title: str) -> bytes:
    """Return a one-page A4 PDF that shows the title and says that the document is invented."""
    number = Random(f"{seed}/document").randrange(10**6)
    lines = [title[i : i + 24] for i in range(0, min(len(title), 120), 24)]
    text = "".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -30 Td " for line in lines)
    note = f"演练用虚构文件 · Invented for a rehearsal · {number:06d}".encode("utf-16-be").hex()
    content = f"BT /F1 18 Tf 60 740 Td {text}/F1 10 Tf 0 -10 Td <{note}> Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 7 0 R>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[5 0 R]>>",
        _FONT,
        _DESCRIPTOR,
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        b"<</Title<FEFF%s>>>" % title.encode("utf-16-be").hex().upper().encode("ascii"),
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for index, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (index, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R/Info 8 0 R>>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)

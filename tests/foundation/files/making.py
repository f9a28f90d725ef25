"""Files to upload, good and bad, made in memory."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import av
import numpy as np
import pillow_heif
from PIL import Image

from praxis.foundation.files.limits import MB, Limits

PICTURES = Limits(("jpeg", "png", "webp", "heic"), 20 * MB)
VIDEOS = Limits(("mp4", "mov", "webm"), 50 * MB, max_seconds=300)
DOCUMENTS = Limits(("pdf", "docx"), 20 * MB)
RED, BLUE = (200, 30, 30), (30, 30, 200)


def scene(width: int = 1600, height: int = 1067, mode: str = "RGB") -> Image.Image:
    """A picture with as much detail as a photograph, red in the upper left corner."""
    noise = np.random.default_rng(1).integers(0, 255, (60, 90, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)
    image.paste(RED, (0, 0, width // 4, height // 4))
    return image.convert(mode)


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def jpeg(width: int = 1600, height: int = 1067, **options: Any) -> bytes:
    return encoded(scene(width, height), "JPEG", **({"quality": 90} | options))


def exif(orientation: int = 1) -> bytes:
    """What a phone writes: the way it was held, its maker, and the place."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "MAKER-OF-PHONES"
    tags.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 15.0), 3: "E", 4: (116.0, 24.0, 27.0)})
    tags[0x8825] = tags.get_ifd(0x8825)
    return tags.tobytes()


def linear_profile() -> bytes:
    """A colour profile whose numbers mean linear light, so that 90 is far lighter than 90 in sRGB."""

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))

    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 7) + b"Linear\0" + b"\0" * 79,
        b"wtpt": xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": xyz(0.4361, 0.2225, 0.0139),
        b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), b"curv\0\0\0\0" + struct.pack(">I", 0)),
    }
    table, body = b"", b""
    for name, data in tags.items():
        table += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    rest = struct.pack(">I", len(tags)) + table + body
    header = struct.pack(">I4sI4s4s4s12x4s", 128 + len(rest), b"test", 0x02100000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061) + b"\0" * 48 + rest


def heic(width: int = 640, height: int = 480) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(scene(width, height)).save(buffer, quality=80)
    return buffer.getvalue()


def animated_webp() -> bytes:
    frames = [Image.new("RGB", (300, 200), colour) for colour in (RED, BLUE)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)


def bomb_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few hundred bytes that say they are 3,600 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def video(
    path: Path,
    *,
    codec: str = "libx264",
    format: str = "mp4",
    seconds: int = 2,
    size: tuple[int, int] = (320, 180),
    sound: bool = False,
    turned: int = 0,
    tags: dict[str, str] | None = None,
    pixels: str = "yuv420p",
) -> Path:
    """A video red on the left and blue on the right, of ten pictures a second."""
    options = {"movflags": "use_metadata_tags"} if tags else {}
    with av.open(str(path), "w", format=format, container_options=options) as container:
        container.metadata.update(tags or {})
        stream: Any = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        if turned:
            stream.set_display_rotation(turned)
        audio: Any = container.add_stream("libopus" if format == "webm" else "aac", rate=48_000) if sound else None
        picture = np.full((size[1], size[0], 3), BLUE, dtype=np.uint8)
        picture[:, : size[0] // 2] = RED
        for _ in range(seconds * 10):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if audio is not None:
            _silence(container, audio, seconds)
    return path


def sound_only(path: Path) -> Path:
    with av.open(str(path), "w", format="mp4") as container:
        _silence(container, container.add_stream("aac", rate=48_000), 1)
    return path


def _silence(container: Any, stream: Any, seconds: int) -> None:
    frame = av.AudioFrame.from_ndarray(np.zeros((2, 960), dtype=np.float32), format="fltp", layout="stereo")
    frame.sample_rate = 48_000
    for count in range(seconds * 50):
        frame.pts = count * 960
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def pdf(body: bytes = b"1 0 obj<<>>endobj\n") -> bytes:
    return b"%PDF-1.7\n" + body + b"xref\n0 1\ntrailer<<>>\nstartxref\n9\n%%EOF\n"


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def docx(
    extra: dict[str, bytes] | None = None,
    *,
    kind: str = WORD,
    body: bytes = b"<w:document/>",
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{kind}"/></Types>')
        archive.writestr("word/document.xml", body)
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()

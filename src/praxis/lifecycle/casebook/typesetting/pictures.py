"""Pictures made fit for the page: upright, sRGB, of moderate size, the same bytes each time."""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from praxis.lifecycle.casebook.typesetting.book import BookEntry, Picture, TypesettingError

# Longest side in pixels of a picture that has a row to itself (126 mm: 300 dots per inch) or stands beside another
# (67 mm). Typst holds every picture of a book decoded, so that size is memory too.
LARGE = 1500
SMALL = 900
QUALITY = 82
# A JPEG of up to this many times the size needs no second encoding, which costs time and sharpness.
KEPT = 1.2
KEPT_BYTES = 700_000
ORIENTATION = 0x0112
MOST_PIXELS = 80_000_000
CACHE_BYTES = 96 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A JPEG for the book; `width` and `height` in pixels."""

    digest: str
    data: bytes
    width: int
    height: int


_cache: OrderedDict[tuple[str, int], Prepared] = OrderedDict()
_lock = threading.Lock()


def large_count(pictures: int) -> int:
    """How many of a case's pictures stand alone in a row: the first, and the second where two by two leaves one."""
    return 1 + (pictures - 1) % 2 if pictures else 0


def prepare_all(entries: Iterable[BookEntry]) -> dict[str, Prepared]:
    """Every picture of the entries, by the SHA-256 of its original bytes; raises TypesettingError."""
    wanted: dict[str, tuple[Picture, int]] = {}
    for entry in entries:
        for at, picture in enumerate(entry.pictures):
            longest = LARGE if at < large_count(len(entry.pictures)) else SMALL
            digest = hashlib.sha256(picture.data).hexdigest()
            if longest > wanted.get(digest, (picture, 0))[1]:
                wanted[digest] = (picture, longest)
    keys = {digest: (digest, longest) for digest, (_, longest) in wanted.items()}
    with _lock:
        ready = {digest: _cache[key] for digest, key in keys.items() if key in _cache}
    todo = [(digest, *wanted[digest]) for digest in wanted if digest not in ready]
    with ThreadPoolExecutor(max_workers=2) as pool:
        ready.update((one.digest, one) for one in pool.map(lambda task: _prepare(*task), todo))
    with _lock:
        for digest, key in keys.items():
            _cache[key] = ready[digest]
            _cache.move_to_end(key)
        held = sum(len(one.data) for one in _cache.values())
        while held > CACHE_BYTES and len(_cache) > 1:
            held -= len(_cache.popitem(last=False)[1].data)
    return ready


def _prepare(digest: str, picture: Picture, longest: int) -> Prepared:
    try:
        with Image.open(io.BytesIO(picture.data), formats=FORMATS) as source:
            if source.width * source.height > MOST_PIXELS:
                raise ValueError("too many pixels")
            if _fit_as_it_is(source, len(picture.data), longest):
                return Prepared(digest, picture.data, source.width, source.height)
            image = _upright_rgb(source, longest)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        name = picture.caption or picture.alt or digest[:12]
        raise TypesettingError(
            {"zh-hans": f"图片“{name}”无法读取。", "en": f"The picture “{name}” cannot be read."}, code="picture"
        ) from error
    image.thumbnail((longest, longest), Image.Resampling.BICUBIC, reducing_gap=2.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, subsampling=2)
    return Prepared(digest, out.getvalue(), image.width, image.height)


def _fit_as_it_is(source: Image.Image, size: int, longest: int) -> bool:
    return (
        source.format == "JPEG"
        and source.mode in ("RGB", "L")
        and max(source.size) <= longest * KEPT
        and size <= KEPT_BYTES
        and not source.info.get("icc_profile")
        and source.getexif().get(ORIENTATION, 1) == 1
    )


def _upright_rgb(source: Image.Image, longest: int) -> Image.Image:
    profile = source.info.get("icc_profile")
    if source.format == "JPEG":
        # libjpeg decodes to a half or a quarter at little cost; a sixth less than asked for is still enough for print.
        source.draft("RGB", _box(source, longest))
    image: Image.Image = ImageOps.exif_transpose(source)
    if image.mode in ("P", "LA", "RGBA", "PA", "La", "RGBa"):
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        return paper.convert("RGB")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        image = _to_srgb(image, profile)
    return image.convert("RGB")


def _box(source: Image.Image, longest: int) -> tuple[int, int]:
    scale = longest * 5 / 6 / max(source.size)
    return (max(1, round(source.width * scale)), max(1, round(source.height * scale)))


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        # A broken profile is common; the picture's numbers are then taken as sRGB, as browsers do.
        return image
    return turned if turned is not None else image

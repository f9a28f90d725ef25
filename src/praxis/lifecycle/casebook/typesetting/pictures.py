"""Pictures made fit for the page: upright, sRGB, of moderate size, the same bytes each time."""

from __future__ import annotations

import hashlib
import io
import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

from praxis.lifecycle.casebook.typesetting.book import Picture, TypesettingError

# At the widest, 134 mm, 1500 px give 284 dots per inch.
LONGEST = 1500
QUALITY = 82
# A JPEG up to this size needs no second encoding, which costs time and sharpness.
KEPT_LONGEST = 2000
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


_cache: OrderedDict[str, Prepared] = OrderedDict()
_lock = threading.Lock()


def prepare_all(pictures: Iterable[Picture]) -> dict[str, Prepared]:
    """Every picture prepared, by the SHA-256 of its original bytes; raises TypesettingError."""
    wanted = {hashlib.sha256(picture.data).hexdigest(): picture for picture in pictures}
    with _lock:
        ready = {digest: _cache[digest] for digest in wanted if digest in _cache}
    todo = [(digest, picture) for digest, picture in wanted.items() if digest not in ready]
    with ThreadPoolExecutor(max_workers=2) as pool:
        ready.update((one.digest, one) for one in pool.map(lambda pair: _prepare(*pair), todo))
    with _lock:
        for digest in wanted:
            _cache[digest] = ready[digest]
            _cache.move_to_end(digest)
        held = sum(len(one.data) for one in _cache.values())
        while held > CACHE_BYTES and len(_cache) > 1:
            held -= len(_cache.popitem(last=False)[1].data)
    return ready


def _prepare(digest: str, picture: Picture) -> Prepared:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(picture.data), formats=FORMATS) as source:
                if source.width * source.height > MOST_PIXELS:
                    raise ValueError("too many pixels")
                if _fit_as_it_is(source, len(picture.data)):
                    return Prepared(digest, picture.data, source.width, source.height)
                image = _upright_rgb(source)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        name = picture.caption or picture.alt or digest[:12]
        raise TypesettingError(
            {"zh-hans": f"图片“{name}”无法读取。", "en": f"The picture “{name}” cannot be read."}, code="picture"
        ) from error
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.BICUBIC, reducing_gap=2.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, subsampling=2)
    return Prepared(digest, out.getvalue(), image.width, image.height)


def _fit_as_it_is(source: Image.Image, size: int) -> bool:
    return (
        source.format == "JPEG"
        and source.mode in ("RGB", "L")
        and max(source.size) <= KEPT_LONGEST
        and size <= KEPT_BYTES
        and not source.info.get("icc_profile")
        and source.getexif().get(ORIENTATION, 1) == 1
    )


def _upright_rgb(source: Image.Image) -> Image.Image:
    profile = source.info.get("icc_profile")
    if source.format == "JPEG":
        # libjpeg decodes to a half or a quarter at little cost; never below what print needs.
        source.draft("RGB", (LONGEST - 300, LONGEST - 300))
    image: Image.Image = ImageOps.exif_transpose(source)
    if image.mode in ("P", "LA", "RGBA", "PA", "La", "RGBa"):
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image)
        return paper.convert("RGB")
    if profile and image.mode in ("RGB", "CMYK", "L"):
        image = _to_srgb(image, profile)
    return image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        # A broken profile is common; the picture's numbers are then taken as sRGB, as browsers do.
        return image
    return turned if turned is not None else image

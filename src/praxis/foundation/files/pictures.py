"""Pictures: decoded whole, turned upright, brought to sRGB and written anew, so that nothing else comes along."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from praxis.foundation.files import storage
from praxis.foundation.files.limits import MOST_PIXELS, Limits, check_format, listed
from praxis.foundation.files.problems import Problem

THUMB_SIDE = 480
PAGE_SIDE = 1600

pillow_heif.register_heif_opener()
# A picture that unpacks to very much is refused, not grumbled about; our own check below is stricter still.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

# Only these decoders are ever tried, whatever the file says it is. MPO: JPEG with a second picture behind it.
_DECODERS = ("JPEG", "PNG", "WEBP", "HEIF")
_FORMATS = {"JPEG": "jpeg", "MPO": "jpeg", "PNG": "png", "WEBP": "webp", "HEIF": "heic"}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture written anew; `page` is None where the main one serves (JPEG of at most 1600 pixels)."""

    data: bytes
    media_type: str
    width: int
    height: int
    thumb: bytes
    page: bytes | None


def sniff(path: Path, limits: Limits) -> str:
    """The format ("jpeg") by the header alone, without decoding; raises Problem on an obvious mistake."""
    with _opened(path, limits) as image:
        return _FORMATS[str(image.format)]


# Pictures written anew beforehand, by the hash of the file and its limits (see `keep_ahead`).
_ahead: dict[tuple[str, Limits], Picture] = {}


def keep_ahead(digest: str, limits: Limits, picture: Picture) -> None:
    """Keep what another process got from `process` for the file of this SHA-256; `process` then gives it out, once.

    A rehearsal hands in hundreds of pictures at once and has them written anew on every core.
    """
    _ahead[(digest, limits)] = picture


def process(path: Path, limits: Limits) -> Picture:
    """Decode the whole picture and write it anew; raises Problem. The same file gives the same bytes."""
    if _ahead and (made := _ahead.pop((storage.digest_of(path), limits), None)) is not None:
        return made
    with _opened(path, limits) as opened:
        as_png = opened.format == "PNG"
        image = _decoded(opened)
    main = _png(image) if as_png else _jpeg(image, quality=88)
    keeps = not as_png and max(image.size) <= PAGE_SIDE
    return Picture(
        data=main,
        media_type="image/png" if as_png else "image/jpeg",
        width=image.width,
        height=image.height,
        thumb=_jpeg(shrunk(image, THUMB_SIDE), quality=82),
        page=None if keeps else _jpeg(shrunk(image, PAGE_SIDE), quality=85),
    )


def small_pictures(image: Image.Image) -> tuple[bytes, bytes]:
    """The thumb and page JPEG of an image already decoded (a video's poster)."""
    return _jpeg(shrunk(image, THUMB_SIDE), quality=82), _jpeg(shrunk(image, PAGE_SIDE), quality=85)


def shrunk(image: Image.Image, side: int) -> Image.Image:
    """The image with its long side at most `side` pixels; never enlarged."""
    longest = max(image.size)
    if longest <= side:
        return image
    size = (max(1, round(image.width * side / longest)), max(1, round(image.height * side / longest)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=1.5)


def _opened(path: Path, limits: Limits) -> Image.Image:
    try:
        image = Image.open(path, formats=_DECODERS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Problem("too_many_pixels", megapixels=MOST_PIXELS // 1_000_000) from error
    except Exception as error:  # decoders raise nearly anything on bytes they were not made for
        raise Problem("not_a_picture", formats=listed(limits)) from error
    try:
        _check(image, limits)
    except Problem:
        image.close()
        raise
    return image


def _check(image: Image.Image, limits: Limits) -> None:
    check_format(_FORMATS[str(image.format)], limits)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Problem("too_many_pixels", megapixels=MOST_PIXELS // 1_000_000)
    if limits.min_long_side and max(width, height) < limits.min_long_side:
        raise Problem("too_few_pixels", width=width, height=height, min_long_side=limits.min_long_side)


def _decoded(opened: Image.Image) -> Image.Image:
    try:
        opened.load()
        upright = ImageOps.exif_transpose(opened) or opened
        image = _in_srgb(upright)
    except Exception as error:  # as above
        raise Problem("picture_broken") from error
    image.info = {}
    return image


def _in_srgb(image: Image.Image) -> Image.Image:
    """The image as RGB, RGBA or L with sRGB's colours, of eight bits."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return ImageOps.autocontrast(image.convert("L")) if image.mode == "F" else _from_sixteen_bits(image)
    if image.mode in {"1", "L"}:
        return image.convert("L")
    alpha = image.convert("RGBA").getchannel("A") if image.has_transparency_data else None
    colours = image if image.mode in {"RGB", "CMYK"} else image.convert("RGB")
    converted = _through_profile(colours, profile) if profile else None
    converted = converted or colours.convert("RGB")
    if alpha is not None and alpha.getextrema()[0] < 255:  # type: ignore[operator]
        converted.putalpha(alpha)
    return converted


def _from_sixteen_bits(image: Image.Image) -> Image.Image:
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The colours that the embedded profile means; None when it is sRGB already, or not a usable profile."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in (source.profile.profile_description or "").lower():
            return None
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None  # the colours as they are beat no picture at all


def _jpeg(image: Image.Image, *, quality: int) -> bytes:
    buffer = io.BytesIO()
    _without_alpha(image).save(buffer, "JPEG", quality=quality, progressive=True)
    return buffer.getvalue()


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _without_alpha(image: Image.Image) -> Image.Image:
    """On white where it was transparent."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground

"""Pictures: what is taken, what is refused, and what is left of them."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from praxis.foundation.files import pictures
from praxis.foundation.files.limits import Limits
from praxis.foundation.files.problems import Problem
from tests.foundation.files import making
from tests.foundation.files.making import PICTURES

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def write(tmp_path: Path):
    def write(data: bytes) -> Path:
        path = tmp_path / "picture"
        path.write_bytes(data)
        return path

    return write


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def near(pixel: object, colour: tuple[int, int, int], by: int = 24) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel[:3], colour, strict=True))


def code_of(path: Path, limits: Limits = PICTURES, *, when: str = "sniff") -> str:
    look = pictures.process if when == "process" else pictures.sniff
    with pytest.raises(Problem) as caught:
        look(path, limits)
    return caught.value.code


def test_a_photograph_is_written_anew_with_its_smaller_pictures(write) -> None:
    picture = pictures.process(write(making.jpeg(2400, 1600)), PICTURES)
    assert (picture.media_type, picture.width, picture.height) == ("image/jpeg", 2400, 1600)
    assert opened(picture.data).size == (2400, 1600)
    assert opened(picture.thumb).size == (480, 320)
    assert picture.page is not None
    assert opened(picture.page).size == (1600, 1067)
    assert near(opened(picture.thumb).getpixel((10, 10)), making.RED)


def test_the_same_file_gives_the_same_bytes(write) -> None:
    path = write(making.jpeg(2000, 1000))
    assert pictures.process(path, PICTURES) == pictures.process(path, PICTURES)


def test_a_picture_of_page_size_is_its_own_page_and_is_never_enlarged(write) -> None:
    picture = pictures.process(write(making.jpeg(300, 200)), PICTURES)
    assert picture.page is None
    assert opened(picture.thumb).size == (300, 200)


def test_a_photograph_of_page_size_takes_less_than_60_ms(write) -> None:
    path = write(making.jpeg(1600, 1067))
    times = []
    for _ in range(5):
        started = time.process_time()
        pictures.process(path, PICTURES)
        times.append(time.process_time() - started)
    assert min(times) < 0.06


def test_place_maker_comment_and_profile_are_gone(write) -> None:
    sent = making.jpeg(exif=making.exif(), comment=b"SECRET-COMMENT", icc_profile=SRGB)
    assert opened(sent).getexif().get_ifd(0x8825)
    assert b"MAKER-OF-PHONES" in sent
    assert b"SECRET-COMMENT" in sent
    picture = pictures.process(write(sent), PICTURES)
    for data in (picture.data, picture.thumb):
        image = opened(data)
        assert not image.getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(image.info)
        assert b"MAKER-OF-PHONES" not in data
        assert b"SECRET-COMMENT" not in data


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_other_formats_lose_their_metadata_too(write, format: str) -> None:
    sent = making.encoded(making.scene(400, 300), format, exif=making.exif())
    assert b"MAKER-OF-PHONES" in sent
    assert b"MAKER-OF-PHONES" not in pictures.process(write(sent), PICTURES).data


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, "upper left"), (3, "lower right"), (6, "upper right"), (8, "lower left")],
)
def test_a_picture_held_sideways_is_turned_upright(write, orientation: int, corner: str) -> None:
    picture = pictures.process(write(making.jpeg(800, 400, exif=making.exif(orientation))), PICTURES)
    size = (400, 800) if orientation in {6, 8} else (800, 400)
    assert (picture.width, picture.height) == opened(picture.data).size == size
    x = 15 if "left" in corner else size[0] - 15
    y = 15 if "upper" in corner else size[1] - 15
    assert near(opened(picture.data).getpixel((x, y)), making.RED)


def test_heic_from_a_phone_becomes_jpeg(write) -> None:
    path = write(making.heic())
    assert pictures.sniff(path, PICTURES) == "heic"
    picture = pictures.process(path, PICTURES)
    assert (picture.media_type, opened(picture.data).format) == ("image/jpeg", "JPEG")
    assert near(opened(picture.data).getpixel((20, 20)), making.RED, 40)


def test_of_an_animation_the_first_picture_is_kept(write) -> None:
    picture = pictures.process(write(making.animated_webp()), PICTURES)
    image = opened(picture.data)
    assert (image.format, getattr(image, "n_frames", 1)) == ("JPEG", 1)
    assert near(image.getpixel((150, 100)), making.RED)


def test_cmyk_becomes_rgb_with_its_colours(write) -> None:
    picture = pictures.process(write(making.encoded(making.scene(400, 300, "CMYK"), "JPEG")), PICTURES)
    image = opened(picture.data)
    assert image.mode == "RGB"
    assert near(image.getpixel((20, 20)), making.RED, 40)


def test_a_wide_colour_profile_is_brought_to_srgb(write) -> None:
    grey = Image.new("RGB", (64, 64), (90, 90, 90))

    def shown(**options: bytes) -> object:
        picture = pictures.process(write(making.encoded(grey, "PNG", **options)), PICTURES)
        return opened(picture.data).getpixel((5, 5))

    assert shown() == shown(icc_profile=SRGB) == shown(icc_profile=b"no profile") == (90, 90, 90)
    assert near(shown(icc_profile=making.linear_profile()), (159, 159, 159), 2)


def test_transparency_is_kept_in_png_and_white_in_the_small_pictures(write) -> None:
    clear = Image.new("RGBA", (600, 400), (200, 30, 30, 0))
    picture = pictures.process(write(making.encoded(clear, "PNG")), PICTURES)
    kept = opened(picture.data)
    assert (picture.media_type, kept.mode) == ("image/png", "RGBA")
    assert near(opened(picture.thumb).getpixel((9, 9)), (255, 255, 255), 3)


def test_sixteen_bit_and_palette_pictures_keep_their_lightness(write) -> None:
    deep = Image.new("I;16", (50, 50), 40_000)
    assert opened(pictures.process(write(making.encoded(deep, "PNG")), PICTURES).data).getpixel((5, 5)) in {155, 156}
    palette = making.scene(50, 50).quantize(16)
    assert opened(pictures.process(write(making.encoded(palette, "PNG")), PICTURES).data).mode == "RGB"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_by_its_header(write) -> None:
    assert code_of(write(making.bomb_png())) == "too_many_pixels"
    assert code_of(write(making.bomb_png(9_000, 9_000))) == "too_many_pixels"


def test_a_bomb_that_lies_in_its_header_is_refused_when_decoded(write) -> None:
    assert code_of(write(making.bomb_png(5_000, 5_000)), when="process") == "picture_broken"


def test_a_header_with_something_else_behind_it_is_refused(write) -> None:
    assert code_of(write(b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>" * 50)) == "not_a_picture"


def test_what_hides_behind_a_real_picture_does_not_survive(write) -> None:
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    picture = pictures.process(write(making.jpeg(200, 100) + hidden), PICTURES)
    assert hidden not in picture.data


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_cut_short_is_refused(write, format: str) -> None:
    whole = making.encoded(making.scene(800, 600), format)
    assert code_of(write(whole[: len(whole) // 2]), when="process") in {"picture_broken", "not_a_picture"}


@pytest.mark.parametrize(
    "data", [b"just words", b"", b"%PDF-1.7\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\0" * 40]
)
def test_what_is_no_picture_is_refused(write, data: bytes) -> None:
    assert code_of(write(data)) == "not_a_picture"


def test_limits_of_the_edition_are_kept(write) -> None:
    path = write(making.jpeg(800, 600))
    assert code_of(path, Limits(("png",), 10**7)) == "format"
    assert code_of(path, Limits(("jpeg",), 10**7, min_long_side=1200)) == "too_few_pixels"
    assert pictures.sniff(path, Limits(("jpeg",), 10**7, min_long_side=800)) == "jpeg"

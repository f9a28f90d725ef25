"""Videos: probed, given a poster, copied or transcoded where they must be, refused where they are none."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import av
import pytest
from PIL import Image

from praxis.foundation.files import videos
from praxis.foundation.files.limits import Limits
from praxis.foundation.files.problems import Problem
from tests.foundation.files import making
from tests.foundation.files.making import VIDEOS

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg to transcode")


def run(path: Path, limits: Limits = VIDEOS) -> videos.Video:
    return videos.process(path, limits, path.with_name("scratch"))


def code_of(path: Path, limits: Limits = VIDEOS) -> str:
    with pytest.raises(Problem) as caught:
        run(path, limits)
    return caught.value.code


def poster_of(video: videos.Video) -> Image.Image:
    return Image.open(io.BytesIO(video.poster))


def tags_of(path: Path) -> str:
    with av.open(str(path)) as container:
        return str(container.metadata) + str([stream.metadata for stream in container.streams])


def is_red(image: Image.Image, x: int, y: int) -> bool:
    red, _, blue = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    return bool(red > 120 > blue)


def test_a_playable_video_is_kept_as_it_is_with_a_poster(tmp_path: Path) -> None:
    path = making.video(tmp_path / "in", sound=True)
    video = run(path)
    assert (video.path, video.media_type) == (path, "video/mp4")
    assert (video.probe.width, video.probe.height, video.probe.video_codec) == (320, 180, "h264")
    assert video.probe.audio_codec == "aac"
    assert video.probe.seconds == pytest.approx(2, abs=0.1)
    poster = poster_of(video)
    assert (poster.format, poster.size) == ("JPEG", (320, 180))
    assert is_red(poster, 40, 90)
    assert not is_red(poster, 280, 90)


def test_webm_is_kept_too(tmp_path: Path) -> None:
    path = making.video(tmp_path / "in", codec="libvpx", format="webm", sound=True)
    video = run(path)
    assert (video.path, video.media_type, video.probe.video_codec) == (path, "video/webm", "vp8")


def test_mov_becomes_mp4_without_being_decoded(tmp_path: Path) -> None:
    path = making.video(tmp_path / "in", format="mov", sound=True)
    assert videos.sniff(path, VIDEOS) == "mov"
    video = run(path)
    assert (video.path, video.media_type) == (tmp_path / "scratch", "video/mp4")
    assert videos.sniff(video.path, VIDEOS) == "mp4"
    again = run(video.path.rename(tmp_path / "again"))
    assert (again.path, again.probe.audio_codec) == (tmp_path / "again", "aac")
    assert again.probe.seconds == pytest.approx(2, abs=0.1)


def test_the_place_where_it_was_taken_goes_and_the_index_comes_first(tmp_path: Path) -> None:
    tags = {"com.apple.quicktime.location.ISO6709": "+39.9042+116.4074/"}
    path = making.video(tmp_path / "in", tags=tags)
    assert "+39.9042" in tags_of(path)
    video = run(path)
    data = video.path.read_bytes()
    assert b"+39.9042" not in data
    assert data.index(b"moov") < data.index(b"mdat")
    assert is_red(poster_of(run(video.path.rename(tmp_path / "again"))), 40, 90)


@pytest.mark.parametrize("turned", [90, -90, 180])
def test_a_video_held_sideways_has_an_upright_poster_and_keeps_its_turn(tmp_path: Path, turned: int) -> None:
    path = making.video(tmp_path / "in", format="mov", turned=turned)
    video = run(path)
    size = (320, 180) if turned == 180 else (180, 320)
    assert (video.probe.width, video.probe.height) == poster_of(video).size == size
    # Red was on the left: turned counter-clockwise it is at the bottom, clockwise at the top.
    red_at = {90: (90, 300), -90: (90, 20), 180: (300, 90)}[turned]
    assert is_red(poster_of(video), *red_at)
    with av.open(str(video.path)) as copy:
        assert round(next(copy.decode(video=0)).rotation) % 360 == turned % 360


@needs_ffmpeg
def test_what_browsers_cannot_play_is_transcoded(tmp_path: Path) -> None:
    path = making.video(tmp_path / "in", codec="mpeg4", sound=True, turned=90, tags={"artist": "SOMEBODY"})
    video = run(path)
    assert (video.path, video.media_type) == (tmp_path / "scratch", "video/mp4")
    assert (video.probe.video_codec, video.probe.audio_codec) == ("h264", "aac")
    assert (video.probe.width, video.probe.height) == (180, 320)
    assert "SOMEBODY" not in tags_of(video.path)


@needs_ffmpeg
def test_h264_that_only_studios_play_is_transcoded(tmp_path: Path) -> None:
    video = run(making.video(tmp_path / "in", pixels="yuv444p"))
    assert (video.path.name, video.probe.pixel_format) == ("scratch", "yuv420p")


def test_without_ffmpeg_the_message_says_what_to_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = making.video(tmp_path / "in", codec="mpeg4")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert code_of(path) == "video_not_playable"


def test_a_video_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"not a film at all " * 400)
    assert videos.sniff(path, VIDEOS) == "mp4"
    assert code_of(path) == "video_broken"


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    assert code_of(making.sound_only(tmp_path / "in")) == "video_broken"


def test_a_video_cut_short_is_refused(tmp_path: Path) -> None:
    path = making.video(tmp_path / "in")
    path.write_bytes(path.read_bytes()[:1500])
    assert code_of(path) == "video_broken"


@pytest.mark.parametrize(
    "data", [b"just words", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile '/etc/passwd'\n"]
)
def test_playlists_and_words_are_never_opened(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "in.mp4"
    path.write_bytes(data)
    assert code_of(path) == "not_a_video"


def test_limits_of_the_edition_are_kept(tmp_path: Path) -> None:
    path = making.video(tmp_path / "in", seconds=3)
    assert code_of(path, Limits(("webm",), 10**9)) == "format"
    assert code_of(path, Limits(("mp4",), 10**9, max_seconds=2)) == "video_too_long"
    assert run(path, Limits(("mp4",), 10**9, max_seconds=3)).probe.seconds == pytest.approx(3, abs=0.1)

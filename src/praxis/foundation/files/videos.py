"""Videos: probed, shown to have a picture, given a poster, and made playable where browsers could not play them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

from praxis.foundation.files.limits import MOST_PIXELS, Limits, check_format, listed
from praxis.foundation.files.pictures import small_pictures
from praxis.foundation.files.problems import Problem

MEDIA_TYPES = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}
_ENDINGS = {"mp4": ".mp4", "mov": ".mov", "webm": ".webm"}
# Named outright, so that no playlist or script format, which could reach for other files, is ever tried.
_DEMUXERS = {"mp4": "mov", "mov": "mov", "webm": "matroska"}
_LOCAL_ONLY = {"protocol_whitelist": "file"}
_PLAYABLE = {
    "mp4": ({"h264"}, {"aac", "mp3", None}),
    "webm": ({"vp8", "vp9", "av1"}, {"opus", "vorbis", None}),
}
_LONGEST_TRANSCODING = 3 * 3600
_MOST_PACKETS_TRIED = 200
# Tags by which phones and editors tell where, with what and by whom it was taken.
_TELLTALE = ("location", "make", "model", "artist", "author", "gps", "xyz", "software", "creation_time", "comment")


@dataclass(frozen=True, slots=True)
class Probe:
    """What a video holds; pixels as it is shown, upright."""

    format: str
    video_codec: str
    audio_codec: str | None
    pixel_format: str
    width: int
    height: int
    seconds: float
    tells_more: bool  # tags such as the place where it was taken

    @property
    def is_playable(self) -> bool:
        """Whether every current browser plays these codecs (in MP4 or WebM)."""
        video, audio = _PLAYABLE["webm" if self.format == "webm" else "mp4"]
        eight_bits = self.video_codec != "h264" or self.pixel_format in {"yuv420p", "yuvj420p"}
        return self.video_codec in video and self.audio_codec in audio and eight_bits


@dataclass(frozen=True, slots=True)
class Video:
    """A video ready to be kept: `path` is the file given, or a new one beside it."""

    path: Path
    media_type: str
    ending: str
    probe: Probe
    thumb: bytes
    poster: bytes


def sniff(path: Path, limits: Limits) -> str:
    """The format by the first bytes ("mp4", "mov", "webm"); raises Problem."""
    with path.open("rb") as opened:
        head = opened.read(64)
    if head[4:8] == b"ftyp":
        found = "mov" if head[8:12] == b"qt  " else "mp4"
    elif head[4:8] in {b"moov", b"mdat", b"wide", b"free"}:
        found = "mov"
    elif head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        found = "webm"
    else:
        raise Problem("not_a_video", formats=listed(limits))
    check_format(found, limits)
    return found


def process(path: Path, limits: Limits, scratch: Path) -> Video:
    """Probe, make the poster, and copy or transcode into `scratch` where needed; raises Problem."""
    found = sniff(path, limits)
    try:
        with _opened(path, found) as container:
            probe = _probe(container, found)
            _check(probe, limits)
            image, turned = _picture(container, probe)
            probe = replace(probe, width=probe.height, height=probe.width) if turned else probe
            thumb, poster = small_pictures(image)
    except av.FFmpegError as error:
        raise Problem("video_broken") from error
    if not probe.is_playable:
        _transcode(path, probe, limits, scratch)
        with _opened(scratch, "mp4") as container:
            probe = _probe(container, "mp4")  # the transcoder has turned it upright
        return Video(scratch, MEDIA_TYPES["mp4"], ".mp4", probe, thumb, poster)
    if probe.format == "mov" or probe.tells_more:
        kept = "webm" if probe.format == "webm" else "mp4"
        _copy_streams(path, probe, scratch, kept)
        return Video(scratch, MEDIA_TYPES[kept], _ENDINGS[kept], probe, thumb, poster)
    return Video(path, MEDIA_TYPES[found], _ENDINGS[found], probe, thumb, poster)


def _opened(path: Path, found: str) -> Any:
    return av.open(str(path), format=_DEMUXERS[found], options=_LOCAL_ONLY)


def _probe(container: Any, found: str) -> Probe:
    stream = next((stream for stream in container.streams.video if stream.codec_context), None)
    if stream is None:
        raise Problem("video_broken")
    width, height = stream.codec_context.width, stream.codec_context.height
    if not 0 < width * height <= MOST_PIXELS:
        raise Problem("video_broken")
    audio = next(iter(container.streams.audio), None)
    tags = {key.lower() for holder in (container, *container.streams) for key in holder.metadata}
    return Probe(
        format=found,
        video_codec=_codec(stream),
        audio_codec=_codec(audio) if audio else None,
        pixel_format=stream.codec_context.pix_fmt or "",
        width=width,
        height=height,
        seconds=round(_seconds(container, stream), 3),
        tells_more=any(word in tag for tag in tags for word in _TELLTALE),
    )


def _codec(stream: Any) -> str:
    return str(stream.codec_context.codec.canonical_name) if stream.codec_context else "unknown"


def _seconds(container: Any, stream: Any) -> float:
    """The length the container says, else (as browsers record WebM) that of the last packet."""
    if container.duration:
        return float(container.duration / av.time_base)
    if stream.duration:
        return float(stream.duration * stream.time_base)
    ends = [
        (packet.pts + (packet.duration or 0)) * (packet.time_base or Fraction(0))
        for packet in container.demux(stream)
        if packet.pts is not None
    ]
    container.seek(0)
    return float(max(ends, default=Fraction(0)))


def _check(probe: Probe, limits: Limits) -> None:
    # Half a second of grace: sound and picture seldom end together.
    if limits.max_seconds and probe.seconds > limits.max_seconds + 0.5:
        raise Problem("video_too_long", seconds=round(probe.seconds), max_seconds=limits.max_seconds)


def _picture(container: Any, probe: Probe) -> tuple[Image.Image, bool]:
    """An upright frame, and whether it had to be turned by a quarter.

    From a tenth of the way in (openings are often black), else the first that can be decoded.
    """
    for second in (min(probe.seconds / 10, 5.0), 0.0):
        try:
            container.seek(int(second * av.time_base))
            frame = next(_frames(container), None)
        except (av.FFmpegError, ValueError):
            continue
        if frame is not None:
            image: Image.Image = frame.to_image()
            turn = round(frame.rotation or 0)
            return (image.rotate(turn, expand=True) if turn else image), turn % 180 == 90
    raise Problem("video_broken")


def _frames(container: Any) -> Iterator[Any]:
    for count, packet in enumerate(container.demux(video=0)):
        if count >= _MOST_PACKETS_TRIED:
            return
        yield from packet.decode()


def _copy_streams(path: Path, probe: Probe, target: Path, kept: str) -> None:
    """The same pictures and sound in a new container, without tags, its index first so that it plays at once."""
    options = {"movflags": "+faststart"} if kept == "mp4" else {}
    try:
        with (
            _opened(path, probe.format) as source,
            av.open(str(target), "w", format=kept, container_options=options) as copy,
        ):
            taken = [source.streams.video[0], *source.streams.audio[:1]]
            streams = {stream.index: copy.add_stream_from_template(stream) for stream in taken}
            for packet in source.demux(taken):
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    copy.mux(packet)
    except (av.FFmpegError, ValueError) as error:
        raise Problem("video_broken") from error


def _transcode(path: Path, probe: Probe, limits: Limits, target: Path) -> None:
    """H.264 and AAC in MP4, long side at most 1920 pixels; Problem when there is no ffmpeg on this machine."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise Problem("video_not_playable", codec=probe.video_codec)
    scale = "scale='min(1920,iw)':'min(1920,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2"
    command = [
        *(ffmpeg, "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file"),
        *("-f", _DEMUXERS[probe.format], "-i", f"file:{path}"),
        *("-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-vf", scale, "-c:v", "libx264", "-preset", "medium", "-crf", "22", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", "160k", "-ac", "2", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
        *("-t", str((limits.max_seconds or 24 * 3600) + 1), "-movflags", "+faststart", "-f", "mp4", f"file:{target}"),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_LONGEST_TRANSCODING)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise Problem("video_broken") from error

"""From the bytes a person sent to the bytes that are kept: no database here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from praxis.foundation.files import documents, names, pictures, scan, storage, videos
from praxis.foundation.files.limits import Limits


@dataclass(slots=True)
class Outcome:
    """What a stored file becomes. `part` is where its bytes lie now; `derived` maps names to parts."""

    part: str
    name: str
    media_type: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    derived: dict[str, str] = field(default_factory=dict)


def sniff(purpose: str, path: Path, limits: Limits) -> str:
    """The media type by a quick look, without decoding; raises Problem on an obvious mistake."""
    if purpose == "picture":
        return f"image/{pictures.sniff(path, limits)}"
    if purpose == "video":
        return videos.MEDIA_TYPES[videos.sniff(path, limits)]
    if purpose == "document":
        return documents.MEDIA_TYPES[documents.check(path, limits)]
    raise ValueError(f"nothing is uploaded for the purpose {purpose!r}")


def process(key: str, purpose: str, name: str, limits: Limits) -> Outcome:
    """Make what is kept from the original of file `key`, writing its parts; raises Problem. May run again."""
    original = storage.path_for(key, "original")
    with storage.on_disk(original) as path:
        scan.scan(path)
        if purpose == "picture":
            return _picture(key, name, pictures.process(path, limits))
        if purpose == "video":
            with storage.scratch_file(".mp4") as scratch:
                return _video(key, name, path, videos.process(path, limits, scratch))
        media_type = sniff(purpose, path, limits)
        return Outcome("original", name, media_type, path.stat().st_size, storage.digest_of(path))


def _picture(key: str, name: str, picture: pictures.Picture) -> Outcome:
    storage.put_bytes(storage.path_for(key, "main"), picture.data)
    storage.put_bytes(storage.path_for(key, "thumb"), picture.thumb)
    if picture.page is not None:
        storage.put_bytes(storage.path_for(key, "page"), picture.page)
    return Outcome(
        part="main",
        name=names.with_ending(name, ".png" if picture.media_type == "image/png" else ".jpg"),
        media_type=picture.media_type,
        size=len(picture.data),
        sha256=storage.digest(picture.data),
        width=picture.width,
        height=picture.height,
        derived={"thumb": "thumb", "page": "main" if picture.page is None else "page"},
    )


def _video(key: str, name: str, original: Path, video: videos.Video) -> Outcome:
    size, sha256 = video.path.stat().st_size, storage.digest_of(video.path)
    kept = video.path == original
    if not kept:
        storage.put_file(storage.path_for(key, "main"), video.path)
    storage.put_bytes(storage.path_for(key, "thumb"), video.thumb)
    storage.put_bytes(storage.path_for(key, "poster"), video.poster)
    return Outcome(
        part="original" if kept else "main",
        name=names.with_ending(name, video.ending),
        media_type=video.media_type,
        size=size,
        sha256=sha256,
        width=video.probe.width,
        height=video.probe.height,
        seconds=video.probe.seconds,
        derived={"thumb": "thumb", "poster": "poster"},
    )

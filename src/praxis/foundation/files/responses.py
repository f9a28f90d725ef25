"""Sending a file to a browser. Whether this reader may have it was decided by the stage before."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header

from praxis.foundation.files import names, services, storage
from praxis.foundation.files.models import StoredFile

_RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
# A file opened as a page of its own may show itself and do nothing else.
_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


def stream(
    request: HttpRequest,
    file: StoredFile,
    *,
    derived: str | None = None,
    inline: bool = False,
    public: bool = False,
    name: str = "",
) -> HttpResponseBase:
    """The file, or one of its smaller pictures, as an answer; raises Missing when it is not ready.

    It is called what its owner called it, or `name`, which needs no ending: that is the file's own.

    An attachment, unless `inline` is asked for and it is a picture or a video. Videos may be asked for by range.
    What is not `public` is kept by no cache and carries no mark by which two answers could be compared.
    """
    media_type = file.media_type if derived is None else "image/jpeg"
    etag = f'"{file.key}-{derived or "main"}"' if public else None
    if etag and file.state == StoredFile.State.READY and etag in request.headers.get("If-None-Match", ""):
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        opened = services.open_file(file, derived)
        response = _body(request, opened, _length(file, derived, opened), media_type, etag)
        called = names.renamed(file.name, name) if name else file.name
        called = called if derived is None else names.with_suffix(called, derived, ".jpg")
        shown = inline and media_type.startswith(("image/", "video/")) and "svg" not in media_type
        response["Content-Disposition"] = content_disposition_header(not shown, called) or "attachment"
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    if etag:
        response["ETag"] = etag
        response["Cache-Control"] = "public, max-age=3600"
    else:
        response["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Cookie"])
    return response


def _body(
    request: HttpRequest, opened: IO[bytes], size: int, media_type: str, etag: str | None
) -> HttpResponseBase:
    asked = _asked_range(request, size, etag) if media_type.startswith("video/") else None
    if asked == (0, 0):
        opened.close()
        refusal = HttpResponse(status=416)
        refusal["Content-Range"] = f"bytes */{size}"
        return refusal
    response: HttpResponseBase
    if asked is None:
        response = FileResponse(opened, content_type=media_type)
        response["Content-Length"] = str(size)
    else:
        start, end = asked
        response = StreamingHttpResponse(_pieces(opened, start, end), status=206, content_type=media_type)
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        response["Content-Length"] = str(end - start)
    if media_type.startswith("video/"):
        response["Accept-Ranges"] = "bytes"
    return response


def _asked_range(request: HttpRequest, size: int, etag: str | None) -> tuple[int, int] | None:
    """Start and end of the one range asked for; None for the whole, (0, 0) for one that the file does not have."""
    found = _RANGE.fullmatch((request.headers.get("Range") or "").replace(" ", ""))
    condition = request.headers.get("If-Range")
    if found is None or found.group() == "bytes=-" or (condition and condition != etag):
        return None  # several ranges, or none that makes sense: the whole file is a correct answer
    first, last = found.groups()
    if len(first) > 18 or len(last) > 18:
        return (0, 0)
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    return (start, end) if start < end else (0, 0)


def _pieces(opened: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    with opened:
        opened.seek(start)
        left = end - start
        while left > 0 and (piece := opened.read(min(storage.PIECE, left))):
            left -= len(piece)
            yield piece


def _length(file: StoredFile, derived: str | None, opened: IO[bytes]) -> int:
    if derived is None:
        return file.size
    opened.seek(0, os.SEEK_END)
    size = opened.tell()
    opened.seek(0)
    return size

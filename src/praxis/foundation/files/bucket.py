"""Files in a bucket of S3, or of a service that speaks as S3 does. Loaded only where PRAXIS_FILES names one."""

from __future__ import annotations

import io
from typing import Any

from botocore.exceptions import ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

PIECE = 256 * 1024


class Bucket(S3Storage):  # type: ignore[misc]
    """S3 as django-storages has it, but read as a stream: a range of a film does not fetch the whole film first."""

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("files in the bucket are opened to be read; they are written as a whole")
        raw = _Object(self.connection.meta.client, self.bucket_name, self._normalize_name(name))
        return File(io.BufferedReader(raw, PIECE), name=name)


class _Object(io.RawIOBase):
    """One object, from wherever one has sought to; raises FileNotFoundError where there is none."""

    _body: Any

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client, self._where = client, {"Bucket": bucket, "Key": key}
        # Before anything can fail: an object that was never opened is closed too.
        self._at, self._body = 0, None
        try:
            self._size = int(client.head_object(**self._where)["ContentLength"])
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(key) from error
            raise

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset != self._at:
            self._let_go()
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        if self._body is None:
            self._body = self._client.get_object(**self._where, Range=f"bytes={self._at}-")["Body"]
        data: bytes = self._body.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            body.close()

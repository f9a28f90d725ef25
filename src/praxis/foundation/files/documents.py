"""Documents: looked at from outside only. They are never opened here and always sent as attachments."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

from praxis.foundation.files.limits import MB, Limits, check_format, listed
from praxis.foundation.files.problems import Problem

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_MOST_ENTRIES = 5_000
_MOST_UNPACKED = 400 * MB
# Text packs about ten to one; pictures hardly at all. Small files may pack better without any harm.
_MOST_RATIO = 60
_SMALL = 20 * MB
_MOST_XML = 64 * MB
_TYPES, _BODY = "[Content_Types].xml", "word/document.xml"
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# What zipfile and zlib raise on bytes that are not what the headers say.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError)
_WORD_WITH_MACROS = b"macroEnabled"


def check(path: Path, limits: Limits) -> str:
    """The format, "pdf" or "docx", when the file is whole; raises Problem."""
    with path.open("rb") as opened:
        head = opened.read(8)
    if head.startswith(b"%PDF-"):
        check_format("pdf", limits)
        _check_pdf(path)
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        check_format("docx", limits)
        _check_docx(path, limits)
        return "docx"
    raise Problem("not_a_document", formats=listed(limits))


def _check_pdf(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as opened:
        opened.seek(max(0, size - 4096))
        tail = opened.read()
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise Problem("document_broken")


def _check_docx(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_unpacked_size(entries, path.stat().st_size)
            names = {entry.filename for entry in entries}
            if _TYPES not in names or _BODY not in names:
                raise Problem("not_a_document", formats=listed(limits))
            if any(entry.flag_bits & 1 for entry in entries):
                raise Problem("document_encrypted")
            types = _read(archive, _TYPES)
            if _WORD_WITH_MACROS in types or any(name.endswith("vbaProject.bin") for name in names):
                raise Problem("document_macros")
            if _WORD not in types:
                raise Problem("not_a_document", formats=listed(limits))
            _read(archive, _BODY)
    except _BROKEN as error:
        raise Problem("document_broken") from error


def _check_unpacked_size(entries: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    too_many = len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED
    too_dense = unpacked > _SMALL and unpacked > _MOST_RATIO * size
    # Entries that share their bytes say together more than the file has.
    overlapping = sum(entry.compress_size for entry in entries) > size
    if too_many or too_dense or overlapping:
        raise Problem("document_inflated")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """One entry, checked against its checksum; never more than it may unpack to, whatever its header says."""
    with archive.open(name) as opened:
        data = opened.read(_MOST_XML + 1)
    if len(data) > _MOST_XML:
        raise Problem("document_inflated")
    return data

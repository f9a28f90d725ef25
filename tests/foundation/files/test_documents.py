"""Documents: whole PDF and Word files are taken, bombs and look-alikes are not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from praxis.foundation.files import documents
from praxis.foundation.files.limits import Limits
from praxis.foundation.files.problems import Problem
from tests.foundation.files import making
from tests.foundation.files.making import DOCUMENTS


def check(tmp_path: Path, data: bytes, limits: Limits = DOCUMENTS) -> str:
    """The format, or the code of the problem."""
    path = tmp_path / "document"
    path.write_bytes(data)
    try:
        return documents.check(path, limits)
    except Problem as problem:
        return problem.code


def test_whole_documents_are_taken(tmp_path: Path) -> None:
    assert check(tmp_path, making.pdf()) == "pdf"
    assert check(tmp_path, making.docx()) == "docx"


def test_what_word_writes_is_taken(tmp_path: Path) -> None:
    written = Document()
    for _ in range(2000):
        written.add_paragraph("网络教育合作 Education across borders. " * 5)
    written.save(str(tmp_path / "written.docx"))
    assert check(tmp_path, (tmp_path / "written.docx").read_bytes()) == "docx"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"words", "not_a_document"),
        (b"", "not_a_document"),
        (making.jpeg(20, 20), "not_a_document"),
        (b"MZ" + making.pdf(), "not_a_document"),
        (making.pdf()[:-20], "document_broken"),
        (b"%PDF-1.7\n", "document_broken"),
        (making.docx()[:-30], "document_broken"),
        (b"PK\x03\x04" + b"junk" * 50, "document_broken"),
        (making.docx(kind="application/vnd.ms-word.document.macroEnabled.main+xml"), "document_macros"),
        (making.docx({"word/vbaProject.bin": b"x"}), "document_macros"),
        (making.docx(kind="application/xml"), "not_a_document"),
    ],
)
def test_what_is_broken_or_something_else_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    assert check(tmp_path, data) == code


def test_a_zip_without_a_word_document_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert check(tmp_path, (tmp_path / "z").read_bytes()) == "not_a_document"


def test_zip_bombs_are_refused_without_being_unpacked(tmp_path: Path) -> None:
    assert check(tmp_path, making.docx({"word/media/big.bin": b"\0" * (30 * 1024 * 1024)})) == "document_inflated"
    assert check(tmp_path, making.docx({f"word/{n}": b"" for n in range(5_001)})) == "document_inflated"


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    body = b"\0" * (80 * 1024 * 1024)
    honest = making.docx(body=body)
    size = len(body).to_bytes(4, "little")
    assert honest.count(size) == 2
    lying = honest.replace(size, (4096).to_bytes(4, "little"))
    assert check(tmp_path, lying) in {"document_broken", "document_inflated"}


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "overlap"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/a.bin", b"x" * 100_000)
        first = archive.infolist()[0]
        for n in range(3):
            copy = zipfile.ZipInfo(f"word/{n}.bin")
            for slot in ("compress_size", "file_size", "CRC", "header_offset", "compress_type"):
                setattr(copy, slot, getattr(first, slot))
            archive.filelist.append(copy)
    assert check(tmp_path, path.read_bytes()) == "document_inflated"


def test_other_formats_than_the_editions_are_refused(tmp_path: Path) -> None:
    assert check(tmp_path, making.pdf(), Limits(("docx",), 10**6)) == "format"
    assert check(tmp_path, making.docx(), Limits(("pdf",), 10**6)) == "format"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), flip=st.integers(1, 255), cut=st.integers(0, 400))
def test_no_damage_is_more_than_a_problem(tmp_path: Path, at: int, flip: int, cut: int) -> None:
    data = bytearray(making.docx())
    data[at % len(data)] ^= flip
    assert isinstance(check(tmp_path, bytes(data[: len(data) - cut])), str)

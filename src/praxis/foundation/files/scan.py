"""Virus scan by a clamd beside the house (INSTREAM); off unless PRAXIS_CLAMD names one."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from django.conf import settings

from praxis.foundation.files.problems import Problem

# clamd refuses streams beyond its StreamMaxLength (25 MB in its older defaults): documents fit, videos do in part.
_MOST = 25 * 1024 * 1024 - 1
_PIECE = 128 * 1024
_PATIENCE = 60.0  # seconds


def address() -> str:
    """Where clamd listens, `tcp://host:port` or `unix:///path`; "" when files are not scanned."""
    return str(getattr(settings, "CLAMD", "") or os.environ.get("PRAXIS_CLAMD", ""))


def scan(path: Path) -> None:
    """Raise Problem when clamd finds something, OSError (to be tried again) when it cannot be asked."""
    if not address():
        return
    with _connected(address()) as connection, path.open("rb") as opened:
        connection.sendall(b"zINSTREAM\0")
        left = _MOST
        while left > 0 and (piece := opened.read(min(_PIECE, left))):
            connection.sendall(struct.pack(">I", len(piece)) + piece)
            left -= len(piece)
        connection.sendall(struct.pack(">I", 0))
        answer = _answer(connection)
    if answer.endswith(b"FOUND"):
        raise Problem("virus")
    if not answer.endswith(b"OK"):
        raise OSError(f"clamd answered {answer[:200]!r}")


def _connected(where: str) -> socket.socket:
    scheme, _, rest = where.partition("://")
    if scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_PATIENCE)
        connection.connect(rest)
        return connection
    if scheme == "tcp":
        host, _, port = rest.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=_PATIENCE)
    raise OSError(f"PRAXIS_CLAMD must begin with tcp:// or unix://, not {where!r}")


def _answer(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096 and (piece := connection.recv(1024)):
        answer += piece
    return answer.rstrip(b"\0\n ")

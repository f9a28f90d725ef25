"""A mail server of one thread on 127.0.0.1, which can be told to refuse, and keeps what it takes."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


class Session(socketserver.StreamRequestHandler):
    """One connection: the few commands a client needs."""

    def handle(self) -> None:
        sink = cast("Sink", self.server)
        self._say(220, "sink")
        while line := self.rfile.readline():
            command = line.strip().upper()
            if command.startswith((b"EHLO", b"HELO")):
                self._say(250, "sink")
            elif command.startswith(b"DATA"):
                self._take(sink)
            elif command == b"QUIT":
                self._say(221, "bye")
                return
            elif command.startswith(b"RCPT") and sink.refuse_recipients:
                self._say(550, f"no such person: {line.decode().strip()}")
            else:
                self._say(250, "ok")

    def _take(self, sink: Sink) -> None:
        self._say(354, "go on")
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        data = b"".join(lines)
        mail = cast(EmailMessage, message_from_bytes(data, policy=policy.default))
        sink.seen.append(mail)
        if sink.failures:
            sink.failures -= 1
            self._say(451, "later please")
            return
        sink.taken.append(mail)
        self._say(250, "taken")

    def _say(self, code: int, text: str) -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())


class Sink(socketserver.ThreadingTCPServer):
    """`seen` is every mail that came, `taken` those acknowledged; `failures` more are refused for the moment."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.seen: list[EmailMessage] = []
        self.taken: list[EmailMessage] = []
        self.failures = 0
        self.refuse_recipients = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def running() -> Iterator[Sink]:
    """A mail server that ends with the block."""
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()

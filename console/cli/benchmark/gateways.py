"""Outside systems for the benchmark of sending, each in a process of its own, and the barest client of each: bytes that
were made beforehand, written as fast as the other side answers.
"""

from __future__ import annotations

import importlib.util
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from console.cli.benchmark.servers import TOP

#: submits under way at once; the connector's setting is the same
WINDOW = 50
SENDER = "collect@bench.example"
_HEADER = struct.Struct(">LLLL")
_BIND, _SUBMIT = 0x09, 0x04
_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """An outside system that listens on the loopback."""

    #: of the connector that speaks to it
    key: str
    channel: str
    title: str
    #: settings of the connector
    chosen: Mapping[str, str]
    #: how many messages it took so far
    taken: Callable[[], int]
    #: send so many with the barest client
    push: Callable[[int], None]
    note: str


@contextmanager
def smpp_centre() -> Iterator[Gateway]:
    """The SMPP centre of the tests (npm smpp)."""
    file = TOP / "tests" / "harness" / "peers.py"
    spec = importlib.util.spec_from_file_location("kaskad_bench_peers", file)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.peer("smpp.js") as running:
        running.ask("behave", keeps=False)
        yield Gateway(
            key="smpp", channel="sms", title="SMPP",
            chosen={
                "host": "127.0.0.1", "port": str(running.port), "tls": "", "system_id": "bench", "password": "secret",
                "system_type": "", "sender": "Bench", "countries": "RU", "window": str(WINDOW), "whole": "",
                "ids": "same",
            },
            taken=lambda: int(running.ask("seen")["taken"]),
            push=lambda count: _push_smpp(running.port, count),
            note=f"a window of {WINDOW}; npm smpp",
        )  # fmt: skip


@contextmanager
def mail_sink() -> Iterator[Gateway]:
    """A mail server that keeps nothing (aiosmtpd)."""
    command = [sys.executable, str(TOP / "tests" / "harness" / "mail_sink.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sink:  # noqa: S603
        assert sink.stdin is not None
        assert sink.stdout is not None
        asked, said = sink.stdin, sink.stdout
        port = int(said.readline().removeprefix("listening "))

        def taken() -> int:
            asked.write("\n")
            asked.flush()
            return int(said.readline())

        yield Gateway(
            key="smtp", channel="email", title="SMTP",
            chosen={
                "host": "127.0.0.1", "port": str(port), "tls": "", "plain": "yes", "login": "", "sender": SENDER,
                "sender_name": "Bench", "bounces": "", "tagged": "", "imap_host": "", "imap_port": "", "imap_login": "",
                "imap_folder": "",
            },
            taken=taken,
            push=lambda count: _push_smtp(port, count),
            note="one connection, no encryption, pipelining; aiosmtpd",
        )  # fmt: skip
        asked.close()


def _push_smpp(port: int, count: int) -> None:
    text = ("Иван, L100000: 5 000,00 ₽. " + "МКК «Займ», 8 800 000-00-00")[:60].encode("utf-16-be")
    body = b"\0\5\0Bench\0\1\x0179001000001\0\0\0\0\0\0\1\0\x08\0" + bytes([len(text)]) + text
    length = _HEADER.size + len(body)
    with socket.create_connection(("127.0.0.1", port), _SECONDS) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(_pdu(_BIND, 1, b"bench\0secret\0\0\x34\0\0\0"))
        sent, answered, had = 0, -1, b""  # the first answer is that to the login
        while answered < count:
            room = min(WINDOW - (sent - max(answered, 0)), count - sent) if answered >= 0 else 0
            if room > 0:
                line.sendall(
                    b"".join(_HEADER.pack(length, _SUBMIT, 0, sent + 2 + n) + body for n in range(room))
                )  # fmt: skip
                sent += room
            had += line.recv(65536)
            while len(had) >= 4 and len(had) >= (size := int.from_bytes(had[:4], "big")):
                had = had[size:]
                answered += 1


def _pdu(command: int, sequence: int, body: bytes) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), command, 0, sequence) + body


def _push_smtp(port: int, count: int) -> None:
    mail = (
        f"From: Bench <{SENDER}>\r\nTo: Bench <b1@bench.example>\r\nSubject: Bench\r\n"
        "Date: Tue, 17 Mar 2026 09:00:00 +0000\r\nMessage-ID: <0123456789abcdef0123456789abcdef@bench.example>\r\n"
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        + "0JjQstCw0L0g" * 12
        + "\r\n.\r\n"
    ).encode()
    asked = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<b1@bench.example>\r\nDATA\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), _SECONDS) as line, line.makefile("rb") as heard:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        heard.readline()
        line.sendall(b"EHLO bench\r\n")
        while heard.readline()[3:4] == b"-":
            pass
        for _ in range(count):
            line.sendall(asked)
            for _ in range(3):
                heard.readline()
            line.sendall(mail)
            heard.readline()
        line.sendall(b"QUIT\r\n")

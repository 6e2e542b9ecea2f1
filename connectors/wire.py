"""Connections that are no HTTP: looked up once, checked, pinned, and every answer bounded in time and size."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping

from scenario_engine.addresses import Lookup, checked_address
from scenario_engine.errors import Invalid
from scenario_engine.ports import Unreached
from scenario_engine.texts import Text

#: made for each connection, so that authorities added to the machine are trusted without a restart
Trust = Callable[[], ssl.SSLContext]

_LARGEST_PIECE = 64 * 1024


class Gone(Exception):
    """The connection is over. Its text is a code of `Unreached`."""


def connect(host: str, port: int, *, networks: str, lookup: Lookup, seconds: float) -> socket.socket:
    """A connection to the name's address. Raises `Unreached`, and `Invalid` for an inner address."""
    try:
        address = checked_address(host, port, networks=networks, lookup=lookup)
    except Invalid as error:
        if error.code == "address.unknown":  # it may be known again in an hour
            raise Unreached("address.unknown") from error
        raise
    try:
        line = socket.create_connection((address, port), seconds)
        # questions are short and wait for their answers
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line
    except TimeoutError as error:
        raise Unreached("time") from error
    except OSError as error:
        raise Unreached("connection") from error


def secure(plain: socket.socket, host: str, trust: Trust) -> socket.socket:
    """The connection with TLS. Raises `Unreached` after closing it when the certificate is not that of the name."""
    try:
        return trust().wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        plain.close()
        raise Unreached("tls") from error
    except TimeoutError as error:
        plain.close()
        raise Unreached("time") from error
    except OSError as error:
        plain.close()
        raise Unreached("connection") from error


class Reader:
    """Reads lines and pieces; all that belong to one answer must be there in time, however slowly they come."""

    def __init__(self, line: socket.socket, seconds: float) -> None:
        self._line = line
        self._seconds = seconds
        self._had = bytearray()
        self._until = 0.0
        self.allow()

    def allow(self) -> None:
        """The time for the next answer begins."""
        self._until = time.monotonic() + self._seconds

    def readline(self, most: int = -1) -> bytes:
        """A line with its end; what there is of it when the other side closed. Raises `TimeoutError` and `OSError`."""
        while (end := self._had.find(b"\n") + 1) == 0 and (most < 0 or len(self._had) < most):
            if not self._more():
                end = len(self._had)
                break
        if end == 0 or 0 <= most < end:
            end = most
        return self._cut(end)

    def read(self, size: int) -> bytes:
        """So many bytes; fewer when the other side closed. Raises `TimeoutError` and `OSError`."""
        while len(self._had) < size and self._more():
            pass
        return self._cut(size)

    def close(self) -> None:
        """Forget what was not read."""
        self._had.clear()

    def _more(self) -> bool:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        piece = self._line.recv(_LARGEST_PIECE)
        self._line.settimeout(self._seconds)
        self._had += piece
        return bool(piece)

    def _cut(self, end: int) -> bytes:
        piece = bytes(self._had[:end])
        del self._had[:end]
        return piece


def port_of(chosen: Mapping[str, str], key: str = "port") -> int:
    """The port; 0 for what is none."""
    text = chosen.get(key, "").strip()
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65_536 else 0


def host_problem(chosen: Mapping[str, str], host: str = "host", port: str = "port") -> Text | None:
    """What is wrong with a name and a port."""
    name = chosen.get(host, "")
    if not name or not name.isascii() or not name.isprintable() or set(name) & set(" /@:"):
        return Text(
            "Write the server's name alone, like mail.example.com.", "Запишите только имя сервера: mail.example.com."
        )
    if not port_of(chosen, port):
        return Text("The port is a number from 1 to 65535.", "Порт — число от 1 до 65535.")
    return None

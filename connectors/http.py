"""Requests to one other system: looked up once, checked, pinned, bounded in time and size. Nothing is followed.

A name is looked up when the client is made, and only what was checked then is ever connected to. An answer that leads
elsewhere is an answer like any other. Errors are codes: what stands behind an address and what is in a body may be
secret, and gets into none.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import ipaddress
import json
import select
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from scenario_engine.addresses import Lookup, checked_address, look_up
from scenario_engine.errors import Invalid
from scenario_engine.ports import Unreached
from scenario_engine.texts import Text

_PORTS = {"https": 443, "http": 80}
#: a pause that the other side may ask for, seconds
_LONGEST_PAUSE = 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long the other side may take, in seconds, and how much it may say, in bytes."""

    connect: float = 5.0
    #: between one piece of the answer and the next
    silence: float = 15.0
    whole: float = 30.0
    size: int = 1024 * 1024


class Unanswered(Unreached):
    """The request left and no whole answer came: the other side may have done what it asked."""


class Nonsense(Exception):
    """There was an answer, and it is none of the protocol. Its text is a code: ``json``, ``size``, ``redirect`` …"""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer of HTTP."""

    status: int
    #: names in lower case
    headers: Mapping[str, str]
    #: its beginning, if it is longer than the limit
    body: bytes
    is_whole: bool

    def read(self) -> Any:
        """The JSON in it; numbers with a point stay exact. Raises `Nonsense`."""
        if 300 <= self.status < 400:
            raise Nonsense("redirect")
        if not self.is_whole:
            raise Nonsense("size")
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, InvalidOperation, RecursionError) as error:
            raise Nonsense("json") from error

    def read_object(self) -> dict[str, Any]:
        """The JSON object in it. Raises `Nonsense`."""
        found = self.read()
        if not isinstance(found, dict):
            raise Nonsense("json")
        return found

    @property
    def pause(self) -> float | None:
        """Seconds that Retry-After asks for; null when it does not say them."""
        return seconds(self.headers.get("retry-after", ""))


def seconds(value: Any) -> float | None:
    """A pause that the other side asks for, a day at most; null when it is no number of seconds."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    text = str(value).strip()
    if not text.replace(".", "", 1).isdecimal() or not text.isascii():
        return None
    return min(float(text), _LONGEST_PAUSE)


class Client:
    """A connection to the system at an address, kept open from one request to the next.

    Raises `Invalid` for an address that may not be reached (see `scenario_engine.addresses`) and `Unreached` for a name
    that is not known, when it is made. A client belongs to one thread.
    """

    def __init__(self, base: str, *, networks: str, lookup: Lookup | None = None, limits: Limits | None = None) -> None:
        self._parts, self._address = reached(base, networks=networks, lookup=lookup)
        self._limits = limits or Limits()
        self._tls = ssl.create_default_context() if self._parts.scheme == "https" else None
        self._connection: _Pinned | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask for something below the address. Raises as `ask` does."""
        return self.ask("GET", path + (f"?{urlencode(query)}" if query else ""), headers or {}, b"")

    def post_json(self, path: str, values: Any, headers: Mapping[str, str] | None = None) -> Reply:
        """Say something as JSON. Raises as `ask` does."""
        body = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        return self.ask("POST", path, {"Content-Type": "application/json", **(headers or {})}, body)

    def post_form(self, path: str, values: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
        """Say something as a form. Raises as `ask` does."""
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return self.ask("POST", path, {**kind, **(headers or {})}, urlencode(values).encode())

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """One request and its answer, whatever it says; an empty path means the address itself, with its query. Raises
        `Unreached` when nothing can have arrived, and `Unanswered` when it may have.
        """
        until = time.monotonic() + self._limits.whole
        connection = self._connected(until)
        connection.until = until
        try:
            connection.request(method, self._target(path), body, {"User-Agent": "Kaskad", **headers})
            answer = connection.getresponse()
            said = answer.read(self._limits.size + 1)
        except TimeoutError as error:
            self.close()
            raise Unanswered("time") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise Unanswered("connection") from error
        is_whole = len(said) <= self._limits.size
        if is_whole and answer.length:  # the other side hung up before the end
            self.close()
            raise Unanswered("connection")
        if answer.will_close or not answer.isclosed():
            self.close()
        return Reply(
            status=answer.status,
            headers={name.lower(): value for name, value in answer.getheaders()},
            body=said[: self._limits.size],
            is_whole=is_whole,
        )

    def _target(self, path: str) -> str:
        if path:
            return self._parts.path.rstrip("/") + path
        return (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")

    def _connected(self, until: float) -> _Pinned:
        if self._connection is not None and self._connection.is_idle():
            return self._connection
        self.close()
        connection = _Pinned(
            self._parts.hostname or "", port(self._parts), address=self._address, limits=self._limits, tls=self._tls,
            until=until,
        )  # fmt: skip
        try:
            connection.connect()
        except TimeoutError as error:
            connection.close()
            raise Unreached("time") from error
        except ssl.SSLError as error:
            connection.close()
            raise Unreached("tls") from error
        except OSError as error:
            connection.close()
            raise Unreached("connection") from error
        self._connection = connection
        return connection


class _Pinned(http.client.HTTPConnection):
    """Speaks to an address, and calls it by its name."""

    def __init__(
        self, host: str, port: int, *, address: str, limits: Limits, tls: ssl.SSLContext | None, until: float
    ) -> None:  # fmt: skip
        super().__init__(host, port, timeout=limits.connect)
        self.until = until
        self._address = address
        self._limits = limits
        self._tls = tls
        # annotated as a class, used as what makes an answer of a socket
        self.response_class = self._answered  # type: ignore[assignment]

    def connect(self) -> None:
        """Connect to the checked address; the certificate is that of the name."""
        self.sock = socket.create_connection((self._address, self.port), self._limits.connect)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(self._limits.silence)

    def is_idle(self) -> bool:
        """Whether it stands open, and the other side has neither hung up nor said anything unasked."""
        if self.sock is None:
            return False
        with contextlib.suppress(OSError, ValueError):
            return not select.select([self.sock], [], [], 0)[0]
        return False

    def _answered(self, sock: socket.socket, **more: Any) -> http.client.HTTPResponse:
        answer = http.client.HTTPResponse(sock, **more)
        answer.fp = io.BufferedReader(_Timed(sock, answer.fp, self._limits.silence, self.until))
        return answer


class _Timed(io.RawIOBase):
    """What comes from a socket until a moment of the monotonic clock; raises TimeoutError then, and after a silence."""

    def __init__(self, sock: socket.socket, held: Any, silence: float, until: float) -> None:
        super().__init__()
        self._sock = sock
        # while somebody holds a file of it a socket stays open, though its connection has let it go
        self._held = held
        self._silence = silence
        self._until = until

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next piece; an answer that comes drop by drop ends here too."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(left, self._silence))
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        """Let the socket go."""
        self._held.close()
        super().close()


def split(url: str) -> SplitResult:
    """The parts of an address. Raises `Invalid` for what is none that may be reached."""
    try:
        parts = urlsplit(url)
        number = parts.port
    except ValueError:
        parts, number = urlsplit(""), None
    if (
        parts.scheme not in _PORTS or not parts.hostname or parts.username or parts.fragment or number == 0
        or not url.isascii() or not url.isprintable() or " " in url
    ):  # fmt: skip
        raise Invalid(
            Text(
                "Write the address like https://core.example.com/kaskad, without a name or password in it.",
                "Адрес пишется так: https://core.example.com/kaskad, без имени и пароля.",
            ),
            code="address.form",
        )
    return parts


def port(parts: SplitResult) -> int:
    """The port of an address, or that of its protocol."""
    return parts.port or _PORTS[parts.scheme]


def reached(url: str, *, networks: str, lookup: Lookup | None = None) -> tuple[SplitResult, str]:
    """The parts of an address, and what may be connected to. Raises as `Client` does."""
    parts = split(url)
    try:
        address = checked_address(parts.hostname or "", port(parts), networks=networks, lookup=lookup or look_up)
    except Invalid as error:
        if error.code == "address.unknown":  # it may be known again in an hour
            raise Unreached("address.unknown") from error
        raise
    if parts.scheme == "http" and ipaddress.ip_address(address).is_global:
        raise Invalid(
            Text(
                "Over the internet only https is used. Write the address with https://.",
                "Через интернет — только https. Запишите адрес с https://.",
            ),
            code="address.plain",
        )
    return parts, address

"""An outside system on the loopback: a real HTTP server that speaks in the shape of a vendor, and fails on demand.

A vendor is a function from what was asked to what is said. Troubles are put in its way one by one: the next request
meets the first of them; with `takes` the vendor does what it was asked for, and only the answer goes wrong.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from connectors.http import Limits
from scenario_engine.ports import Connector, Delivery, Notification, Outgoing, Setup

LOOPBACK = "127.0.0.0/8"
#: short enough for tests, long enough for a busy machine
QUICK = Limits(connect=5, silence=0.4, whole=0.8, size=20_000)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PHONE = "+79991234567"

Kind = Literal["never", "drip", "half", "hang_up", "nonsense", "huge", "fail", "throttle", "redirect"]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """One answer."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trouble:
    """What the next request meets."""

    kind: Kind
    takes: bool = True
    #: where a redirect leads, or how long a throttled one is to wait
    detail: str = ""


@dataclass
class Vendor:
    """Answers with what `answer` says."""

    answer: Callable[[Asked], Said]
    heard: list[Asked] = field(default_factory=list)
    troubles: deque[Trouble] = field(default_factory=deque)
    connections: int = 0

    def __post_init__(self) -> None:
        vendor = self
        self._over = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                vendor.connections += 1
                super().setup()

            def do_POST(self) -> None:
                vendor._meet(self)

            def do_GET(self) -> None:
                vendor._meet(self)

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # who asked has gone
                    super().handle()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """End it."""
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _meet(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
        trouble = self.troubles.popleft() if self.troubles else None
        self.heard.append(asked)
        said = self.answer(asked) if trouble is None or trouble.takes else Said({})
        if trouble is None:
            _write(handler, said.status, _bytes(said.body), said.headers)
        else:
            self._spoil(handler, trouble, _bytes(said.body))

    def _spoil(self, handler: BaseHTTPRequestHandler, trouble: Trouble, body: bytes) -> None:
        if trouble.kind == "throttle":
            _write(handler, 429, b"{}", {"Retry-After": trouble.detail})
        elif trouble.kind == "redirect":
            _write(handler, 302, b"", {"Location": trouble.detail})
        elif trouble.kind == "fail":
            _write(handler, 500, b"Oops", {})
        elif trouble.kind == "nonsense":
            _write(handler, 200, b"<html>Welcome", {"Content-Type": "text/html"})
        elif trouble.kind == "huge":
            _write(handler, 200, b'{"x":"' + b"x" * 200_000 + b'"}', {})
        elif trouble.kind == "half":
            handler.close_connection = True
            handler.wfile.write(
                f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2]
            )
        elif trouble.kind == "hang_up":
            handler.close_connection = True
        elif trouble.kind == "never":
            handler.close_connection = True
            self._over.wait(20)
        elif trouble.kind == "drip":
            handler.close_connection = True
            handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            for at in range(len(body)):
                if self._over.wait(0.1):
                    return
                handler.wfile.write(body[at : at + 1])


def _write(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


@contextmanager
def serving(answer: Callable[[Asked], Said]) -> Iterator[Vendor]:
    """A vendor for as long as the block lasts."""
    vendor = Vendor(answer)
    try:
        yield vendor
    finally:
        vendor.close()


def setup_of(connector: Connector, address: str = "", networks: str = LOOPBACK, **chosen: str) -> Setup:
    """The connector's defaults, its address and what else was chosen."""
    values = {each.key: each.default for each in connector.fields}
    return Setup(chosen=values | ({"address": address} if address else {}) | chosen, networks=networks)


def message(
    number: int = 1, recipient: str = PHONE, *, channel: str = "sms", body: str = "Займ 1", **more: Any
) -> Outgoing:
    """A rendered message."""
    return Outgoing(
        key=f"7-{number}-3", message_id=number, channel=channel, recipient=recipient, subject="", body=body,
        content=more.pop("content", {}), **more,
    )  # fmt: skip


def send(connector: Connector, setup: Setup, *batch: Outgoing) -> list[Delivery]:
    """What became of the batch, sent over one link."""
    with connector.open(setup) as link:
        return list(link.send(batch))


def call(body: Mapping[str, Any] | bytes, query: Mapping[str, str] | None = None, **headers: str) -> Notification:
    """A form, or a body as it is, that came to our address; header names with underscores for hyphens."""
    return Notification(
        body=body if isinstance(body, bytes) else urlencode(body).encode(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        sender="192.0.2.1", received_at=NOW, query=query or {},
    )  # fmt: skip

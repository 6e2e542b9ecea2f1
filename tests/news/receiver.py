"""Another system on the loopback: a real HTTP server that answers as it is told, and checks signatures by itself."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.0/8"


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        """By which a repetition is known."""
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        """The JSON in it."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed_with(self, secret: str) -> bool:
        """Whether the signature is right, reckoned from the words of the standard and from nothing of ours."""
        stamp = self.headers["webhook-timestamp"]
        content = f"{self.key}.{stamp}.".encode() + self.body
        digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), content, hashlib.sha256).digest()
        return self.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


@dataclass
class Receiver:
    """Answers with what `answer` gives for the number of the request, from 1: a status, or a place to go to."""

    answer: Callable[[int], int | str] = lambda _number: 200
    heard: list[Heard] = field(default_factory=list)
    #: while it is not set, requests get no answer
    awake: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.awake.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                receiver.awake.wait(30)
                answer = receiver.answer(len(receiver.heard))
                said = b"call +7 999 123-45-67 or ivanov@example.test"
                self.send_response(302 if isinstance(answer, str) else answer)
                if isinstance(answer, str):
                    self.send_header("Location", answer)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # who asked has gone
                    super().handle()

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}/kaskad?of=core"

    def close(self) -> None:
        """End it."""
        self.awake.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

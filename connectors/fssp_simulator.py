"""A stand-in for the bailiffs' register that speaks its old official contract: ``python -m connectors.fssp_simulator``.

Everybody in it is invented. Whoever is asked about has proceedings or none as their name decides, always the same; the
answer takes its time, quotas are kept, and a wrong token is refused.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ROOT = "/api/v1.0"
#: (kind, most, seconds): requests that ask about one, and questions in groups
LIMITS = (("single", 100, 3_600), ("single", 1_000, 86_400), ("group", 5_000, 86_400))
LARGEST_GROUP = 50
_LARGEST_BODY = 1_000_000
_ENDS = ("", "", "2026-02-12, 46, 1, 3", "2026-05-04, 46, 1, 4", "2026-06-30, 47, 1, 1")

Row = Mapping[str, str]


@dataclass
class _Task:
    questions: Sequence[Mapping[str, Any]]
    ready_at: float


@dataclass
class Simulator:
    """The register on a port of the loopback."""

    token: str = "demo-token"  # noqa: S105 - invented
    #: how long an answer takes, seconds
    delay: float = 2.0
    port: int = 0
    clock: Callable[[], float] = time.monotonic
    #: what is known of whom, by last name in small letters; of others what their name decides
    people: dict[str, list[Row]] = field(default_factory=dict)
    #: answers of these statuses come first, in this order, instead of what was asked for
    failures: list[int] = field(default_factory=list)
    #: (kind, questions, moment) of every search that was taken
    searches: list[tuple[str, int, float]] = field(default_factory=list)
    #: how often somebody was turned away because of a quota
    refused: int = 0

    def __post_init__(self) -> None:
        self._tasks: dict[str, _Task] = {}
        self._lock = threading.Lock()
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                simulator._meet(self, parts.path, dict(parse_qsl(parts.query)))

            def do_POST(self) -> None:
                body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _LARGEST_BODY))
                try:
                    asked = json.loads(body)
                except ValueError:
                    asked = None
                simulator._meet(self, urlsplit(self.path).path, asked if isinstance(asked, dict) else {})

            def log_message(self, *_: Any) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(ConnectionError):  # who asked has gone
                    super().handle()

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True

    def __enter__(self) -> Simulator:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its address, as the settings of the connector want it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def run(self) -> None:
        """Serve until somebody interrupts."""
        with contextlib.suppress(KeyboardInterrupt):
            self._server.serve_forever()
        self._server.server_close()

    def _meet(self, handler: BaseHTTPRequestHandler, path: str, asked: Mapping[str, Any]) -> None:
        with self._lock:
            status, response = self._answer(path, asked)
        said = {"status": "success" if status == 200 else "error", "code": 0 if status == 200 else status}
        body = json.dumps({**said, "exception": "", "response": response}, ensure_ascii=False).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _answer(self, path: str, asked: Mapping[str, Any]) -> tuple[int, Any]:
        if self.failures:
            return self.failures.pop(0), {}
        if asked.get("token") != self.token:
            return 401, {}
        match path.removeprefix(ROOT):
            case "/search/physical":
                return self._search("single", [{"type": 1, "params": _without(asked, "token")}])
            case "/search/ip":
                return self._search("single", [{"type": 3, "params": _without(asked, "token")}])
            case "/search/group":
                questions = asked.get("request")
                if not isinstance(questions, list) or not 0 < len(questions) <= LARGEST_GROUP:
                    return 400, {}
                return self._search("group", questions)
            case "/status" | "/result" as wanted:
                return self._told(wanted, str(asked.get("task", "")))
        return 404, {}

    def _search(self, kind: str, questions: Sequence[Mapping[str, Any]]) -> tuple[int, Any]:
        now = self.clock()
        for limited, most, seconds in LIMITS:
            recent = [count for each, count, at in self.searches if each == limited and at > now - seconds]
            if limited == kind and sum(recent) + len(questions) > most:
                self.refused += 1
                return 429, {}
        self.searches.append((kind, len(questions), now))
        name = str(uuid.uuid4())
        self._tasks[name] = _Task(questions, now + self.delay)
        return 200, {"task": name}

    def _told(self, wanted: str, name: str) -> tuple[int, Any]:
        task = self._tasks.get(name)
        if task is None:
            return 404, {}
        is_ready = self.clock() >= task.ready_at
        count = len(task.questions)
        if wanted == "/status":
            return 200, {"status": 0 if is_ready else 2, "progress": f"{count if is_ready else 0} of {count}"}
        parts = [{"status": 0, "query": each, "result": self._rows(each.get("params", {}))} for each in task.questions]
        return 200, {"status": 0 if is_ready else 2, "result": parts if is_ready else []}

    def _rows(self, params: Mapping[str, str]) -> list[Row]:
        if "number" in params:
            everybody = (row for rows in self.people.values() for row in rows)
            return [row for row in everybody if row["exe_production"].startswith(params["number"])]
        last = str(params.get("lastname", ""))
        known = self.people.get(last.lower())
        return known if known is not None else _invented(params)


def _without(asked: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in asked.items() if key != name}


def _invented(params: Mapping[str, str]) -> list[Row]:
    """None for two of three people, else one proceeding or two."""
    whole = " ".join(str(params.get(name, "")) for name in ("lastname", "firstname", "secondname", "birthdate"))
    drawn = hashlib.sha256(whole.encode()).digest()
    if drawn[0] % 3:
        return []
    return [_row(whole, drawn[index * 4 :]) for index in range(1, 2 + drawn[1] % 2)]


def _row(whole: str, drawn: bytes) -> Row:
    opened = date(2025, 1, 1) + timedelta(days=drawn[0] * 2)
    sum_ = drawn[1] * 731 + 900
    return {
        "name": whole.upper(),
        "exe_production": f"{1_000 + drawn[2] * 97}/26/{10_000 + drawn[3] * 13}-ИП от {opened:%d.%m.%Y}",
        "details": f"Судебный приказ от {opened - timedelta(days=40):%d.%m.%Y} № 2-{drawn[3] * 11}/2025",
        "subject": f"Задолженность по кредитным платежам (кроме ипотеки): {sum_}.00 руб.",
        "department": "Выдуманное РОСП, г. Примерск",
        "bailiff": "ВЫДУМАННАЯ А. А. +7(000)000-00-00",
        "ip_end": _ENDS[drawn[2] % len(_ENDS)],
    }


def main() -> None:
    """Serve until interrupted, and say where."""
    parser = argparse.ArgumentParser(description="The bailiffs' register by its old contract, with invented people.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--token", default=Simulator.token)
    parser.add_argument("--delay", type=float, default=Simulator.delay, help="seconds that an answer takes")
    chosen = parser.parse_args()
    simulator = Simulator(token=chosen.token, delay=chosen.delay, port=chosen.port)
    print(f"{simulator.url}  token: {simulator.token}", flush=True)  # noqa: T201 - the only thing it says
    simulator.run()


if __name__ == "__main__":
    main()

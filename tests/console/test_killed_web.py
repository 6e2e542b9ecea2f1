"""A web server that is killed while payments come in: each is recorded once, whatever the sender saw of the answer."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from scenario_engine.database import Database
from scenario_engine.engine.tick import run_tick
from scenario_engine.models import AuditEntry, Case, Loan, Payment
from scenario_engine.settings import Settings
from tests.builders import a_loan
from tests.chaos.network import free_port
from tests.chaos.picture import leaks
from tests.console.client import PASSWORD
from tests.engine.scenarios import a_document, a_live_version, overdue_rule
from tests.harness.postgres import PostgresServer

LOANS = 60
KILLS = 4
START = "import sys; from console.cli import main; sys.exit(main())"
WAIT = a_document(
    {"in": ("entry.segment", {"rule": overdue_rule(1)}), "rest": ("wait.duration", {"days": 1}),
     "out": ("exit", {"reason": "x"})},
    ["in:next>rest", "rest:next>out"],
)  # fmt: skip


class Web:
    """`kaskad web` at one address; started again when it has been killed."""

    def __init__(self, url: str, folder: Path) -> None:
        self.port = free_port()
        self._environment = {
            **os.environ, "KASKAD_DATABASE_URL": url, "KASKAD_DATA_DIR": str(folder), "KASKAD_SECRET_KEY": "k" * 48,
        }  # fmt: skip
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", START, "web", "--port", str(self.port)],
            env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def ask(self, path: str, body: dict[str, Any], token: str) -> tuple[int, bytes] | None:
        """Status and text of one answer; None when there was none."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
            with connection.getresponse() as answer:
                return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def post(self, path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
        """The answer, however often it has to be asked for."""
        for _attempt in range(600):
            answer = self.ask(path, body, token)
            if answer is not None and answer[0] in (200, 201):
                found: dict[str, Any] = json.loads(answer[1])
                return found
            assert answer is None or answer[0] == 503, answer
            time.sleep(0.1)
        raise AssertionError("the server does not come back")

    def kill_within(self, seconds: float) -> subprocess.Popen[bytes]:
        """Kill it that much later."""
        return subprocess.Popen(["/bin/sh", "-c", f"sleep {seconds:.3f}; kill -9 {self._process.pid}"])


@pytest.mark.postgres
def test_payments_are_recorded_once_by_a_web_server_that_is_killed_and_started_again(
    postgres_server: PostgresServer, filled_postgres: str, tmp_path: Path
) -> None:
    name = postgres_server.create_database(template=filled_postgres)
    url = postgres_server.url(name)
    database = Database(url)
    with database.write() as session:
        for number in range(LOANS):
            a_loan(session, external_id=f"W-{number}", dpd=5, overdue=100_00)
        a_live_version(session, WAIT)
    run_tick(database, now=datetime.now(UTC), settings=Settings(), timer=lambda: 0.0)
    web = Web(url, tmp_path)
    try:
        login = {"username": "supervisor", "password": PASSWORD, "provider": "db"}
        token = web.post("/security/login", login)["access_token"]
        randomness = random.Random(5)
        fatal = set(randomness.sample(range(LOANS), KILLS))
        for number in range(LOANS):
            body = {"external_id": f"P-{number}", "loan_external_id": f"W-{number}", "amount": 100_00}
            if number in fatal:
                killer = web.kill_within(randomness.uniform(0, 0.03))  # while the request is on its way
                web.ask("/payments", body, token)
                killer.wait()
                web.kill()
                web.start()
            web.post("/payments", body, token)
    finally:
        web.kill()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Payment)) == LOANS
        assert session.scalar(select(func.sum(Loan.overdue))) == 0
        assert session.scalar(select(func.count()).where(Case.end_reason == "cured").select_from(Case)) == LOANS
        noted = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "payment.recorded")
        assert session.scalar(noted) == LOANS
        assert session.scalar(text("SELECT count(*) FROM signals WHERE NOT handled")) == 0
        assert leaks(session) == []
    database.dispose()
    postgres_server.drop_database(name)

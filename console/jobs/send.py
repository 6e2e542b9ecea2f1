"""The job that empties the outbox, when workers behind a broker do it. Without a broker the engine sends by itself."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from console.configuration import open_vault
from scenario_engine.database import Database
from scenario_engine.engine.outbox import deliver, is_anything_due
from scenario_engine.errors import Conflict
from scenario_engine.jobs import Attempt, Desk, JobKind, ledger
from scenario_engine.ports import Connector
from scenario_engine.settings import Settings
from scenario_engine.texts import Text


class Send(JobKind):
    """Sends what is due, round by round. A round that was cut off is repeated under the same idempotency keys."""

    key = "send"
    title = Text("Sending", "Отправка")
    # as long as messages wait, and one follows the other: nobody asks for them, the outbox tells of them
    most_attempts = 10
    kept = timedelta(hours=1)
    audited = False

    def __init__(self, database: Database, settings: Settings, connectors: Mapping[str, Connector]) -> None:
        self._database = database
        self._settings = settings
        self._vault = open_vault(settings)
        self._connectors = connectors
        self._randomness = random.Random()

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        """Deliver until nothing is due; gives how many messages were sent, failed, and were cancelled."""
        sent = failed = cancelled = 0
        while True:
            attempt.report(sent + failed + cancelled)
            round_ = deliver(
                self._database, self._connectors, vault=self._vault, now=attempt.clock(), settings=self._settings,
                randomness=self._randomness, clock=attempt.clock, stop=attempt.is_halted,
            )  # fmt: skip
            if round_.taken:
                sent, failed, cancelled = sent + round_.sent, failed + round_.failed, cancelled + round_.cancelled
            elif round_.wait is None:
                return {"sent": sent, "failed": failed, "cancelled": cancelled}
            else:
                attempt.rest(round_.wait)


def hand_over(database: Database, desk: Desk, now: datetime) -> None:
    """Have the outbox emptied by a worker, when anything is due and none is at it."""
    with database.read() as session:
        if ledger.is_active(session, Send.key) or not is_anything_due(session, now=now):
            return
    try:
        with database.write() as session:
            job_id = desk.submit(
                session, Send.key, title=Send.title, params={}, actor="engine", now=now, key=Send.key
            ).id
    except Conflict:  # another engine was faster
        return
    desk.dispatch(job_id)

"""The job that tells other systems the news. The row of the job sees to it that one does so at a time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from console.configuration import open_vault
from console.connectors import load_courier
from scenario_engine.database import Database
from scenario_engine.errors import Conflict
from scenario_engine.jobs import Attempt, Desk, JobKind, ledger
from scenario_engine.news import sending
from scenario_engine.settings import Settings
from scenario_engine.texts import Text


class Tell(JobKind):
    """Tells subscriptions what is due, round by round. What was cut off leaves again under the same key."""

    key = "tell"
    title = Text("Telling other systems", "Вебхуки во внешние системы")
    most_attempts = 10
    kept = timedelta(hours=1)
    audited = False

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._vault = open_vault(settings)
        self._networks = settings.inner_networks
        self._randomness = random.Random()

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        """Send until nothing is due; gives how many were sent, given up, and put off."""
        sent = failed = put_off = 0
        while True:
            attempt.report(sent + failed + put_off)
            noted = sending.spread(self._database, now=attempt.clock())
            told = sending.deliver(
                self._database, load_courier(), self._vault, now=attempt.clock(), networks=self._networks,
                randomness=self._randomness,
            )  # fmt: skip
            if not told.taken and not noted:
                return {"sent": sent, "failed": failed, "put_off": put_off}
            sent, failed, put_off = sent + told.sent, failed + told.failed, put_off + told.put_off


def tell_due(database: Database, desk: Desk, now: datetime) -> None:
    """Have the news told, when there are any and nobody is at it."""
    with database.read() as session:
        if ledger.is_active(session, Tell.key) or not sending.is_anything_due(session, now=now):
            return
    try:
        with database.write() as session:
            job_id = desk.submit(
                session, Tell.key, title=Tell.title, params={}, actor="engine", now=now, key=Tell.key
            ).id
    except Conflict:  # another process was faster
        return
    desk.dispatch(job_id)

"""The job that asks outside registers about borrowers. The row of the job sees to it that one does so at a time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from console.configuration import open_vault
from console.connectors import load_inquirers
from scenario_engine.database import Database
from scenario_engine.errors import Conflict
from scenario_engine.inquiries import sending
from scenario_engine.jobs import Attempt, Desk, JobKind, ledger
from scenario_engine.settings import Settings
from scenario_engine.texts import Text


class Inquire(JobKind):
    """Asks what is due and fetches what is ready, round by round, within the providers' quotas."""

    key = "inquire"
    title = Text("Asking bailiffs and bureaus", "Запросы приставам и в бюро")
    most_attempts = 10
    kept = timedelta(hours=1)
    audited = False

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._vault = open_vault(settings)
        self._randomness = random.Random()

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        """Ask until nothing is due; gives how many were asked, answered, given up, and put off."""
        sender = sending.Sender(
            self._database, load_inquirers(), self._vault, self._settings, clock=attempt.clock,
            randomness=self._randomness,
        )  # fmt: skip
        asked = answered = failed = put_off = 0
        while True:
            attempt.report(asked + answered + failed + put_off)
            done = sender.round()
            if not done.taken:
                return {"asked": asked, "answered": answered, "failed": failed, "put_off": put_off}
            asked, answered = asked + done.asked, answered + done.answered
            failed, put_off = failed + done.failed, put_off + done.put_off


def inquire_due(database: Database, desk: Desk, now: datetime) -> None:
    """Have what is due asked, when there is anything and nobody is at it."""
    with database.read() as session:
        if ledger.is_active(session, Inquire.key) or not sending.is_anything_due(session, now=now):
            return
    try:
        with database.write() as session:
            job_id = desk.submit(
                session, Inquire.key, title=Inquire.title, params={}, actor="engine", now=now, key=Inquire.key
            ).id
    except Conflict:  # another process was faster
        return
    desk.dispatch(job_id)

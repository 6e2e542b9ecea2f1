"""The processes of the chaos run that are killed: engines, and the desk at which payments and results come in."""

from __future__ import annotations

import logging
import os
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from scenario_engine.database import Database
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.scheduler import Engine
from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.settings import Settings
from tests.chaos.acts import perform, read_acts
from tests.chaos.clock import FileClock
from tests.harness.gateway import VAULT, Gateway


class Recorder(Gateway):
    """An outside system that knows a message by its key: the second time it changes nothing, but is counted."""

    key = "sandbox"

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._base() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS sent (key TEXT PRIMARY KEY, times INTEGER NOT NULL)")

    def _base(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=60)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Delivery]:
        """Accepts every message."""
        with self._base() as connection:
            connection.executemany(
                "INSERT INTO sent VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1",
                [(item.key,) for item in batch],
            )
        return [Delivery(message_id=item.message_id, accepted=True, receipt=item.key) for item in batch]

    def counts(self) -> tuple[int, int]:
        """Messages taken, and of those the ones that came more than once."""
        with self._base() as connection:
            row = connection.execute("SELECT count(*), count(CASE WHEN times > 1 THEN 1 END) FROM sent").fetchone()
        return int(row[0]), int(row[1])


def engine_settings() -> Settings:
    """Small batches and short pauses: as many transactions to be killed in as a long day has."""
    return Settings(batch_size=1_000, tick_seconds=0.25, enrol_seconds=0.2)


def run_engine(url: str, home: Path, seed: int) -> None:
    """`kaskad engine` on the simulated clock, until it is killed.

    Asked to (SIGUSR1) it stops as on Ctrl+C, says so in a file, and starts again when the clock has moved on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = threading.Event()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: asked.set())
    logging.disable(logging.WARNING)
    database = Database(url, pool_size=4)
    gateway = Recorder(home / "gateway.db")
    clock = FileClock(home / "clock")
    randomness = random.Random(seed)
    while True:
        engine = Engine(
            database, engine_settings(), {gateway.key: gateway}, vault=VAULT, clock=clock, randomness=randomness
        )
        engine.start()
        asked.wait()
        engine.stop()
        moment = clock()
        asked.clear()
        resting_file(home, os.getpid(), moment).touch()
        while clock() == moment:
            time.sleep(0.01)


def resting_file(home: Path, process: int, moment: datetime) -> Path:
    """There when the engine of that process has stopped for the rest of the moment."""
    return home / f"resting-{process}-{moment:%m%d%H%M}"


def run_desk(url: str, work: Path, seed: int) -> None:
    """Perform the acts in a file, from where the last desk was killed; ends when all are done."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.WARNING)
    acts = read_acts(work)
    done = work.with_suffix(".done")
    database = Database(url, pool_size=1)
    attempts = Attempts(random.Random(seed), time.sleep)
    for number in range(int(done.read_text()) if done.exists() else 0, len(acts)):
        perform(database, acts[number], attempts)
        fresh = work.with_suffix(".new")
        fresh.write_text(str(number + 1))
        fresh.replace(done)
    database.dispose()

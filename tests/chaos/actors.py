"""The processes of the chaos run that are killed: engines, and the desk at which payments and results come in."""

from __future__ import annotations

import logging
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from scenario_engine.database import Database
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.scheduler import Engine
from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.settings import Settings
from scenario_engine.texts import Text
from tests.chaos.acts import perform, read_acts
from tests.chaos.clock import FileClock


class Gateway:
    """An outside system that knows a message by its key: the second time it changes nothing, but is counted."""

    key = "sandbox"
    title = Text("Gateway", "Шлюз")
    channels: Sequence[str] = ("sms", "email", "messenger", "robot_call", "webhook")

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS sent (key TEXT PRIMARY KEY, times INTEGER NOT NULL)")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=60)
        connection.execute("PRAGMA journal_mode=WAL")
        return connection

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Delivery]:
        """Accepts every message."""
        with self._open() as connection:
            connection.executemany(
                "INSERT INTO sent VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1",
                [(item.key,) for item in batch],
            )
        return [Delivery(message_id=item.message_id, accepted=True, receipt=item.key) for item in batch]

    def counts(self) -> tuple[int, int]:
        """Messages taken, and of those the ones that came more than once."""
        with self._open() as connection:
            row = connection.execute("SELECT count(*), count(CASE WHEN times > 1 THEN 1 END) FROM sent").fetchone()
        return int(row[0]), int(row[1])


def engine_settings() -> Settings:
    """Small batches and short pauses: as many transactions to be killed in as a long day has."""
    return Settings(batch_size=1_000, tick_seconds=0.25, enrol_seconds=0.2)


def run_engine(url: str, home: Path, seed: int) -> None:
    """`kaskad engine` on the simulated clock, until it is killed; asked to end (SIGTERM) it finishes its batch first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: ended.set())
    logging.disable(logging.WARNING)
    database = Database(url, pool_size=4)
    gateway = Gateway(home / "gateway.db")
    engine = Engine(
        database, engine_settings(), {gateway.key: gateway}, clock=FileClock(home / "clock"),
        randomness=random.Random(seed),
    )  # fmt: skip
    engine.start()
    ended.wait()
    engine.stop()
    database.dispose()


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

"""The clock: APScheduler calls the tick, the outbox and the day's roll. The only module that knows what time it is."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.database import Database
from scenario_engine.engine import cohorts
from scenario_engine.engine.events import react
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.outbox import deliver
from scenario_engine.engine.tick import TickResult, run_tick
from scenario_engine.models import Heartbeat
from scenario_engine.ports import Connector
from scenario_engine.registry import delinquency, promises
from scenario_engine.settings import Settings

#: pause between counts by groups of borrowers
GROUP_SECONDS = 5.0

log = logging.getLogger(__name__)


def wall_clock() -> datetime:
    """The instant it is."""
    return datetime.now(UTC)


class Engine:
    """The engine of one process. Several may run on one database."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        connectors: Mapping[str, Connector],
        *,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._database = database
        self._settings = settings
        self._connectors = connectors
        self._clock = clock
        self._stopping = threading.Event()
        self._randomness = random.Random()
        self._enrolled_at = float("-inf")
        self._rolled_on: object = None
        self.process = f"{socket.gethostname()}:{os.getpid()}"
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(3)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone=UTC,
        )

    def start(self) -> None:
        """Start ticking; returns at once."""
        self._beat(started=True)
        seconds = self._settings.tick_seconds
        self._scheduler.add_job(self.tick, "interval", seconds=seconds, next_run_time=self._clock())
        self._scheduler.add_job(self.send, "interval", seconds=seconds)
        self._scheduler.add_job(self.group, "interval", seconds=max(seconds, GROUP_SECONDS))
        self._scheduler.start()

    def stop(self) -> None:
        """Stop after the batch that is running."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def tick(self) -> TickResult | None:
        """One tick now, with the day's roll before it when a day began; None when it failed (the error is kept)."""
        began = time.perf_counter()
        now = self._clock()
        try:
            self._roll(now)
            enrol = began - self._enrolled_at >= self._settings.enrol_seconds
            result = run_tick(
                self._database, now=now, settings=self._settings, timer=time.perf_counter, enrol=enrol,
                stop=self._stopping.is_set,
            )  # fmt: skip
        except Exception as error:
            log.exception("a tick failed")
            self._beat(tick_at=now, seconds=time.perf_counter() - began, error=f"{type(error).__name__}: {error}")
            return None
        if enrol:
            self._enrolled_at = began
        self._beat(tick_at=now, seconds=result.seconds)
        return result

    def send(self) -> None:
        """Empty the outbox, as far as it is due."""
        try:
            while not self._stopping.is_set():
                done = deliver(
                    self._database, self._connectors, now=self._clock(), settings=self._settings,
                    randomness=self._randomness,
                )  # fmt: skip
                if done.sent + done.failed + done.retried == 0:
                    return
        except Exception:
            log.exception("the outbox failed")

    def group(self) -> None:
        """Bring the counts by groups of borrowers up to date."""
        try:
            while not self._stopping.is_set():
                with self._database.write() as session:
                    if cohorts.group(session) == 0:
                        return
        except Exception:
            log.exception("counting by groups failed")

    def _roll(self, now: datetime) -> None:
        today = local_day(now, self._settings.time_zone)
        if today == self._rolled_on:
            return
        with self._database.write() as session:
            delinquency.roll(session, on=today, now=now)
            promises.decide(session, on=today, now=now, time_zone=self._settings.time_zone)
            react(session, now=now, time_zone=self._settings.time_zone)
            audit.record(
                session, at=now, actor="engine", action="registry.rolled", subject_type="registry",
                subject_id=today.isoformat(),
            )  # fmt: skip
        self._rolled_on = today

    def _beat(
        self,
        *,
        started: bool = False,
        tick_at: datetime | None = None,
        seconds: float = 0.0,
        error: str | None = None,
    ) -> None:
        now = self._clock()
        try:
            with self._database.write() as session:
                beat = self._heartbeat(session, now)
                beat.seen_at = now
                if started:
                    beat.started_at = now
                if tick_at is not None:
                    beat.last_tick_at = tick_at
                    beat.last_tick_ms = int(seconds * 1000)
                    beat.last_error = error[:500] if error else None
        except Exception:
            log.exception("no heartbeat could be written")

    def _heartbeat(self, session: Session, now: datetime) -> Heartbeat:
        beat = session.get(Heartbeat, self.process)
        if beat is None:
            beat = Heartbeat(process=self.process, started_at=now, seen_at=now)
            session.add(beat)
        return beat

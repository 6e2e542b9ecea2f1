"""The clock: APScheduler calls the tick, the outbox and the lease. The only module that knows what time it is."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.database import Database, Failure, failure_of
from scenario_engine.engine import cohorts, lease
from scenario_engine.engine.attempts import Attempts
from scenario_engine.engine.frame import local_day
from scenario_engine.engine.notes import note
from scenario_engine.engine.outbox import Delivered, deliver, give_up_unknown, listen, settle_early
from scenario_engine.engine.roll import roll_registry
from scenario_engine.engine.tick import TickResult, run_tick
from scenario_engine.engine.upkeep import Kept, keep
from scenario_engine.models import Heartbeat, Lease
from scenario_engine.ports import Connector
from scenario_engine.registry.days import start_of
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

log = logging.getLogger(__name__)

#: pause between counts by groups of borrowers
GROUP_SECONDS = 5.0
#: messages of one connector after which a run of the outbox is written down, at the latest
ROUND = 5_000
#: pause between questions to a connector what became of its messages, and between looks at reports that came early
LISTEN_SECONDS, SETTLE_SECONDS = 15.0, 5.0
#: pause between looks for messages of connectors that are gone
UNKNOWN_SECONDS = 30.0
#: a tick that has gone on for so long ends after its batch; the next one begins at once, with a look at what is new
LONGEST_TICK = 30.0
#: old records of transactions that the upkeep removes before one tick; what is left is removed before the next
MOST_FORGOTTEN = 50_000
#: a clock that is behind midnight by less than this is another machine's; one that is further behind was put back
CLOCK_DRIFT = timedelta(hours=1)

_WORDS = {
    Failure.READ_ONLY: "the database accepts no changes (read-only); nothing is lost, the engine goes on when it does",
    Failure.FULL: "the database's disk is full; nothing is lost, the engine goes on when there is room",
    Failure.LOST: "the database cannot be reached; the engine tries again",
}


def wall_clock() -> datetime:
    """The instant it is."""
    return datetime.now(UTC)


class Engine:
    """The engine of one process. Any number may run on one PostgreSQL; one of them leads."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        connectors: Mapping[str, Connector],
        *,
        vault: Vault,
        clock: Callable[[], datetime] = wall_clock,
        randomness: random.Random | None = None,
        hand_over: Callable[[datetime], None] | None = None,
    ) -> None:
        """`hand_over` has others empty the outbox, when they are there for it."""
        self._database = database
        self._settings = settings
        self._connectors = connectors
        self._vault = vault
        self._clock = clock
        self._hand_over = hand_over
        self._stopping = threading.Event()
        self._randomness = randomness or random.Random()
        self._enrolled_at = float("-inf")
        self._retries = 0
        self._kept_on: date | None = None
        self.process = f"{socket.gethostname()}:{os.getpid()}"
        #: whether this process led when it last looked
        self.leads = False
        self._scheduler = BackgroundScheduler(
            # the lease is renewed whatever the others are busy with
            executors={
                "default": ThreadPoolExecutor(3),
                "lease": ThreadPoolExecutor(1),
                "send": ThreadPoolExecutor(max(1, 2 * len(connectors))),
            },
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone=UTC,
        )

    def start(self) -> None:
        """Start ticking; returns at once."""
        self.renew()
        self._beat(started=True)
        seconds = self._settings.tick_seconds
        # the clock of the scheduler, not of the portfolio: a tick is due now, whatever day it is there
        self._scheduler.add_job(self.tick, "interval", seconds=seconds, next_run_time=wall_clock())
        if self._hand_over is not None:
            self._scheduler.add_job(self.send, "interval", seconds=seconds)
        else:
            # each connector by itself: one that is slow, or down, holds up nobody else
            for key in self._connectors:
                self._scheduler.add_job(self.send, "interval", args=[key], seconds=seconds, executor="send")
            self._scheduler.add_job(self.give_up_unknown, "interval", seconds=max(seconds, UNKNOWN_SECONDS))
        for key in self._connectors:
            self._scheduler.add_job(
                self.listen, "interval", args=[key], seconds=max(seconds, LISTEN_SECONDS), executor="send"
            )
        self._scheduler.add_job(self.settle, "interval", seconds=max(seconds, SETTLE_SECONDS))
        self._scheduler.add_job(self.group, "interval", seconds=max(seconds, GROUP_SECONDS))
        self._scheduler.add_job(self.renew, "interval", seconds=lease.RENEW_SECONDS, executor="lease")
        self._scheduler.start()

    def stop(self) -> None:
        """Stop after the batch that is running, and let another process lead."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
        if self.leads:
            self.leads = False
            try:
                lease.let_go(self._database, self.process)
            except DBAPIError as error:
                log.warning("the lease will lapse by itself: %s", error.orig)

    def renew(self) -> None:
        """Hold the leader's lease, or take it when its holder has gone."""
        try:
            leads = lease.hold(self._database, self.process)
        except DBAPIError as error:
            leads = False
            log.warning("no lease: %s", _said(error))
        if leads != self.leads:
            log.info("%s %s", self.process, "leads now" if leads else "does not lead any more")
            # a new leader looks at the registry at once: the old one may have died before it did
            self._enrolled_at = float("-inf")
        self.leads = leads

    def tick(self) -> TickResult | None:
        """One tick now, with the day's roll before it when a day began.

        None when it failed (the error is kept), or while the leader brings the registry to a new day: until then rules
        would read yesterday's days past due.
        """
        began = time.perf_counter()
        now = self._clock()
        leads = self.leads
        enrol = leads and began - self._enrolled_at >= self._settings.enrol_seconds
        try:
            if leads:
                self._keep(now)
            if not self._roll(now, leads=leads):
                self._beat(tick_at=now, seconds=time.perf_counter() - began)
                return None
            result = run_tick(
                self._database, now=now, settings=self._settings, timer=time.perf_counter, enrol=enrol, upkeep=leads,
                stop=lambda: self._is_to_end(began, led=leads),
                randomness=self._randomness, pause=self._stopping.wait,
            )  # fmt: skip
        except Exception as error:
            said = self._tell(error)
            self._beat(tick_at=now, seconds=time.perf_counter() - began, error=said)
            return None
        if enrol:
            self._enrolled_at = began
        self._retries += result.retries
        self._beat(tick_at=now, seconds=result.seconds)
        return result

    def _is_to_end(self, began: float, *, led: bool) -> bool:
        """Whether a tick ends after its batch: this process stops, others want to begin anew, or it has become the
        leader, whose first tick is to look at the registry at once.
        """
        return self._stopping.is_set() or time.perf_counter() - began > LONGEST_TICK or (self.leads and not led)

    def send(self, only: str | None = None) -> None:
        """Empty the outbox, as far as it is due, of one connector or all of them; or have it emptied."""
        began, sent = time.perf_counter(), 0
        now = self._clock()
        try:
            if self._hand_over is not None:
                self._hand_over(self._clock())
                return
            while not self._stopping.is_set():
                done = self._deliver(only)
                if not done.taken and (done.wait is None or self._stopping.wait(done.wait)):
                    break
                sent += done.sent
            if sent:
                with self._database.write() as session:
                    home, seconds = self._settings.time_zone, time.perf_counter() - began
                    note(session, "send", now=now, home=home, seconds=seconds, messages=sent)
        except Exception as error:
            self._tell(error)

    def _deliver(self, only: str | None) -> Delivered:
        return deliver(
            self._database, self._connectors, vault=self._vault, now=self._clock(), settings=self._settings,
            randomness=self._randomness, limit=ROUND, only=only, clock=self._clock, stop=self._stopping.is_set,
        )  # fmt: skip

    def give_up_unknown(self) -> None:
        """Let messages fail whose connector is not installed any more."""
        try:
            give_up_unknown(self._database, self._connectors, now=self._clock())
        except Exception as error:
            self._tell(error)

    def listen(self, key: str) -> None:
        """Ask a live connector what became of its messages; the leader's affair."""
        try:
            if self.leads:
                listen(
                    self._database, self._connectors, key, vault=self._vault, clock=self._clock, settings=self._settings
                )
        except Exception as error:
            self._tell(error)

    def settle(self) -> None:
        """Match reports that came before the answer to their message; the leader's affair."""
        channels = {key: connector.channels for key, connector in self._connectors.items()}
        home = self._settings.time_zone
        try:
            while self.leads and settle_early(self._database, channels, now=self._clock(), time_zone=home):
                pass
        except Exception as error:
            self._tell(error)

    def group(self) -> None:
        """Bring the counts by groups of borrowers up to date; the leader's affair."""
        attempts = Attempts(self._randomness, self._stopping.wait)
        try:
            while self.leads and not self._stopping.is_set():
                if attempts.make(self._group) == 0:
                    return
        except Exception as error:
            self._tell(error)

    def _group(self) -> int:
        with self._database.write() as session:
            return cohorts.group(session)

    def _keep(self, now: datetime) -> None:
        """The day's upkeep. It is no reason not to tick when it fails; what was busy is tried at the next tick."""
        if self._kept_on == now.date():
            return
        try:
            chosen = self._settings
            kept = keep(
                self._database, now=now, months=chosen.history_months, days=chosen.told_days, most=MOST_FORGOTTEN
            )
        except DBAPIError as error:
            log.warning("no upkeep: %s", _said(error))
            kept = Kept()
        if kept.made or kept.detached:
            log.info("partitions made: %s; detached: %s", ", ".join(kept.made), ", ".join(kept.detached))
        if not kept.put_off:
            self._kept_on = now.date()

    def _roll(self, now: datetime, *, leads: bool) -> bool:
        """Whether the registry stands at the day it is; the leader brings it there.

        The day is kept with the lease, so a new leader does not begin anew.
        """
        zone = self._settings.time_zone
        today = local_day(now, zone)
        with self._database.read() as session:
            rolled_on = session.scalar(select(Lease.rolled_on).where(Lease.name == lease.LEADER))
        if rolled_on == today:
            return True
        if rolled_on is not None and rolled_on > today:
            if start_of(rolled_on, zone) - now < CLOCK_DRIFT:
                return True
            log.warning("the clock was put back from %s to %s: the registry goes back with it", rolled_on, today)
        if not leads:
            return False
        attempts = Attempts(self._randomness, self._stopping.wait)
        roll_registry(self._database, on=today, now=now, time_zone=zone, attempts=attempts)
        with self._database.write() as session:
            audit.record(
                session, at=now, actor="engine", action="registry.rolled", subject_type="registry",
                subject_id=today.isoformat(),
            )  # fmt: skip
        lease.note_roll(self._database, today)
        return True

    def _tell(self, error: Exception) -> str:
        """Log an error once, with its trace only when nobody foresaw it; what a person may read of it."""
        if isinstance(error, DBAPIError) and failure_of(error) in _WORDS:
            said = _said(error)
            log.warning("%s", said)
            return said
        log.error("the engine failed", exc_info=error)
        return f"{type(error).__name__}: {error}"

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
                beat.retries = self._retries
                if started:
                    beat.started_at = now
                if tick_at is not None:
                    beat.last_tick_at = tick_at
                    beat.last_tick_ms = int(seconds * 1000)
                    beat.last_error = error[:500] if error else None
        except DBAPIError as failed:
            log.warning("no heartbeat could be written: %s", _said(failed))

    def _heartbeat(self, session: Session, now: datetime) -> Heartbeat:
        beat = session.get(Heartbeat, self.process)
        if beat is None:
            beat = Heartbeat(process=self.process, started_at=now, seen_at=now)
            session.add(beat)
        return beat


def _said(error: DBAPIError) -> str:
    return _WORDS.get(failure_of(error)) or str(error.orig)

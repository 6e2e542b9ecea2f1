"""One attempt at a job: how the work reports, learns that it is to end, and makes sure that it still is the one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.errors import Halted
from scenario_engine.jobs import ledger
from scenario_engine.models import Job

log = logging.getLogger(__name__)


class Cancelled(Halted):
    """Somebody asked the job to end."""


class Stopping(Halted):
    """This process ends; another will go on."""


class Attempt:
    """What the work of a job is given."""

    def __init__(
        self, database: Database, job: Job, *, clock: Callable[[], datetime], stopping: threading.Event
    ) -> None:
        """`job` is as it was claimed; `stopping` is set when this process ends."""
        self.job = job
        self.clock = clock
        self._database = database
        self._stopping = stopping
        self._progress: tuple[int, int | None] = (0, None)
        self._is_lost = False

    @property
    def params(self) -> Mapping[str, Any]:
        """What was asked for."""
        return self.job.params

    def report(self, done: int, total: int | None = None) -> None:
        """Say how far the work is. Raises `Halted` when it is to end."""
        self._progress = (done, total)
        self._refuse_halted()
        with self._database.write() as session:
            asked = self._beat(session)
        if asked:
            raise Cancelled

    def step(self) -> None:
        """Raise `Halted` when the work is to end. Writes nothing, so it may stand inside a transaction."""
        if self.is_cancelled():
            raise Cancelled

    def is_cancelled(self) -> bool:
        """Whether somebody asked the job to end. Raises `Halted` for every other reason to end."""
        self._refuse_halted()
        with self._database.read() as session:
            return ledger.look(session, self.job)

    def is_halted(self) -> bool:
        """Whether the work is to end for another reason than somebody's wish; asks nobody."""
        return self._is_lost or self._stopping.is_set()

    def rest(self, seconds: float) -> None:
        """Wait; less when this process ends."""
        self._stopping.wait(seconds)

    def hold(self, session: Session) -> None:
        """Make the caller's transaction depend on the job still being ours. Call it last. Raises `Halted`."""
        if self._beat(session):
            raise Cancelled

    @contextmanager
    def alive(self, every: float) -> Iterator[None]:
        """Meanwhile a sign of life goes out every so many seconds, whatever the work is busy with."""
        ended = threading.Event()
        pulse = threading.Thread(target=self._pulse, args=(ended, every), name=f"job-{self.job.id}-pulse", daemon=True)
        pulse.start()
        try:
            yield
        finally:
            ended.set()
            pulse.join()

    def _pulse(self, ended: threading.Event, every: float) -> None:
        while not ended.wait(every):
            try:
                with self._database.write() as session:
                    self._beat(session)
            except ledger.Lost:
                self._is_lost = True
                return
            except Exception:  # the database is away, or somebody holds SQLite's lock: the next one may come through
                log.warning("no sign of life of job %s could be written", self.job.id, exc_info=True)

    def _beat(self, session: Session) -> bool:
        done, total = self._progress
        return ledger.beat(session, self.job, done=done, total=total)

    def _refuse_halted(self) -> None:
        if self._is_lost:
            raise ledger.Lost
        if self._stopping.is_set():
            raise Stopping

"""Where jobs are handed in, looked after and taken back: what a process needs that starts them or works on them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Unpack

from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.jobs import ledger
from scenario_engine.jobs.kind import JobKind
from scenario_engine.jobs.runner import Runner
from scenario_engine.jobs.threads import Threads
from scenario_engine.models import Job
from scenario_engine.ports import JobBackend

log = logging.getLogger(__name__)


class Desk:
    """The jobs of one installation, as one process sees them. What it says is the same in every process."""

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobKind],
        *,
        clock: Callable[[], datetime],
        process: str,
        silence: timedelta,
        threads: int,
        queue: JobBackend | None = None,
        chores: Sequence[Callable[[datetime], object]] = (),
    ) -> None:
        """`queue` carries ids to workers elsewhere; without it `threads` threads of this process do the jobs. `chores`
        are done whenever jobs are looked after: short things, harmless when several processes do them.
        """
        self._chores = chores
        self.kinds = kinds
        self._database = database
        self._clock = clock
        self._silence = silence
        self.runner = Runner(database, kinds, clock=clock, process=process, silence=silence)
        self._threads = Threads(self.runner.run, threads=threads)
        self._backend: JobBackend = queue or self._threads

    def submit(self, session: Session, kind: str, **asked: Unpack[ledger.Asked]) -> Job:
        """A new job in the caller's transaction; `dispatch` it after the commit. What people ask for is audited.

        Conflict while a job with the same key is active.
        """
        asked["noted"] = asked.get("noted") or {} if self.kinds[kind].audited else None
        return ledger.submit(session, kind, **asked)

    def dispatch(self, job_id: int) -> None:
        """Tell a worker of the job. When none can be told it stays queued, and is told of later."""
        if self.runner.stopping.is_set():
            return
        try:
            self._backend.dispatch(job_id)
        except OSError as error:
            log.warning("the queue of jobs cannot be reached: %s", error)
            with self._database.write() as session:
                ledger.untell(session, job_id)

    def cancel(self, session: Session, job_id: int, *, actor: str, now: datetime) -> Job:
        """End a job that waits, and have one that runs end at its next step. NotFound, Conflict."""
        job = ledger.ask_to_cancel(session, job_id, actor=actor, now=now)
        if job.state == "cancelled":
            kind = self.kinds.get(job.kind)
            job.finished_at, job.expires_at = now, now + (kind.kept if kind else JobKind.kept)
            session.flush()
            if kind is not None:
                kind.conclude(session, job, now)
        return job

    def repeat(self, session: Session, job_id: int, *, actor: str, now: datetime) -> Job:
        """Have a job that failed or was cancelled done again; `dispatch` it after the commit. NotFound, Conflict."""
        kind = self.kinds.get(ledger.find(session, job_id).kind)
        if kind is not None:
            kind.check_repeat(ledger.find(session, job_id))
        job = ledger.queue_again(session, job_id, actor=actor, now=now)
        if kind is not None:
            kind.repeat(session, job, now)
        return job

    def start(self) -> None:
        """Look after jobs that nobody works on, from now on; returns at once."""
        self._threads.look_every(min(5.0, self._silence.total_seconds() / 3), self.look)

    def stop(self) -> None:
        """Hand back what runs here, so that another process goes on with it. Safe to repeat."""
        self.runner.stopping.set()
        self._backend.stop()
        self._threads.stop()

    def look(self) -> None:
        """Tell workers of jobs that were left alone, and clear away old ones. Raises nothing."""
        try:
            for job_id in self._take_free():
                self.dispatch(job_id)
            self._clear()
        except Exception:
            log.exception("jobs could not be looked after")
        for chore in self._chores:
            try:
                chore(self._clock())
            except Exception:
                log.exception("a chore failed")

    def _take_free(self) -> list[int]:
        with self._database.read() as session:
            if not ledger.is_anything_free(session, silence=self._silence):
                return []
        with self._database.write() as session:
            return list(ledger.take_free(session, silence=self._silence))

    def _clear(self) -> None:
        with self._database.read() as session:
            old = ledger.expired(session, self._clock())
        if not old:
            return
        for job in old:
            if job.kind in self.kinds:
                self.kinds[job.kind].discard(job)
        with self._database.write() as session:
            ledger.remove(session, [job.id for job in old])

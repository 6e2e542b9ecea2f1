"""The worker's side: claim the row, do the work, write its end down."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.errors import KaskadError
from scenario_engine.jobs import ledger
from scenario_engine.jobs.attempt import Attempt, Cancelled, Stopping
from scenario_engine.jobs.kind import JobKind
from scenario_engine.models import Job
from scenario_engine.texts import Text

log = logging.getLogger(__name__)

#: actor of what the server does by itself
SERVER = "server"
#: signs of life within the time after which a job counts as left alone
_BEATS = 6

_DIED = Text(
    "The job was begun {n} times, and each time its worker stopped in the middle; nothing half-done was kept. "
    "Start it again, or tell an administrator.",
    "Операцию начинали несколько раз ({n}), и каждый раз её исполнитель обрывался; ничего недоделанного не осталось. "
    "Запустите её снова или сообщите администратору.",
)
_BROKEN = Text(
    "Something went wrong on our side; nothing half-done was kept. Start it again, or tell an administrator.",
    "Что-то пошло не так на нашей стороне; ничего недоделанного не осталось. Запустите операцию снова или сообщите "
    "администратору.",
)
_UNKNOWN = Text(
    "This program does not know such jobs: is another version of it running?",
    "Эта программа не знает таких операций: не запущена ли другая её версия?",
)


class Runner:
    """Works on jobs one after another, in as many threads as call it."""

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, JobKind],
        *,
        clock: Callable[[], datetime],
        process: str,
        silence: timedelta,
    ) -> None:
        """`process` names this process among all; after `silence` without a sign of life a job is free again."""
        self.stopping = threading.Event()
        self._database = database
        self._kinds = kinds
        self._clock = clock
        self._process = process
        self._silence = silence
        self._numbers = itertools.count(1)

    def run(self, job_id: int) -> None:
        """Do the job when it is free; return when this attempt at it is over. Raises nothing."""
        try:
            attempt = None if self.stopping.is_set() else self._take_up(job_id)
            if attempt is not None:
                self._attempt(attempt)
        except ledger.Lost:
            log.warning("job %s was taken over by another worker", job_id)
        except Exception:  # the job stays as it is; its silence makes it free again
            log.exception("job %s was left alone", job_id)

    def _take_up(self, job_id: int) -> Attempt | None:
        now = self._clock()
        worker = f"{self._process}#{next(self._numbers)}"
        with self._database.write() as session:
            job = ledger.claim(session, job_id, worker=worker, now=now, silence=self._silence)
            if job is None:
                return None
            kind = self._kinds.get(job.kind)
            if job.cancel_asked:
                self._end(session, job, "cancelled")
            elif kind is None:
                self._end(session, job, "failed", error=_UNKNOWN)
            elif job.attempts > kind.most_attempts:
                self._end(session, job, "failed", error=_DIED.format(n=kind.most_attempts))
            else:
                kind.repeat(session, job, now)
                return Attempt(self._database, job, clock=self._clock, stopping=self.stopping)
        return None

    def _attempt(self, attempt: Attempt) -> None:
        kind = self._kinds[attempt.job.kind]
        error: Text | None = None
        result: Mapping[str, Any] | None = None
        with attempt.alive(self._silence.total_seconds() / _BEATS):
            try:
                result, state = kind.work(attempt), "done"
            except Stopping:
                with self._database.write() as session:
                    ledger.hand_back(session, attempt.job)
                return
            except Cancelled:
                state = "cancelled"
            except KaskadError as refusal:
                state, error = "failed", refusal.text
            except (ledger.Lost, OperationalError, InterfaceError):
                raise  # the database went away, or the job did: nothing can be written now
            except Exception:
                log.exception("job %s failed", attempt.job.id)
                state, error = "failed", _BROKEN
            with self._database.write() as session:
                self._end(session, attempt.job, state, result=result, error=error)

    def _end(
        self,
        session: Session,
        job: Job,
        state: str,
        *,
        result: Mapping[str, Any] | None = None,
        error: Text | None = None,
    ) -> None:
        now, kind = self._clock(), self._kinds.get(job.kind)
        kept = kind.kept if kind else JobKind.kept
        ended = ledger.end(session, job, state, now=now, kept=kept, result=result, error=error)
        if kind is not None:
            kind.conclude(session, ended, now)
            if kind.audited:
                ledger.note(session, ended, "job.finished", SERVER, now, state=state, attempts=ended.attempts)

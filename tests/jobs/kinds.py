"""A kind of job for tests, and desks of several processes on one database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Float, literal, update
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.jobs import Attempt, Desk, JobKind
from scenario_engine.models import Job
from scenario_engine.sql import shift_instant
from scenario_engine.texts import Text

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SILENCE = timedelta(seconds=60)


class Count(JobKind):
    """Counts to `params["to"]`; what happens at each step is the test's choice."""

    key = "count"
    title = Text("Counting", "Счёт")
    most_attempts = 2

    def __init__(self, at_step: Callable[[Attempt, int], None] = lambda _attempt, _step: None) -> None:
        self.at_step = at_step
        self.repeated: list[int] = []
        self.concluded: list[tuple[int, str]] = []
        self.discarded: list[int] = []

    def work(self, attempt: Attempt) -> Mapping[str, Any]:
        to = int(attempt.params["to"])
        for step in range(1, to + 1):
            self.at_step(attempt, step)
            attempt.report(step, to)
        return {"counted": to}

    def repeat(self, session: Session, job: Job, now: datetime) -> None:
        self.repeated.append(job.id)

    def conclude(self, session: Session, job: Job, now: datetime) -> None:
        self.concluded.append((job.id, job.state))

    def discard(self, job: Job) -> None:
        self.discarded.append(job.id)


@dataclass
class Queue:
    """A backend that only remembers what it was told."""

    told: list[int] = field(default_factory=list)
    broken: bool = False

    def dispatch(self, job_id: int) -> None:
        if self.broken:
            raise ConnectionRefusedError("nobody listens")
        self.told.append(job_id)

    def stop(self) -> None:
        pass


class Clock:
    """A clock that stands until it is put forward."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def a_desk(
    database: Database, kind: JobKind, clock: Clock, *, process: str = "one", queue: Queue | None = None
) -> Desk:
    """A process's desk, with a queue that only remembers unless told otherwise."""
    return Desk(
        database, {kind.key: kind}, clock=clock, process=process, silence=SILENCE, threads=1, queue=queue or Queue()
    )


def hand_in(desk: Desk, database: Database, *, to: int = 3, key: str | None = None, now: datetime = NOW) -> int:
    """A job that counts, committed; its id."""
    with database.write() as session:
        job = desk.submit(
            session, "count", title=Text("Counting", "Счёт"), params={"to": to}, actor="ann", now=now, key=key
        )
        return job.id


def look_up(database: Database, job_id: int) -> Job:
    """The row."""
    with database.read() as session:
        return session.get_one(Job, job_id)


def let_pass(database: Database, seconds: float) -> None:
    """As if the database's clock had gone on: what it wrote into the rows of jobs lies further back."""
    with database.write() as session:
        earlier = {
            name: shift_instant(column, literal(-seconds, Float()))
            for name, column in (("heartbeat_at", Job.heartbeat_at), ("sent_at", Job.sent_at))
        }
        session.execute(update(Job).values(earlier))


def die(_attempt: Attempt, step: int) -> None:
    """As when the process is killed at the second step: nothing more is written."""
    if step == 2:
        raise Killed


class Killed(BaseException):
    """Stands for kill -9 inside a test: no handler of the runner sees it."""


def run_and_die(desk: Desk, job_id: int) -> None:
    """Run the job in a thread that ends as a killed process does: the row stays as it was."""
    thread = threading.Thread(target=_swallow, args=(desk, job_id))
    thread.start()
    thread.join(30)


def _swallow(desk: Desk, job_id: int) -> None:
    try:
        desk.runner.run(job_id)
    except Killed:
        return
    raise AssertionError("the work was to be killed")

"""Figures of the engine, read from its database: every web process sees the same, whoever runs the engine.

Each is a look through an index; none reads the history of cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.orm import Session

from scenario_engine.models import Batch, Case, Heartbeat, Job, Lease, Message, Scenario, Signal
from scenario_engine.models.job import ACTIVE
from scenario_engine.models.message import IN_QUEUE

#: a process that has not been seen for so long has stopped
STOPPED_AFTER = timedelta(seconds=60)
#: work that waits longer than this makes the engine late
LATE_AFTER = timedelta(seconds=60)
#: kinds of batches in the order of a tick: signals, enrolment, cases, counters, the outbox
STAGES = ("signal", "enrol", "advance", "fold", "send")
#: records older than this are complete: no transaction that writes one takes so long
_SETTLED = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What one stage did."""

    batches: int = 0
    cases: int = 0
    messages: int = 0
    #: wall time, microseconds
    micros: int = 0
    slowest: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(
            batches=self.batches + other.batches,
            cases=self.cases + other.cases,
            messages=self.messages + other.messages,
            micros=self.micros + other.micros,
            slowest=max(self.slowest, other.slowest),
        )


@dataclass(frozen=True, kw_only=True)
class Queues:
    """What waits, and for how long."""

    #: since the oldest due case should have moved on
    lag_seconds: int
    due_cases: int
    active_cases: int
    set_aside: int
    queued_messages: int
    waiting_signals: int
    queued_jobs: int
    running_jobs: int


def queues(session: Session, now: datetime) -> Queues:
    """How much waits now."""
    lag, due = backlog(session, now)
    jobs = dict(session.execute(select(Job.state, func.count()).where(Job.state.in_(ACTIVE)).group_by(Job.state)).all())
    return Queues(
        lag_seconds=lag,
        due_cases=due,
        active_cases=_count(session, Case, Case.ended_at.is_(None)),
        # spelled as the partial indexes have it: SQLite uses them for no other spelling
        set_aside=_count(session, Case, text("cases.end_reason = 'failed'")),
        queued_messages=_count(session, Message, and_(IN_QUEUE, Message.state == "queued")),
        waiting_signals=_count(session, Signal, text("NOT signals.handled")),
        queued_jobs=jobs.get("queued", 0),
        running_jobs=jobs.get("running", 0),
    )


def backlog(session: Session, now: datetime) -> tuple[int, int]:
    """Seconds for which the oldest due case waits, and how many are due. Cases of a paused scenario are not late."""
    runs = Case.scenario_id.in_(select(Scenario.id).where(Scenario.state != "paused"))
    oldest, due = session.execute(
        select(func.min(Case.due_at), func.count()).where(Case.due_at <= now, Case.ended_at.is_(None), runs)
    ).one()
    return (max(0, int((now - oldest).total_seconds())) if oldest else 0), due


def work(session: Session, *where: ColumnElement[bool]) -> dict[str, Work]:
    """What the stages did in the batches that `where` names; every stage is there."""
    rows = session.execute(
        select(
            Batch.kind,
            func.count().label("batches"),
            func.sum(Batch.cases).label("cases"),
            func.sum(Batch.messages).label("messages"),
            func.sum(func.coalesce(Batch.micros, 0)).label("micros"),
            func.max(func.coalesce(Batch.micros, 0)).label("slowest"),
        )
        .where(Batch.kind.in_(STAGES), *where)
        .group_by(Batch.kind)
    )
    done = {
        row.kind: Work(
            batches=row.batches,
            cases=int(row.cases),
            messages=int(row.messages),
            micros=int(row.micros),
            slowest=int(row.slowest),
        )
        for row in rows
    }
    return {stage: done.get(stage, Work()) for stage in STAGES}


class Totals:
    """All that the stages ever did. What is settled is summed once and remembered."""

    def __init__(self) -> None:
        self._until = 0
        self._settled: Mapping[str, Work] = {stage: Work() for stage in STAGES}

    def read(self, session: Session, now: datetime) -> dict[str, Work]:
        """The totals by stage; they only grow, as long as the records of batches are kept."""
        newest = session.scalar(select(func.max(Batch.id)).where(Batch.at < now - _SETTLED)) or 0
        if newest > self._until:
            self._settled = _sum(self._settled, work(session, Batch.id > self._until, Batch.id <= newest))
            self._until = newest
        return _sum(self._settled, work(session, Batch.id > self._until))


def leader(session: Session, now: datetime) -> str | None:
    """The process that leads; null when nobody does."""
    return session.scalar(select(Lease.holder).where(Lease.name == "leader", Lease.until > now))


def alive(session: Session, now: datetime) -> list[Heartbeat]:
    """Engine processes that were seen of late, by name."""
    seen = select(Heartbeat).where(Heartbeat.seen_at >= now - STOPPED_AFTER).order_by(Heartbeat.process)
    return list(session.scalars(seen))


def _sum(left: Mapping[str, Work], right: Mapping[str, Work]) -> dict[str, Work]:
    return {stage: left[stage] + right[stage] for stage in STAGES}


def _count(session: Session, entity: type[Case | Message | Signal], where: object) -> int:
    return session.scalar(select(func.count()).select_from(entity).where(where)) or 0  # type: ignore[arg-type]

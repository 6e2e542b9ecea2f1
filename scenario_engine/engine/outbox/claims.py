"""Which messages leave next, and whose they are meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, Update, and_, case, exists, func, literal, or_, select, union_all, update
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.engine.outbox.arrangement import Arrangement
from scenario_engine.engine.outbox.gate import closed_gates, open_gate
from scenario_engine.models import Message, Scenario, Version, table_of
from scenario_engine.models.message import IN_QUEUE
from scenario_engine.registry.rowsets import changed, keys

#: after this long a claim is taken to be that of a process that died
CLAIM = timedelta(minutes=5)
#: a sender that is still at it says so when half of that is over
RENEW = CLAIM / 2


class Taken(NamedTuple):
    """A message that is ours, as far as sending it asks: named as the columns are."""

    id: int
    queued_at: datetime
    case_id: int
    node_id: int
    batch_id: int
    version_id: int
    loan_id: int
    borrower_id: int
    channel: str
    content: Mapping[str, Any]
    attempts: int
    due_at: datetime
    expires_at: datetime | None
    uncertain_at: datetime | None
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """Messages that are ours to send."""

    messages: Sequence[Taken]
    #: seconds until more may leave, when the rate is what they wait for
    wait: float | None = None


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether `deliver` would find a message that may leave."""
    open_now = Message.connector.not_in(closed_gates(now))
    return session.scalar(due(now).where(open_now).limit(1)) is not None


def due(now: datetime) -> Select[int, datetime]:
    """Messages whose time has come: id and when it was queued. Those of a scenario that is paused wait."""
    # a message that is being sent was due when it was taken, so the queue's index finds both
    ready = and_(IN_QUEUE, Message.due_at <= now, or_(Message.state == "queued", Message.claimed_at < now - CLAIM))
    return (
        select(Message.id, Message.queued_at)
        .join(Version, Version.id == Message.version_id)
        .join(Scenario, Scenario.id == Version.scenario_id)
        .where(ready, Scenario.state != "paused")
    )


def due_keys(session: Session, among: Sequence[str], now: datetime) -> list[str]:
    """The connectors among these for which messages are due."""
    if not among:
        return []
    asked = [select(literal(key).label("key")).where(exists(due(now).where(Message.connector == key))) for key in among]
    return sorted(session.scalars(union_all(*asked)))


def claim(database: Database, arrangement: Arrangement, *, now: datetime, most: int) -> Claimed:
    """Take up to `most` messages of a connector that are due and may leave. One that somebody had taken before, who
    then died, may have been sent.
    """
    with database.write() as session:
        key = arrangement.key
        gate = None
        if arrangement.is_live:
            gate = open_gate(session, key, rate=arrangement.rate, wanted=most, now=now)
            if not gate.room:
                return Claimed(messages=(), wait=gate.wait)
            most = gate.room
        rows = session.execute(
            # of those that are due at once the oldest: what a dead sender left goes before what nobody has touched
            due(now).where(Message.connector == key).order_by(Message.due_at, Message.id).limit(most)
            .with_for_update(of=Message, skip_locked=True)
        ).all()  # fmt: skip
        if not rows:
            return Claimed(messages=())
        if gate is not None:
            gate.take(len(rows), now)
        taken = (
            update(Message)
            .where(Message.id.in_(keys(session, [row.id for row in rows])))
            # on PostgreSQL only the months concerned are looked through
            .where(Message.queued_at.between(min(row.queued_at for row in rows), max(row.queued_at for row in rows)))
            .values(
                state="sending",
                claimed_at=now,
                attempts=Message.attempts + 1,
                uncertain_at=case(
                    (Message.state == "sending", func.coalesce(Message.uncertain_at, now)), else_=Message.uncertain_at
                ),
            )
        )
        return Claimed(messages=taken_by(session, taken), wait=gate.wait if gate else None)


def taken_by(session: Session, statement: Update) -> list[Taken]:
    """The messages that the statement changes, by id."""
    columns = table_of(Message).c
    returned = statement.returning(*(columns[name] for name in Taken._fields))
    rows = session.execute(returned, execution_options={"synchronize_session": False})
    return sorted((Taken._make(row) for row in rows), key=lambda message: message.id)


def renew(database: Database, messages: Sequence[Taken], *, claimed_at: datetime, now: datetime) -> None:
    """Say that we are still at it with those that are still ours."""
    with database.write() as session:
        mine = (Message.state == "sending", Message.claimed_at == claimed_at)
        ids = keys(session, [message.id for message in messages])
        changed(session, update(Message).where(Message.id.in_(ids), *mine).values(claimed_at=now))

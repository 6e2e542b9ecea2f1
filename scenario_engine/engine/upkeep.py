"""Upkeep of what grows for ever: on PostgreSQL the months ahead get their partitions, rows that came before their month
are moved into it, and months that need not be kept are detached (never dropped). On both databases the engine's own
records of transactions go when they are old and no trail needs them: every payment leaves one. So does what other
systems were told long ago, and what they told: reports on messages, answers about borrowers. The audit stays whole.

Any number of processes may call `keep` at once: one does the work, the others leave it to it. Each table is a
transaction of its own and waits for locks only for a moment, because everybody behind it waits too; what was busy is
put off to the next call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from scenario_engine import audit
from scenario_engine.database import Database, Failure, failure_of
from scenario_engine.models import (
    AuditEntry,
    Base,
    Batch,
    HeardReport,
    Heartbeat,
    Inquiry,
    Loan,
    Message,
    NewsDelivery,
    Trail,
)
from scenario_engine.models.message import IN_QUEUE
from scenario_engine.models.months import default_part, first_of, is_part, month_column, next_month, tables_by_month
from scenario_engine.models.triggers import AUDIT_DETACHED, AUDIT_PART

#: partitions are there for this month and so many after it
MONTHS_AHEAD = 2
#: rows older than that stay in the default partition: a wrong date must not make a table for each month of a century
MOST_MONTHS_BACK = 120
#: how long a change of a table may wait for those who use it
PATIENCE = "300ms"
#: signs of life of processes that have gone
HEARTBEATS_KEPT = timedelta(days=30)
#: records of transactions that moved no case; the Engine page looks back a day
RECORDS_KEPT = timedelta(days=30)
#: what other systems were told, whether they heard it or not
DELIVERIES_KEPT = timedelta(days=90)
#: records that one transaction removes
_SLICE = 5_000
#: kinds of transactions that write no trail
_TRAILLESS = ("enrol", "fold", "send")
#: any number, the same for all
_LOCK = 7_190_267


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What upkeep did, or would do."""

    #: partitions made
    made: Sequence[str] = ()
    #: rows moved out of default partitions, by table
    moved: Mapping[str, int] = field(default_factory=dict)
    detached: Sequence[str] = ()
    #: old records of transactions that were removed
    forgotten: int = 0
    #: old webhook deliveries that were removed
    told: int = 0
    #: old reports on messages that were removed
    heard: int = 0
    #: old answers about borrowers that were removed
    answers: int = 0
    #: months that are old enough but hold messages that have not left yet
    in_use: Sequence[str] = ()
    #: tables that were busy: the next call tries again
    put_off: Sequence[str] = ()


def keep(
    database: Database,
    *,
    now: datetime,
    months: int = 0,
    days: int = 0,
    dry_run: bool = False,
    most: int | None = None,
) -> Kept:
    """Do the upkeep that is due at `now`; nothing when it was done already.

    `months` are kept beside the current one, and what other systems told for so many `days` (0: all). `dry_run` only
    says what would be done. At `most` so many records of a kind are removed; the next call goes on.
    """
    if not dry_run:
        with database.write() as session:
            session.execute(delete(Heartbeat).where(Heartbeat.seen_at < now - HEARTBEATS_KEPT))
    if database.dialect != "postgresql":
        forgotten = _forget(database, _useless(now), dry_run=dry_run, most=most)
        return Kept(forgotten=forgotten, **_clear(database, now, days, forgotten, dry_run=dry_run, most=most))
    made: list[str] = []
    moved: dict[str, int] = {}
    detached: list[str] = []
    in_use: list[str] = []
    put_off: list[str] = []
    for table in tables_by_month(Base.metadata):
        try:
            with database.write() as session:
                if not _alone(session):
                    put_off.append(table.name)
                    continue
                todo = _todo(session, table, now, months)
                in_use += todo.in_use
                if not dry_run:
                    moved |= {table.name: rows} if (rows := _make(session, table, todo.missing)) else {}
                    for part in todo.old:
                        _detach(session, table, part, now)
        except DBAPIError as error:
            if failure_of(error) is not Failure.CONFLICT:
                raise
            put_off.append(table.name)
            continue
        made += [part_of(table, month) for month in todo.missing]
        detached += todo.old
    useless = _useless(now)
    if months and Trail.__tablename__ not in put_off:
        oldest = datetime.combine(_back(first_of(now), months), time(), UTC)
        useless = or_(useless, Batch.at < oldest)  # their trails have left
    forgotten = _forget(database, useless, dry_run=dry_run, most=most)
    cleared = _clear(database, now, days, forgotten, dry_run=dry_run, most=most)
    cleared["put_off"] = (*put_off, *cleared["put_off"])
    return Kept(
        made=tuple(made), moved=moved, detached=tuple(detached), forgotten=forgotten, in_use=tuple(in_use), **cleared
    )


def _useless(now: datetime) -> ColumnElement[bool]:
    """Over `Batch`: nobody looks so far back, and no case's history is found by it."""
    return and_(Batch.at < now - RECORDS_KEPT, or_(Batch.cases == 0, Batch.kind.in_(_TRAILLESS)))


def _forget(database: Database, which: ColumnElement[bool], *, dry_run: bool, most: int | None) -> int:
    """Remove records; how many. Those that are not grouped yet stay, and the newest: the ids go on from it."""
    newest = select(func.max(Batch.id)).scalar_subquery()
    with database.read() as session:
        ids = session.scalars(
            select(Batch.id).where(which, Batch.grouped, Batch.id < newest).order_by(Batch.id).limit(most)
        ).all()
    for start in range(0, 0 if dry_run else len(ids), _SLICE):
        with database.write() as session:
            old = delete(Batch).where(Batch.id.in_(ids[start : start + _SLICE]))
            session.execute(old.execution_options(synchronize_session=False))
    return len(ids)


def _clear(
    database: Database, now: datetime, days: int, forgotten: int, *, dry_run: bool, most: int | None
) -> dict[str, Any]:
    """Remove what was told long ago and does not wait any more: how much, as `Kept` has it. A table from which a call
    removed all that it might is put off to the next one; `forgotten` records are among these.
    """
    old = (NewsDelivery.happened_at < now - DELIVERIES_KEPT, NewsDelivery.state.in_(("sent", "failed")))
    told = _remove(database, NewsDelivery, NewsDelivery.happened_at, and_(*old), dry_run=dry_run, most=most)
    heard = answers = 0
    if days:
        since = now - timedelta(days=days)
        of_reports, of_answers = HeardReport.heard_at < since, _past(since)
        heard = _remove(database, HeardReport, HeardReport.heard_at, of_reports, dry_run=dry_run, most=most)
        answers = _remove(database, Inquiry, Inquiry.asked_at, of_answers, dry_run=dry_run, most=most)
    found = {"batches": forgotten, "deliveries": told, "reports": heard, "inquiries": answers}
    put_off = tuple(name for name, removed in found.items() if removed == most)
    return {"told": told, "heard": heard, "answers": answers, "put_off": put_off}


def _past(since: datetime) -> ColumnElement[bool]:
    """Over `Inquiry`: it is over, and was made before that. The last answer about an open loan stays, because the next
    one is judged by it.
    """
    later = aliased(Inquiry)
    newer = exists().where(
        later.loan_id == Inquiry.loan_id, later.subject == Inquiry.subject, later.facts.is_not(None),
        later.answered_at > Inquiry.answered_at,
    )  # fmt: skip
    is_open = exists().where(Loan.id == Inquiry.loan_id, Loan.state == "open")
    is_over = Inquiry.state.in_(("answered", "failed"))
    return and_(Inquiry.asked_at < since, is_over, or_(Inquiry.facts.is_(None), newer, ~is_open))


def _remove(
    database: Database,
    entity: type[Any],
    age: InstrumentedAttribute[datetime],
    which: ColumnElement[bool],
    *,
    dry_run: bool,
    most: int | None,
) -> int:
    """Remove the rows, the oldest first; how many."""
    with database.read() as session:
        ids = session.scalars(select(entity.id).where(which).order_by(age, entity.id).limit(most)).all()
    for start in range(0, 0 if dry_run else len(ids), _SLICE):
        with database.write() as session:
            # one that is sent again meanwhile stays
            gone = delete(entity).where(which, entity.id.in_(ids[start : start + _SLICE]))
            session.execute(gone.execution_options(synchronize_session=False))
    return len(ids)


def part_of(table: Table, month: date) -> str:
    """Name of the partition of a month."""
    return f"{table.name}_{month:%Y_%m}"


def detached_parts(session: Session) -> list[str]:
    """Months that were detached and are still in the database, sorted."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    loose = session.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition"
            " AND relnamespace = current_schema()::regnamespace"
        )
    )
    return sorted(name for name in loose if is_part(name, Base.metadata))


def left_in_default(session: Session) -> dict[str, int]:
    """Rows in the default partitions, by table; only those that have some."""
    if session.get_bind().dialect.name != "postgresql":
        return {}
    names = [table.name for table in tables_by_month(Base.metadata)]
    counted = {name: session.scalar(text(f"SELECT count(*) FROM {default_part(name)}")) or 0 for name in names}
    return {name: rows for name, rows in counted.items() if rows}


@dataclass(frozen=True, kw_only=True)
class _Todo:
    #: first days of the months that lack a partition
    missing: Sequence[date]
    #: partitions to detach
    old: Sequence[str]
    in_use: Sequence[str]


def _alone(session: Session) -> bool:
    """Nobody else does the upkeep while this transaction lasts."""
    session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}))


def _todo(session: Session, table: Table, now: datetime, months: int) -> _Todo:
    there = set(
        session.scalars(
            text(
                "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                " WHERE i.inhparent = to_regclass(:name)"
            ),
            {"name": table.name},
        )
    )
    ahead = [first_of(now)]
    for _ in range(MONTHS_AHEAD):
        ahead.append(next_month(ahead[-1]))
    wanted = sorted({*ahead, *_months_in_default(session, table, back_to=_back(ahead[0], MOST_MONTHS_BACK))})
    missing = [month for month in wanted if month <= ahead[-1] and part_of(table, month) not in there]
    if not months:
        return _Todo(missing=missing, old=(), in_use=())
    oldest = part_of(table, _back(ahead[0], months))
    old = sorted(name for name in there if name != default_part(table.name) and name < oldest)
    in_use = [name for name in old if table.name == Message.__tablename__ and _has_queued(session, name)]
    return _Todo(
        missing=[month for month in missing if part_of(table, month) >= oldest],
        old=[name for name in old if name not in in_use],
        in_use=in_use,
    )


def _months_in_default(session: Session, table: Table, back_to: date) -> Iterator[date]:
    column, part = month_column(table), default_part(table.name)
    rows = session.execute(text(f"SELECT DISTINCT date_trunc('month', {column} AT TIME ZONE 'UTC')::date FROM {part}"))
    return (month for (month,) in rows.all() if month >= back_to)


def _back(month: date, months: int) -> date:
    place = month.year * 12 + month.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)


def _has_queued(session: Session, part: str) -> bool:
    found = text(f"SELECT EXISTS (SELECT FROM {part} messages WHERE {IN_QUEUE.text})")
    return bool(session.scalar(found))


def _make(session: Session, table: Table, months: Sequence[date]) -> int:
    """Partitions for months; how many rows were waiting for them in the default partition.

    A partition is filled before it is attached: attaching holds up nobody who works in other months.
    """
    moved = 0
    held = table.name == AuditEntry.__tablename__
    default, column = default_part(table.name), month_column(table)
    names = ", ".join(each.name for each in table.columns)
    for month in months:
        part = part_of(table, month)
        low, high = (f"'{day:%Y-%m-%d} 00:00+00'" for day in (month, next_month(month)))
        inside = f"{column} >= {low} AND {column} < {high}"
        _do(session, f"CREATE TABLE {part} (LIKE {table.name} INCLUDING ALL EXCLUDING INDEXES)")
        _do(session, f"LOCK TABLE {default} IN ACCESS EXCLUSIVE MODE")
        if held:
            _do(session, AUDIT_PART.format(part=part))
            _do(session, f"ALTER TABLE {default} DISABLE TRIGGER audit_entries_held")
        take = f"WITH taken AS (DELETE FROM {default} WHERE {inside} RETURNING {names})"
        moved += _do(session, f"{take} INSERT INTO {part} ({names}) SELECT {names} FROM taken")
        if held:
            _do(session, f"ALTER TABLE {default} ENABLE TRIGGER audit_entries_held")
        _do(session, f"ALTER TABLE {table.name} ATTACH PARTITION {part} FOR VALUES FROM ({low}) TO ({high})")
    return moved


def _detach(session: Session, table: Table, part: str, now: datetime) -> None:
    _do(session, f"ALTER TABLE {table.name} DETACH PARTITION {part}")
    if table.name == AuditEntry.__tablename__:
        _do(session, AUDIT_DETACHED.format(part=part))
    audit.record(session, at=now, actor="engine", action="history.detached", subject_type="history", subject_id=part)


def _do(session: Session, statement: str) -> int:
    done = session.connection().exec_driver_sql(statement)
    return max(done.rowcount, 0)

"""Buckets: groups of DPD, and the signals that a loan changed from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Insert, Integer, Select, String, case, false, literal, null, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from scenario_engine.models import Signal, table_of
from scenario_engine.models.base import UtcDateTime
from scenario_engine.registry import rowsets
from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A range of DPD; `last` is null for the open end."""

    key: str
    title: Text
    first: int
    last: int | None


#: from the best to the worst; the edges follow the usual practice of Russian lenders
BUCKETS: tuple[Bucket, ...] = (
    Bucket(key="current", title=Text("Current", "Без просрочки"), first=0, last=0),
    Bucket(key="1-30", title=Text("1–30 days", "1–30 дней"), first=1, last=30),
    Bucket(key="31-60", title=Text("31–60 days", "31–60 дней"), first=31, last=60),
    Bucket(key="61-90", title=Text("61–90 days", "61–90 дней"), first=61, last=90),
    Bucket(key="90+", title=Text("Over 90 days", "Более 90 дней"), first=91, last=None),
)


def bucket_of(dpd: int, buckets: Sequence[Bucket] = BUCKETS) -> str:
    """The key of the bucket in which a loan of that DPD is."""
    return next(bucket.key for bucket in reversed(buckets) if dpd >= bucket.first)


def bucket_case(dpd: ColumnElement[int] | Any, buckets: Sequence[Bucket] = BUCKETS) -> ColumnElement[str]:
    """The same inside a statement."""
    worst_first = list(reversed(buckets))
    return case(
        *((dpd >= bucket.first, literal(bucket.key, String(10))) for bucket in worst_first[:-1]),
        else_=literal(worst_first[-1].key, String(10)),
    )


def bucket_rank(bucket: Any, buckets: Sequence[Bucket] = BUCKETS) -> ColumnElement[int]:
    """The position of a bucket's key, from 0 for the best; 0 for a key that is not known."""
    return case({entry.key: rank for rank, entry in enumerate(buckets)}, value=bucket, else_=0)


def tell_bucket(
    session: Session, kind: str, moved: Select[*tuple[Any, ...]], *, on: date, now: datetime, source: str
) -> int:
    """Write the signals of `bucket_signals`; how many were new."""
    return write_signals(
        session,
        bucket_signals(
            kind, moved, day=literal(on.isoformat(), String), now=literal(now, UtcDateTime()), source=literal(source)
        ),
    )


def bucket_signals(
    kind: str,
    moved: Select[*tuple[Any, ...]],
    *,
    day: ColumnElement[str],
    now: ColumnElement[datetime],
    source: ColumnElement[str],
) -> Select[*tuple[Any, ...]]:
    """Signals for the rows (loan_id, old, new) of `moved`: ``bucket_entered`` once a loan, day and new bucket,
    ``bucket_exited`` once a loan, day and old one. `day` is written as in 2026-03-31.
    """
    loan_id, old, new = moved.subquery("moved").c
    word, bucket = {"bucket_entered": ("bucket:", new), "bucket_exited": ("exited:", old)}[kind]
    return select(
        literal(word, String) + sql_cast(loan_id, String) + ":" + day + ":" + bucket,
        loan_id,
        literal(kind),
        now,
        rowsets.document({"from": old, "to": new}),
        source,
        false(),
        sql_cast(null(), Integer),
    ).where(loan_id.is_not(None))


def write_signals(session: Session, rows: Select[*tuple[Any, ...]]) -> int:
    """INSERT..SELECT of signals, see `insert_signals`; how many were new."""
    return rowsets.changed(session, insert_signals(rowsets.dialect_of(session), rows))


def insert_signals(dialect: str, rows: Select[*tuple[Any, ...]]) -> Insert:
    """INSERT..SELECT of signals (key, loan_id, kind, at, data, source, handled, payment_id); known keys are
    left alone.
    """
    columns = ["key", "loan_id", "kind", "at", "data", "source", "handled", "payment_id"]
    written: Insert = rowsets.insert_for(dialect, table_of(Signal)).from_select(columns, rows).on_conflict_do_nothing()
    return written

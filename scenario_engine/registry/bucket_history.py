"""The history of buckets: a row for each stay of a loan in a bucket, and a count of the buckets for each day.

The roll writes it, for all loans at once and only where something changed; a payment and a change of the contract
write it for their loans at once. A loan that a payment made better left its bucket on the day of the payment; one that
a roll finds worse did so on the day of the roll. The history of a loan begins with the first roll that saw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Insert,
    Select,
    Update,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from scenario_engine.models import BucketDay, BucketSpell, Loan, table_of
from scenario_engine.registry import rowsets
from scenario_engine.registry.buckets import BUCKETS, bucket_rank, tell_bucket

_SPELLS = table_of(BucketSpell)
#: what has to be known of a loan to keep its history
MOVES = ("id", "bucket", "state", "balance", "overdue", "last_payment_on")


def note(session: Session, *, on: date, now: datetime, scope: Sequence[ColumnElement[bool]], source: str) -> int:
    """Write down which of the loans in `scope` stand in another bucket than the history says.

    Tells ``bucket_exited`` (data: ``from``, ``to``), once a loan, day and bucket, for those that left a bucket of
    overdue debt, whichever way; gives how many did.
    """
    last = session.scalar(select(func.max(BucketSpell.id))) or 0
    today = literal(on, Date())
    stood = aliased(BucketSpell)
    if last:
        found = (
            select(Loan.id, Loan.bucket, _moved_on(stood, Loan, today), Loan.balance, Loan.overdue)
            .outerjoin(stood, and_(stood.loan_id == Loan.id, stood.until.is_(None)))
            .where(*scope, or_(stood.id.is_(None), stood.bucket != Loan.bucket))
        )
    else:
        # PostgreSQL would read the empty table for each loan, and each time find more rows of this statement in it
        found = select(Loan.id, Loan.bucket, today, Loan.balance, Loan.overdue).where(*scope)
    names = ["loan_id", "bucket", "since", "balance", "overdue"]
    if not rowsets.changed(session, rowsets.insert_into(session, BucketSpell).from_select(names, found)):
        return 0
    # the new rows are those above the last id: nothing has to be looked for among the others, and the offset has the
    # database begin with them
    new = select(BucketSpell.loan_id, BucketSpell.bucket, BucketSpell.since).where(BucketSpell.id > last)
    began = new.offset(0).subquery("began").c
    follows = and_(stood.id <= last, began.loan_id == stood.loan_id, stood.until.is_(None))
    moved = select(stood.loan_id, stood.bucket, began.bucket).where(follows)
    left = tell_bucket(
        session, "bucket_exited", moved.where(stood.bucket != BUCKETS[0].key), on=on, now=now, source=source
    )
    shut = update(stood).where(follows).values(until=began.since)
    rowsets.changed(session, shut)
    rowsets.forget(session, BucketSpell, ("until",))
    return left


def _moved_on(stood: Any, loan: Any, today: ColumnElement[date]) -> ColumnElement[date]:
    """The day on which a loan left where it stood."""
    better = and_(
        bucket_rank(loan.bucket) < bucket_rank(stood.bucket),
        loan.last_payment_on >= stood.since,
        loan.last_payment_on < today,
    )
    # a clock that was put back ends no stay before it began
    return case((better, loan.last_payment_on), (stood.since > today, stood.since), else_=today)


def left_by(loans: FromClause) -> Select[*tuple[int, str, str]]:
    """(loan_id, old, new) of those among `loans` (columns `MOVES`) that left a bucket of overdue debt; to be asked
    before `end`.
    """
    stood = _SPELLS.alias("stood")
    return select(stood.c.loan_id, stood.c.bucket, loans.c.bucket).where(
        *_elsewhere(stood.c, loans.c), stood.c.bucket != BUCKETS[0].key
    )


def begin(dialect: str, loans: FromClause, today: ColumnElement[date]) -> Insert:
    """Begin the stays of open loans that stand elsewhere than the history says. It must know them already."""
    stood = _SPELLS.alias("stood")
    names = ["loan_id", "bucket", "since", "balance", "overdue"]
    moved = _moved_on(stood.c, loans.c, today)
    found = select(loans.c.id, loans.c.bucket, moved, loans.c.balance, loans.c.overdue).where(
        *_elsewhere(stood.c, loans.c), loans.c.state == "open"
    )
    written: Insert = rowsets.insert_for(dialect, _SPELLS).from_select(names, found)
    return written


def end(loans: FromClause, today: ColumnElement[date]) -> Update:
    """End the stays of loans that stand elsewhere; after `begin`, or in one statement with it."""
    return update(_SPELLS).where(*_elsewhere(_SPELLS.c, loans.c)).values(until=_moved_on(_SPELLS.c, loans.c, today))


def _elsewhere(stood: Any, loan: Any) -> tuple[ColumnElement[bool], ...]:
    return stood.loan_id == loan.id, stood.until.is_(None), stood.bucket != loan.bucket


def close_day(session: Session, *, on: date) -> None:
    """After the roll of a day: end the stays of loans that are open no more, and count what the buckets hold."""
    gone = select(Loan.id).where(Loan.id == BucketSpell.loan_id, Loan.state != "open")
    paid_on = (
        select(
            case(
                (and_(Loan.last_payment_on >= BucketSpell.since, Loan.last_payment_on < on), Loan.last_payment_on),
                else_=literal(on, Date()),
            )
        )
        .where(Loan.id == BucketSpell.loan_id)
        .scalar_subquery()
    )
    rowsets.changed(session, update(BucketSpell).where(BucketSpell.until.is_(None), exists(gone)).values(until=paid_on))
    session.execute(delete(BucketDay).where(BucketDay.day == on))
    held = (
        select(literal(on, Date()), Loan.bucket, func.count(), func.sum(Loan.balance), func.sum(Loan.overdue))
        .where(Loan.state == "open")
        .group_by(Loan.bucket)
    )
    names = ["day", "bucket", "loans", "balance", "overdue"]
    session.execute(rowsets.insert_into(session, BucketDay).from_select(names, held))


def standing_on(day: date, name: str) -> Any:
    """The stays that cover the end of a day, as an alias of `BucketSpell` and the condition for it."""
    spell = aliased(BucketSpell, name=name)
    return spell, and_(spell.since <= day, or_(spell.until.is_(None), spell.until > day))

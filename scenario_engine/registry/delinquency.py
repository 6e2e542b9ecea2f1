"""How late the registry is: overdue debt, DPD and buckets, for all loans at once.

An instalment is overdue from the day after it fell due or, where the contract grants days of grace, from the day after
those. DPD is the number of whole days since the oldest instalment that is overdue fell due, 0 when nothing is; both in
days of the portfolio's time zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, aliased

from scenario_engine.models import Account, Instalment, Loan, LoanPause, Signal
from scenario_engine.models.base import UtcDateTime
from scenario_engine.registry import bucket_history, rowsets
from scenario_engine.registry.buckets import (
    BUCKETS,
    Bucket,
    bucket_case,
    bucket_rank,
    tell_bucket,
    write_signals,
)
from scenario_engine.registry.ledger import mirror
from scenario_engine.registry.ledger.roll import covers, paused_days
from scenario_engine.registry.ledger.roll import roll as charge
from scenario_engine.sql import days_between

#: an instalment missed longer ago than this is history, not news: no signal tells of it any more
NEWS_DAYS = 31

ROLLED_COLUMNS = ("overdue", "overdue_since", "dpd", "bucket", "next_due_on", "next_due_amount")


@dataclass(frozen=True, kw_only=True)
class Rolled:
    """What a roll did: loans whose numbers changed, and the signals it wrote."""

    changed: int
    entered: int
    exited: int
    missed: int


def on_schedule() -> ColumnElement[bool]:
    """The numbers of this loan follow from its instalments: serviced here, and there is a schedule."""
    line = aliased(Instalment)
    return and_(Loan.servicing == "kaskad", exists().where(line.loan_id == Loan.id))


def is_overdue(due_on: Any, grace: Any, today: ColumnElement[date]) -> ColumnElement[bool]:
    """Whether what fell due on a day and is not paid is overdue on day `today`, with so many days of grace."""
    return and_(due_on < today, or_(grace == 0, days_between(today, due_on) > grace))


def standing(lines: FromClause, today: ColumnElement[date]) -> Select[*tuple[Any, ...]]:
    """How loans stand on day `today` by the lines of their schedules (``loan_id, due_on, rest, grace``): ``loan_id,
    overdue, since`` (when the oldest of it fell due), ``next_on`` (when something falls due next), ``open_rest``.
    """
    rest, due_on = lines.c.rest, lines.c.due_on
    is_due = and_(rest > 0, is_overdue(due_on, lines.c.grace, today))
    return select(
        lines.c.loan_id,
        func.sum(case((is_due, rest), else_=0)).label("overdue"),
        func.min(case((is_due, due_on))).label("since"),
        func.min(case((and_(rest > 0, due_on >= today), due_on))).label("next_on"),
        func.sum(rest).label("open_rest"),
    ).group_by(lines.c.loan_id)


def measure(session: Session, *, on: date, loans: Select[int] | None = None) -> int:
    """Set overdue, overdue_since, dpd and the next instalment of loans with a schedule, as of day `on`.

    `loans` restricts it to these ids. The bucket stays. Gives the number of loans that changed.
    """
    today = literal(on, Date())
    lines = (
        select(
            Instalment.loan_id,
            Instalment.due_on,
            (Instalment.amount - Instalment.paid).label("rest"),
            Loan.dpd_grace_days.label("grace"),
        )
        .join(Loan, Loan.id == Instalment.loan_id)
        .where(Loan.servicing == "kaskad", Loan.state == "open")
    )
    if loans is not None:
        lines = lines.where(Instalment.loan_id.in_(loans))
    found = standing(lines.subquery("lines"), today).subquery("found")
    line = aliased(Instalment)
    next_amount = (
        select(func.sum(line.amount - line.paid))
        # the coalesce keeps SQLite from searching all loans' instalments of that day by the index on due_on
        .where(line.loan_id == found.c.loan_id, func.coalesce(line.due_on, line.due_on) == found.c.next_on)
        .correlate(found)
        .scalar_subquery()
    )
    dpd = func.coalesce(days_between(today, found.c.since), 0)
    values: dict[str, Any] = {
        "overdue": found.c.overdue,
        "overdue_since": found.c.since,
        "dpd": dpd,
        "next_due_on": found.c.next_on,
        "next_due_amount": next_amount,
    }
    differs = [
        Loan.overdue != found.c.overdue,
        Loan.dpd != dpd,
        Loan.overdue_since.is_distinct_from(found.c.since),
        Loan.next_due_on.is_distinct_from(found.c.next_on),
        Loan.next_due_amount.is_distinct_from(next_amount),
    ]
    changes = update(Loan).where(Loan.id == found.c.loan_id, or_(*differs)).values(**values)
    if loans is not None:
        # on both tables: otherwise PostgreSQL reads the whole registry for one payment
        changes = changes.where(Loan.id.in_(loans))
    return rowsets.changed(session, changes)


def roll(
    session: Session,
    *,
    on: date,
    now: datetime,
    buckets: Sequence[Bucket] = BUCKETS,
    loans: Sequence[int] | None = None,
) -> Rolled:
    """Bring the open loans (or only `loans`) to day `on`; the second roll of a day changes nothing.

    Loans with a ledger are charged for the days since. Loans with a schedule are measured by it. A loan serviced
    here without one grows older by `overdue_since`; a mirrored loan keeps what its core system gave. Then every
    bucket follows its DPD, and the history of buckets follows them.
    Signals, each written once: ``payment_missed`` for an instalment that became overdue and fell due in the last
    `NEWS_DAYS`, days of a pause not counted, but for loans that are paused that day; ``bucket_entered`` for a loan that
    got into a worse bucket, ``bucket_exited`` for one that left a bucket of overdue debt (data of both: ``from``,
    ``to``).
    """
    session.flush()
    today = literal(on, Date())
    only = None if loans is None else rowsets.keys(session, loans)
    scope = [Loan.state == "open"] + ([] if only is None else [Loan.id.in_(only)])
    charge(session, on=on, now=now, loans=loans)
    changed = mirror.show(session, loans=loans)
    changed += measure(session, on=on, loans=only)
    age = days_between(today, Loan.overdue_since)
    changed += rowsets.changed(
        session,
        update(Loan)
        .where(*scope, Loan.servicing == "kaskad", Loan.overdue_since < today, ~on_schedule(), Loan.dpd != age)
        .values(dpd=age),
    )
    missed = _tell_missed(session, on=on, now=now, scope=scope)
    new_bucket = bucket_case(Loan.dpd, buckets)
    entered = tell_bucket(
        session,
        "bucket_entered",
        select(Loan.id.label("loan_id"), Loan.bucket.label("old"), new_bucket.label("new")).where(
            *scope, bucket_rank(new_bucket, buckets) > bucket_rank(Loan.bucket, buckets)
        ),
        on=on,
        now=now,
        source="registry",
    )
    rowsets.changed(session, update(Loan).where(*scope, Loan.bucket != new_bucket).values(bucket=new_bucket))
    exited = bucket_history.note(session, on=on, now=now, scope=scope, source="registry")
    rowsets.forget(session, Loan, ROLLED_COLUMNS)
    return Rolled(changed=changed, entered=entered, exited=exited, missed=missed)


def rebucket(session: Session, loans: Sequence[int]) -> None:
    """Have the buckets of these loans follow their DPD, without a word: for a change to the better."""
    bucket = bucket_case(Loan.dpd)
    changes = update(Loan).where(Loan.id.in_(rowsets.keys(session, loans)), Loan.bucket != bucket)
    rowsets.changed(session, changes.values(bucket=bucket))
    rowsets.forget(session, Loan, ("bucket",))


def _tell_missed(session: Session, *, on: date, now: datetime, scope: list[ColumnElement[bool]]) -> int:
    data = rowsets.document(
        {
            "number": Instalment.number,
            "amount": Instalment.amount - Instalment.paid,
            "due_on": Instalment.due_on,
        }
    )
    today, since = literal(on, Date()), on - timedelta(days=NEWS_DAYS)
    which = [
        Instalment.due_on < on,
        Instalment.due_on >= since,
        is_overdue(Instalment.due_on, Loan.dpd_grace_days, today),
    ]
    paused = select(LoanPause.id).where(*covers(on))
    # on most days no loan of the house is paused
    if session.scalar(paused.limit(1)) is not None:
        scope = [*scope, ~paused.where(LoanPause.loan_id == Loan.id).correlate(Loan).exists()]
    ended = select(LoanPause.loan_id).where(LoanPause.last_day >= since, LoanPause.last_day < on)
    if session.scalar(ended.limit(1)) is not None:
        spared = paused_days(Loan.id, Instalment.due_on, today, Loan, Instalment)
        counted = days_between(today, Instalment.due_on) - spared
        # what was missed within a pause is news once it is over, however long ago it fell due
        which = [
            Instalment.due_on < on,
            or_(Instalment.due_on >= since, and_(Loan.id.in_(ended), counted <= NEWS_DAYS)),
            or_(Loan.dpd_grace_days == 0, counted > Loan.dpd_grace_days),
        ]
    key = literal("missed:", String) + sql_cast(Instalment.id, String)
    rows = (
        select(
            key,
            Instalment.loan_id,
            literal("payment_missed"),
            literal(now, UtcDateTime()),
            data,
            literal("registry"),
            false(),
            sql_cast(null(), Integer),
        )
        .join(Loan, Loan.id == Instalment.loan_id)
        .outerjoin(Account, Account.loan_id == Loan.id)
        .where(
            *scope,
            *which,
            # most of these days were told before; to find that out is cheaper than to try and write it again
            ~exists().where(Signal.key == key),
            or_(
                and_(Loan.servicing == "kaskad", Instalment.paid < Instalment.amount),
                # on a ledger money pays parts of the debt: the line stands open while principal beyond it is owed
                and_(
                    Loan.servicing == "ledger",
                    Instalment.due_on >= Account.overdue_since,
                    Account.principal + Account.principal_overdue > Instalment.left,
                ),
            ),
        )
    )
    return write_signals(session, rows)

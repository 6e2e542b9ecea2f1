"""What payments do to the registry, as statements that are made once: their rows, their signals, the instalments they
pay, and where that leaves the loans.

PostgreSQL does it all in one statement of data-modifying CTEs, which see the registry as it was before; SQLite step by
step, in this order. So each part is told where to read from: which payments arrived, and what the schedules are after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    Executable,
    FromClause,
    Insert,
    Select,
    String,
    Text,
    Update,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from scenario_engine.models import Instalment, Loan, Payment, UtcDateTime, table_of
from scenario_engine.registry import bucket_history, buckets, delinquency, rowsets
from scenario_engine.sql import days_between

#: parameters of the statements
ROWS = bindparam("rows", type_=Text())
TODAY = bindparam("today", type_=Date())
#: the same day as it is written in keys
DAY = bindparam("day", type_=String())
NOW = bindparam("now", type_=UtcDateTime())
SOURCE = bindparam("from_source", type_=String())

#: For the rest of the transaction. Rows are then found by their keys, too, however small the tables are when it plans:
#: a plan that reads a table that is almost empty would be kept while it grows. A subquery is worked out once.
_PLAN_ONCE = (
    select(func.set_config("plan_cache_mode", "force_generic_plan", True))
    .where(func.set_config("enable_seqscan", "off", True) == "off")
    .scalar_subquery()
)

_LOANS, _LINES, _PAYMENTS = table_of(Loan).c, table_of(Instalment).c, table_of(Payment)

#: a payment that is to be written, and one that has been
_NEW: dict[str, TypeEngine[Any]] = {
    "code": Text(),
    "loan_id": BigInteger(),
    "amount": BigInteger(),
    "at": UtcDateTime(),
    "day": Date(),
}
_WRITTEN: dict[str, TypeEngine[Any]] = {"id": BigInteger(), **_NEW}


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A payment on a loan: `amount` in kopecks, `day` the portfolio's local day of the instant `at`."""

    code: str
    loan_id: int
    amount: int
    at: datetime
    day: date


def write(session: Session, arrivals: list[Arrival], *, on: date, now: datetime, source: str) -> dict[str, int]:
    """Write those payments that are new, and all that follows from them; their ids by `code`.

    The loans are locked and stand at day `on`. Codes differ from each other.
    """
    rows = [vars(arrival) for arrival in arrivals]
    known = {"today": on, "day": on.isoformat(), "now": now, "from_source": source}
    dialect = rowsets.dialect_of(session)
    if dialect == "postgresql":
        found = session.execute(_all_at_once(), {**known, "rows": rowsets.encode(session, rows)})
        return {row.external_id: row.id for row in found}
    found = session.execute(_insert_returning(dialect), {**known, "rows": rowsets.encode(session, rows)})
    ids = {row.external_id: row.id for row in found}
    if ids:
        written = [{**row, "id": ids[row["code"]]} for row in rows if row["code"] in ids]
        parameters = {**known, "rows": rowsets.encode(session, written)}
        for statement in _one_by_one(dialect):
            session.execute(statement, parameters)
    return ids


@cache
def lock_statement(dialect: str, *, few: bool) -> Select[Any]:
    """Find the loan of each row (``n``, ``loan_id`` or ``code``) and lock it; ``n``, its id, whether the roll of
    `TODAY` has not reached it yet, and whether it has a ledger. In the order of the loans' ids.

    When they are `few`, PostgreSQL is told to plan the statements of this transaction once and not for every payment:
    of a payment that comes alone, planning is the larger part.
    """
    given = rowsets.rows_of(dialect, ROWS, {"n": BigInteger(), "loan_id": BigInteger(), "code": Text()})
    named = union_all(
        select(given.c.n, given.c.loan_id),
        select(given.c.n, _LOANS.id).join(table_of(Loan), _LOANS.external_id == given.c.code),
    ).subquery("named")
    rest = _LINES.amount - _LINES.paid
    due = (
        select(func.coalesce(func.sum(rest), 0))
        .where(
            _LINES.loan_id == _LOANS.id,
            rest > 0,
            delinquency.is_overdue(_LINES.due_on, _LOANS.dpd_grace_days, TODAY),
        )
        .correlate(table_of(Loan))
        .scalar_subquery()
    )
    aged = and_(_LOANS.overdue_since.is_not(None), days_between(TODAY, _LOANS.overdue_since) != _LOANS.dpd)
    behind = or_(aged, and_(delinquency.on_schedule(), due != _LOANS.overdue))
    return (
        select(
            named.c.n,
            _LOANS.id,
            and_(_LOANS.state == "open", _LOANS.servicing == "kaskad", behind).label("behind"),
            (_LOANS.servicing == "ledger").label("has_ledger"),
            *([_PLAN_ONCE] if few and dialect == "postgresql" else []),
        )
        .join(table_of(Loan), _LOANS.id == named.c.loan_id)
        .order_by(_LOANS.id)
        # NO KEY: a tick that writes something about the loan need not wait
        .with_for_update(of=table_of(Loan), key_share=True)
    )


@cache
def _all_at_once() -> Select[Any]:
    given = rowsets.rows_of("postgresql", ROWS, _NEW)
    added = (
        _insert("postgresql", given)
        .returning(*(_PAYMENTS.c[name] for name in ("id", "external_id", "loan_id", "amount", "paid_at")))
        .cte("added")
    )
    written = select(added.c.id, added.c.loan_id, added.c.amount, added.c.paid_at.label("at"), given.c.day).join_from(
        added, given, given.c.code == added.c.external_id
    )
    arrived, totals = _arrived(written.subquery("written"))
    parts = _parts(arrived, totals)
    schedules = select(
        parts.c.loan_id, parts.c.due_on, (parts.c.rest - func.coalesce(parts.c.part, 0)).label("rest"), parts.c.grace
    ).cte("schedules")
    settled = _settle(totals, schedules).returning(*(_LOANS[name] for name in bucket_history.MOVES)).cte("settled")
    return select(added.c.id, added.c.external_id).add_cte(
        _tell("postgresql", arrived).cte("told"),
        _pay(parts).cte("paid"),
        *(step.cte(f"moved_{number}") for number, step in enumerate(_move("postgresql", settled))),
    )


@cache
def _insert_returning(dialect: str) -> Any:
    given = rowsets.rows_of(dialect, ROWS, _NEW)
    return _insert(dialect, given).returning(_PAYMENTS.c.id, _PAYMENTS.c.external_id)


@cache
def _one_by_one(dialect: str) -> list[Executable]:
    arrived, totals = _arrived(rowsets.rows_of(dialect, ROWS, _WRITTEN))
    schedules = (
        select(
            _LINES.loan_id,
            _LINES.due_on,
            (_LINES.amount - _LINES.paid).label("rest"),
            _LOANS.dpd_grace_days.label("grace"),
        )
        .join(table_of(Loan), _LOANS.id == _LINES.loan_id)
        .where(_LINES.loan_id.in_(select(totals.c.loan_id)))
    )
    settled = select(*(_LOANS[name] for name in bucket_history.MOVES)).where(_LOANS.id.in_(select(totals.c.loan_id)))
    return [
        _tell(dialect, arrived),
        _pay(_parts(arrived, totals)),
        _settle(totals, schedules.cte("schedules")),
        *_move(dialect, settled.cte("settled")),
    ]


def _move(dialect: str, loans: CTE) -> tuple[Insert, Insert, Update]:
    """What follows in the history of buckets from how the `loans` stand now, `bucket_exited` included."""
    left = bucket_history.left_by(loans)
    return (
        buckets.insert_signals(dialect, buckets.bucket_signals("bucket_exited", left, day=DAY, now=NOW, source=SOURCE)),
        bucket_history.begin(dialect, loans, TODAY),
        bucket_history.end(loans, TODAY),
    )


def _insert(dialect: str, given: CTE) -> Any:
    columns = (given.c.code, given.c.loan_id, given.c.amount, given.c.at, NOW, SOURCE)
    # the condition keeps SQLite's parser from reading ON CONFLICT as a join condition
    rows = select(*columns).where(given.c.amount > 0)
    names = ["external_id", "loan_id", "amount", "paid_at", "recorded_at", "source"]
    return (
        rowsets.insert_for(dialect, _PAYMENTS)
        .from_select(names, rows)
        .on_conflict_do_nothing(index_elements=["external_id"])
    )


def _arrived(written: FromClause) -> tuple[CTE, CTE]:
    """The payments with ``upto``, what came in for the loan up to and with each; and the sums by loan."""
    upto = func.sum(written.c.amount).over(partition_by=written.c.loan_id, order_by=(written.c.at, written.c.id))
    columns = [written.c[name] for name in ("id", "loan_id", "amount", "at", "day")]
    arrived = select(*columns, upto.label("upto")).cte("arrived")
    totals = select(
        arrived.c.loan_id, func.sum(arrived.c.amount).label("total"), func.max(arrived.c.day).label("day")
    ).group_by(arrived.c.loan_id)
    return arrived, totals.cte("totals")


def _tell(dialect: str, arrived: CTE) -> Insert:
    """The signals, told while the loans still show what was overdue before."""
    cures = and_(
        or_(_LOANS.overdue > 0, _LOANS.dpd > 0),
        arrived.c.upto >= _LOANS.overdue,
        or_(arrived.c.upto - arrived.c.amount < _LOANS.overdue, arrived.c.upto == arrived.c.amount),
    )

    def rows(prefix: str, kind: ColumnElement[Any], which: ColumnElement[bool]) -> Select[Any]:
        return (
            select(
                literal(prefix, String) + sql_cast(arrived.c.id, String),
                arrived.c.loan_id,
                kind,
                NOW,
                rowsets.document({"amount": arrived.c.amount}),
                SOURCE,
                false(),
                arrived.c.id,
            )
            .join(table_of(Loan), _LOANS.id == arrived.c.loan_id)
            .where(which)
        )

    kind = case((arrived.c.upto < _LOANS.overdue, "partial_payment"), else_="payment_received")
    told = union_all(
        rows("payment:", kind, arrived.c.amount > 0), rows("overdue_paid:", literal("overdue_paid", String()), cures)
    ).subquery("told_rows")
    # as above, the condition is for SQLite's parser
    return buckets.insert_signals(dialect, select(*told.c).where(literal(1) == 1))


def _parts(arrived: CTE, totals: CTE) -> CTE:
    """The instalments, and what each is paid (``part``, null: nothing): the oldest first, an open line gets what those
    before it left.
    """
    rest = _LINES.amount - _LINES.paid
    upto = func.sum(rest).over(partition_by=_LINES.loan_id, order_by=(_LINES.due_on, _LINES.number))
    lines = (
        select(
            _LINES.id,
            _LINES.loan_id,
            _LINES.due_on,
            rest.label("rest"),
            upto.label("upto"),
            _LOANS.dpd_grace_days.label("grace"),
        )
        .join(table_of(Loan), _LOANS.id == _LINES.loan_id)
        .where(_LOANS.servicing == "kaskad", _LINES.loan_id.in_(select(totals.c.loan_id)))
        .subquery("lines")
    )
    left = totals.c.total - (lines.c.upto - lines.c.rest)
    part = case((or_(left <= 0, lines.c.rest <= 0), null()), (left < lines.c.rest, left), else_=lines.c.rest)
    filled = and_(
        arrived.c.loan_id == lines.c.loan_id,
        arrived.c.upto >= lines.c.upto,
        arrived.c.upto - arrived.c.amount < lines.c.upto,
    )
    return (
        select(
            lines.c.id,
            lines.c.loan_id,
            lines.c.due_on,
            lines.c.rest,
            lines.c.grace,
            part.label("part"),
            # the day of the payment that filled the line
            arrived.c.day.label("paid_on"),
        )
        .join(totals, totals.c.loan_id == lines.c.loan_id)
        .outerjoin(arrived, filled)
        .cte("parts")
    )


def _pay(parts: CTE) -> Update:
    lines = table_of(Instalment)
    return (
        update(lines)
        .where(lines.c.id == parts.c.id, parts.c.part.is_not(None))
        .values(paid=lines.c.paid + parts.c.part, paid_on=func.coalesce(parts.c.paid_on, lines.c.paid_on))
    )


def _settle(totals: CTE, schedules: FromClause) -> Update:
    """Where the money leaves the loans. `schedules` are the lines (``loan_id, due_on, rest, grace``) after it."""
    standing = delinquency.standing(schedules, TODAY).subquery("standing")
    days = select(schedules.c.loan_id, schedules.c.due_on, func.sum(schedules.c.rest).label("rest"))
    ahead = days.group_by(schedules.c.loan_id, schedules.c.due_on).subquery("ahead")
    found = (
        select(
            totals,
            *(standing.c[name] for name in ("overdue", "since", "next_on", "open_rest")),
            ahead.c.rest.label("next_amount"),
        )
        .outerjoin(standing, standing.c.loan_id == totals.c.loan_id)
        .outerjoin(ahead, and_(ahead.c.loan_id == totals.c.loan_id, ahead.c.due_on == standing.c.next_on))
        .subquery("found")
    )
    loans = table_of(Loan)
    # as `delinquency.on_schedule`
    scheduled = and_(loans.c.servicing == "kaskad", found.c.open_rest.is_not(None))
    measured = and_(scheduled, loans.c.state == "open")
    cured = and_(~scheduled, loans.c.overdue <= found.c.total)
    dpd = func.coalesce(days_between(TODAY, found.c.since), 0)
    closes = and_(
        loans.c.servicing == "kaskad",
        loans.c.state == "open",
        loans.c.balance <= found.c.total,
        func.coalesce(found.c.open_rest, 0) == 0,
    )
    reduced = rowsets.at_least_zero(loans.c.overdue - found.c.total)
    return (
        update(loans)
        .where(loans.c.id == found.c.loan_id)
        .values(
            balance=rowsets.at_least_zero(loans.c.balance - found.c.total),
            last_payment_on=case((loans.c.last_payment_on > found.c.day, loans.c.last_payment_on), else_=found.c.day),
            overdue=case((measured, func.coalesce(found.c.overdue, 0)), (~scheduled, reduced), else_=loans.c.overdue),
            overdue_since=case((measured, found.c.since), (cured, null()), else_=loans.c.overdue_since),
            dpd=case((measured, dpd), (cured, 0), else_=loans.c.dpd),
            bucket=case(
                (measured, buckets.bucket_case(dpd)),
                (cured, buckets.BUCKETS[0].key),
                else_=loans.c.bucket,
            ),
            next_due_on=case((closes, null()), (measured, found.c.next_on), else_=loans.c.next_due_on),
            next_due_amount=case((closes, null()), (measured, found.c.next_amount), else_=loans.c.next_due_amount),
            state=case((closes, "closed"), else_=loans.c.state),
        )
    )

"""The day of all loans at once, inside the database: what `fold.Standing.next_day` does to one.

Every statement is an INSERT..SELECT of events from the accounts, and an UPDATE of the accounts from those events, so an
account never says anything else than the sum of its events.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session, aliased

from scenario_engine.models import Account, Instalment, LoanEvent, LoanPause, UtcDateTime, table_of
from scenario_engine.registry import rowsets
from scenario_engine.registry.ledger.fold import PARTS
from scenario_engine.registry.lending.terms import WHOLE
from scenario_engine.sql import days_between

ONE_DAY = timedelta(days=1)
ACTOR = "registry"
#: the parts that a day's charge changes
_CHARGED = ("interest", "penalty", "fee", "charged", "interest_rest", "penalty_rest")
_BEHIND_THE_SESSION = {"synchronize_session": False}


def roll(session: Session, *, on: date, now: datetime, loans: Sequence[int] | None = None) -> int:
    """Bring all accounts (or those of `loans`) to the end of the day `on`, day by day; gives the number of loan-days.

    The second roll of a day changes nothing. Runs in the caller's transaction.
    """
    session.flush()
    scope = [Account.balance > 0]
    if loans is not None:
        scope.append(Account.loan_id.in_(rowsets.keys(session, loans)))
    first = session.scalar(select(func.min(Account.upto)).where(*scope, Account.upto < on))
    done = 0
    while first is not None and first < on:
        first += ONE_DAY
        done += _day(session, first, now, scope)
    rowsets.forget(session, Account, [column.key for column in table_of(Account).c])
    return done


def again(session: Session, *, after: date, upto: date, loans: Sequence[int]) -> None:
    """Charge accounts that were put back to the end of the day `after` once more, up to the end of `upto`.

    Writes no events: those of these days stay, and the caller tells what has become of their sum.
    """
    mine = Account.loan_id.in_(rowsets.keys(session, loans))
    day = after
    while day < upto:
        day += ONE_DAY
        behind = [mine, Account.upto == day - ONE_DAY]
        while _move_due(session, day, behind):
            pass
        found = _charges(session, day, behind).subquery("charges")
        sums = {name: getattr(Account, name) + found.c[name] for name in _CHARGED}
        changes = update(Account).where(Account.loan_id == found.c.loan_id).values(**sums)
        session.execute(changes, execution_options=_BEHIND_THE_SESSION)
        session.execute(update(Account).where(*behind).values(upto=day), execution_options=_BEHIND_THE_SESSION)


def _day(session: Session, day: date, now: datetime, scope: list[ColumnElement[bool]]) -> int:
    behind = [*scope, Account.upto == day - ONE_DAY]
    concerned = session.scalar(select(func.count()).select_from(Account).where(*behind)) or 0
    if not concerned:
        return 0
    while _fall_due(session, day, now, behind):
        pass
    head = _about("accrued", day, literal(day.isoformat(), String), now)
    _insert(session, _charges(session, day, behind, *head), _CHARGED)
    sums = {part: getattr(Account, part) + getattr(LoanEvent, part) for part in PARTS}
    event = and_(LoanEvent.loan_id == Account.loan_id, LoanEvent.kind == "accrued", LoanEvent.key == day.isoformat())
    changes = update(Account).where(Account.upto == day - ONE_DAY, event)
    session.execute(changes.values(**sums, upto=day), execution_options=_BEHIND_THE_SESSION)
    # nothing was earned that day: no event
    session.execute(update(Account).where(*behind).values(upto=day), execution_options=_BEHIND_THE_SESSION)
    return concerned


def _fall_due(session: Session, day: date, now: datetime, behind: list[ColumnElement[bool]]) -> int:
    """What fell due the day before and is not paid becomes overdue; gives the number of loans that it concerned."""
    line = aliased(Instalment)
    moved = rowsets.at_least_zero(Account.principal - line.left)
    key = literal(f"{day.isoformat()}:", String) + sql_cast(Account.next_number, String)
    rows = (
        select(
            *_head("fell_due", day, key, now),
            -moved,
            moved,
            -Account.interest,
            Account.interest,
        )
        .join(line, and_(line.loan_id == Account.loan_id, line.number == Account.next_number))
        .where(*behind, Account.next_due_on < day, or_(moved > 0, Account.interest > 0))
    )
    _insert(session, rows, ("principal", "principal_overdue", "interest", "interest_overdue"))
    return _move_due(session, day, behind)


def _move_due(session: Session, day: date, behind: list[ColumnElement[bool]]) -> int:
    line, after = aliased(Instalment), aliased(Instalment)
    moved = rowsets.at_least_zero(Account.principal - line.left)
    next_on = (
        select(after.due_on)
        .where(after.loan_id == Account.loan_id, after.number == Account.next_number + 1)
        .correlate(Account)
        .scalar_subquery()
    )
    return rowsets.changed(
        session,
        update(Account)
        .where(
            *behind,
            Account.next_due_on < day,
            line.loan_id == Account.loan_id,
            line.number == Account.next_number,
        )
        .values(
            principal=Account.principal - moved,
            principal_overdue=Account.principal_overdue + moved,
            interest=0,
            interest_overdue=Account.interest_overdue + Account.interest,
            overdue_since=case(
                (Account.overdue_since.is_not(None), Account.overdue_since),
                (or_(moved > 0, Account.interest > 0), line.due_on),
            ),
            next_number=Account.next_number + 1,
            next_due_on=next_on,
        ),
    )


def _charges(session: Session, day: date, behind: list[ColumnElement[bool]], *head: Any) -> Select[Any]:
    """What the day costs, loan by loan where it costs anything: the loan, `head`, then the parts of `_CHARGED`."""
    year = 366 if isleap(day.year) else 365

    def earned(base: SQLColumnExpression[int], ppm: Any, yearly: Any) -> ColumnElement[int]:
        return case((yearly, base * ppm // year), else_=base * ppm)

    late = case((Account.interest_when_late, Account.principal_overdue), else_=0)
    earning: ColumnElement[int] = Account.principal + late
    is_late = and_(
        Account.overdue_since.is_not(None),
        days_between(literal(day, Date()), Account.overdue_since) > Account.grace_days,
    )
    covering = select(LoanPause.id).where(*covers(day))
    # on most days no loan of the house has its charges paused
    if session.scalar(covering.limit(1)) is not None:
        mine = covering.where(LoanPause.loan_id == Account.loan_id).correlate(Account)
        earning = case((mine.where(LoanPause.interest_stops).exists(), 0), else_=earning)
        is_late = and_(is_late, ~mine.where(LoanPause.penalty_stops).exists())
    summed = (
        select(
            Account.loan_id,
            Account.charges_limit,
            Account.charged,
            Account.interest_rest,
            Account.penalty_rest,
            (Account.interest_rest + earned(earning, Account.rate_ppm, Account.rate_yearly)).label("interest_sum"),
            (
                Account.penalty_rest
                + case(
                    (is_late, earned(Account.principal_overdue, Account.penalty_ppm, Account.penalty_yearly)), else_=0
                )
            ).label("penalty_sum"),
            case(
                (
                    and_(Account.next_due_on == day, Account.principal + Account.principal_overdue > 0),
                    _fees(day),
                ),
                else_=0,
            ).label("fee_due"),
        )
        .where(*behind)
        .subquery("summed")
    )
    room = rowsets.at_least_zero(summed.c.charges_limit - summed.c.charged)
    first = select(summed, _within(summed.c.interest_sum // WHOLE, summed.c.charges_limit, room).label("interest"))
    one = first.subquery("one")
    room = rowsets.at_least_zero(one.c.charges_limit - one.c.charged - one.c.interest)
    second = select(one, _within(one.c.penalty_sum // WHOLE, one.c.charges_limit, room).label("penalty"))
    two = second.subquery("two")
    room = rowsets.at_least_zero(two.c.charges_limit - two.c.charged - two.c.interest - two.c.penalty)
    third = select(two, _within(two.c.fee_due, two.c.charges_limit, room).label("fee"))
    found = third.subquery("found")
    interest_rest = found.c.interest_sum % WHOLE - found.c.interest_rest
    penalty_rest = found.c.penalty_sum % WHOLE - found.c.penalty_rest
    charged = found.c.interest + found.c.penalty + found.c.fee
    return select(
        found.c.loan_id,
        *head,
        found.c.interest,
        found.c.penalty,
        found.c.fee,
        charged.label("charged"),
        interest_rest.label("interest_rest"),
        penalty_rest.label("penalty_rest"),
    ).where(or_(charged > 0, interest_rest != 0, penalty_rest != 0))


def covers(day: date) -> list[ColumnElement[bool]]:
    """The conditions by which a pause has this day among its own."""
    return [LoanPause.first_day <= day, or_(LoanPause.last_day.is_(None), LoanPause.last_day >= day)]


def paused_days(loan_id: Any, after: Any, upto: Any, *around: Any) -> ColumnElement[int]:
    """Days after `after`, `upto` included, in pauses of the loan; `around`: what the statement around it reads."""
    last = case((LoanPause.last_day < upto, LoanPause.last_day), else_=upto)
    days = case(
        (LoanPause.first_day > after, days_between(last, LoanPause.first_day) + 1), else_=days_between(last, after)
    )
    return (
        select(func.coalesce(func.sum(rowsets.at_least_zero(days)), 0))
        .where(LoanPause.loan_id == loan_id)
        .correlate(*around)
        .scalar_subquery()
    )


def _fees(day: date) -> ColumnElement[int]:
    line = aliased(Instalment)
    return (
        select(func.coalesce(func.sum(line.fee), 0))
        .where(line.loan_id == Account.loan_id, line.due_on == day, line.number >= Account.next_number)
        .correlate(Account)
        .scalar_subquery()
    )


def _within(amount: Any, limit: Any, room: Any) -> ColumnElement[int]:
    return case((or_(limit.is_(None), amount <= room), amount), else_=room)


def _head(kind: str, day: date, key: ColumnElement[str], now: datetime) -> list[Any]:
    return [Account.loan_id, *_about(kind, day, key, now)]


def _about(kind: str, day: date, key: ColumnElement[str], now: datetime) -> list[Any]:
    return [
        literal(kind, String),
        literal(day, Date()),
        literal(now, UtcDateTime()),
        key,
        literal(ACTOR, String),
    ]


def _insert(session: Session, rows: Any, parts: Sequence[str]) -> None:
    columns = ["loan_id", "kind", "day", "recorded_at", "key", "actor", *parts]
    session.execute(rowsets.insert_into(session, LoanEvent).from_select(columns, rows))

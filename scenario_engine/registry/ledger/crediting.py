"""Payments of a day on many ledgers at once: what `acts.pay` does to each, as a handful of statements for all.

`fold.Standing.pay` is the rule; a test holds this to it. A payment of an earlier day pays at that day and has the days
since charged anew, where nothing but charges came after it; else it is left to the fold, which tells everything again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    String,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from scenario_engine.models import Account, Instalment, LoanEvent, Payment, UtcDateTime, table_of
from scenario_engine.registry import rowsets
from scenario_engine.registry.ledger.fold import PARTS
from scenario_engine.registry.ledger.mirror import penalty_kept
from scenario_engine.registry.ledger.roll import again

_BEHIND_THE_SESSION = {"synchronize_session": False}


def pay(session: Session, ids: Sequence[int], *, day: date, on: date, now: datetime, actor: str) -> set[int]:
    """Let payments of `day` pay, at most one of them on a loan; the ids of the loans that took theirs.

    `ids` are those of the payments. A loan whose account does not stand at the day `on` is left out, and, when that is
    a later one, a loan on which more than charges came after the payment. The loans are locked, the payments are new.
    """
    session.flush()
    mine = and_(
        Payment.id.in_(rowsets.keys(session, ids)), Account.loan_id == Payment.loan_id, Account.upto == on
    )  # fmt: skip
    if day < on:
        mine = and_(mine, ~_moved_on(day))
    found = list(session.scalars(select(Account.loan_id).where(mine)))
    if not found:
        return set()
    if day < on:
        _go_back(session, found, day)
        mine = and_(
            Payment.id.in_(rowsets.keys(session, ids)),
            Payment.loan_id.in_(rowsets.keys(session, found)),
            Account.loan_id == Payment.loan_id,
        )
    order = Account.terms["order"].as_string()
    for text in session.scalars(select(order).where(mine).distinct()).all():
        _tell(session, and_(mine, order == text), json.loads(text), on=day, now=now, actor=actor)
    _take_over(session, mine, found)
    if day < on:
        again(session, after=day, upto=on, loans=found)
        _correct(session, mine, found, on=on, now=now, actor=actor)
    _show_lines(session, found, day)
    rowsets.forget(session, Account, [*PARTS, "upto", "next_number", "next_due_on", "overdue_since"])
    rowsets.forget(session, Instalment, ["paid", "paid_on"])
    return set(found)


def _moved_on(day: date) -> ColumnElement[bool]:
    """Something other than charges came after the day: the account cannot be put back to it by taking them off.

    Neither where an amendment of the day itself may have set from when the debt is overdue.
    """
    charges, money = ("accrued", "fell_due"), ("issued", "payment", "reversal", "corrected")
    return (
        select(LoanEvent.id)
        .where(
            LoanEvent.loan_id == Account.loan_id,
            or_(
                and_(LoanEvent.day > day, LoanEvent.kind.not_in(charges)),
                and_(LoanEvent.day == day, LoanEvent.kind.not_in((*charges, *money))),
            ),
        )
        .correlate(Account)
        .exists()
    )


def _go_back(session: Session, loans: Sequence[int], day: date) -> None:
    """Put the accounts back to the end of the day."""
    mine = Account.loan_id.in_(rowsets.keys(session, loans))
    since = (
        select(LoanEvent.loan_id, *(_sum(getattr(LoanEvent, part)).label(part) for part in PARTS))
        .where(LoanEvent.loan_id.in_(rowsets.keys(session, loans)), LoanEvent.day > day)
        .group_by(LoanEvent.loan_id)
        .subquery("since")
    )
    parts = {part: getattr(Account, part) - since.c[part] for part in PARTS}
    changes = update(Account).where(mine, Account.loan_id == since.c.loan_id).values(**parts)
    session.execute(changes, execution_options=_BEHIND_THE_SESSION)
    line = aliased(Instalment)
    of_loan = line.loan_id == Account.loan_id
    fallen = select(func.count()).select_from(line).where(of_loan, line.due_on < day).correlate(Account)
    ahead = select(func.min(line.due_on)).where(of_loan, line.due_on >= day).correlate(Account)
    session.execute(
        update(Account)
        .where(mine)
        .values(
            upto=day,
            next_number=fallen.scalar_subquery() + 1,
            next_due_on=ahead.scalar_subquery(),
            # charges never make a debt younger: one that is overdue since that day became so later
            overdue_since=case((Account.overdue_since < day, Account.overdue_since), else_=null()),
        ),
        execution_options=_BEHIND_THE_SESSION,
    )


def _correct(
    session: Session, mine: ColumnElement[bool], loans: Sequence[int], *, on: date, now: datetime, actor: str
) -> None:
    """Tell by how much the days since would have been charged otherwise: an account is the sum of its events."""
    told = (
        select(LoanEvent.loan_id, *(_sum(getattr(LoanEvent, part)).label(part) for part in PARTS))
        .where(LoanEvent.loan_id.in_(rowsets.keys(session, loans)))
        .group_by(LoanEvent.loan_id)
        .subquery("told")
    )
    head: dict[str, Any] = {
        "loan_id": Account.loan_id,
        "kind": literal("corrected", String()),
        "day": literal(on, Date()),
        "recorded_at": literal(now, UtcDateTime()),
        "key": sql_cast(Payment.id, String),
        "actor": literal(actor, String()),
        "paid": literal(0, BigInteger()),
    }
    changes = {part: getattr(Account, part) - told.c[part] for part in PARTS}
    written = select(*head.values(), *changes.values()).where(mine, told.c.loan_id == Account.loan_id)
    session.execute(rowsets.insert_into(session, LoanEvent).from_select([*head, *changes], written))


def _tell(
    session: Session, mine: ColumnElement[bool], order: Sequence[str], *, on: date, now: datetime, actor: str
) -> None:
    """The events: part by part in the order of the terms, then principal that is not due, then credit."""
    line = aliased(Instalment)
    least = (
        select(line.left)
        .where(line.loan_id == Account.loan_id, line.number == Account.next_number)
        .correlate(Account)
        .scalar_subquery()
    )
    due = rowsets.at_least_zero(Account.principal - func.coalesce(least, 0)).label("due")
    parts = [getattr(Account, part) for part in order]
    parts.append(penalty_kept().label("kept"))
    found = select(Account.loan_id, Payment.id, Payment.amount, due, *parts).where(mine).subquery("found")
    # what is owed before a part, and with it: the part gets what of the payment lies between
    before: Any = literal(0, BigInteger())
    taken = {}
    for part in order:
        here = {"principal": found.c.due, "penalty": rowsets.at_least_zero(found.c.penalty - found.c.kept)}
        upto = before + here.get(part, found.c[part])
        taken[part] = _smaller(rowsets.at_least_zero(found.c.amount - before), upto - before)
        before = upto
    kept = _smaller(rowsets.at_least_zero(found.c.amount - before), _smaller(found.c.penalty, found.c.kept))
    taken["penalty"] += kept
    rest = rowsets.at_least_zero(found.c.amount - before) - kept
    early = _smaller(rest, found.c.principal - found.c.due)
    changes: dict[str, ColumnElement[int]] = {part: -value for part, value in taken.items()}
    changes |= {"principal": -taken["principal"] - early, "credit": rest - early}
    head: dict[str, Any] = {
        "loan_id": found.c.loan_id,
        "kind": literal("payment", String()),
        "day": literal(on, Date()),
        "recorded_at": literal(now, UtcDateTime()),
        "key": sql_cast(found.c.id, String),
        "actor": literal(actor, String()),
        "payment_id": found.c.id,
        "paid": found.c.amount,
    }
    written = select(*head.values(), *changes.values())
    session.execute(rowsets.insert_into(session, LoanEvent).from_select([*head, *changes], written))


def _take_over(session: Session, mine: ColumnElement[bool], loans: Sequence[int]) -> None:
    """The accounts follow the events."""
    event = and_(
        mine,
        LoanEvent.loan_id == Payment.loan_id,
        LoanEvent.kind == "payment",
        LoanEvent.key == sql_cast(Payment.id, String),
    )
    sums = {part: getattr(Account, part) + getattr(LoanEvent, part) for part in PARTS}
    session.execute(update(Account).where(event).values(**sums), execution_options=_BEHIND_THE_SESSION)
    mine = Account.loan_id.in_(rowsets.keys(session, loans))
    line = aliased(Instalment)
    short = (
        select(func.min(line.due_on))
        .where(
            line.loan_id == Account.loan_id,
            line.number < Account.next_number,
            line.left < Account.principal + Account.principal_overdue,
        )
        .correlate(Account)
        .scalar_subquery()
    )
    since = case(
        (Account.principal_overdue > 0, func.coalesce(short, Account.overdue_since)),
        (Account.interest_overdue > 0, Account.overdue_since),
        else_=null(),
    )
    session.execute(update(Account).where(mine).values(overdue_since=since), execution_options=_BEHIND_THE_SESSION)


def _show_lines(session: Session, loans: Sequence[int], on: date) -> None:
    """The schedules follow the accounts."""
    mine = Account.loan_id.in_(rowsets.keys(session, loans))
    paid = _paid_by_line()
    paid_on = case((paid >= Instalment.amount, func.coalesce(Instalment.paid_on, literal(on, Date()))), else_=null())
    changed = or_(Instalment.paid != paid, Instalment.paid_on.is_distinct_from(paid_on))
    session.execute(
        update(Instalment)
        .where(Instalment.loan_id == Account.loan_id, mine, changed)
        .values(paid=paid, paid_on=paid_on),
        execution_options=_BEHIND_THE_SESSION,
    )


def _paid_by_line() -> ColumnElement[int]:
    """As `fold.Standing.paid_by_line`."""
    line = table_of(Instalment).c
    behind = rowsets.at_least_zero(Account.principal + Account.principal_overdue - line.left)
    principal = line.principal - _smaller(behind, line.principal)
    late = and_(Account.overdue_since.is_not(None), line.due_on >= Account.overdue_since)
    interest = case((and_(Account.interest_overdue > 0, late), 0), else_=line.amount - line.principal - line.fee)
    newest = line.number == Account.next_number - 1
    fee = case((and_(Account.fee > 0, or_(late, newest)), 0), else_=line.fee)
    ahead = and_(line.number == Account.next_number, principal == line.principal, Account.interest == 0)
    return case((line.number < Account.next_number, principal + interest + fee), (ahead, line.amount), else_=principal)


def _sum(column: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[int]:
    # PostgreSQL sums to a number without bounds
    return sql_cast(func.sum(column), BigInteger)


def _smaller(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)

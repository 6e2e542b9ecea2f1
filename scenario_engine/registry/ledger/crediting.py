"""Payments of today on many ledgers at once: what `acts.pay` does to one, as a handful of statements for all.

`fold.Standing.pay` is the rule; a test holds this to it. A payment of an earlier day, or a second one on the same loan,
is left to the fold: what came after it has to be told again, in its order.
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
from sqlalchemy.orm import Session, aliased

from scenario_engine.models import Account, Instalment, LoanEvent, Payment, UtcDateTime, table_of
from scenario_engine.registry import rowsets
from scenario_engine.registry.ledger.fold import PARTS

_BEHIND_THE_SESSION = {"synchronize_session": False}


def pay(session: Session, ids: Sequence[int], *, on: date, now: datetime, actor: str) -> set[int]:
    """Let payments of the day `on` pay, at most one of them on a loan; the ids of the loans that took theirs.

    `ids` are those of the payments. A loan whose account does not stand at that day is left out. The loans are locked,
    and the payments are new.
    """
    session.flush()
    mine = and_(
        Payment.id.in_(rowsets.keys(session, ids)), Account.loan_id == Payment.loan_id, Account.upto == on
    )  # fmt: skip
    found = list(session.scalars(select(Account.loan_id).where(mine)))
    order = Account.terms["order"].as_string()
    for text in session.scalars(select(order).where(mine).distinct()).all():
        _tell(session, and_(mine, order == text), json.loads(text), on=on, now=now, actor=actor)
    if found:
        _take_over(session, mine, found, on)
    rowsets.forget(session, Account, [*PARTS, "overdue_since"])
    return set(found)


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
    found = select(Account.loan_id, Payment.id, Payment.amount, due, *parts).where(mine).subquery("found")
    # what is owed before a part, and with it: the part gets what of the payment lies between
    before: Any = literal(0, BigInteger())
    taken = {}
    for part in order:
        upto = before + (found.c.due if part == "principal" else found.c[part])
        taken[part] = _smaller(rowsets.at_least_zero(found.c.amount - before), upto - before)
        before = upto
    rest = rowsets.at_least_zero(found.c.amount - before)
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


def _take_over(session: Session, mine: ColumnElement[bool], loans: Sequence[int], on: date) -> None:
    """Accounts and schedules follow the events."""
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


def _smaller(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    return case((one < other, one), else_=other)

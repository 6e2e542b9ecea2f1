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
    Select,
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

from scenario_engine.models import Account, Instalment, LoanEvent, UtcDateTime, table_of
from scenario_engine.registry import rowsets
from scenario_engine.registry.ledger.fold import PARTS
from scenario_engine.registry.lending.terms import PARTS as PAYABLE

_BEHIND_THE_SESSION = {"synchronize_session": False}
_GIVEN = {"loan_id": BigInteger(), "payment_id": BigInteger(), "amount": BigInteger()}


def pay(session: Session, rows: Sequence[dict[str, int]], *, on: date, now: datetime, actor: str) -> set[int]:
    """Let payments of the day `on` pay, at most one of them on a loan; the ids of the loans that took theirs.

    A row has ``loan_id``, ``payment_id`` and ``amount`` (kopecks). A loan whose account does not stand at that day is
    left out. The loans are locked, and the payments are new.
    """
    session.flush()
    payload = rowsets.encode(session, rows)
    given = rowsets.given(session, payload, _GIVEN)
    ready = select(Account.loan_id).join(given, given.c.loan_id == Account.loan_id).where(Account.upto == on)
    found = list(session.scalars(ready))
    order = Account.terms["order"].as_string()
    asked = select(order).where(Account.loan_id.in_(rowsets.keys(session, found))).distinct()
    for text in session.scalars(asked).all():
        chosen = _chosen(given, json.loads(text), on=on).where(order == text)
        _tell(session, chosen.subquery("chosen"), json.loads(text), on=on, now=now, actor=actor)
    if found:
        _take_over(session, given, found, on)
    rowsets.forget(session, Account, [*PARTS, "overdue_since"])
    return set(found)


def _chosen(given: Any, order: Sequence[str], *, on: date) -> Select[Any]:
    """The accounts with what they are paid, and the principal that the schedule leaves next."""
    line = aliased(Instalment)
    least = (
        select(line.left)
        .where(line.loan_id == Account.loan_id, line.number == Account.next_number)
        .correlate(Account)
        .scalar_subquery()
    )
    return (
        select(
            Account.loan_id,
            given.c.payment_id,
            given.c.amount,
            given.c.amount.label("rest"),
            func.coalesce(least, 0).label("least"),
            *(getattr(Account, part) for part in order),
        )
        .join(given, given.c.loan_id == Account.loan_id)
        .where(Account.upto == on)
    )


def _tell(session: Session, found: Any, order: Sequence[str], *, on: date, now: datetime, actor: str) -> None:
    """The events: part by part in the order of the terms, then principal that is not due, then credit."""
    for part in order:
        owed = found.c[part] if part != "principal" else rowsets.at_least_zero(found.c.principal - found.c.least)
        taken = _smaller(found.c.rest, owed)
        kept = [column for column in found.c if column.key != "rest"]
        found = select(*kept, taken.label(f"{part}_taken"), (found.c.rest - taken).label("rest")).subquery()
    early = _smaller(found.c.rest, found.c.principal - found.c.principal_taken)
    changes = {part: -found.c[f"{part}_taken"] for part in PAYABLE if part != "principal"}
    changes |= {"principal": -found.c.principal_taken - early, "credit": found.c.rest - early}
    head: dict[str, Any] = {
        "loan_id": found.c.loan_id,
        "kind": literal("payment", String()),
        "day": literal(on, Date()),
        "recorded_at": literal(now, UtcDateTime()),
        "key": sql_cast(found.c.payment_id, String),
        "actor": literal(actor, String()),
        "payment_id": found.c.payment_id,
        "paid": found.c.amount,
    }
    written = select(*head.values(), *changes.values())
    session.execute(rowsets.insert_into(session, LoanEvent).from_select([*head, *changes], written))


def _take_over(session: Session, given: Any, loans: Sequence[int], on: date) -> None:
    """Accounts and schedules follow the events."""
    event = and_(
        LoanEvent.loan_id == Account.loan_id,
        LoanEvent.kind == "payment",
        LoanEvent.key == sql_cast(given.c.payment_id, String),
        given.c.loan_id == Account.loan_id,
    )
    sums = {part: getattr(Account, part) + getattr(LoanEvent, part) for part in PARTS}
    session.execute(
        update(Account).where(event, Account.upto == on).values(**sums), execution_options=_BEHIND_THE_SESSION
    )
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

"""What the accounts say, shown on the loans that rules and pages read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select, update
from sqlalchemy.orm import Session, aliased

from scenario_engine.models import Account, Instalment, Loan, LoanPause
from scenario_engine.registry import rowsets
from scenario_engine.sql import days_between

SHOWN = ("balance", "overdue", "overdue_since", "dpd", "next_due_on", "next_due_amount", "state")


def show(session: Session, *, loans: Sequence[int] | None = None) -> int:
    """Bring the numbers of loans with a ledger in line with their accounts; gives how many changed.

    A loan on which nothing is owed is closed; one whose payment was taken back is open again. The bucket stays.
    """
    line = aliased(Instalment)
    owed, next_on = Account.balance, _next_on()
    # the coalesce: see `delinquency`
    next_amount = (
        select(func.sum(line.amount))
        .where(line.loan_id == Account.loan_id, func.coalesce(line.due_on, line.due_on) == next_on)
        .correlate(Account)
        .scalar_subquery()
    )
    values: dict[str, Any] = {
        "balance": owed,
        "overdue": Account.principal_overdue + Account.interest_overdue + Account.penalty,
        "overdue_since": Account.overdue_since,
        "dpd": func.coalesce(_dpd(session), 0),
        "next_due_on": case((owed > 0, next_on), else_=null()),
        "next_due_amount": case((owed > 0, next_amount), else_=null()),
        "state": case(
            (and_(owed == 0, Loan.state == "open"), "closed"),
            (and_(owed > 0, Loan.state == "closed"), "open"),
            else_=Loan.state,
        ),
    }
    changes = (
        update(Loan)
        .where(
            Loan.servicing == "ledger",
            Account.loan_id == Loan.id,
            or_(*(getattr(Loan, name).is_distinct_from(value) for name, value in values.items())),
        )
        .values(**values)
    )
    if loans is not None:
        changes = changes.where(Loan.id.in_(rowsets.keys(session, loans)))
    changed = rowsets.changed(session, changes)
    rowsets.forget(session, Loan, SHOWN)
    return changed


def _next_on() -> ColumnElement[date | None]:
    """When something falls due next: what falls due today and is paid in full does not count."""
    line, after = aliased(Instalment), aliased(Instalment)
    is_paid = (
        select(line.id)
        .where(line.loan_id == Account.loan_id, line.number == Account.next_number, line.left >= Account.principal)
        .correlate(Account)
        .exists()
    )
    following = (
        select(after.due_on)
        .where(after.loan_id == Account.loan_id, after.number == Account.next_number + 1)
        .correlate(Account)
        .scalar_subquery()
    )
    nothing_runs = and_(Account.next_due_on == Account.upto, Account.interest == 0, Account.fee == 0)
    return case((and_(nothing_runs, is_paid), following), else_=Account.next_due_on)


def _dpd(session: Session) -> ColumnElement[int]:
    """What `fold.Standing.dpd` says: days since the oldest debt fell due, without pauses; null: nothing is overdue."""
    age = days_between(Account.upto, Account.overdue_since)
    if session.scalar(select(LoanPause.id).limit(1)) is None:
        return age
    last = case((LoanPause.last_day < Account.upto, LoanPause.last_day), else_=Account.upto)
    days = case(
        (LoanPause.first_day > Account.overdue_since, days_between(last, LoanPause.first_day) + 1),
        else_=days_between(last, Account.overdue_since),
    )
    paused = (
        select(func.coalesce(func.sum(rowsets.at_least_zero(days)), 0))
        .where(LoanPause.loan_id == Account.loan_id)
        .correlate(Account)
        .scalar_subquery()
    )
    return age - paused

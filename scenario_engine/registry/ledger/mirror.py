"""What the accounts say, shown on the loans that rules and pages read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select, update
from sqlalchemy.orm import Session, aliased

from scenario_engine.models import Account, Instalment, Loan, LoanPause
from scenario_engine.registry import rowsets
from scenario_engine.registry.ledger.roll import paused_days
from scenario_engine.sql import days_between

SHOWN = ("balance", "overdue", "overdue_since", "dpd", "next_due_on", "next_due_amount", "state")


def show(session: Session, *, loans: Sequence[int] | None = None) -> int:
    """Bring the numbers of loans with a ledger in line with their accounts; gives how many changed.

    A loan on which nothing is owed is closed; one whose payment was taken back is open again. The bucket stays.
    """
    line = aliased(Instalment)
    owed, next_on = Account.balance, _next_on()
    # the coalesce: see `delinquency`; lines before the next one fell due on earlier days
    next_amount = (
        select(func.sum(line.amount))
        .where(
            line.loan_id == Account.loan_id,
            line.number >= Account.next_number,
            func.coalesce(line.due_on, line.due_on) == next_on,
        )
        .correlate(Account)
        .scalar_subquery()
    )
    is_paused = session.scalar(select(LoanPause.id).limit(1)) is not None
    age = _age(Account.overdue_since, is_paused)
    is_late = or_(Loan.dpd_grace_days == 0, age > Loan.dpd_grace_days)
    values: dict[str, Any] = {
        "balance": owed,
        "overdue": _overdue(is_late, is_paused),
        "overdue_since": case((is_late, Account.overdue_since), else_=null()),
        "dpd": func.coalesce(case((is_late, age)), 0),
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


def _age(due_on: Any, is_paused: bool, *around: Any) -> ColumnElement[int]:
    """Days since a day of the loan, without those of pauses; `is_paused`: the house has some."""
    age = days_between(Account.upto, due_on)
    return age - paused_days(Account.loan_id, due_on, Account.upto, Account, *around) if is_paused else age


def penalty_kept() -> ColumnElement[int]:
    """As `fold.Standing.penalty_kept`."""
    return case((Account.next_due_on.is_not(None), Account.penalty_kept), else_=0)


def _overdue(is_late: ColumnElement[bool], is_paused: bool) -> ColumnElement[int]:
    """As `fold.Standing.overdue`."""
    line = aliased(Instalment)
    left = (
        select(func.coalesce(func.min(line.left), 0))
        .where(
            line.loan_id == Account.loan_id,
            line.number < Account.next_number,
            _age(line.due_on, is_paused, line) > Loan.dpd_grace_days,
        )
        .correlate(Account, Loan)
        .scalar_subquery()
    )
    penalty = rowsets.at_least_zero(Account.penalty - penalty_kept())
    late = rowsets.at_least_zero(Account.principal + Account.principal_overdue - left)
    principal = case(
        # the subquery is asked for loans with a grace alone
        (or_(Loan.dpd_grace_days == 0, penalty > 0), Account.principal_overdue),
        (late < Account.principal_overdue, late),
        else_=Account.principal_overdue,
    )
    return penalty + case(
        (and_(Account.overdue_since.is_not(None), is_late), Account.interest_overdue + principal), else_=0
    )

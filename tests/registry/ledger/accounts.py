"""Loans with a ledger to build tests with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.models import Account, Loan, LoanEvent, Payment
from scenario_engine.registry.ledger import acts
from scenario_engine.registry.ledger.fold import Owed
from scenario_engine.registry.lending import offer
from scenario_engine.registry.lending.schedule import Schedule
from scenario_engine.registry.lending.terms import Terms
from tests.builders import a_loan
from tests.registry.lending.offers import PAYDAY, some_terms

ISSUED = date(2026, 4, 1)
PARTS = ("principal", "principal_overdue", "interest", "interest_overdue", "penalty", "fee")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def a_ledger_loan(
    session: Session,
    *,
    terms: Terms | None = None,
    principal: int = 1_000_000,
    term: int = 30,
    issued_on: date = ISSUED,
    charges_limit: int | None = None,
) -> tuple[Loan, Schedule]:
    """A loan that was issued on these terms (a payday loan at the cap, unless told otherwise)."""
    agreed = terms or some_terms(**PAYDAY)
    schedule = offer.schedule_of(agreed, principal=principal, term=term, issued_on=issued_on)
    loan = a_loan(session, principal=principal, issued_on=issued_on, servicing="ledger")
    acts.open_account(
        session,
        loan,
        terms=agreed,
        schedule=schedule,
        full_cost=292_000,
        charges_limit=charges_limit,
        actor="anna",
        now=noon(issued_on),
    )
    return loan, schedule


def a_payment(session: Session, loan: Loan, amount: int, day: date, name: str) -> Payment:
    payment = Payment(
        external_id=name, loan_id=loan.id, amount=amount, paid_at=noon(day), recorded_at=noon(day), source="api"
    )
    session.add(payment)
    session.flush()
    return payment


def pay(session: Session, loan: Loan, amount: int, day: date, *, known_on: date | None = None, name: str = "") -> int:
    """Record a payment and let it pay; gives its id."""
    payment = a_payment(session, loan, amount, day, name or f"{loan.id} {day} {amount}")
    acts.pay(session, loan.id, payment_id=payment.id, amount=amount, day=day, actor="anna", now=noon(known_on or day))
    return payment.id


def owed(database: Database, loan: Loan) -> Owed:
    with database.read() as session:
        return acts.standing_of(session, loan.id).owed


def events(session: Session, loan: Loan) -> list[LoanEvent]:
    return list(session.query(LoanEvent).filter(LoanEvent.loan_id == loan.id).order_by(LoanEvent.id))


def total_of(found: list[LoanEvent], *names: str) -> int:
    return sum(getattr(event, name) for event in found for name in names)


def account_values(account: Account) -> dict[str, Any]:
    return {
        name: getattr(account, name)
        for name in (
            *PARTS,
            "credit",
            "charged",
            "interest_rest",
            "penalty_rest",
            "overdue_since",
            "upto",
            "next_number",
        )
    }

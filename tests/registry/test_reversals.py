"""Payments that are taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.errors import Conflict, NotFound
from scenario_engine.models import Attribution, AuditEntry, Loan, LoanEvent, Payment, Signal
from scenario_engine.registry import delinquency, payments, reversals
from scenario_engine.registry.payments import NewPayment
from tests.builders import a_loan
from tests.registry.ledger.accounts import ISSUED, a_ledger_loan, noon

DUE = ISSUED + timedelta(days=30)
ZONE = "Europe/Moscow"


def take_back(database: Database, payment_id: int, day: date) -> Loan:
    with database.write() as session:
        return reversals.reverse(session, payment_id, reason="not theirs", actor="anna", now=noon(day), time_zone=ZONE)


def a_paid_loan(database: Database, amount: int, day: date) -> tuple[Loan, int]:
    """A loan with a ledger, and the id of a payment on it that a step of a scenario claims."""
    with database.write() as session:
        loan = a_ledger_loan(session)[0]
        delinquency.roll(session, on=day, now=noon(day))
        row = NewPayment(external_id="P-1", loan_id=loan.id, amount=amount, paid_at=noon(day))
        (payment,) = payments.record(session, [row], now=noon(day), source="api", time_zone=ZONE).added
        session.add(
            Attribution(
                payment_id=payment, version_id=1, node_id=1, case_id=1, batch_id=1, hop=0, day=day.isoformat(),
                amount=amount,
            )
        )  # fmt: skip
    return loan, payment


def test_the_loan_stands_as_if_the_payment_had_never_come_and_both_stay_in_the_books(database: Database) -> None:
    loan, payment = a_paid_loan(database, 1_240_000, DUE)
    with database.read() as session:
        assert session.get_one(Loan, loan.id).state == "closed"
    late = DUE + timedelta(days=40)
    found = take_back(database, payment, late)
    with database.write() as session:
        untouched = a_ledger_loan(session)[0]
        delinquency.roll(session, on=late, now=noon(late))
    with database.read() as session:
        other = session.get_one(Loan, untouched.id)
        assert (found.state, found.balance, found.overdue, found.dpd, found.bucket) == (
            "open", other.balance, other.overdue, 40, "31-60"
        )  # fmt: skip
        assert session.scalar(select(func.count()).select_from(Payment)) == 1
        kinds = select(LoanEvent.kind).where(LoanEvent.loan_id == loan.id, LoanEvent.payment_id == payment)
        assert session.scalars(kinds.order_by(LoanEvent.id)).all() == ["payment", "reversal"]
        assert session.scalar(select(func.count()).select_from(Attribution)) == 0
        told = session.scalars(select(Signal.kind).where(Signal.loan_id == loan.id)).all()
        assert {"payment_reversed", "bucket_entered"} <= set(told)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "payment.reversed")).one()
        assert (entry.actor, entry.details["reason"]) == ("anna", "not theirs")


def test_a_payment_is_taken_back_once(database: Database) -> None:
    loan, payment = a_paid_loan(database, 100_000, DUE)
    take_back(database, payment, DUE)
    with pytest.raises(Conflict, match="taken back already"):
        take_back(database, payment, DUE)
    with database.read() as session:
        assert session.get_one(Loan, loan.id).balance == 1_240_000
        assert session.scalar(select(func.count()).where(AuditEntry.action == "payment.reversed")) == 1


def test_a_loan_that_is_kept_elsewhere_refuses(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session, overdue=100_00, dpd=3)
        row = NewPayment(external_id="P-1", loan_id=loan.id, amount=5, paid_at=noon(DUE))
        (payment,) = payments.record(session, [row], now=noon(DUE), source="api", time_zone=ZONE).added
    with pytest.raises(Conflict, match="has no ledger here"):
        take_back(database, payment, DUE)
    with pytest.raises(NotFound):
        take_back(database, payment + 1, DUE)
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Signal.kind == "payment_reversed")) == 0

"""Loans with a ledger live in the registry: payments reach it, the day's roll charges them, their numbers show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.errors import Conflict
from scenario_engine.models import Loan, LoanEvent, LoanPause, Signal
from scenario_engine.registry import delinquency, payments
from scenario_engine.registry.ledger import acts
from scenario_engine.registry.payments import NewPayment
from tests.builders import a_loan
from tests.registry.ledger.accounts import ISSUED, a_ledger_loan, noon, owed
from tests.registry.lending.offers import some_terms

DUE = ISSUED + timedelta(days=30)


def rolled(database: Database, day: date) -> None:
    with database.write() as session:
        delinquency.roll(session, on=day, now=noon(day))


def paid(database: Database, loan: Loan, amount: int, day: date, *, name: str = "P-1", on: date | None = None) -> None:
    row = NewPayment(external_id=name, loan_id=loan.id, amount=amount, paid_at=noon(day))
    with database.write() as session:
        payments.record(session, [row], now=noon(on or day), source="api", time_zone="Europe/Moscow")


def shown(database: Database, loan: Loan) -> tuple[int, int, int, str, str]:
    with database.read() as session:
        found = session.get_one(Loan, loan.id)
        return found.balance, found.overdue, found.dpd, found.bucket, found.state


def kinds(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Signal.kind).order_by(Signal.id)))


def missed(database: Database) -> list[int]:
    with database.read() as session:
        found = select(Signal.loan_id).where(Signal.kind == "payment_missed").order_by(Signal.id)
        return list(session.scalars(found))


def issued(database: Database) -> Loan:
    with database.write() as session:
        return a_ledger_loan(session)[0]


def test_the_days_roll_charges_the_loan_and_tells_what_was_missed(database: Database) -> None:
    loan = issued(database)
    rolled(database, DUE)
    assert shown(database, loan) == (1_240_000, 0, 0, "current", "open")
    rolled(database, DUE + timedelta(days=1))
    # a day's interest is not overdue itself; the penalty is
    assert shown(database, loan) == (1_248_547, 1_240_547, 1, "1-30", "open")
    assert kinds(database) == ["payment_missed", "bucket_entered"]
    rolled(database, DUE + timedelta(days=1))
    assert kinds(database) == ["payment_missed", "bucket_entered"]


@pytest.mark.parametrize("kind", ["dispute", "moratorium", "holidays"])
def test_nothing_counts_as_missed_while_the_loan_is_paused(database: Database, kind: str) -> None:
    paused, other = issued(database), issued(database)
    last = DUE + timedelta(days=4)
    with database.write() as session:
        session.add(
            LoanPause(
                loan_id=paused.id, kind=kind, first_day=DUE, last_day=last, interest_stops=False, penalty_stops=True
            )
        )
    rolled(database, DUE + timedelta(days=1))
    assert missed(database) == [other.id]
    rolled(database, last)
    assert missed(database) == [other.id]
    rolled(database, last + timedelta(days=1))
    assert missed(database) == [other.id, paused.id]


def test_a_payment_is_allocated_and_closes_the_loan(database: Database) -> None:
    loan = issued(database)
    rolled(database, DUE)
    paid(database, loan, 1_240_000, DUE)
    assert shown(database, loan) == (0, 0, 0, "current", "closed")
    with database.read() as session:
        event = session.scalars(select(LoanEvent).where(LoanEvent.kind == "payment")).one()
        assert (event.paid, event.principal, event.interest) == (1_240_000, -1_000_000, -240_000)
        assert session.get_one(Loan, loan.id).last_payment_on == DUE


def test_an_instalment_that_is_paid_on_its_day_is_not_what_falls_due_next(database: Database) -> None:
    with database.write() as session:
        loan, schedule = a_ledger_loan(session, terms=some_terms(), principal=6_000_000, term=6)
    first, second = schedule.lines[:2]
    rolled(database, first.due_on)
    for amount, expected in ((first.amount - 1, first), (1, second)):
        paid(database, loan, amount, first.due_on, name=str(amount))
        with database.read() as session:
            found = session.get_one(Loan, loan.id)
            assert (found.next_due_on, found.next_due_amount) == (expected.due_on, expected.amount)


def test_a_payment_before_the_days_roll_brings_the_loan_to_its_day(database: Database) -> None:
    loan = issued(database)
    day = DUE + timedelta(days=10)
    paid(database, loan, 1_400_000, day)
    assert shown(database, loan) == (0, 0, 0, "current", "closed")
    assert owed(database, loan).credit == 1_400_000 - 1_000_000 - 320_000 - 5_479
    assert "overdue_paid" in kinds(database)


def test_a_part_of_the_debt_leaves_the_loan_late(database: Database) -> None:
    loan = issued(database)
    day = DUE + timedelta(days=40)
    rolled(database, day)
    paid(database, loan, 300_000, day)
    balance, overdue, dpd, bucket, state = shown(database, loan)
    assert (dpd, bucket, state) == (40, "31-60", "open")
    assert balance == 1_000_000 + 560_000 + 21_917 - 300_000
    assert overdue == 240_000 + 1_000_000 + 21_917 - 300_000
    assert "partial_payment" in kinds(database)


def test_the_same_payment_again_changes_nothing_and_another_sum_is_refused(database: Database) -> None:
    loan = issued(database)
    for _ in range(2):
        paid(database, loan, 100_000, ISSUED + timedelta(days=5))
    assert owed(database, loan).balance == 1_040_000 - 100_000
    with pytest.raises(Conflict):
        paid(database, loan, 100_001, ISSUED + timedelta(days=5))


def test_a_senders_clock_that_is_ahead_earns_nobody_interest(database: Database) -> None:
    loan = issued(database)
    today = ISSUED + timedelta(days=5)
    row = NewPayment(
        external_id="P", loan_id=loan.id, amount=100_000, paid_at=datetime(2026, 4, 6, 21, 4, tzinfo=UTC)
    )  # fmt: skip
    with database.write() as session:
        payments.record(
            session, [row], now=datetime(2026, 4, 6, 20, 59, tzinfo=UTC), source="api", time_zone="Europe/Moscow"
        )
    with database.read() as session:
        assert acts.standing_of(session, loan.id).upto == today
    assert owed(database, loan).charged == 40_000


def test_a_bounced_payment_opens_the_loan_again(database: Database) -> None:
    loan = issued(database)
    paid(database, loan, 1_240_000, DUE)
    with database.write() as session:
        event = session.scalars(select(LoanEvent).where(LoanEvent.kind == "payment")).one()
        assert event.payment_id is not None
        acts.reverse(session, event.payment_id, actor="anna", now=noon(DUE + timedelta(days=2)))
        delinquency.roll(session, on=DUE + timedelta(days=2), now=noon(DUE + timedelta(days=2)))
    with database.write() as session:
        delinquency.roll(session, on=DUE + timedelta(days=2), now=noon(DUE + timedelta(days=2)))
    assert shown(database, loan)[2:] == (2, "1-30", "open")


def test_mirrored_loans_keep_the_balances_of_their_core_system(database: Database) -> None:
    with database.write() as session:
        mirrored = a_loan(session, servicing="core", balance=500_000, overdue=200_000, dpd=12, bucket="1-30")
    rolled(database, DUE)
    assert shown(database, mirrored) == (500_000, 200_000, 12, "1-30", "open")
    paid(database, mirrored, 50_000, DUE)
    assert shown(database, mirrored) == (450_000, 150_000, 12, "1-30", "open")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(LoanEvent)) == 0

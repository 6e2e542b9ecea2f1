"""The demo portfolio: invented, plausible, the same every time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import func, select

from scenario_engine.database import Database
from scenario_engine.models import Borrower, Instalment, Loan, Payment, Product
from scenario_engine.registry.demo import Portfolio, build
from scenario_engine.registry.lending.decision import problems_of, read

TODAY = date(2026, 3, 4)


def made(database: Database, seed: int = 7) -> Portfolio:
    now = datetime(2026, 3, 4, 6, tzinfo=UTC)
    return build(database, seed=seed, today=TODAY, now=now, upto=date(2026, 2, 11), borrowers=400, loans=600)


def test_the_rules_of_every_product_make_sense(database: Database) -> None:
    made(database)
    with database.read() as session:
        found = {product.code: read(product.decision) for product in session.scalars(select(Product))}
    assert len(found) == 3
    for code, rules in found.items():
        assert rules.rules, code
        assert problems_of(rules) == [], code


def test_people_are_labelled_as_invented_and_cannot_be_reached(database: Database) -> None:
    made(database)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Borrower).where(~Borrower.demo)) == 0
        phones = session.scalars(select(Borrower.phone).where(Borrower.phone.is_not(None))).all()
        assert phones
        assert all(phone is not None and phone.startswith("+7000") for phone in phones)


def test_balances_follow_from_schedule_and_payments(database: Database) -> None:
    made(database)
    with database.read() as session:
        owed = {
            key: n
            for key, n in session.execute(
                select(Instalment.loan_id, func.sum(Instalment.amount - Instalment.paid)).group_by(Instalment.loan_id)
            )
        }
        balances = {key: n for key, n in session.execute(select(Loan.id, Loan.balance))}
        assert balances == {loan: int(rest) for loan, rest in owed.items()}
        paid = session.scalar(select(func.sum(Instalment.paid)))
        assert paid == session.scalar(select(func.sum(Payment.amount)))


def test_most_loans_are_current_and_every_bucket_has_some(database: Database) -> None:
    made(database)
    with database.read() as session:
        buckets = {
            key: n
            for key, n in session.execute(
                select(Loan.bucket, func.count()).where(Loan.state == "open").group_by(Loan.bucket)
            )
        }
    assert set(buckets) == {"current", "1-30", "31-60", "61-90", "90+"}
    assert 0.55 < buckets["current"] / sum(buckets.values()) < 0.9


def test_the_same_seed_gives_the_same_portfolio(sqlite_database: Database, postgres_database: Database) -> None:
    first, second = made(sqlite_database), made(postgres_database)
    assert first == second
    assert first.later == sorted(first.later, key=lambda payment: (payment.paid_at, payment.external_id))
    assert all(payment.paid_at.date() > date(2026, 2, 11) for payment in first.later)

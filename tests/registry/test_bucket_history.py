"""The history of buckets: a row for each stay, a count for each day, and the signal of leaving."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.models import BucketDay, BucketSpell, Loan, Signal
from scenario_engine.registry import bucket_history, delinquency, payments
from tests.builders import a_loan, instalments_for

FIRST = date(2025, 3, 1)
ZONE = "Europe/Moscow"


def noon(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def roll(session: Session, day: date) -> delinquency.Rolled:
    rolled = delinquency.roll(session, on=day, now=noon(day))
    bucket_history.close_day(session, on=day)
    return rolled


def stays(session: Session, loan: Loan) -> list[tuple[str, date, date | None]]:
    rows = session.scalars(select(BucketSpell).where(BucketSpell.loan_id == loan.id).order_by(BucketSpell.id))
    return [(row.bucket, row.since, row.until) for row in rows]


def exits(session: Session) -> list[dict[str, object]]:
    return [s.data for s in session.scalars(select(Signal).where(Signal.kind == "bucket_exited").order_by(Signal.id))]


def test_every_stay_is_a_row_and_a_day_without_change_adds_none(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[FIRST], amount=500_000)
        for days in (0, 1, 2, 30, 31, 31):
            roll(session, FIRST + timedelta(days=days))
        assert stays(session, loan) == [
            ("current", date(2025, 3, 1), date(2025, 3, 2)),
            ("1-30", date(2025, 3, 2), date(2025, 4, 1)),
            ("31-60", date(2025, 4, 1), None),
        ]


def test_leaving_a_bucket_of_overdue_debt_is_told_once_by_the_payment_or_by_the_roll(database: Database) -> None:
    with database.write() as session:
        worse, better = a_loan(session), a_loan(session)
        for loan in (worse, better):
            instalments_for(session, loan, due=[FIRST, date(2025, 9, 1)], amount=500_000)
        roll(session, FIRST)
        entered = roll(session, date(2025, 3, 30))
        paid = payments.NewPayment(
            external_id="P-1", loan_id=better.id, amount=500_000, paid_at=noon(date(2025, 3, 30))
        )
        payments.record(session, [paid], now=noon(date(2025, 3, 30)), source="api", time_zone=ZONE)
        assert exits(session) == [{"from": "1-30", "to": "current"}], "a payment's at once"
        left = roll(session, date(2025, 4, 1))
        again = roll(session, date(2025, 4, 1))
        assert (entered.exited, left.exited, again.exited) == (0, 1, 0)
        assert exits(session) == [{"from": "1-30", "to": "current"}, {"from": "1-30", "to": "31-60"}]


def test_the_stay_that_a_payment_ends_is_over_on_its_day(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[FIRST, date(2025, 9, 1)], amount=500_000)
        roll(session, date(2025, 3, 10))
        day = date(2025, 3, 12)
        paid = payments.NewPayment(external_id="P-1", loan_id=loan.id, amount=500_000, paid_at=noon(day))
        payments.record(session, [paid], now=noon(day), source="api", time_zone=ZONE)
        roll(session, date(2025, 3, 15))
        assert stays(session, loan) == [("1-30", date(2025, 3, 10), day), ("current", day, None)]


def test_a_loan_that_is_closed_stands_nowhere_and_one_that_opens_again_begins_anew(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        roll(session, FIRST)
        loan.state = "sold"
        session.flush()
        roll(session, date(2025, 3, 5))
        loan.state = "open"
        session.flush()
        roll(session, date(2025, 3, 9))
        assert stays(session, loan) == [
            ("current", FIRST, date(2025, 3, 5)),
            ("current", date(2025, 3, 9), None),
        ]
        assert exits(session) == []


def test_a_day_counts_what_the_buckets_hold_and_a_second_roll_of_it_replaces_the_count(database: Database) -> None:
    with database.write() as session:
        late = a_loan(session, servicing="core", dpd=45, overdue=700, balance=1_000)
        a_loan(session, balance=5_000)
        a_loan(session, state="closed", balance=0)
        roll(session, FIRST)
        late.dpd = 75
        session.flush()
        roll(session, FIRST)
        held = session.scalars(select(BucketDay).order_by(BucketDay.bucket)).all()
        assert [(row.day, row.bucket, row.loans, row.balance, row.overdue) for row in held] == [
            (FIRST, "61-90", 1, 1_000, 700),
            (FIRST, "current", 1, 5_000, 0),
        ]


def test_the_stays_that_cover_a_day_are_one_a_loan(database: Database) -> None:
    with database.write() as session:
        loan = a_loan(session)
        instalments_for(session, loan, due=[FIRST], amount=500_000)
        for days in range(4):
            roll(session, FIRST + timedelta(days=days))
        found = []
        for days in range(-1, 4):
            spell, covers = bucket_history.standing_on(FIRST + timedelta(days=days), "spell")
            found.append(list(session.scalars(select(spell.bucket).where(covers, spell.loan_id == loan.id))))
        assert found == [[], ["current"], ["1-30"], ["1-30"], ["1-30"]]
